//! Whether anything of an erased activity is left among the keys.
//!
//! Invariant: bytes that the caller chooses are looked for in lists of ids and numbers alone.

use super::super::wire::{Private, Refusal, Reply};
use super::super::{disk, keys};
use super::{Keeper, checked, storage};

/// The shortest needle that a search takes, in bytes.
const NEEDLE: usize = 16;

impl Keeper {
    /// How many files of an erased activity are left, and one more where a needle occurs in a list.
    ///
    /// The caller chooses the needles, so that no page of a key, of a key-encryption key or of shares
    /// is ever looked into: known bytes before an unknown one would tell a key byte by byte.
    pub(super) fn traces(&self, activity: &str, needles: &[Private]) -> Result<Reply, Refusal> {
        let name = checked(activity)?;
        if needles.iter().any(|needle| needle.0.len() < NEEDLE) {
            return Err(Refusal::Broken);
        }
        let keys = self.keys();
        if !keys.was_erased(name).map_err(storage)? {
            return Err(Refusal::NotErased);
        }
        let mut left = 0;
        let mut found = false;
        for file in disk::names(keys.folder()).map_err(|e| storage(e.into()))? {
            let is_list = keys::LISTS.iter().any(|ending| file.ends_with(ending));
            left += u64::from(file.starts_with(&format!("{name}.")) && !keys::outlives(&file));
            if !is_list || found {
                continue;
            }
            let bytes = disk::read(keys.folder(), &file).map_err(|e| storage(e.into()))?;
            let bytes = bytes.unwrap_or_default();
            let occurs = |needle: &Private| bytes.windows(needle.0.len()).any(|w| w == needle.0);
            found = needles.iter().any(occurs);
        }
        Ok(Reply::Count(left + u64::from(found)))
    }
}
