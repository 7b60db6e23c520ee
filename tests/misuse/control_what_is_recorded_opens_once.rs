//! Control: compiles.
use fairdraw::vault::{Error, OpenedWinner, Recorded, Vault, WinnerExport};

pub fn open(vault: &Vault, recorded: Recorded<WinnerExport>) -> Result<Vec<OpenedWinner<WinnerExport>>, Error> {
    vault.open_winners(recorded)
}
