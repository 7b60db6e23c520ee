//! What crosses the keeper's boundary: one request, one reply, both owned and serialisable.
//!
//! Invariant: nothing here holds a transaction, a file or a reference, so the keeper is in
//! a process of its own without its callers noticing (`decisions` D15). Messages print as their
//! name only; their private bytes are wiped when dropped.
//!
//! Not here: what is done with a message (`keeper`), how it is asked for (`mod.rs`).

mod brief;
pub(super) mod post;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

pub(super) use brief::{Brief, BriefReply};

/// Bytes that are personal or secret: wiped when dropped, never printed.
#[derive(Clone, Default, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(super) struct Private(pub(super) Vec<u8>);

impl fmt::Debug for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Private(…)")
    }
}

/// Which checkpoint is signed; the key name differs, the key does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CheckpointOf {
    /// The site-wide journal, under `<site>/journal`.
    Journal,
    /// The log of a draw, under `<site>`.
    Draw,
}

/// What connects a checkpoint with one of another size (RFC 6962, 2.1.2).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Growth {
    /// The other size: that of before, or for a checkpoint of the past that of today.
    pub(super) from: u64,
    pub(super) proof: Vec<[u8; 32]>,
}

/// What the keeper is asked.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    Vkey,
    SignNote {
        text: String,
    },
    SignCheckpoint {
        of: CheckpointOf,
        text: String,
        growth: Growth,
    },
    /// A checkpoint that the keeper signed is stored, and people may have seen it.
    Released {
        of: CheckpointOf,
        signed: String,
    },
    /// The last released state of a log.
    Tip {
        origin: String,
    },
    CreateActivity {
        activity: String,
    },
    /// Everything that the activity promises to draw: the texts of its manifests. Before the first
    /// tag of the activity, in the place of an earlier try.
    Promise {
        activity: String,
        manifests: Vec<String>,
    },
    /// The text of a manifest that names the promised one whose place it takes.
    Succeed {
        activity: String,
        manifest: String,
    },
    /// How many people the activity can hold in its sessions. Before the first tag of the activity,
    /// in the place of an earlier try.
    PromisePlaces {
        activity: String,
        places: u64,
    },
    /// The commitment to a draw's own secret, which is made at the first call.
    PromiseSecret {
        activity: String,
        draw: String,
    },
    /// The secret itself, for which the site has to have signed that the list is final.
    RevealSecret {
        activity: String,
        draw: String,
        /// `manifest.note`, which promises the secret.
        manifest: String,
        /// `freeze.note` of that manifest.
        freeze: String,
    },
    /// Brief questions, of one caller or of many.
    Each(Vec<Brief>),
    MatchId {
        activity: String,
        subject: Private,
        tag: [u8; 32],
    },
    OpenOwnCopy {
        of: CopyOf,
        activity: String,
        entry: String,
        input: Private,
        sealed: Vec<u8>,
    },
    OpenAnswers {
        activity: String,
        boxes: Vec<AnswerBox>,
    },
    /// Answers that belong to nobody, to be sealed anew: boxes come in and boxes go out.
    ResealAnswers {
        activity: String,
        boxes: Vec<Vec<u8>>,
    },
    OpenWinners {
        activity: String,
        /// The code of a purpose in `purpose.rs`.
        purpose: String,
        /// The draw's public bundle, which the keeper verifies itself; the whole list may stand in
        /// it for the proofs of the drawn tickets.
        bundle: BundleRef,
        boxes: Vec<WinnerBox>,
    },
    /// A key of no activity; the name begins with `_`.
    CreateScope {
        scope: String,
    },
    OpenInScope {
        scope: String,
        /// The code of a purpose that is of this scope.
        purpose: String,
        boxes: Vec<AnswerBox>,
    },
    /// A subscriber's or a member's box that is never opened again: its person left.
    CloseReader {
        of: post::Readers,
        item: String,
    },
    /// A member's own boxes, for that member.
    OpenMember {
        boxes: Vec<AnswerBox>,
    },
    /// Boxes that were sealed for one provider.
    OpenShared {
        activity: String,
        provider: String,
        boxes: Vec<PersonBox>,
    },
    /// Contacts of named people, within the operator's yearly number.
    OpenNamed {
        /// The activity, or the scope of a hold.
        place: String,
        /// The code of the ground in the register of disclosures.
        ground: String,
        boxes: Vec<PersonBox>,
    },
    /// Contacts that are sealed anew, to the key of a hold; nothing comes back open.
    Rehouse {
        activity: String,
        to: String,
        boxes: Vec<PersonBox>,
    },
    /// New shares of L_A for three librarians, in the place of older ones.
    CreateShares {
        activity: String,
    },
    /// No librarians after all; only before the first contact is sealed.
    DropShares {
        activity: String,
    },
    /// One librarian's share; the second one within ten minutes opens.
    Unlock {
        activity: String,
        share: Private,
        /// Who gives it: another person has to give the second.
        by: String,
        now: i64,
    },
    Lock {
        activity: String,
    },
    HowLocked {
        activity: String,
        now: i64,
    },
    /// How many contacts of winners were opened so far.
    CountOpenings {
        activity: String,
    },
    Erase {
        activity: String,
    },
    HoldsKey {
        activity: String,
    },
    WasErased {
        activity: String,
    },
    /// A new key over keys; the old one is destroyed.
    RotateKeys,
    FileSystem,
    /// How much is left of an activity whose key was destroyed.
    Traces {
        activity: String,
        /// Looked for in the lists of the folder, never in a page that holds a key.
        needles: Vec<Private>,
    },
    Mail(post::MailRequest),
}

/// A bundle, which travels once: after that its hash is enough.
#[derive(Serialize, Deserialize)]
pub(super) enum BundleRef {
    Known([u8; 32]),
    Whole(#[serde(with = "shared")] Arc<Vec<u8>>),
}

/// A bundle of many megabytes is sent without a copy.
mod shared {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &Arc<Vec<u8>>, to: S) -> Result<S::Ok, S::Error> {
        bytes.as_slice().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Arc<Vec<u8>>, D::Error> {
        Vec::deserialize(from).map(Arc::new)
    }
}

impl fmt::Debug for BundleRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BundleRef::Known(_) => "Known(…)",
            BundleRef::Whole(_) => "Whole(…)",
        })
    }
}

/// Which of an entry's own copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum CopyOf {
    Contact,
    Answers,
}

/// A sealed contact and what it is bound to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PersonBox {
    pub(super) item: String,
    pub(super) tag: [u8; 32],
    pub(super) notice: [u8; 32],
    pub(super) sealed: Vec<u8>,
}

/// A sealed box of answers, or of a scope; `item` is the row.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct AnswerBox {
    pub(super) item: String,
    pub(super) sealed: Vec<u8>,
}

/// A sealed contact and the ticket by which it may be opened.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct WinnerBox {
    pub(super) position: u64,
    pub(super) standing: Standing,
    pub(super) item: String,
    pub(super) notice: [u8; 32],
    pub(super) sealed: Vec<u8>,
}

/// What the keeper answers.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    Done,
    Text(String),
    /// The keeper knows this size of the log: a proof to or from there is needed.
    Knows(u64),
    Tip(Option<(u64, [u8; 32])>),
    Keys {
        notify: [u8; 32],
        answers: [u8; 32],
        tag_key: [u8; 32],
    },
    /// One for each brief question, in the same order.
    Each(Vec<Result<BriefReply, Refusal>>),
    Hash([u8; 32]),
    Holds(bool),
    Sealed(Vec<u8>),
    Opened(Private),
    /// One for each box, in the same order.
    OpenedEach(Vec<Result<Private, Refusal>>),
    Shares {
        shares: Vec<Private>,
        notify: [u8; 32],
        answers: [u8; 32],
    },
    Lock(Lock),
    /// One for each box, in the same order.
    SealedEach(Vec<Result<Vec<u8>, Refusal>>),
    Shredded(Shredded),
    FileSystem(FileSystem),
    Count(u64),
    Mail(post::MailReply),
}

/// Why the keeper did not do as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    /// The activity has no key: none was made yet, or it was destroyed.
    #[error("the activity has no key")]
    NoKey,
    /// The sealed bytes do not open: changed, of another place, or sealed to another key.
    #[error("the sealed bytes do not open")]
    Broken,
    /// The token was made too long ago.
    #[error("the token is too old")]
    Expired,
    /// The ticket's person may not be told.
    #[error(transparent)]
    NotAWinner(#[from] NotAWinner),
    /// Winners' contacts are not opened for this purpose.
    #[error("this purpose opens no contact of a winner")]
    Purpose,
    /// The log of this draw has another result than the one that was served before.
    #[error("another result of this draw was used before")]
    OtherDraw,
    /// As many winning tickets as there are prizes and reserves were opened already.
    #[error("more winning tickets than prizes and reserves")]
    TooMany,
    /// The name cannot be the name of an activity.
    #[error("an activity is named by 1 to 64 letters, digits, '-' or '_'")]
    Name,
    /// The message is larger than any honest one.
    #[error("the request is too large")]
    TooLarge,
    /// The text cannot be signed as a note.
    #[error("the text is not the text of a note")]
    NotANote,
    /// The site has not signed that the list of the draw that promises the secret is final.
    #[error("the list of the draw that promises the secret is not final")]
    NotFrozen,
    /// The activity's contacts are locked until two of the three librarians give their shares.
    #[error("the contacts are locked until two librarians open them")]
    Locked,
    /// The text is no share of this activity's librarians.
    #[error("this is no share of the activity's librarians")]
    NotAShare,
    /// The operator's settings do not allow it, or the year's number is used up.
    #[error("the operator has not allowed so many rows this year")]
    NotAllowed,
    /// The keeper does not remember the bundle: it is asked again with the whole bundle.
    #[error("the bundle has to be sent")]
    SendBundle,
    /// The key folder failed; the keeper has logged how.
    #[error("the key folder cannot be read or written")]
    Storage,
    /// The checkpoint is of a log that is behind, or another one than, what was released before.
    #[error("the log in the database is older than what was released of it")]
    Behind,
    /// The activity's key is still there.
    #[error("the activity's key was not destroyed")]
    NotErased,
    /// The draw was not promised before the first entry, or by a successor of what was.
    #[error("the draw was not promised before the first entry")]
    NotPromised,
    /// More numbers were asked for than this hour allows, or more letters than can wait.
    #[error("too much was asked for; some more can be in a while")]
    Busy,
    /// The letters of an incident that have left had other words.
    #[error("the letters about this incident have other words")]
    OtherWords,
    /// The keeper's process is not there, or does not answer.
    #[error("the vault does not answer")]
    Away,
}

/// Why a ticket's contact stays closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum NotAWinner {
    /// The bundle does not verify, or is of a cancelled draw.
    #[error("the public record of the draw does not verify")]
    Unverified,
    /// The draw's key note names another activity's tag key.
    #[error("the draw belongs to another activity")]
    OtherActivity,
    /// The ticket holds no prize: it lost, was vacated, or is void.
    #[error("the ticket holds no prize")]
    HoldsNothing,
    /// The ticket is on the reserve list and has not been called.
    #[error("the reserve has not been called")]
    NotCalled,
    /// The ticket won, but its opening is lost: its person comes with receipt and ID.
    #[error("the opening of the winning ticket is lost")]
    Unopened,
    /// The ticket is no duplicate of that winner's.
    #[error("the ticket is no duplicate of the winner's")]
    NoDuplicate,
}

/// Why a ticket's person may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// The result gave the ticket the prize that it holds.
    Winner,
    /// A settlement gave it the prize: a reserve that was called, or the order went on to it.
    CalledReserve,
    /// It is void as a duplicate of the winning ticket at this position (`decisions` D5).
    DuplicateOf(u64),
}

/// Whether an activity's contacts can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lock {
    /// There are no shares: the server opens winners by itself.
    None,
    /// Locked; no librarian has given a share.
    Locked,
    /// One librarian has given a share; another one's is awaited.
    Half,
    /// Two have: open until it is locked, or the server starts again.
    Open,
}

/// What the operator's own settings allow beyond the winners of a draw. The program that starts
/// the vault reads them from the operator's file; no message changes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningPolicy {
    /// How many contacts that the register of disclosures names may be opened in a calendar year.
    pub named_openings_per_year: u64,
    /// How many contacts may be sealed to the key of a legal hold in a calendar year.
    pub held_rows_per_year: u64,
    /// Whether the vault may write to everybody about a breach.
    pub breach_mail: bool,
    /// About how many incidents in a calendar year.
    pub incidents_per_year: u64,
}

impl Default for OpeningPolicy {
    fn default() -> OpeningPolicy {
        OpeningPolicy {
            named_openings_per_year: 0,
            held_rows_per_year: 20,
            breach_mail: false,
            incidents_per_year: 4,
        }
    }
}

/// How an activity's key was destroyed; part of the purge certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shredded {
    /// What was done to the key file.
    pub method: String,
    /// Where it was.
    pub file_system: FileSystem,
    /// The epoch of the key-encryption key before.
    pub kek_epoch_before: u64,
    /// The epoch after; the key of the one before is destroyed too.
    pub kek_epoch_after: u64,
}

/// The file system that holds the keys, as far as the kernel tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSystem {
    /// The kernel's name for it, such as `ext4`; `unknown` where there is no such list.
    pub kind: String,
    /// Whether it keeps old contents of a file that is overwritten in place: copy-on-write file
    /// systems, and ext4 with `data=journal`.
    pub keeps_copies: bool,
}
