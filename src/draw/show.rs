//! What the public may see of a draw, gathered in one read.
//!
//! Invariant: before the close nothing about tickets is in it, not even their number, because who
//! watches the list grow could guess whose a ticket is (draw-protocol 4.4).

use lucky_draw::encode::Hash;
use lucky_draw::record::{Close, Manifest};
use lucky_draw::result::{Holding, ResultNote, SettleNote, Slot};
use lucky_draw::tree::leaf_hash;

use crate::activity::{self, Facts};
use crate::log;
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::platform::text::{self, Language};

use super::reveal::{self, Reveal};
use super::{DrawId, DrawStage, Error, Plan, ShownClose, StoredNote, settle};

/// A published draw.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The activity.
    pub facts: Facts,
    /// The draw.
    pub plan: Plan,
    /// Its public files, by name.
    pub notes: Vec<StoredNote>,
    /// The list of tickets as it stands: the last close.
    pub close: Option<Close>,
    /// Promises that were replaced, the first one first, and why in the library's words.
    pub superseded: Vec<(Manifest, String)>,
    /// Every close in its order.
    pub closes: Vec<ShownClose>,
    /// The result.
    pub result: Option<ResultNote>,
    /// The settlements and when each was written.
    pub settles: Vec<(SettleNote, Timestamp)>,
    /// Who holds each slot now.
    pub holdings: Vec<Holding>,
    /// Every published draw of the activity in their order, this one among them.
    pub all: Vec<Plan>,
    /// How far the result has been shown in a hall, where somebody began to.
    pub reveal: Option<Reveal>,
}

impl Shown {
    /// What it is called: the activity's name, and the draw's own behind it where it has one.
    pub fn title(&self, language: Language) -> String {
        title(language, &self.facts, &self.plan)
    }

    /// A public file by its name.
    pub fn note(&self, name: &str) -> Option<&StoredNote> {
        self.notes.iter().find(|note| note.name == name)
    }
}

/// The activity's name, and the draw's own behind it where it has one.
pub fn title(language: Language, facts: &Facts, plan: &Plan) -> String {
    let title = facts.title.pick(language);
    match plan.name.pick(language) {
        "" => title.to_owned(),
        name => format!("{title} · {name}"),
    }
}

/// A draw for the public; one that is only planned is unknown.
pub fn shown(tx: &mut Tx, draw: &DrawId) -> Result<Shown, Error> {
    let plan = super::by_id(tx, draw)?;
    if plan.manifest.is_none() {
        return Err(Error::Unknown);
    }
    let facts = activity::by_id(tx, &plan.activity)?;
    let notes = super::notes(tx, &plan.activity, draw.as_str())?;
    let written = |name: &str| notes.iter().find(|note| note.name == name);
    let superseded = super::superseded(tx, &plan)?;
    let closes = super::closes(tx, &plan)?;
    let close = closes.last().map(|last| last.close.clone());
    let (mut result, mut settles, mut holdings) = (None, Vec::new(), Vec::new());
    if plan.stage == DrawStage::Drawn {
        let stored = written("result.note").ok_or(Error::Damaged)?;
        let drawn = ResultNote::parse(stored.text()?).map_err(|_| Error::Damaged)?;
        let numbered = (1_u32..).map_while(|seq| written(&settle::settle_name(seq)));
        for stored in numbered {
            let note = SettleNote::parse(stored.text()?).map_err(|_| Error::Damaged)?;
            settles.push((note, stored.written_at));
        }
        let notes: Vec<SettleNote> = settles.iter().map(|(note, _)| note.clone()).collect();
        holdings = lucky_draw::result::holdings(&drawn, &notes);
        result = Some(drawn);
    }
    let mut all = super::plans(tx, &plan.activity)?;
    all.retain(|plan| plan.manifest.is_some());
    let reveal = reveal::find(tx, &plan)?;
    Ok(Shown {
        all,
        facts,
        plan,
        notes,
        close,
        closes,
        superseded,
        result,
        settles,
        holdings,
        reveal,
    })
}

/// One page of the public list: tickets from `from` on with the hashes of their leaves.
///
/// Before the close it is empty.
pub fn listed(
    tx: &mut Tx,
    shown: &Shown,
    from: u64,
    at_most: i64,
) -> Result<Vec<(u64, Hash)>, Error> {
    if shown.close.is_none() {
        return Ok(Vec::new());
    }
    let (activity, draw) = (shown.plan.activity.as_str(), shown.plan.id.as_str());
    let log = log::find(tx, activity, draw)?.ok_or(Error::Damaged)?;
    let leaves = log::commitments_from(tx, &log, from, at_most)?;
    Ok(leaves
        .into_iter()
        .map(|(index, commitment)| (index, leaf_hash(commitment.as_bytes())))
        .collect())
}

/// A slot by its prize's name for people.
pub fn slot_words(language: Language, plan: &Plan, slot: &Slot) -> String {
    match slot {
        Slot::Reserve(place) => {
            let args = [("place", i64::from(*place).into())];
            text::message(language, "draw-reserve", &args)
        }
        Slot::Prize { slug, unit } => {
            let prize = plan.prize(slug);
            let name = prize.map_or(slug.as_str(), |prize| prize.name.pick(language));
            if prize.is_none_or(|prize| prize.units == 1) {
                return name.to_owned();
            }
            let args = [
                ("name", name.to_owned().into()),
                ("unit", i64::from(*unit).into()),
            ];
            text::message(language, "draw-slot", &args)
        }
    }
}
