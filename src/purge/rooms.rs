//! Every table of the database and what becomes of it when an activity ends.
//!
//! Invariant: no table is missing here; a new one fails `every_table_has_its_fate` until somebody
//! has decided. What is erased, what is rewritten in the files, and what the scan counts are all
//! read from this one list.
//!
//! Not here: how a room erases its rows (its own `forget`), which steps there are ([`super`]).

use crate::activity::ActivityId;
use crate::admission;
use crate::discussion;
use crate::entry;
use crate::inspection;
use crate::notify;
use crate::platform::db::Tx;
use crate::platform::jobs as queue;
use crate::stats;
use crate::vault;
use crate::{custody, rights, seats};

use super::wire::Deleted;
use super::{Error, store};

/// Tables that share one fate.
pub struct Room {
    /// Its stable word, as a certificate names it.
    pub name: &'static str,
    /// Its tables.
    pub tables: &'static [&'static str],
    /// What becomes of their rows.
    pub fate: Fate,
}

/// What becomes of rows when their activity ends.
pub enum Fate {
    /// Rows of the activity go, and the files beneath are rewritten.
    Erased(Eraser),
    /// About people, but not of one activity: each row has a last day of its own, kept by its
    /// room. The files beneath are rewritten.
    OwnDay(&'static str),
    /// Rows stay for ever, and why nobody can be found by them.
    Kept(&'static str),
    /// The library's own: no row belongs to an activity.
    Site(&'static str),
}

/// Erases at most so many rows of an activity; how many went.
type EraseSome = fn(&mut Tx, &ActivityId, i64) -> Result<usize, Error>;

/// The part of a room that grows with the people.
pub struct Growing {
    /// Erases some rows of it.
    pub erase: EraseSome,
    /// Its tables, whose rows are what the certificate counts; who refers stands before whom it
    /// refers to.
    pub tables: &'static [&'static str],
}

/// How a room erases what it holds of an activity; all of it may be repeated.
pub struct Eraser {
    /// Erases some rows, at most so many, where the room grows with the people; none is left where it
    /// erases none.
    pub some: Option<Growing>,
    /// Erases; how many rows went.
    pub forget: fn(&mut Tx, &ActivityId) -> Result<usize, Error>,
    /// How many rows are still here.
    pub left: fn(&mut Tx, &ActivityId) -> Result<u64, Error>,
    /// Where the number stands in the certificate.
    pub counted: fn(&mut Deleted) -> &mut usize,
}

const OF_ENTRIES: &[&str] = &[
    "provider_consents",
    "provider_boxes",
    "tickets",
    "entries",
    "earned_rows",
];

const OF_ADMISSION: &[&str] = &["admission_codes", "admission_batches", "admission_cards"];

/// Every table, room by room.
pub const ROOMS: &[Room] = &[
    Room {
        name: "notices",
        tables: &["claims", "notices"],
        fate: Fate::Erased(Eraser {
            some: None,
            forget: |tx, id| Ok(notify::forget(tx, id)?),
            left: |tx, id| Ok(notify::left(tx, id)?),
            counted: |deleted| &mut deleted.notices,
        }),
    },
    Room {
        name: "inspections",
        tables: &["inspected_tickets"],
        fate: Fate::Erased(Eraser {
            some: None,
            forget: |tx, id| Ok(inspection::forget(tx, id)?),
            left: |tx, id| Ok(inspection::left(tx, id)?),
            counted: |deleted| &mut deleted.inspected,
        }),
    },
    Room {
        name: "rights",
        tables: &[],
        fate: Fate::Erased(Eraser {
            some: None,
            forget: |tx, id| Ok(rights::forget(tx, id)?),
            left: |tx, id| Ok(rights::left(tx, id)?),
            counted: |deleted| &mut deleted.rights,
        }),
    },
    Room {
        name: "custody",
        tables: &["disclosed_rows", "incident_letters"],
        fate: Fate::Erased(Eraser {
            some: None,
            forget: |tx, id| Ok(custody::forget(tx, id)?),
            left: |tx, id| Ok(custody::left(tx, id)?),
            counted: |deleted| &mut deleted.custody,
        }),
    },
    Room {
        name: "held",
        tables: &["hold_tickets", "held_items"],
        fate: Fate::OwnDay("named rows under a hold of two people, until its last day"),
    },
    Room {
        name: "tax",
        tables: &["tax_rows"],
        fate: Fate::OwnDay("payees of the year, until the day that the tax law names"),
    },
    Room {
        name: "registers",
        tables: &[
            "holds",
            "disclosures",
            "tax_years",
            "incidents",
            "incident_activities",
            "incident_steps",
        ],
        fate: Fate::Kept("what was held, handed out and told, on whose word; no person in it"),
    },
    Room {
        name: "seats",
        tables: &["seats", "seat_letters"],
        fate: Fate::Erased(Eraser {
            some: None,
            forget: |tx, id| Ok(seats::forget(tx, id)?),
            left: |tx, id| Ok(seats::left(tx, id)?),
            counted: |deleted| &mut deleted.entries,
        }),
    },
    Room {
        name: "entries",
        tables: OF_ENTRIES,
        fate: Fate::Erased(Eraser {
            some: Some(Growing {
                erase: |tx, id, at_most| Ok(entry::forget_some(tx, id, at_most)?),
                tables: OF_ENTRIES,
            }),
            forget: |tx, id| Ok(entry::forget(tx, id)?),
            left: |tx, id| Ok(entry::left(tx, id)?),
            counted: |deleted| &mut deleted.entries,
        }),
    },
    Room {
        name: "admission",
        tables: OF_ADMISSION,
        fate: Fate::Erased(Eraser {
            some: Some(Growing {
                erase: |tx, id, at_most| Ok(admission::forget_some(tx, id, at_most)?),
                tables: OF_ADMISSION,
            }),
            forget: |tx, id| Ok(admission::forget(tx, id)?),
            left: |tx, id| Ok(admission::left(tx, id)?),
            counted: |deleted| &mut deleted.admission,
        }),
    },
    Room {
        name: "discussion",
        tables: &["discussion_posts", "discussions"],
        fate: Fate::Erased(Eraser {
            some: None,
            forget: |tx, id| Ok(discussion::forget(tx, id)?),
            left: |tx, id| Ok(discussion::left(tx, id)?),
            counted: |deleted| &mut deleted.posts,
        }),
    },
    Room {
        name: "boxes",
        tables: vault::TABLES,
        fate: Fate::Erased(Eraser {
            some: Some(Growing {
                erase: |tx, id, at_most| Ok(vault::discard_some(tx, id.as_str(), at_most)?),
                tables: vault::OF_PEOPLE,
            }),
            forget: |tx, id| Ok(vault::discard_all(tx, id.as_str())?),
            left: |tx, id| Ok(vault::left(tx, id.as_str())?),
            counted: |deleted| &mut deleted.boxes,
        }),
    },
    Room {
        name: "jobs",
        tables: &["jobs"],
        fate: Fate::Erased(Eraser {
            some: None,
            forget: |tx, id| Ok(queue::forget(tx, id.as_str())?),
            left: |tx, id| Ok(queue::left(tx, id.as_str())?),
            counted: |deleted| &mut deleted.jobs,
        }),
    },
    Room {
        name: "counters",
        tables: &["stat_counts"],
        fate: Fate::Erased(Eraser {
            some: None,
            forget: |tx, id| Ok(stats::forget(tx, id)?),
            left: |tx, id| Ok(stats::left(tx, id)?),
            counted: |deleted| &mut deleted.counters,
        }),
    },
    Room {
        name: "planted",
        tables: &["planted"],
        fate: Fate::Erased(Eraser {
            some: None,
            forget: |tx, id| Ok(store::forget_planted(tx, id)?),
            left: |tx, id| Ok(store::count_planted(tx, id)?),
            counted: |deleted| &mut deleted.planted,
        }),
    },
    Room {
        name: "requests",
        tables: &["rights_requests"],
        fate: Fate::OwnDay("requests about data: so long after their answer as their class says"),
    },
    Room {
        name: "subscribers",
        tables: &[
            "subscriber_topics",
            "subscriber_moves",
            "subscribers",
            "suppressed_addresses",
            "newsletter_letters",
            "subscription_letters",
        ],
        fate: Fate::OwnDay(
            "people who subscribed, until they leave; then a keyed fingerprint that keeps them out",
        ),
    },
    Room {
        name: "members",
        tables: &[
            "member_letters",
            "member_tellings",
            "member_receipts",
            "member_sessions",
            "member_factors",
            "member_recovery",
            "member_openid",
            "member_askings",
            "members",
        ],
        fate: Fate::OwnDay("people who made an account, until they delete it"),
    },
    Room {
        name: "terms",
        tables: &["member_terms"],
        fate: Fate::Site("the words that members agreed to"),
    },
    Room {
        name: "newsletter",
        tables: &[
            "newsletter_topics",
            "newsletter_consents",
            "newsletter_issues",
            "newsletter_issue_topics",
        ],
        fate: Fate::Site("what the library wrote to subscribers, and the words they agreed to"),
    },
    Room {
        name: "feedback",
        tables: &["feedback_events", "feedback_letters", "feedback"],
        fate: Fate::OwnDay(
            "letters to the library: so long after they are closed as their class says",
        ),
    },
    Room {
        name: "announcement",
        tables: &[
            "activities",
            "asked_fields",
            "questions",
            "activity_codes",
            "activity_providers",
            "notice_versions",
            "told_purposes",
            "stat_tables",
            "seat_terms",
            "seat_sessions",
        ],
        fate: Fate::Kept("what the library published; written before anybody entered"),
    },
    Room {
        name: "draw",
        tables: &[
            "draws",
            "draw_sources",
            "draw_exclusions",
            "drums",
            "prizes",
            "draw_notes",
            "draw_anchors",
            "corrections",
            "reveals",
            "inspections",
        ],
        fate: Fate::Kept("the public record of the draw; people are ticket numbers in it"),
    },
    Room {
        name: "lists",
        tables: &["logs", "log_nodes", "commitments"],
        fate: Fate::Kept(
            "hashes of leaves; without the key and the receipts nobody is behind them",
        ),
    },
    Room {
        name: "journal",
        tables: &["journal_notes", "journal_witnesses", "journal_cosignatures"],
        fate: Fate::Kept("the signed public record"),
    },
    Room {
        name: "record",
        tables: &["audit_records", "exports"],
        fate: Fate::Kept("who of the staff did what; rows about people are ids that lead nowhere"),
    },
    Room {
        name: "counts",
        tables: &["statistics"],
        fate: Fate::Kept("numbers of at least the threshold, rounded"),
    },
    Room {
        name: "purges",
        tables: &["purges"],
        fate: Fate::Kept("the tombstone and its certificate"),
    },
    Room {
        name: "scopes",
        tables: &["vault_scopes"],
        fate: Fate::Site("names and public keys of keys that belong to no activity"),
    },
    Room {
        name: "staff",
        tables: &[
            "staff",
            "grants",
            "staff_sessions",
            "staff_factors",
            "staff_recovery",
            "staff_openid",
            "staff_passkeys",
            "setup_links",
            "site_settings",
            "providers",
            "agreements",
            "comparisons",
            "branches",
        ],
        fate: Fate::Site("the library's staff, branches and settings"),
    },
    Room {
        name: "policy",
        tables: &[
            "retention_settings",
            "processors",
            "policy_versions",
            "policy_drafts",
        ],
        fate: Fate::Site("how long data is kept, who works on it, and the general policy; public"),
    },
    Room {
        name: "elsewhere",
        tables: &["external_activities", "external_leavings"],
        fate: Fate::Site("cards of what others hold, and how many pressed to leave on a day"),
    },
    Room {
        name: "response",
        tables: &[
            "attack_signs",
            "attack_answers",
            "looked_through",
            "vault_freezes",
        ],
        fate: Fate::Site("counts of attacks and what was done then; networks as tags of a week"),
    },
    Room {
        name: "views",
        tables: &["page_views"],
        fate: Fate::Site("how often kinds of pages were read, by day; of nobody"),
    },
    Room {
        name: "tidying",
        tables: &["tidyings"],
        fate: Fate::Site("when the files were last rewritten"),
    },
    Room {
        name: "instances",
        tables: &["instances"],
        fate: Fate::Site("which processes serve the site, and since when"),
    },
];

/// The tables whose deleted rows must become unreadable in the files beneath.
pub(super) fn rewritten() -> Vec<&'static str> {
    let holds = |room: &&Room| matches!(room.fate, Fate::Erased(_) | Fate::OwnDay(_));
    let rooms = ROOMS.iter().filter(holds);
    rooms.flat_map(|room| room.tables).copied().collect()
}

/// The rooms that are erased, with how.
fn erased() -> impl Iterator<Item = (&'static Room, &'static Eraser)> {
    ROOMS.iter().filter_map(|room| match &room.fate {
        Fate::Erased(eraser) => Some((room, eraser)),
        _ => None,
    })
}

/// The rooms that grow with people, table by table.
fn growing() -> impl Iterator<Item = (&'static str, &'static Eraser)> {
    erased().flat_map(|(_, eraser)| {
        let tables = eraser.some.as_ref().map_or(&[][..], |some| some.tables);
        tables.iter().map(move |table| (*table, eraser))
    })
}

/// The tables that grow with people.
pub(super) fn growing_tables() -> Vec<&'static str> {
    growing().map(|(table, _)| table).collect()
}

/// Adds to what went how many rows left each of [`growing_tables`] together.
pub(super) fn count_together(gone: &[usize], deleted: &mut Deleted) {
    for ((_, eraser), rows) in growing().zip(gone) {
        *(eraser.counted)(deleted) += rows;
    }
}

/// Erases an activity from every room, and adds to what went.
pub(super) fn forget(tx: &mut Tx, id: &ActivityId, deleted: &mut Deleted) -> Result<(), Error> {
    for (_, eraser) in erased() {
        *(eraser.counted)(deleted) += (eraser.forget)(tx, id)?;
    }
    Ok(())
}

/// Erases some rows of an activity from the rooms that grow with its people, and adds to what went;
/// how many went, none where none is left there.
pub(super) fn forget_some(
    tx: &mut Tx,
    id: &ActivityId,
    at_most: i64,
    deleted: &mut Deleted,
) -> Result<usize, Error> {
    for (_, eraser) in erased() {
        if let Some(some) = &eraser.some {
            let gone = (some.erase)(tx, id, at_most)?;
            *(eraser.counted)(deleted) += gone;
            if gone > 0 {
                return Ok(gone);
            }
        }
    }
    Ok(0)
}

/// How many rows of an activity are left in rooms where none may be.
pub(super) fn left(tx: &mut Tx, id: &ActivityId) -> Result<u64, Error> {
    let mut left = 0;
    for (_, eraser) in erased() {
        left += (eraser.left)(tx, id)?;
    }
    Ok(left)
}
