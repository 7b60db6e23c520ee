//! What waits for a link in a mail: a new account, a new passphrase, a new address.
//!
//! Invariant: the answer to a form is the same whether the address has an account or not, and so is
//! the work: one letter is written to the address either way, at most [`LETTERS_A_DAY`] in a day,
//! whoever asks. The passphrase is chosen behind the link, so that nobody prepares an account for
//! somebody else's address. A passphrase that was forgotten opens no session; whoever sets another
//! signs in with it.
//!
//! Not here: what the letters say ([`super::words`]), sending ([`super::post`]).

use crate::account::passphrase::PassphraseHash;
use crate::account::token::TokenHash;
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::db::{self, Tx};
use crate::platform::ids;
use crate::platform::text::Language;
use crate::vault::{NewAddress, SealedAddress};

use super::letters::{self, Change, LetterKind};
use super::receipts::Empty;
use super::terms::{self, Terms};
use super::{Error, Member, MemberId, jobs, session, store};

/// Letters that anybody's forms bring to one address in a day at most.
pub const LETTERS_A_DAY: i64 = 3;
/// How long a row waits for its link; a little longer than the link is good, because a letter may
/// be late.
const WAITS: i64 = 2 * DAY;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A new account.
    Register,
    /// Another passphrase in the place of one that was forgotten.
    Forgotten,
    /// Another address.
    Move,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::Register, Kind::Forgotten, Kind::Move];

    /// The word in the database.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Register => "register",
            Kind::Forgotten => "forgotten",
            Kind::Move => "move",
        }
    }

    /// Reads [`Kind::code`].
    pub fn parse(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// What waits.
#[derive(Clone)]
pub struct Asking {
    /// What its link names.
    pub code: String,
    /// What for.
    pub kind: Kind,
    /// Who asked; empty for a new account.
    pub member: MemberId,
    /// The address to which the letter goes.
    pub address: SealedAddress,
    /// The language of the letter, and of a new account.
    pub language: Language,
    /// In which hour.
    pub asked_at: Timestamp,
}

/// Somebody wants an account. Where there is one its owner is told so. `way` is the sealed way back
/// to where they came from; it goes with the letter and is kept with no account.
pub fn register(
    tx: &mut Tx,
    new: &NewAddress,
    language: Language,
    way: Option<&str>,
) -> Result<(), Error> {
    let address = new.keep(tx)?;
    jobs::ensure_sweep(tx)?;
    match store::members::by_tag(tx, &address.tag)? {
        Some(known) => {
            let to = (&address, known.language);
            letters::write(tx, LetterKind::Already, to, "")
        }
        None => {
            let nobody = MemberId(String::new());
            let asking = put(tx, Kind::Register, nobody, &address, language)?;
            let to = (&address, language);
            let code = way.map_or_else(
                || asking.code.clone(),
                |way| format!("{} {way}", asking.code),
            );
            letters::write(tx, LetterKind::Register, to, &code)
        }
    }
}

/// Somebody forgot the passphrase. An address without an account is told so.
pub fn forgotten(tx: &mut Tx, new: &NewAddress, language: Language) -> Result<(), Error> {
    let address = new.keep(tx)?;
    jobs::ensure_sweep(tx)?;
    match store::members::by_tag(tx, &address.tag)? {
        Some(known) => {
            let asking = put(tx, Kind::Forgotten, known.id, &address, known.language)?;
            let to = (&address, known.language);
            letters::write(tx, LetterKind::Forgotten, to, &asking.code)
        }
        None => letters::write(tx, LetterKind::Nobody, (&address, language), ""),
    }
}

/// A member wants another address: its link decides. Where it has an account of its own, that
/// account's owner is told, and nothing changes.
pub fn ask_to_move(tx: &mut Tx, member: &MemberId, new: &NewAddress) -> Result<(), Error> {
    let own = super::own::find(tx, member)?;
    let address = new.keep(tx)?;
    match store::members::by_tag(tx, &address.tag)? {
        Some(same) if same.id == own.id => Ok(()),
        Some(other) => {
            let to = (&address, other.language);
            letters::write(tx, LetterKind::Already, to, "")
        }
        None => {
            store::askings::drop_of(tx, member, Kind::Move)?;
            let asking = put(tx, Kind::Move, member.clone(), &address, own.language)?;
            letters::tell(tx, &own, Change::Moving)?;
            let to = (&address, own.language);
            letters::write(tx, LetterKind::Move, to, &asking.code)
        }
    }
}

/// The same asking again has the same link, so that the first of two letters works as well.
fn put(
    tx: &mut Tx,
    kind: Kind,
    member: MemberId,
    address: &SealedAddress,
    language: Language,
) -> Result<Asking, Error> {
    let known = store::askings::waiting(tx, kind, &address.tag)?;
    let known = known.filter(|known| known.member == member);
    let asking = Asking {
        code: known
            .as_ref()
            .map_or_else(|| ids::code(24), |known| known.code.clone()),
        kind,
        member,
        address: address.clone(),
        language,
        asked_at: tx.now().hour(),
    };
    store::askings::put(tx, &asking)?;
    Ok(asking)
}

/// What a link leads to.
pub fn find(tx: &mut Tx, code: &str) -> Result<Option<Asking>, Error> {
    let Some(found) = store::askings::find(tx, code)? else {
        return Ok(None);
    };
    // Whoever has an account by now, or none any more, has no use for an older link.
    let member = store::members::by_tag(tx, &found.address.tag)?;
    let is_open = match found.kind {
        Kind::Register | Kind::Move => member.is_none(),
        Kind::Forgotten => member.is_some_and(|member| member.id == found.member),
    };
    Ok(is_open.then_some(found))
}

/// The link of a new account was used and a passphrase chosen: the account begins, signed in.
pub fn begin(
    tx: &mut Tx,
    code: &str,
    passphrase: &PassphraseHash,
    (words, empty): (&Terms, &Empty),
    (session, earlier): (&TokenHash, Option<&TokenHash>),
) -> Result<(), Error> {
    let asking = of_kind(tx, code, Kind::Register)?;
    let member = Member {
        id: MemberId::fresh(),
        address: asking.address,
        language: asking.language,
        passphrase: passphrase.clone(),
        terms: terms::keep(tx, words)?,
        made_at: tx.now().hour(),
    };
    store::members::insert(tx, &member)?;
    store::receipts::insert(tx, &member.id, empty)?;
    store::askings::drop_of_tag(tx, &member.address.tag)?;
    session::open(tx, &member.id, session, earlier)
}

/// The link of a forgotten passphrase was used and another chosen: every session ends and every other
/// way in but the second step, and the owner is told.
pub fn replace_passphrase(
    tx: &mut Tx,
    code: &str,
    passphrase: &PassphraseHash,
) -> Result<(), Error> {
    let asking = of_kind(tx, code, Kind::Forgotten)?;
    let member = super::own::find(tx, &asking.member)?;
    store::members::set_passphrase(tx, &member.id, passphrase)?;
    store::sessions::end_all(tx, &member.id, None)?;
    // Whoever knew an earlier passphrase keeps no way in: no other address, no provider.
    store::askings::drop_of_member(tx, &member.id)?;
    store::askings::drop_of_tag(tx, &asking.address.tag)?;
    if !member.passphrase.is_none() {
        store::openid::delete(tx, &member.id)?;
    }
    letters::tell(tx, &member, Change::Passphrase)
}

/// The link in the new mailbox was used: the address changes, and the old one is told.
pub fn confirm_move(tx: &mut Tx, code: &str) -> Result<(), Error> {
    let asking = of_kind(tx, code, Kind::Move)?;
    let member = super::own::find(tx, &asking.member)?;
    let to = (&member.address, member.language);
    letters::write(tx, LetterKind::Moved, to, "")?;
    store::members::set_address(tx, &member.id, &asking.address)?;
    store::askings::drop_of(tx, &member.id, Kind::Move)?;
    store::askings::drop_of(tx, &member.id, Kind::Forgotten)?;
    Ok(db::tidy::wanted(tx)?)
}

fn of_kind(tx: &mut Tx, code: &str, kind: Kind) -> Result<Asking, Error> {
    let found = find(tx, code)?.filter(|found| found.kind == kind);
    found.ok_or(Error::Unknown)
}

/// Removes what waited for a link in vain.
pub(super) fn sweep(tx: &mut Tx) -> Result<(), Error> {
    let before = tx.now().plus(-WAITS);
    if store::askings::drop_old(tx, before)? > 0 {
        db::tidy::wanted(tx)?;
    }
    Ok(())
}
