//! The scan for personal data: unique strings are entered, and no file may hold them afterwards.
//!
//! It is the program's own ([`fairdraw::platform::trace`]); here a find may name its canary, which
//! is made up, and a place that cannot be read fails the test. Invariant: a scan that finds
//! nothing means something only beside a scan of the same kind that found what was put there.

use std::io::ErrorKind;
use std::path::Path;

use fairdraw::platform::trace::{self, Seen, WhyUnread};

/// A canary that was found where it must not be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Find {
    /// File, or the name of other bytes.
    pub place: String,
    /// The canary.
    pub canary: String,
    /// Which dress it wore.
    pub dress: &'static str,
}

/// All canaries in all dresses, ready to look through files.
pub struct Scan {
    canaries: Vec<String>,
    scan: trace::Scan,
}

impl Scan {
    /// Looks for these strings.
    pub fn of<S: AsRef<str>>(canaries: &[S]) -> Scan {
        Scan {
            canaries: canaries.iter().map(|c| c.as_ref().to_owned()).collect(),
            scan: trace::Scan::of(canaries).expect("canaries are long"),
        }
    }

    /// What is found in a file, a device, or every file below a folder, and in the files' names.
    pub fn path(&self, path: &Path) -> Vec<Find> {
        let seen = self.scan.path(path);
        // What is gone meanwhile, as logs of databases are, holds nothing.
        let refused = |why| match why {
            WhyUnread::Refused(kind) => kind != ErrorKind::NotFound,
            WhyUnread::Packed => true,
            WhyUnread::Link | WhyUnread::NoFile => false,
        };
        let refused: Vec<_> = seen.unread.iter().filter(|u| refused(u.why)).collect();
        assert!(refused.is_empty(), "nobody looked there: {refused:?}");
        self.told(seen)
    }

    /// What is found in `bytes`, which `place` names.
    pub fn bytes(&self, place: &str, bytes: &[u8]) -> Vec<Find> {
        let finds = self.scan.bytes(place, bytes);
        self.told(Seen {
            finds,
            ..Seen::default()
        })
    }

    fn told(&self, seen: Seen) -> Vec<Find> {
        let finds = seen.finds.into_iter().map(|find| Find {
            place: find.place,
            canary: self.canaries[find.string].clone(),
            dress: find.dress,
        });
        finds.collect()
    }
}
