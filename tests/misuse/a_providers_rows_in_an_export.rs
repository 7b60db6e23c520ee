//! What was ticked for a provider is that provider's alone.
use fairdraw::vault::{Error, OpenedContact, RecordedShare, Refusal, Vault, WinnerExport};

pub fn export(
    vault: &Vault,
    recorded: RecordedShare,
) -> Result<Vec<Result<OpenedContact<WinnerExport>, Refusal>>, Error> {
    vault.open_shared(recorded) //~ E0308
}
