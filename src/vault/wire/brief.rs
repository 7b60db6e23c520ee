//! Brief questions and their answers, as they travel.

use serde::{Deserialize, Serialize};

use super::{CopyOf, Private};

/// A question that the keeper answers from memory at once; many travel together.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::vault) enum Brief {
    Tag {
        activity: String,
        subject: Private,
    },
    /// The tag of somebody on a list of the activity; no tag of an entry is equal to it.
    ListTag {
        activity: String,
        subject: Private,
    },
    /// `input` is TH("lookup", secret): the keeper never sees the secret.
    Lookup {
        input: [u8; 32],
    },
    /// `input` is TH("own-copy", secret).
    SealOwnCopy {
        of: CopyOf,
        activity: String,
        entry: String,
        input: Private,
        plain: Private,
    },
    SealToken {
        plain: Private,
        now: i64,
    },
    OpenToken {
        token: String,
        now: i64,
        max_age: i64,
    },
    /// The secret of a member of staff's telephone, which from here on is only checked against.
    SealFactor {
        staff: String,
        secret: Private,
    },
    /// Which time step a code is of, if one around `now`.
    CheckCode {
        staff: String,
        sealed: Vec<u8>,
        code: Private,
        now: i64,
    },
    /// How much is left of an activity's store of tags, in parts of it.
    TagsLeft {
        activity: String,
    },
    /// A passkey of a member of staff: its public key and the name that its owner gave it.
    SealPasskey {
        staff: String,
        plain: Private,
    },
    /// What [`Brief::SealPasskey`] sealed for the same account.
    OpenPasskey {
        staff: String,
        sealed: Vec<u8>,
    },
}

/// What the keeper answers to a [`Brief`].
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::vault) enum BriefReply {
    Hash([u8; 32]),
    Text(String),
    Sealed(Vec<u8>),
    Opened(Private),
    Parts(u64),
    Step(Option<u64>),
}
