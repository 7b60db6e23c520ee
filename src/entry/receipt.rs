//! The receipt: what proves to the person, and through the person to anybody, that an entry is in.
//!
//! Invariant: it is rebuilt from the receipt secret and the database whenever it is asked for; the
//! server keeps neither the secret nor the nonce, so nobody else can rebuild it.
//!
//! Not here: its page ([`super::pages`]), its check ([`lucky_draw::verify`]).

use lucky_draw::encode::Hash;
use lucky_draw::note::TlogProof;
use lucky_draw::ticket::{self, Secret};

use crate::activity::{self, ActivityId, Facts, LocalText};
use crate::log;
use crate::platform::clock::Timestamp;
use crate::platform::db::Tx;
use crate::policy::versions;
use crate::seats;

use super::{Drum, Entry, Error, Ticket, drum, store};

/// An entry with everything public around it.
#[derive(Debug, Clone)]
pub struct Found {
    /// The entry.
    pub entry: Entry,
    /// The activity entered.
    pub facts: Facts,
    /// The entry's tickets and what they are in, in the order of the draws; none in a survey.
    pub tickets: Vec<(Drum, Ticket)>,
    /// The entry's place; none where no places are given first come.
    pub seat: Option<seats::Held>,
    /// Whether the list of one of its draws is final, so that it can no longer be taken back.
    pub is_final: bool,
    /// The notice that the person was shown.
    pub notice: LocalText,
    /// Its number; 0 where its versions were not kept.
    pub notice_version: i64,
}

/// The entry that a lookup value belongs to, if there is one.
pub fn find(tx: &mut Tx, lookup: &Hash) -> Result<Option<Found>, Error> {
    let Some(entry) = store::entries::by_lookup(tx, lookup)? else {
        return Ok(None);
    };
    let facts = activity::by_id(tx, &entry.activity)?;
    let own = store::tickets::tickets_of(tx, &entry.activity, &entry.id)?;
    let mut tickets = Vec::with_capacity(own.len());
    for drum in drum::drums(tx, &entry.activity)? {
        let inside = own.iter().filter(|ticket| ticket.draw == drum.draw());
        tickets.extend(inside.map(|ticket| (drum.clone(), ticket.clone())));
    }
    let seat = seats::of_entry(tx, &entry.activity, entry.id.as_str())?;
    let is_final = store::drums::has_frozen_drum(tx, &entry.activity)?;
    let (notice, notice_version) = match versions::of_hash(tx, &entry.activity, &entry.notice)? {
        Some(shown) => (shown.notice, shown.version),
        None => (facts.notice.clone(), 0),
    };
    Ok(Some(Found {
        entry,
        facts,
        tickets,
        seat,
        is_final,
        notice,
        notice_version,
    }))
}

impl Found {
    /// The keyed tag of the person, to which the contact is bound; none in a survey and after a
    /// withdrawal.
    pub fn tag(&self) -> Option<Hash> {
        let ticket = self.tickets.first().map(|(_, ticket)| ticket.tag);
        ticket.or_else(|| self.seat.as_ref().map(|held| held.seat.tag))
    }
}

/// The lookup value of the entry behind a ticket, which only its receipt code gives again; none
/// where no entry is there.
pub fn lookup_of(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    index: u64,
) -> Result<Option<Hash>, Error> {
    match store::tickets::ticket(tx, activity, draw, index)? {
        Some(ticket) => Ok(store::entries::lookup_of(tx, activity, &ticket.entry)?),
        None => Ok(None),
    }
}

/// A leaf of a draw's log with all that proves it, for the person alone.
pub struct Receipt {
    /// The draw.
    pub draw: String,
    /// The draw's name in the protocol.
    pub slug: String,
    /// When it is drawn.
    pub draws_at: Timestamp,
    /// The draw's name for people; empty where the activity has one draw.
    pub name: LocalText,
    /// The index of the leaf.
    pub index: u64,
    /// How many leaves the checkpoint covers.
    pub size: u64,
    /// C, the leaf's data.
    pub commitment: Hash,
    /// Hash of the draw's first manifest: the fingerprint of its rules.
    pub base: Hash,
    /// The signed checkpoint in force.
    pub checkpoint: String,
    hashes: Vec<Hash>,
    tag: Hash,
    bind: Hash,
    /// Which of the person's tickets in this draw it is, from 0.
    pub ticket_no: u32,
    nonce: Hash,
}

/// Builds the receipts of an entry's tickets; none for one that was withdrawn, whose leaf nobody
/// can open any more.
pub fn build(tx: &mut Tx, found: &Found, secret: &Secret) -> Result<Vec<Receipt>, Error> {
    let mut receipts = Vec::with_capacity(found.tickets.len());
    for (drum, ticket) in &found.tickets {
        receipts.extend(build_one(tx, found, drum, ticket, secret)?);
    }
    Ok(receipts)
}

fn build_one(
    tx: &mut Tx,
    found: &Found,
    drum: &Drum,
    ticket: &Ticket,
    secret: &Secret,
) -> Result<Option<Receipt>, Error> {
    let log = &drum.log;
    let opening = store::tickets::opening(tx, &found.entry.activity, &log.id, ticket.index)?;
    let Some(opening) = opening else {
        return Ok(None);
    };
    let base = log.base.ok_or(Error::NoLog)?;
    Ok(Some(Receipt {
        draw: log.id.clone(),
        slug: drum.of.slug.clone(),
        draws_at: drum.of.draws_at,
        name: drum.of.name.clone(),
        index: ticket.index,
        size: log.size,
        commitment: ticket::commitment(&base, &opening.tag, &opening.bind, opening.ticket_no),
        base,
        checkpoint: log.checkpoint.clone(),
        hashes: log::inclusion_proof(tx, log, ticket.index, log.size)?,
        tag: opening.tag,
        bind: opening.bind,
        ticket_no: opening.ticket_no,
        nonce: secret.nonce(&base, opening.ticket_no),
    }))
}

impl Receipt {
    /// The secret receipt, file `.tlog-proof` (draw-protocol 4.2): with the person's ID number it
    /// shows that the leaf is theirs. As sensitive as that number.
    pub fn secret_file(&self) -> String {
        let mut extra = Vec::with_capacity(100);
        extra.extend_from_slice(self.tag.as_bytes());
        extra.extend_from_slice(self.bind.as_bytes());
        extra.extend_from_slice(&self.ticket_no.to_be_bytes());
        extra.extend_from_slice(self.nonce.as_bytes());
        self.proof(extra)
    }

    /// The shareable proof: the leaf is in the list, and nothing about whose it is.
    pub fn shareable_file(&self) -> String {
        self.proof(self.commitment.as_bytes().to_vec())
    }

    fn proof(&self, extra: Vec<u8>) -> String {
        TlogProof {
            extra: Some(extra),
            index: self.index,
            hashes: self.hashes.clone(),
            checkpoint: self.checkpoint.clone(),
        }
        .to_text()
    }
}
