//! The key folder of an older version: it stood inside the data folder.
//!
//! Invariant: keys are moved by a rename or not at all. A rename keeps every block where it is; a
//! copy would leave the old bytes on the disk.

use std::fs;
use std::io;
use std::path::Path;

use crate::vault::KeyError;

/// Moves `data/keys` to `keys`, where only the former exists. Says whether it did.
pub fn move_out(data: &Path, keys: &Path) -> Result<bool, KeyError> {
    let before = data.join("keys");
    if before == keys || !before.try_exists()? || keys.try_exists()? {
        return Ok(false);
    }
    match fs::rename(&before, keys) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            Err(KeyError::TwoFileSystems {
                before,
                now: keys.to_owned(),
            })
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Vault;

    #[test]
    fn keys_leave_the_data_folder_once_and_are_the_same() {
        let folder = tempfile::tempdir().expect("a folder");
        let (data, keys) = (folder.path().join("data"), folder.path().join("data-keys"));
        assert!(!move_out(&data, &keys).expect("nothing to move"));
        let before = Vault::open(&data.join("keys"), "lib.example").expect("opens");
        let vkey = before.vkey();
        drop(before);
        assert!(move_out(&data, &keys).expect("moved"));
        assert!(!data.join("keys").exists());
        assert!(!move_out(&data, &keys).expect("moved already"));
        let after = Vault::open(&keys, "lib.example").expect("opens");
        assert_eq!(after.vkey(), vkey);
    }

    #[test]
    fn a_new_key_folder_is_never_replaced_by_an_old_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let (data, keys) = (folder.path().join("data"), folder.path().join("data-keys"));
        for at in [data.join("keys"), keys.clone()] {
            drop(Vault::open(&at, "lib.example").expect("opens"));
        }
        assert!(!move_out(&data, &keys).expect("left alone"));
        assert!(data.join("keys").exists() && keys.exists());
    }
}
