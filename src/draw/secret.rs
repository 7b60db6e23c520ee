//! The library's own secret as a source: promised at publishing, revealed when the rest is there.
//!
//! Invariant: the secret leaves the vault only when the list is final, and counts only if the
//! pinned witnesses saw it in time (draw-protocol 4.5). Otherwise zero bytes stand for it: the
//! draw is never held up and never repeated, and the public page says what the library missed.
//!
//! Not here: the other sources' values ([`super::run`]), the secret itself ([`crate::vault`]).

use data_encoding::HEXLOWER;
use lucky_draw::record::Reveal;

use crate::activity;
use crate::audit::{self, Act, Actor};
use crate::journal;
use crate::platform::clock::{DAY, HOUR, MINUTE, SECOND, Timestamp};
use crate::platform::db::Tx;
use crate::vault::Vault;

use super::{
    DrawId, DrawStage, Error, Plan, PlanSource, SourceKind, StoredNote, run, store, witnesses,
};

/// Bytes of a secret.
pub(super) const LENGTH: usize = 32;
/// How long after the freeze and the rounds the secret counts (draw-protocol 4.5).
const TIME_TO_REVEAL: i64 = DAY;
/// How long before that end the secret is revealed, even if another source is late.
const AT_THE_LATEST: i64 = 12 * HOUR;
/// How long after that end a witness whose clock is slow may still answer with a time before it.
const FOR_SLOW_CLOCKS: i64 = 10 * MINUTE;
/// How often it is looked whether the other sources, or the witnesses, are there.
const PAUSE: i64 = 3 * SECOND;
/// The same, once that has taken longer than [`PATIENCE`].
const LONG_PAUSE: i64 = MINUTE / 2;
const PATIENCE: i64 = 10 * MINUTE;

impl PlanSource {
    /// Whether the library withheld its secret, so that zero bytes stand for it.
    pub fn is_withheld(&self) -> bool {
        let zeros = |value: &str| value == HEXLOWER.encode(&[0; LENGTH]);
        matches!(self.kind, SourceKind::Commit(_)) && self.value.as_deref().is_some_and(zeros)
    }
}

impl Plan {
    /// The library's own secret among the sources.
    pub fn secret(&self) -> Option<&PlanSource> {
        let mut sources = self.sources.iter();
        sources.find(|source| matches!(source.kind, SourceKind::Commit(_)))
    }

    /// Until when witnesses must have seen the secret revealed, if the list is final at `freezes`.
    pub fn reveal_until(&self, freezes: Timestamp) -> Timestamp {
        let rounds = self.sources.iter().filter_map(PlanSource::drand);
        let last = rounds.map(|round| round.due()).max().unwrap_or(freezes);
        Timestamp::from_unix(last.max(freezes).unix()).plus(TIME_TO_REVEAL)
    }
}

/// When the first step may be due.
pub(super) fn first_step(plan: &Plan, freezes: Timestamp) -> Result<Timestamp, Error> {
    let latest = plan.reveal_until(freezes).plus(-AT_THE_LATEST);
    Ok(plan.decides_from()?.min(latest))
}

/// Has the vault make the secrets that a plan promises, or tell again what it promises of them.
pub(super) fn promise(vault: &Vault, plan: &mut Plan) -> Result<(), Error> {
    let (activity, draw) = (plan.activity.as_str(), plan.id.as_str());
    for source in &mut plan.sources {
        if let SourceKind::Commit(promised) = &mut source.kind {
            *promised = Some(vault.promise_secret(activity, draw)?);
        }
    }
    Ok(())
}

/// What is to be done about a secret now.
enum Next<'p> {
    /// Nothing any more.
    Nothing,
    /// To look again.
    At(Timestamp),
    /// To write the reveal note.
    Reveal(&'p PlanSource),
    /// To take what was revealed, or zero bytes, as the source's value.
    Take(&'p PlanSource, [u8; LENGTH]),
}

/// Takes the next step towards the value of a draw's own secret; gives when to ask again, if there
/// is more to come. Doing it twice changes nothing.
pub(super) fn step(tx: &mut Tx, vault: &Vault, draw: &DrawId) -> Result<Option<Timestamp>, Error> {
    let plan = super::by_id(tx, draw)?;
    match next(tx, &plan)? {
        Next::Nothing => Ok(None),
        Next::At(at) => Ok(Some(at)),
        Next::Reveal(source) => {
            reveal(tx, vault, &plan, source)?;
            Ok(Some(tx.now().plus(PAUSE)))
        }
        Next::Take(source, value) => {
            store::sources::set_value(tx, &plan, source.position, &HEXLOWER.encode(&value))?;
            let withheld = value == [0; LENGTH];
            record(
                tx,
                &plan,
                if withheld {
                    "draw.secret_withheld"
                } else {
                    "draw.secret_revealed"
                },
            )?;
            run::decide(tx, vault, &Actor::System, draw)?;
            Ok(None)
        }
    }
}

fn next<'p>(tx: &mut Tx, plan: &'p Plan) -> Result<Next<'p>, Error> {
    let now = tx.now();
    match plan.stage {
        DrawStage::Frozen => {}
        DrawStage::Open | DrawStage::Closed => return Ok(Next::At(now.plus(PAUSE))),
        DrawStage::Planned | DrawStage::Drawn | DrawStage::Cancelled => return Ok(Next::Nothing),
    }
    let Some(source) = plan.secret().filter(|source| source.value.is_none()) else {
        return Ok(Next::Nothing);
    };
    let freezes = activity::by_id(tx, &plan.activity)?.freezes_at;
    let until = plan.reveal_until(freezes);
    let name = source.file_name();
    let Some(note) = super::note(tx, &plan.activity, plan.id.as_str(), &name)? else {
        let alone = plan
            .missing()
            .all(|other| other.position == source.position);
        let pause = match now.0 - plan.decides_from()?.0 > PATIENCE {
            true => LONG_PAUSE,
            false => PAUSE,
        };
        return Ok(match now {
            now if now > until => Next::Take(source, [0; LENGTH]),
            now if alone || now >= until.plus(-AT_THE_LATEST) => Next::Reveal(source),
            now => Next::At(now.plus(pause)),
        });
    };
    let pinned = witnesses::pinned(tx, plan)?;
    let position = note.position.ok_or(Error::Damaged)?;
    let seen = journal::cosigned_at(tx, position, &pinned)?;
    let seen = seen.map(|unix| i64::try_from(unix).unwrap_or(i64::MAX));
    Ok(match seen {
        Some(at) if at <= until.unix() => Next::Take(source, revealed(&note)?),
        None if now <= until.plus(FOR_SLOW_CLOCKS) => {
            let long = now.0 - note.written_at.0 > PATIENCE;
            Next::At(now.plus(if long { LONG_PAUSE } else { PAUSE }))
        }
        Some(_) | None => Next::Take(source, [0; LENGTH]),
    })
}

fn revealed(note: &StoredNote) -> Result<[u8; LENGTH], Error> {
    let reveal = Reveal::parse(note.text()?).map_err(|_| Error::Damaged)?;
    Ok(reveal.secret)
}

/// Signs the note that reveals the secret; witnesses are asked for it like for every note.
fn reveal(tx: &mut Tx, vault: &Vault, plan: &Plan, source: &PlanSource) -> Result<(), Error> {
    let draw = plan.id.as_str();
    let manifest = super::needed_note(tx, plan, "manifest.note")?;
    let freeze = super::needed_note(tx, plan, "freeze.note")?;
    let secret = vault.reveal_secret(plan.activity.as_str(), draw, &manifest.note, &freeze.note)?;
    let reveal = Reveal {
        manifest: plan.manifest_hash()?,
        secret: *secret,
    };
    let written = journal::write(tx, vault, &reveal.to_text())?;
    super::keep_note(tx, &plan.activity, draw, &source.file_name(), &written)
}

fn record(tx: &mut Tx, plan: &Plan, act: &'static str) -> Result<(), Error> {
    Ok(audit::record(
        tx,
        &Act {
            actor: &Actor::System,
            act,
            activity: plan.activity.as_str(),
            object: plan.id.as_str(),
            purpose: "",
            reason: "",
        },
    )?)
}
