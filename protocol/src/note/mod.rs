//! Signed notes (C2SP signed-note), checkpoints (C2SP tlog-checkpoint) and proofs (C2SP
//! tlog-proof).
//!
//! Invariant: every reader here is strict and accepts only what its writer gives, so a file has
//! exactly one form. Not here: what a note says (`record`), and who is to be believed (`verify`).

mod checkpoint;
mod key;
mod proof;
mod signed;
mod witness;

pub use checkpoint::Checkpoint;
pub use key::{Signer, Verifier};
pub use proof::TlogProof;
pub(crate) use signed::is_key_name;
pub use signed::{SignatureLine, SignedNote};
pub use witness::{Cosigner, Witness};

/// Why a note, a key or a proof was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Key names are 1 to 255 printable ASCII characters without space and `+`.
    #[error("a key name is 1 to 255 printable ASCII characters without space and '+'")]
    KeyName,
    /// Not `<name>+<8 hex digits>+<base64>` with a matching key ID and a sound Ed25519 key.
    #[error("not a verifier key of the expected kind, or its key ID does not match")]
    VerifierKey,
    /// Not a text, a blank line and signature lines.
    #[error("not a note: expected a text, a blank line and signature lines")]
    Form,
    /// A signature line of a key that is not expected here, or in the wrong place.
    #[error("a signature line is missing, surplus or out of order")]
    Lines,
    /// The signature does not match text and key.
    #[error("the signature does not match the text")]
    Signature,
    /// Not the three lines of a checkpoint.
    #[error("not a checkpoint: expected origin, size and base64 root")]
    Checkpoint,
    /// Not a tlog-proof.
    #[error("not a c2sp.org/tlog-proof@v1 file")]
    Proof,
}
