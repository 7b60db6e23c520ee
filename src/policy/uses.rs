//! What a notice says that contacts are opened for.
//!
//! Invariant: each use is the code of a purpose of the vault and has words in both languages; the
//! codes are stored with the notice at publishing, and the vault opens contacts of that notice for
//! these alone. A purpose that is added later so needs a new notice first.
//!
//! Not here: the purposes themselves ([`crate::vault::purpose`]), which this domain may not import;
//! a test of clause T26 holds the two together.

use crate::activity::Kind;
use crate::platform::text::{self, Language};

/// One use of contact data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    /// The code of the vault's purpose.
    pub code: &'static str,
    words: &'static str,
}

impl Use {
    /// What the person is told.
    pub fn words(self, language: Language) -> String {
        text::message(language, self.words, &[])
    }
}

/// Every use that a notice of a draw tells.
const OF_A_DRAW: [Use; 5] = [
    Use {
        code: "winner-notice",
        words: "policy-use-winner-notice",
    },
    Use {
        code: "winner-call",
        words: "policy-use-winner-call",
    },
    Use {
        code: "winner-export",
        words: "policy-use-winner-export",
    },
    Use {
        code: "prize-handover",
        words: "policy-use-prize-handover",
    },
    Use {
        code: "live-reveal",
        words: "policy-use-live-reveal",
    },
];

/// Every use that a notice of places in sessions tells.
const OF_PLACES: [Use; 1] = [Use {
    code: "seat-notice",
    words: "policy-use-seat-notice",
}];

/// What the notice of an activity tells; a survey asks no contact.
pub fn told(kind: Kind) -> &'static [Use] {
    match kind {
        kind if kind.is_drawn() => &OF_A_DRAW,
        Kind::Seats(_) => &OF_PLACES,
        Kind::Draw | Kind::Survey => &[],
    }
}
