//! The vault: the only home of personal data, opened for a purpose or not at all.
//!
//! Invariant: what reaches a table is sealed; what is opened is opened by the keeper, for a
//! purpose listed in `purpose.rs`: of winners and called reserves, by the entrant's own secret, or
//! of as many named people as the operator allows in a year. Destroying an activity's key makes
//! every copy of its sealed boxes unreadable.
//!
//! The web side holds public keys only. Everything that needs a private key is a message to the
//! keeper (`wire/`), which in service is a process of its own (`process/`); no message carries a
//! transaction.
//!
//! Not here: what is valid in a field (`identity`), who may ask (`account`), when it is erased
//! (`purge`).

use lucky_draw::encode::Hash;
use lucky_draw::note::NoteError;

use crate::audit;
use crate::platform::db::{self, Tx};
use crate::platform::fault::{Fault, Kind};
use crate::platform::mail::MailerError;

#[macro_use]
pub mod access;
mod alarm;
mod allowance;
mod brief;
mod budget;
mod checkpoints;
mod crypt;
mod disclosing;
mod disk;
pub mod field;
mod freeze;
pub mod guard;
mod handle;
pub mod inventory;
mod keeper;
mod keys;
mod leak_control;
mod ledger;
mod letter;
mod news_letter;
mod opening;
mod own_copy;
mod particulars;
mod places;
mod process;
mod promised;
pub mod purpose;
mod readers;
mod scope_letter;
mod scopes;
mod sealer;
mod seat_letter;
mod shares;
mod store;
#[cfg(test)]
mod tests;
mod tips;
mod told;
mod unlinked;
mod winner;
mod wire;

pub use access::{
    MEMBERS, MayRead, OfAScope, OfWinners, Opened, OpenedAnswers, OpenedContact, Purpose,
    SUBSCRIBERS,
};
pub use brief::Soon;
pub use budget::PARTS as TAGS_IN_PARTS;
pub use checkpoints::Reach;
pub use disclosing::{
    BoundBox, RecordedNamed, RecordedShare, ScopeBox, record_looked_up, record_named,
    record_not_opened, record_shared,
};
pub use field::{
    AddressLine, Contact, County, District, Email, Field, FieldKind, FieldSet, KeptReceipts, Name,
    NationalId, Phone, PostalCode, RegisteredAddress, RequestText, TextField,
};
pub use freeze::{freeze, frozen_since, thaw};
pub use handle::Vault;
pub use keys::{KeyError, SIGNS_OF_KEYS};
pub use letter::{
    LetterWords, Letterbox, Line, NAME_HERE, Offered, RecordedBreach, Told, record_breach,
    record_not_told,
};
pub use news_letter::{
    NewsWords, OwnRecord, RecordedNews, record_entering, record_member, record_news,
};
pub use opening::{OpenedWinner, Recorded, WinnerContact, record};
pub use own_copy::OwnCopyOf;
pub use particulars::{OpenedParticulars, Particulars};
pub use process::{
    Doors, LaunchError, Launched, Start, launch, move_out, program, see_off, serve, standing_of,
};
pub use purpose::{
    BreachNotice, Disclosure, FeedbackReply, LiveReveal, MemberLetter, MemberOwn, NewsletterLetter,
    OwnCopy, PrizeHandover, ProviderShare, RightsReply, SeatNotice, ServiceAnalysis, TaxFiling,
    WinnerCall, WinnerExport, WinnerNotice,
};
pub use readers::{NewAddress, SealedAddress};
pub use scopes::{
    RecordedInScope, ScopeKey, keep_scope, record_in_scope, scope_erased, scope_keys, scopes,
    seal_to_scope,
};
pub use sealer::Sealer;
pub use seat_letter::{RecordedSeat, record_seat};
pub use shares::{NewShares, SHARES_TOGETHER};
pub use store::{OF_PEOPLE, TABLES};
pub use told::{on_consent, tell};
pub use unlinked::{is_mixed, keep_unlinked, mix_answers, waits_to_be_mixed};
pub use winner::{VerifiedDraw, WinnerProof};
pub use wire::{
    CheckpointOf, FileSystem, Lock, NotAWinner, OpeningPolicy, Refusal, Shredded, Standing,
};

/// Why the vault did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The keeper refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The keeper answered something else than it was asked.
    #[error("the keeper gave an answer of another kind")]
    Answer,
    /// The activity has no public keys in the database.
    #[error("the activity has no public keys")]
    NoPublicKeys,
    /// The notice that the person read does not name the purpose.
    #[error("the notice does not name the purpose")]
    NotTold,
    /// An alarm stopped every opening by staff.
    #[error("nothing is opened until an admin lifts the freeze")]
    Frozen,
    /// The record of acts.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] db::Error),
}

impl From<NotAWinner> for Error {
    fn from(why: NotAWinner) -> Error {
        Error::Refused(Refusal::NotAWinner(why))
    }
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Refused(Refusal::NoKey) => Kind::Gone,
            Error::Refused(Refusal::Expired | Refusal::NotAShare) => Kind::Invalid,
            Error::Refused(Refusal::Away | Refusal::Storage | Refusal::Busy | Refusal::Behind) => {
                Kind::Unavailable
            }
            Error::Refused(
                Refusal::NotAWinner(_)
                | Refusal::OtherDraw
                | Refusal::TooMany
                | Refusal::Locked
                | Refusal::NotAllowed
                | Refusal::NotPromised
                | Refusal::OtherWords,
            ) => Kind::Forbidden,
            Error::NotTold | Error::Frozen => Kind::Forbidden,
            Error::Refused(_) | Error::Answer | Error::NoPublicKeys => Kind::Broken,
            Error::Audit(error) => error.kind(),
            Error::Db(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Refused(Refusal::NoKey) | Error::NoPublicKeys => "vault.no_key",
            Error::Refused(Refusal::Expired) => "vault.expired",
            Error::Refused(Refusal::Away) => "vault.away",
            Error::Refused(Refusal::Storage) => "vault.unavailable",
            Error::Refused(Refusal::Busy) => "vault.busy",
            Error::Refused(Refusal::Behind) => "vault.behind",
            Error::Refused(Refusal::NotPromised) => "vault.not_promised",
            Error::Refused(Refusal::NotAWinner(_) | Refusal::OtherDraw) => "vault.not_a_winner",
            Error::Refused(Refusal::TooMany) => "vault.too_many",
            Error::Refused(Refusal::Locked) => "vault.locked",
            Error::Refused(Refusal::NotAShare) => "vault.not_a_share",
            Error::Refused(Refusal::NotAllowed) => "vault.not_allowed",
            Error::Refused(Refusal::OtherWords) => "vault.other_words",
            Error::NotTold => "vault.not_told",
            Error::Frozen => "vault.frozen",
            Error::Refused(_) | Error::Answer => "vault.broken",
            Error::Audit(error) => error.code(),
            Error::Db(error) => error.code(),
        }
    }
}

/// Why the vault could not be opened at the start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The key folder.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The site's name cannot name a signing key.
    #[error("the site's name cannot be the name of a signing key")]
    Site(#[from] NoteError),
    /// The vault's process.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// The mail server's address.
    #[error("the mail settings cannot be used")]
    Mail(#[from] MailerError),
}

/// Why a token was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It was made too long ago.
    #[error("the token is too old")]
    Expired,
    /// It is not a token of this site, or it was changed.
    #[error("the token does not open")]
    Broken,
    /// The vault cannot be asked now.
    #[error("the vault cannot be asked")]
    Unavailable,
}

/// The public halves of an activity's keys; whoever has them can only seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKeys {
    /// Contacts are sealed to this key.
    pub notify: [u8; 32],
    /// Answers are sealed to this key.
    pub answers: [u8; 32],
}

/// What a new activity gets from the keeper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityKeys {
    /// The keys to seal to.
    pub public: PublicKeys,
    /// TH("tagkey", K): the line `tag-key` of the key note.
    pub tag_key: Hash,
}

/// What a contact belongs to. It opens for the same four again, or not at all; the tag makes a
/// box of one person useless in the place of another's.
#[derive(Clone, Copy, Debug)]
pub struct ContactOf<'a> {
    /// The activity.
    pub activity: &'a str,
    /// The id of the row.
    pub item: &'a str,
    /// The person's tag in this activity.
    pub tag: &'a Hash,
    /// The hash of the notice that the person was shown.
    pub notice: &'a Hash,
}

/// Whether answers belong to an entry (`decisions` D7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswersOf<'a> {
    /// They belong to this row, and the entry names it.
    Item(&'a str),
    /// They belong to nobody; their row gets another id at the close.
    Nobody,
}

/// What kind of box a row holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// How a person can be reached.
    Contact,
    /// What a person answered.
    Answers,
    /// A contact for one benefit provider.
    Share,
    /// A letter of a person to the library, or its answer.
    Request,
    /// A payee of the tax vault.
    Tax,
    /// A contact under a legal hold.
    Held,
}

impl ItemKind {
    fn code(self) -> &'static str {
        match self {
            ItemKind::Contact => "contact",
            ItemKind::Answers => "answers",
            ItemKind::Share => "share",
            ItemKind::Request => "request",
            ItemKind::Tax => "tax",
            ItemKind::Held => "held",
        }
    }
}

/// A row of the vault, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The id of the row.
    pub item: String,
    /// The box.
    pub sealed: Vec<u8>,
    /// The entrant's own copy, under a key that needs the receipt secret.
    pub own_copy: Option<Vec<u8>>,
}

impl Sealed {
    /// Which fields the box says it holds.
    pub fn fields(&self) -> FieldSet {
        crypt::fields(&self.sealed).unwrap_or(FieldSet::of(&[]))
    }
}

/// How many rows the vault holds of an activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Contacts.
    pub contacts: i64,
    /// Answers, linked or not.
    pub answers: i64,
}

/// Seals a contact to the activity's public key: from here on only the keeper can read it.
pub fn seal_contact(
    sealer: &Sealer,
    public: &PublicKeys,
    of: &ContactOf,
    contact: &Contact,
) -> Result<Vec<u8>, Error> {
    seal_for(sealer, public, crypt::Scope::Notify, of, contact)
}

/// Seals a contact once more, for one benefit provider that the person ticked: the box opens for
/// that provider's export and for nothing else.
pub fn seal_share(
    sealer: &Sealer,
    public: &PublicKeys,
    provider: &str,
    of: &ContactOf,
    contact: &Contact,
) -> Result<Vec<u8>, Error> {
    seal_for(
        sealer,
        public,
        crypt::Scope::Provider(provider),
        of,
        contact,
    )
}

fn seal_for(
    sealer: &Sealer,
    public: &PublicKeys,
    scope: crypt::Scope,
    of: &ContactOf,
    contact: &Contact,
) -> Result<Vec<u8>, Error> {
    let binding = crypt::Binding {
        activity: of.activity,
        item: of.item,
        tag: Some(of.tag),
        notice: Some(of.notice),
    };
    let plain = contact.encode();
    let sealed = sealer.seal(&public.notify, scope, &binding, contact.fields(), &plain)?;
    Ok(leak_control::leaked(sealed, contact))
}

/// Seals answers, as JSON text, to the activity's public key.
pub fn seal_answers(
    public: &PublicKeys,
    activity: &str,
    of: AnswersOf,
    json: &[u8],
) -> Result<Vec<u8>, Error> {
    let (item, kind) = match of {
        AnswersOf::Item(item) => (item, FieldKind::LinkedAnswers),
        AnswersOf::Nobody => ("", FieldKind::UnlinkedAnswers),
    };
    let binding = crypt::Binding {
        activity,
        item,
        tag: None,
        notice: None,
    };
    let fields = FieldSet::one(kind);
    crypt::seal(
        &public.answers,
        crypt::Scope::Answers,
        &binding,
        fields,
        json,
    )
    .ok_or(Error::NoPublicKeys)
}

/// Stores the public keys of an activity.
pub fn keep_keys(tx: &mut Tx, activity: &str, keys: &PublicKeys) -> Result<(), Error> {
    Ok(store::insert_keys(tx, activity, keys)?)
}

/// The public keys of an activity.
pub fn public_keys(tx: &mut Tx, activity: &str) -> Result<PublicKeys, Error> {
    store::find_keys(tx, activity)?.ok_or(Error::NoPublicKeys)
}

/// A sealed box that is about to be kept, under an id that the caller made ([`ids::code`]).
#[derive(Clone, Copy)]
pub struct NewBox<'n> {
    /// The activity whose key opens it.
    pub activity: &'n str,
    /// Its id.
    pub item: &'n str,
    /// What is in it.
    pub kind: ItemKind,
    /// The box.
    pub sealed: &'n [u8],
    /// The entrant's own copy.
    pub own_copy: Option<&'n [u8]>,
}

/// Stores sealed boxes.
pub fn keep_all(tx: &mut Tx, boxes: &[NewBox]) -> Result<(), Error> {
    Ok(store::insert_all(tx, boxes)?)
}

/// Puts a corrected box in the place of one that was kept, under the same id. `false` when it is
/// not there. Only the entrant's own correction calls this: nobody else changes what a person wrote.
pub fn replace(
    tx: &mut Tx,
    activity: &str,
    item: &str,
    sealed: &[u8],
    own_copy: Option<&[u8]>,
) -> Result<bool, Error> {
    let replaced = store::replace(tx, activity, item, sealed, own_copy)?;
    if replaced {
        db::tidy::wanted(tx)?;
    }
    Ok(replaced)
}

/// One sealed box.
pub fn sealed(tx: &mut Tx, activity: &str, item: &str) -> Result<Option<Sealed>, Error> {
    Ok(store::find(tx, activity, item)?)
}

/// How far the answers of an activity were read.
#[derive(Clone, Debug, Default)]
pub struct AnswersRead {
    /// Whether those that entries name are through.
    linked: bool,
    after: String,
}

/// Answers read together: as many boxes are one message to the keeper.
const ANSWERS_TOGETHER: i64 = 2_000;

/// The next sealed answers of an activity: those that entries name, then those that belong to nobody;
/// none at the end. A million of them are not in memory at once.
pub fn more_answers(
    tx: &mut Tx,
    activity: &str,
    read: &mut AnswersRead,
) -> Result<Vec<Sealed>, Error> {
    if !read.linked {
        let kind = ItemKind::Answers;
        let some = store::list(tx, activity, kind, &read.after, ANSWERS_TOGETHER)?;
        if let Some(last) = some.last() {
            read.after.clone_from(&last.item);
            return Ok(some);
        }
        *read = AnswersRead {
            linked: true,
            after: String::new(),
        };
    }
    let some = store::unlinked::list(tx, activity, &read.after, ANSWERS_TOGETHER)?;
    if let Some(last) = some.last() {
        read.after.clone_from(&last.item);
    }
    Ok(some)
}

/// All answers of an activity, sealed: those that entries name, then those that belong to nobody.
pub fn sealed_answers(tx: &mut Tx, activity: &str) -> Result<Vec<Sealed>, Error> {
    let (mut all, mut read) = (Vec::new(), AnswersRead::default());
    loop {
        let some = more_answers(tx, activity, &mut read)?;
        if some.is_empty() {
            return Ok(all);
        }
        all.extend(some);
    }
}

/// Removes one box: the entry was withdrawn. `false` when it was not there.
pub fn discard(tx: &mut Tx, activity: &str, item: &str) -> Result<bool, Error> {
    let erased = store::erase(tx, activity, item)? > 0;
    if erased {
        db::tidy::wanted(tx)?;
    }
    Ok(erased)
}

/// The boxes of these rows, those that are there, in no particular order.
pub fn sealed_all(tx: &mut Tx, activity: &str, items: &[String]) -> Result<Vec<Sealed>, Error> {
    Ok(store::find_all(tx, activity, items)?)
}

/// Which fields the boxes of these rows hold, by their headers; those that are there, in no
/// particular order.
pub fn fields_of(
    tx: &mut Tx,
    activity: &str,
    items: &[String],
) -> Result<Vec<(String, FieldSet)>, Error> {
    let heads = store::heads(tx, activity, items)?;
    let fields =
        |(item, head): (String, Vec<u8>)| (item, crypt::fields(&head).unwrap_or(FieldSet::of(&[])));
    Ok(heads.into_iter().map(fields).collect())
}

/// Removes every box and the public keys of an activity; tells how many boxes.
pub fn discard_all(tx: &mut Tx, activity: &str) -> Result<usize, Error> {
    let boxes = store::erase_all(tx, activity)? + store::unlinked::erase_all(tx, activity)?;
    store::erase_keys(tx, activity)?;
    Ok(boxes)
}

/// Removes some boxes of an activity, `at_most` at once; none is left where it removes none.
pub fn discard_some(tx: &mut Tx, activity: &str, at_most: i64) -> Result<usize, Error> {
    Ok(match store::erase_some(tx, activity, at_most)? {
        0 => store::unlinked::erase_some(tx, activity, at_most)?,
        some => some,
    })
}

/// How many boxes and public keys of an activity are still here.
pub fn left(tx: &mut Tx, activity: &str) -> Result<u64, Error> {
    Ok(store::left(tx, activity)?)
}

/// `length` bytes of sealed boxes that occur nowhere else: what a scan after the purge looks for.
/// They begin behind the encapsulated key, which the boxes of a minute share. Of more than `most`
/// boxes of a kind, so many are taken from all over them.
pub fn fingerprints(
    tx: &mut Tx,
    activity: &str,
    length: usize,
    most: usize,
) -> Result<Vec<Vec<u8>>, Error> {
    let mut boxes = store::some_sealed(tx, activity, most)?;
    boxes.extend(store::unlinked::some_sealed(tx, activity, most)?);
    let own = boxes.iter().filter_map(|sealed| {
        let own = sealed.get(crypt::OWN_BYTES..)?;
        Some(own[..own.len().min(length)].to_vec())
    });
    Ok(own.collect())
}

/// How many boxes an activity has.
pub fn count(tx: &mut Tx, activity: &str) -> Result<Count, Error> {
    Ok(store::count(tx, activity)?)
}
