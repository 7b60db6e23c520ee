//! What a purge writes down: its notes between steps, the certificates, tombstones, and pages.

mod certificates;
mod facts;
mod report;
mod tombstone;
mod views;

pub use certificates::{
    Certificate, CertifiedDraw, CertifiedStep, KIND, Opened, Outstanding, PlantedPeople, Scanner,
    SecondCertificate,
};
pub use facts::{done_so_far, outstanding, steps};
pub use report::{Deleted, ExportMade, HeldRows, Location, Report, StepTaken};
pub use tombstone::{KeptFile, Tombstone};
pub use views::{
    CertificateView, ComingRow, FactRow, PurgeRow, PurgesView, step_words, trouble_words,
};
