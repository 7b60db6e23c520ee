//! One line in the record for two openings.
use fairdraw::vault::{Error, Recorded, Vault, WinnerExport};

pub fn twice(vault: &Vault, recorded: Recorded<WinnerExport>) -> Result<(), Error> {
    vault.open_winners(recorded)?;
    vault.open_winners(recorded)?; //~ E0382
    Ok(())
}
