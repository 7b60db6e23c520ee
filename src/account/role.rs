//! Roles of staff, and what each may do.
//!
//! Not here: what a permission opens in another domain; which page needs what ([`super::who_may`]).

use super::Error;

/// What a member of staff is trusted with. Roles are no ladder: only [`Role::includes`] says which
/// one has another inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Prepares activities, looks after entries and winners; does not draw.
    Librarian,
    /// Corrects a closed list, gives the randomness and shows the draw; prepares nothing.
    DrawOfficer,
    /// Both, what a privacy officer does, and exports, the staff and the record.
    Admin,
    /// Answers for personal data: holds, disclosures, incidents, requests of people.
    PrivacyOfficer,
    /// Reads and files what the tax vault holds; nothing else, and nobody else.
    Accountant,
    /// Comes from outside and looks for the people behind tickets; nothing else.
    Auditor,
}

/// One thing a role may allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Prepare, publish, cancel; look after entries, winners and claims.
    RunActivities,
    /// Correct a closed list, run its draw and show it.
    Draw,
    /// Take contact data of winners out of the vault as a file.
    Export,
    /// Invite staff, change roles, disable accounts.
    ManageStaff,
    /// Read and check the record.
    SeeAudit,
    /// Say whether a person was found behind a ticket. No member of the library may.
    Inspect,
    /// Propose or approve that named rows outlive the purge.
    HoldData,
    /// Propose or approve that named rows are handed to somebody outside; look after incidents.
    ApproveDisclosure,
    /// Answer what people ask about their own data.
    AnswerRequests,
    /// Read the tax vault of a year and file from it.
    FileTax,
}

impl Role {
    /// All, in the order of the form.
    pub const ALL: [Role; 6] = [
        Role::Librarian,
        Role::DrawOfficer,
        Role::Admin,
        Role::PrivacyOfficer,
        Role::Accountant,
        Role::Auditor,
    ];

    /// The role's name in the database and in forms.
    pub fn code(self) -> &'static str {
        match self {
            Role::Librarian => "librarian",
            Role::DrawOfficer => "draw_officer",
            Role::Admin => "admin",
            Role::PrivacyOfficer => "privacy_officer",
            Role::Accountant => "accountant",
            Role::Auditor => "auditor",
        }
    }

    /// The role of that name.
    pub fn of_code(code: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Whether whoever has this role has the other one too. An admin is no accountant: the tax
    /// vault is read by those who file from it, and by no other.
    pub fn includes(self, other: Role) -> bool {
        let inside_admin = matches!(
            other,
            Role::Librarian | Role::DrawOfficer | Role::PrivacyOfficer
        );
        self == other || self == Role::Admin && inside_admin
    }

    /// Whether the role can be held for branches of the library and not for all of it.
    pub fn is_of_branches(self) -> bool {
        matches!(self, Role::Librarian | Role::DrawOfficer)
    }

    /// What the role allows; preparing, drawing and exporting are separate on purpose.
    pub fn allows(self, permission: Permission) -> bool {
        match permission {
            Permission::RunActivities => self.includes(Role::Librarian),
            Permission::Draw => self.includes(Role::DrawOfficer),
            Permission::HoldData | Permission::ApproveDisclosure | Permission::AnswerRequests => {
                self.includes(Role::PrivacyOfficer)
            }
            Permission::Export | Permission::ManageStaff | Permission::SeeAudit => {
                self == Role::Admin
            }
            Permission::FileTax => self == Role::Accountant,
            Permission::Inspect => self == Role::Auditor,
        }
    }
}

/// What a page asks of the roles of who opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// One role.
    Role(Role),
    /// Librarian or draw officer: what both of them read.
    Organiser,
    /// Privacy officer or accountant: what is kept and handed on.
    Custodian,
    /// Auditor, librarian or draw officer: what was found behind tickets.
    Inspector,
}

impl Needs {
    /// Whether these roles are enough.
    pub fn are_met_by(self, roles: &[Role]) -> bool {
        let enough: &[Role] = match &self {
            Needs::Role(role) => std::slice::from_ref(role),
            Needs::Organiser => &[Role::Librarian, Role::DrawOfficer],
            Needs::Custodian => &[Role::PrivacyOfficer, Role::Accountant],
            Needs::Inspector => &[Role::Auditor, Role::Librarian, Role::DrawOfficer],
        };
        let has = |wanted: &Role| roles.iter().any(|own| own.includes(*wanted));
        enough.iter().any(has)
    }

    /// Whether it matters for which branches somebody works.
    pub fn end_at_branches(self) -> bool {
        match self {
            Needs::Role(role) => role.is_of_branches(),
            Needs::Organiser | Needs::Inspector => true,
            Needs::Custodian => false,
        }
    }

    /// The refusal that names it.
    pub(super) fn refusal(self) -> Error {
        match self {
            Needs::Role(Role::Auditor) => Error::NeedsAuditor,
            Needs::Role(Role::Accountant) => Error::NeedsAccountant,
            Needs::Role(Role::PrivacyOfficer) => Error::NeedsPrivacyOfficer,
            Needs::Role(Role::Librarian) => Error::NeedsLibrarian,
            Needs::Role(Role::DrawOfficer) => Error::NeedsDrawOfficer,
            Needs::Role(Role::Admin) => Error::NeedsAdmin,
            Needs::Organiser => Error::NeedsOrganiser,
            Needs::Custodian => Error::NeedsCustodian,
            Needs::Inspector => Error::NeedsInspector,
        }
    }
}
