//! The people who work here: their names for signing in, their roles, their sessions.
//!
//! Invariants: a passphrase is kept as an Argon2id hash, a token as its SHA-256 and a second step
//! sealed by the vault, so that a copy of the database lets nobody in; whatever takes something away from a member of staff
//! (role, passphrase, account) ends that person's sessions in the same transaction; once there is
//! an admin there always is one. Every change is recorded in [`crate::audit`].
//!
//! Not here: patrons, who need no account; what a role does in another domain.

pub mod elsewhere;
pub mod factor;
pub mod guard;
pub mod name;
pub mod pages;
pub mod passkey;
pub mod passphrase;
pub mod reach;
mod role;
pub mod session;
pub mod setup;
pub mod sign_in;
mod store;
pub mod token;
pub mod who_may;
pub mod wire;

pub use reach::Reach;
pub use role::{Needs, Permission, Role};

use std::collections::HashMap;
use std::fmt;

use name::StaffName;
use passphrase::PassphraseHash;
use session::Session;
use token::{Token, TokenHash};

use crate::audit::{self, Act, Actor, StaffId};
use crate::branch::{self, BranchId};
use crate::platform::clock::Timestamp;
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::platform::openid;
use crate::vault;

/// A member of staff who is signed in. Also a request guard: `Option<Staff>` on pages for all.
#[derive(Clone, PartialEq, Eq)]
pub struct Staff {
    /// Who it is, in the record and in every table.
    pub id: StaffId,
    /// The name for signing in.
    pub name: String,
    /// At least one.
    pub roles: Vec<Role>,
    /// Where they hold.
    pub reach: Reach,
}

impl Staff {
    /// The member of staff as the one who acts.
    pub fn actor(&self) -> Actor {
        Actor::Staff(self.id.clone())
    }

    /// Whether one of the roles allows it.
    pub fn may(&self, permission: Permission) -> bool {
        self.roles.iter().any(|role| role.allows(permission))
    }

    /// Whether the account has the role, or one that includes it.
    pub fn has(&self, role: Role) -> bool {
        self.roles.iter().any(|own| own.includes(role))
    }
}

/// Without the name, which is a person's.
impl fmt::Debug for Staff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Staff({})", self.id)
    }
}

/// An account as an admin sees it.
#[derive(Clone)]
pub struct Account {
    /// Who it is.
    pub id: StaffId,
    /// The name for signing in.
    pub name: String,
    /// At least one.
    pub roles: Vec<Role>,
    /// Where they hold.
    pub reach: Reach,
    /// When the account was made.
    pub created_at: Timestamp,
    /// Until when nobody can sign in, because of failed tries; long past where it is not so.
    pub locked_until: Timestamp,
    /// Whether and how the account may be used.
    pub standing: Standing,
}

/// How an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Invited; has not set a passphrase yet.
    Invited,
    /// In use.
    Active,
    /// Shut by an admin.
    Disabled,
}

/// Why an act on accounts was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such account.
    #[error("no such account")]
    Unknown,
    /// Another account has the name.
    #[error("the name is taken")]
    NameTaken,
    /// The act would leave the site without an admin.
    #[error("the last admin stays")]
    LastAdmin,
    /// An account without a role could do nothing.
    #[error("no role was chosen")]
    NoRole,
    /// The link was used, replaced or is too old.
    #[error("the link is not valid any more")]
    LinkGone,
    /// The page needs a role that the account lacks.
    #[error("needs the role librarian")]
    NeedsLibrarian,
    /// The page needs a role that the account lacks.
    #[error("needs the role draw officer")]
    NeedsDrawOfficer,
    /// The page needs one of two roles, and the account has neither.
    #[error("needs the role librarian or draw officer")]
    NeedsOrganiser,
    /// The page needs one of two roles, and the account has neither.
    #[error("needs the role privacy officer or accountant")]
    NeedsCustodian,
    /// The page needs one of three roles, and the account has none of them.
    #[error("needs the role auditor, librarian or draw officer")]
    NeedsInspector,
    /// The page needs a role that the account lacks.
    #[error("needs the role admin")]
    NeedsAdmin,
    /// The page needs a role that the account lacks.
    #[error("needs the role auditor")]
    NeedsAuditor,
    /// The page needs a role that the account lacks.
    #[error("needs the role accountant")]
    NeedsAccountant,
    /// The page needs a role that the account lacks.
    #[error("needs the role privacy officer")]
    NeedsPrivacyOfficer,
    /// The page is about something of another branch, or of the whole library.
    #[error("is of another branch")]
    OtherBranch,
    /// A role that is for the whole library cannot be held for branches.
    #[error("a role of the whole library is not for branches")]
    ReachUnfit,
    /// An auditor comes from outside and can have no role of the library.
    #[error("an auditor has no other role")]
    AuditorAlone,
    /// Too many passphrases are being checked.
    #[error("too many passphrases wait to be checked")]
    Busy,
    /// The page of the second step lay open too long, or something changed meanwhile.
    #[error("the second step has to begin anew")]
    StepGone,
    /// The account has no second step.
    #[error("no second step is set up")]
    NoFactor,
    /// Nobody resets the own second step.
    #[error("the own second step is reset by somebody else")]
    OwnFactor,
    /// Nobody here is who the provider means.
    #[error("no account is linked")]
    NotLinked,
    /// The account that is linked is shut or locked.
    #[error("the linked account is shut or locked")]
    ShutElsewhere,
    /// Another account is linked to the same person of the provider.
    #[error("another account is linked")]
    OtherLink,
    /// The provider means somebody else than who is signed in.
    #[error("the provider means somebody else")]
    OtherPerson,
    /// The provider did not ask for two factors.
    #[error("the provider did not ask for two factors")]
    OneFactor,
    /// Without the link nothing would let the owner in.
    #[error("the link is the only way in")]
    OnlyWay,
    /// What a browser sent is no new passkey of this site.
    #[error("no passkey was made")]
    PasskeyNotMade,
    /// The account has as many passkeys as it may.
    #[error("the account has passkeys enough")]
    PasskeysEnough,
    /// The address of the site is none that browsers make passkeys for.
    #[error("there are no passkeys at this address")]
    NoPasskeysHere,
    /// A provider elsewhere.
    #[error(transparent)]
    OpenId(#[from] openid::Error),
    /// Branches.
    #[error(transparent)]
    Branch(#[from] branch::Error),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] vault::Error),
    /// The record.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Unknown => Kind::NotFound,
            Error::NameTaken
            | Error::LastAdmin
            | Error::NoFactor
            | Error::OtherLink
            | Error::OnlyWay
            | Error::PasskeysEnough
            | Error::NoPasskeysHere => Kind::Conflict,
            Error::NoRole | Error::AuditorAlone | Error::ReachUnfit | Error::PasskeyNotMade => {
                Kind::Invalid
            }
            Error::LinkGone | Error::StepGone => Kind::Gone,
            Error::OwnFactor
            | Error::NotLinked
            | Error::ShutElsewhere
            | Error::OtherPerson
            | Error::OneFactor => Kind::Forbidden,
            Error::OpenId(error) => error.kind(),
            Error::Branch(error) => error.kind(),
            Error::Vault(error) => error.kind(),
            Error::NeedsLibrarian
            | Error::NeedsDrawOfficer
            | Error::NeedsOrganiser
            | Error::NeedsCustodian
            | Error::NeedsInspector
            | Error::NeedsAdmin
            | Error::NeedsAuditor
            | Error::NeedsAccountant
            | Error::NeedsPrivacyOfficer
            | Error::OtherBranch => Kind::Forbidden,
            Error::Busy => Kind::Unavailable,
            Error::Audit(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Unknown => "account.unknown",
            Error::NameTaken => "account.name_taken",
            Error::LastAdmin => "account.last_admin",
            Error::NoRole => "account.no_role",
            Error::LinkGone => "account.link_gone",
            Error::NeedsLibrarian => "account.needs_librarian",
            Error::NeedsDrawOfficer => "account.needs_draw_officer",
            Error::NeedsOrganiser => "account.needs_organiser",
            Error::NeedsCustodian => "account.needs_custodian",
            Error::NeedsInspector => "account.needs_inspector",
            Error::NeedsAdmin => "account.needs_admin",
            Error::NeedsAuditor => "account.needs_auditor",
            Error::NeedsAccountant => "account.needs_accountant",
            Error::NeedsPrivacyOfficer => "account.needs_privacy_officer",
            Error::AuditorAlone => "account.auditor_alone",
            Error::OtherBranch => "account.other_branch",
            Error::ReachUnfit => "account.reach_unfit",
            Error::Busy => "account.busy",
            Error::StepGone => "account.step_gone",
            Error::NoFactor => "account.no_factor",
            Error::OwnFactor => "account.own_factor",
            Error::NotLinked => "account.not_linked",
            Error::ShutElsewhere => "account.shut_elsewhere",
            Error::OtherLink => "account.other_link",
            Error::OtherPerson => "account.other_person",
            Error::OneFactor => "account.one_factor",
            Error::OnlyWay => "account.only_way",
            Error::PasskeyNotMade => "account.passkey_not_made",
            Error::PasskeysEnough => "account.passkeys_enough",
            Error::NoPasskeysHere => "account.no_passkeys_here",
            Error::OpenId(error) => error.code(),
            Error::Branch(error) => error.code(),
            Error::Vault(error) => error.code(),
            Error::Audit(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

/// Makes an account that can sign in at once: for the demo, the command line and tests.
///
/// People are invited instead ([`invite`]), so that no passphrase is told to anybody.
pub fn create_staff(
    tx: &mut Tx,
    name: &StaffName,
    passphrase: &PassphraseHash,
    roles: &[Role],
) -> Result<StaffId, Error> {
    let id = add(tx, name, passphrase, roles, &Reach::Library)?;
    note(tx, &Actor::System, "staff.created", &id)?;
    Ok(id)
}

/// Makes an account whose owner sets the passphrase through a link, valid for three days.
pub fn invite(
    tx: &mut Tx,
    actor: &Actor,
    name: &StaffName,
    roles: &[Role],
    reach: &Reach,
    link: &Token,
) -> Result<StaffId, Error> {
    let id = add(tx, name, &PassphraseHash::none(), roles, reach)?;
    setup::replace_link(tx, &id, link)?;
    note(tx, actor, "staff.invited", &id)?;
    Ok(id)
}

/// Gives an account a new link to set a passphrase; earlier links stop working.
///
/// The present passphrase works until the link is used.
pub fn renew_link(tx: &mut Tx, actor: &Actor, staff: &StaffId, link: &Token) -> Result<(), Error> {
    find(tx, staff)?;
    setup::replace_link(tx, staff, link)?;
    note(tx, actor, "staff.link_made", staff)
}

/// Every account, by name.
pub fn list(tx: &mut Tx) -> Result<Vec<Account>, Error> {
    Ok(store::list(tx)?)
}

/// The names of staff by id, for pages that say who did something.
pub fn names(tx: &mut Tx) -> Result<HashMap<String, String>, Error> {
    let named = list(tx)?.into_iter();
    Ok(named.map(|own| (own.id.0, own.name)).collect())
}

/// One account.
pub fn find(tx: &mut Tx, staff: &StaffId) -> Result<Account, Error> {
    store::find(tx, staff)?.ok_or(Error::Unknown)
}

/// Changes what an account may do and where, and ends its sessions.
pub fn set_roles(
    tx: &mut Tx,
    actor: &Actor,
    staff: &StaffId,
    roles: &[Role],
    reach: &Reach,
) -> Result<(), Error> {
    let account = find(tx, staff)?;
    are_fit(roles, reach)?;
    if !roles.contains(&Role::Admin) {
        keep_an_admin(tx, &account)?;
    }
    store::replace_grants(tx, staff, roles, reach)?;
    store::end_sessions(tx, staff, None)?;
    note(tx, actor, "staff.roles_changed", staff)
}

/// Shuts an account and ends its sessions; its acts stay in the record.
pub fn disable(tx: &mut Tx, actor: &Actor, staff: &StaffId) -> Result<(), Error> {
    let account = find(tx, staff)?;
    keep_an_admin(tx, &account)?;
    store::set_disabled(tx, staff, true)?;
    store::end_sessions(tx, staff, None)?;
    store::drop_links(tx, Some(staff))?;
    note(tx, actor, "staff.disabled", staff)
}

/// Opens an account again.
pub fn enable(tx: &mut Tx, actor: &Actor, staff: &StaffId) -> Result<(), Error> {
    find(tx, staff)?;
    store::set_disabled(tx, staff, false)?;
    note(tx, actor, "staff.enabled", staff)
}

/// Locks an account until a moment and ends its sessions: an alarm went off.
pub fn lock(tx: &mut Tx, staff: &StaffId, until: Timestamp) -> Result<(), Error> {
    let account = find(tx, staff)?;
    store::set_failures(tx, staff, 0, until.max(account.locked_until))?;
    store::end_sessions(tx, staff, None)?;
    note(tx, &Actor::System, "staff.locked_by_alarm", staff)
}

/// Lets an account in again that was locked, after failed tries or by an alarm.
pub fn unlock(tx: &mut Tx, actor: &Actor, staff: &StaffId, reason: &str) -> Result<(), Error> {
    find(tx, staff)?;
    store::set_failures(tx, staff, 0, Timestamp(0))?;
    let act = Act {
        actor,
        act: "staff.unlocked",
        activity: "",
        object: staff.as_str(),
        purpose: "",
        reason,
    };
    Ok(audit::record(tx, &act)?)
}

/// Ends every session of an account, as an admin may when a computer was left open.
pub fn end_sessions(tx: &mut Tx, actor: &Actor, staff: &StaffId) -> Result<(), Error> {
    find(tx, staff)?;
    store::end_sessions(tx, staff, None)?;
    note(tx, actor, "staff.sessions_ended", staff)
}

/// Sets another passphrase and ends the owner's other sessions; the one that asked goes on with the
/// token `fresh`.
pub fn change_passphrase(
    tx: &mut Tx,
    passphrase: &PassphraseHash,
    own: &Session,
    fresh: &TokenHash,
) -> Result<(), Error> {
    let staff = &own.staff.id;
    store::set_passphrase(tx, staff, passphrase)?;
    store::drop_links(tx, Some(staff))?;
    store::end_sessions(tx, staff, Some(&own.token))?;
    // A passphrase that a browser remembers proves less than a code.
    store::renew_session(tx, &own.token, fresh, own.proved_at)?;
    let actor = Actor::Staff(staff.clone());
    note(tx, &actor, "staff.passphrase_changed", staff)
}

fn add(
    tx: &mut Tx,
    name: &StaffName,
    passphrase: &PassphraseHash,
    roles: &[Role],
    reach: &Reach,
) -> Result<StaffId, Error> {
    are_fit(roles, reach)?;
    let id = StaffId::fresh();
    store::insert(tx, &id, name, passphrase)?;
    store::replace_grants(tx, &id, roles, reach)?;
    Ok(id)
}

/// Roles that one account may have together: at least one, an auditor no other, and for branches
/// none that is for the whole library.
fn are_fit(roles: &[Role], reach: &Reach) -> Result<(), Error> {
    match roles {
        [] => Err(Error::NoRole),
        several if several.len() > 1 && several.contains(&Role::Auditor) => {
            Err(Error::AuditorAlone)
        }
        _ if !reach.fits(roles) => Err(Error::ReachUnfit),
        _ => Ok(()),
    }
}

/// How many members of staff can sign in and are allowed something in a branch, or with `None` for
/// the whole library: where two have to agree, there must be two.
pub fn count_who_may(
    tx: &mut Tx,
    permission: Permission,
    branch: Option<&BranchId>,
) -> Result<usize, Error> {
    let may = |account: &Account| {
        let is_allowed = account.roles.iter().any(|role| role.allows(permission));
        is_allowed && account.reach.covers(branch)
    };
    let accounts = list(tx)?.into_iter();
    let active = accounts.filter(|account| account.standing == Standing::Active);
    Ok(active.filter(may).count())
}

/// Refuses to take the role from, or shut, the only account that can manage the others.
fn keep_an_admin(tx: &mut Tx, leaving: &Account) -> Result<(), Error> {
    let mut others = list(tx)?.into_iter().filter(|own| own.id != leaving.id);
    if is_admin(leaving) && !others.any(|other| is_admin(&other)) {
        return Err(Error::LastAdmin);
    }
    Ok(())
}

/// Whether the account can manage the others today.
fn is_admin(account: &Account) -> bool {
    account.standing == Standing::Active && account.roles.contains(&Role::Admin)
}

/// One line in the record about an account.
fn note(tx: &mut Tx, actor: &Actor, act: &'static str, staff: &StaffId) -> Result<(), Error> {
    let act = Act {
        actor,
        act,
        activity: "",
        object: staff.as_str(),
        purpose: "",
        reason: "",
    };
    Ok(audit::record(tx, &act)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_prepares_does_not_draw_and_whoever_draws_does_not_prepare() {
        let may = |role: Role| {
            let of = |permission| role.allows(permission);
            (of(Permission::RunActivities), of(Permission::Draw))
        };
        assert_eq!(may(Role::Librarian), (true, false));
        assert_eq!(may(Role::DrawOfficer), (false, true));
        assert_eq!(may(Role::Admin), (true, true));
        for role in [Role::PrivacyOfficer, Role::Accountant, Role::Auditor] {
            assert_eq!(may(role), (false, false));
        }
    }

    #[test]
    fn a_librarian_runs_activities_and_does_not_export() {
        let librarian = Staff {
            id: StaffId::from("a"),
            name: "陳館員".to_owned(),
            roles: vec![Role::Librarian],
            reach: Reach::Library,
        };
        assert!(librarian.may(Permission::RunActivities));
        assert!(!librarian.may(Permission::Export));
        assert!(librarian.has(Role::Librarian) && !librarian.has(Role::Admin));
        assert_eq!(format!("{librarian:?}"), "Staff(a)");
    }

    #[test]
    fn an_auditor_looks_for_people_behind_tickets_and_nobody_else_does() {
        assert!(Role::Auditor.allows(Permission::Inspect));
        assert!(!Role::Auditor.allows(Permission::RunActivities));
        assert!(!Role::Librarian.allows(Permission::Inspect));
        assert!(!Role::Admin.allows(Permission::Inspect));
    }

    #[test]
    fn an_admin_may_whatever_a_librarian_may() {
        for permission in [
            Permission::RunActivities,
            Permission::Draw,
            Permission::Export,
            Permission::ManageStaff,
            Permission::SeeAudit,
            Permission::HoldData,
            Permission::AnswerRequests,
        ] {
            assert!(Role::Admin.allows(permission));
        }
    }

    #[test]
    fn only_an_accountant_reads_the_tax_vault_and_only_that() {
        for role in Role::ALL {
            assert_eq!(role.allows(Permission::FileTax), role == Role::Accountant);
            assert_eq!(role.includes(Role::Accountant), role == Role::Accountant);
        }
        assert!(!Role::Accountant.allows(Permission::RunActivities));
        assert!(!Role::PrivacyOfficer.allows(Permission::RunActivities));
        assert!(!Role::Librarian.allows(Permission::HoldData));
    }

    #[test]
    fn an_auditor_has_no_other_role() {
        let are_fit = |roles: &[Role]| are_fit(roles, &Reach::Library);
        assert!(are_fit(&[Role::Auditor]).is_ok());
        assert!(are_fit(&[Role::Admin, Role::Accountant]).is_ok());
        assert!(matches!(
            are_fit(&[Role::Auditor, Role::Librarian]),
            Err(Error::AuditorAlone)
        ));
        assert!(matches!(are_fit(&[]), Err(Error::NoRole)));
    }

    #[test]
    fn role_codes_lead_back_to_their_roles() {
        for role in Role::ALL {
            assert_eq!(Role::of_code(role.code()), Some(role));
        }
        assert_eq!(Role::of_code("owner"), None);
    }
}
