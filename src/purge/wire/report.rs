//! What the steps of a purge note for each other: one JSON column.
//!
//! Invariant: what an older version wrote is read; whatever was added since has a default.

use serde::{Deserialize, Serialize};

use crate::custody;
use crate::platform::text::dates;
use crate::vault::Shredded;

/// What the steps noted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Whether the last day came before the end of the draw.
    #[serde(default)]
    pub forced: bool,
    /// The steps that were taken, in order.
    #[serde(default)]
    pub steps: Vec<StepTaken>,
    /// How many tables of counts were frozen.
    pub tables: usize,
    /// What the scan looks for, in Base32; emptied when the scan was clean.
    pub needles: Vec<String>,
    /// Lookup values and tags, in Base32; emptied likewise. A winner's tag is published in letters,
    /// so these are looked for as bytes alone.
    #[serde(default)]
    pub marks: Vec<String>,
    /// How many there were of both.
    pub needle_count: usize,
    /// How many made-up people were sealed among the others.
    #[serde(default)]
    pub planted: u64,
    /// How many contacts of winners were opened.
    #[serde(default)]
    pub openings: u64,
    /// How many contacts were disclosed on a legal ground.
    #[serde(default)]
    pub disclosures: u64,
    /// How many contacts partners got, as people had ticked.
    #[serde(default)]
    pub shared: u64,
    /// How many letters about an incident left.
    #[serde(default)]
    pub told: u64,
    /// Rows that a hold keeps, one line a hold.
    #[serde(default)]
    pub held: Vec<HeldRows>,
    /// Rows of payees in the tax vault.
    #[serde(default)]
    pub taxed: u64,
    /// Files of winners that the staff took out.
    #[serde(default)]
    pub exports: Vec<ExportMade>,
    /// How the key was destroyed.
    pub shredded: Option<Shredded>,
    /// When, epoch milliseconds.
    pub shredded_at: i64,
    /// How many rows went.
    pub deleted: Deleted,
    /// When the database had forgotten, epoch milliseconds.
    pub compacted_at: i64,
    /// What the database server did not let this program do; stable words.
    #[serde(default)]
    pub remarks: Vec<String>,
    /// What came of giving unused blocks back to the disk.
    #[serde(default)]
    pub trimmed: String,
    /// Where was searched, and what was found.
    pub scanned: Vec<Location>,
    /// Places that could not be searched.
    #[serde(default)]
    pub unread: Vec<String>,
    /// When the processes that served the activity had ended; 0 until then.
    #[serde(default)]
    pub restarted_at: i64,
}

impl Report {
    /// The report as one text.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("plain values always become JSON")
    }

    /// Reads [`Report::to_json`].
    pub fn parse(json: &str) -> Option<Report> {
        serde_json::from_str(json).ok()
    }
}

/// A step and when it was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTaken {
    /// The step's word.
    pub step: String,
    /// Epoch milliseconds.
    pub at: i64,
}

/// How many rows went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    /// Entries, tickets, earned chances, consents and what was ticked for partners.
    pub entries: usize,
    /// Sealed boxes, those of made-up people among them.
    pub boxes: usize,
    /// Notices and claims.
    pub notices: usize,
    /// Jobs that still waited.
    pub jobs: usize,
    /// Marks of an entrant audit.
    #[serde(default)]
    pub inspected: usize,
    /// Requests that named an entry, which they do no longer.
    #[serde(default)]
    pub rights: usize,
    /// Tickets of holds that are over, of disclosures, and letters about incidents.
    #[serde(default)]
    pub custody: usize,
    /// The list of made-up people.
    #[serde(default)]
    pub planted: usize,
    /// Counters that were not needed any more.
    #[serde(default)]
    pub counters: usize,
    /// Posts of its discussion, and the switch of it.
    #[serde(default)]
    pub posts: usize,
    /// Cards of its list, and invitation codes.
    #[serde(default)]
    pub admission: usize,
}

impl std::ops::AddAssign for Deleted {
    fn add_assign(&mut self, more: Deleted) {
        let Deleted {
            entries,
            boxes,
            notices,
            jobs,
            inspected,
            rights,
            custody,
            planted,
            counters,
            posts,
            admission,
        } = more;
        self.entries += entries;
        self.boxes += boxes;
        self.notices += notices;
        self.jobs += jobs;
        self.inspected += inspected;
        self.rights += rights;
        self.custody += custody;
        self.planted += planted;
        self.counters += counters;
        self.posts += posts;
        self.admission += admission;
    }
}

/// A place that was searched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Its name, relative to the data folder.
    pub name: String,
    /// How many bytes were read.
    pub bytes: u64,
    /// How often something was found; a certificate has only zeros.
    pub hits: u64,
}

/// Rows that outlive the purge under a hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldRows {
    /// How many.
    pub rows: u64,
    /// The legal basis, a stable word.
    pub basis: String,
    /// RFC 3339, Asia/Taipei.
    pub until: String,
}

impl HeldRows {
    /// What custody says of one hold.
    pub fn of(held: &custody::HeldRows) -> HeldRows {
        HeldRows {
            rows: held.rows,
            basis: held.basis.to_owned(),
            until: dates::rfc3339(held.until.0),
        }
    }
}

/// A file of winners that left this program; nobody can call it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportMade {
    /// RFC 3339, Asia/Taipei.
    pub at: String,
    /// What for, a stable word.
    pub purpose: String,
    /// How many people were in it.
    pub rows: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_older_version_noted_is_read() {
        let old = r#"{"tables":2,"needles":[],"needle_count":7,"shredded":null,"shredded_at":5,
            "deleted":{"entries":3,"boxes":6,"notices":1,"jobs":0},"compacted_at":6,
            "scanned":[{"name":"keys","bytes":0,"hits":0}]}"#;
        let read = Report::parse(old).expect("the report of issue 3");
        assert_eq!((read.tables, read.needle_count, read.planted), (2, 7, 0));
        assert_eq!(Report::parse(&read.to_json()), Some(read));
    }
}
