//! All SQL of draws, their prizes, their sources of randomness and their public files.

use diesel::prelude::*;
use lucky_draw::encode::Hash;
use lucky_draw::record::VoidCode;

use crate::activity::{ActivityId, LocalText};
use crate::audit::StaffId;
use crate::platform::clock::Timestamp;
use crate::platform::db::schema::{
    corrections, draw_anchors, draw_exclusions, draw_notes, draw_sources, draws, prizes,
};
use crate::platform::db::{self, Tx};

use super::{
    Correction, DrandRound, DrawId, DrawStage, Error, Issue, Plan, PlanSource, Prize, SourceKind,
    StoredNote, Typed,
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = draws)]
struct DrawRow {
    activity_id: String,
    id: String,
    stage: String,
    reserves: i64,
    wins_per_person: i64,
    tickets_per_person: i64,
    manifest: Option<Vec<u8>>,
    due_at: i64,
    position: i64,
    slug: String,
    name_zh: String,
    name_en: String,
    draws_at: i64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = draw_sources)]
struct SourceRow {
    activity_id: String,
    draw_id: String,
    position: i64,
    kind: String,
    chain: Option<Vec<u8>>,
    round: Option<i64>,
    game: String,
    issue: String,
    ascending: bool,
    balls: i64,
    balls_zh: String,
    balls_en: String,
    outcomes: i64,
    drawn_at: i64,
    published_by: i64,
    commitment: Option<Vec<u8>>,
    value: Option<String>,
    typed: String,
    typed_by: String,
    trouble: String,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = prizes)]
struct PrizeRow {
    activity_id: String,
    draw_id: String,
    position: i64,
    slug: String,
    name_zh: String,
    name_en: String,
    units: i64,
    value_twd: i64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = draw_notes)]
struct NoteRow {
    activity_id: String,
    draw_id: String,
    name: String,
    note: String,
    hash: Vec<u8>,
    proof: String,
    journal_position: i64,
    written_at: i64,
}

/// What stands in `draws_at` for a draw at the activity's own time.
const WITH_THE_ACTIVITY: i64 = 0;

/// What stands in `journal_position` for a file that is not in the journal.
const NOT_JOURNALED: i64 = -1;

pub(super) fn find(tx: &mut Tx, id: &DrawId) -> Result<Option<Plan>, db::Error> {
    let row = draws::table
        .filter(draws::id.eq(id.as_str()))
        .select(DrawRow::as_select())
        .first(tx.conn())
        .optional()?;
    row.map(|row| whole(tx, row)).transpose()
}

/// The draws of an activity, in their order.
pub(super) fn list(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Plan>, db::Error> {
    let rows = draws::table
        .filter(draws::activity_id.eq(activity.as_str()))
        .order((draws::position, draws::id))
        .select(DrawRow::as_select())
        .load(tx.conn())?;
    rows.into_iter().map(|row| whole(tx, row)).collect()
}

pub(super) fn list_public(tx: &mut Tx, from: i64, at_most: i64) -> Result<Vec<Plan>, db::Error> {
    let rows = draws::table
        .filter(draws::manifest.is_not_null())
        .order((draws::due_at.desc(), draws::id))
        .offset(from)
        .limit(at_most)
        .select(DrawRow::as_select())
        .load(tx.conn())?;
    rows.into_iter().map(|row| whole(tx, row)).collect()
}

pub(super) fn count_public(tx: &mut Tx) -> Result<i64, db::Error> {
    Ok(draws::table
        .filter(draws::manifest.is_not_null())
        .count()
        .get_result(tx.conn())?)
}

/// Stores a planned draw, or what changed in it; its stage and what follows it stay.
pub(super) fn save(tx: &mut Tx, plan: &Plan) -> Result<(), db::Error> {
    let changed = diesel::update(mine(plan).filter(draws::stage.eq(DrawStage::Planned.code())))
        .set((
            draws::due_at.eq(due_at(plan)),
            draws::reserves.eq(i64::from(plan.reserves)),
            draws::wins_per_person.eq(i64::from(plan.wins_per_person)),
            draws::tickets_per_person.eq(i64::from(plan.tickets_per_person)),
            draws::position.eq(i64::from(plan.position)),
            draws::slug.eq(&plan.slug),
            draws::name_zh.eq(&plan.name.zh),
            draws::name_en.eq(&plan.name.en),
            draws::draws_at.eq(plan.draws_at.map_or(WITH_THE_ACTIVITY, |at| at.0)),
        ))
        .execute(tx.conn())?;
    if changed == 0 {
        diesel::insert_into(draws::table)
            .values(row(plan))
            .execute(tx.conn())?;
    }
    save_sources(tx, plan)?;
    delete_prizes(tx, plan)?;
    for prize in &plan.prizes {
        diesel::insert_into(prizes::table)
            .values(prize_row(plan, prize))
            .execute(tx.conn())?;
    }
    delete_exclusions(tx, plan)?;
    for excluded in &plan.excludes {
        diesel::insert_into(draw_exclusions::table)
            .values((
                draw_exclusions::activity_id.eq(plan.activity.as_str()),
                draw_exclusions::draw_id.eq(plan.id.as_str()),
                draw_exclusions::excluded_id.eq(excluded.as_str()),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Removes a draw that was never published, also from what other draws exclude.
pub(super) fn delete(tx: &mut Tx, plan: &Plan) -> Result<(), db::Error> {
    delete_prizes(tx, plan)?;
    delete_sources(tx, plan)?;
    delete_exclusions(tx, plan)?;
    diesel::delete(
        draw_exclusions::table
            .filter(draw_exclusions::activity_id.eq(plan.activity.as_str()))
            .filter(draw_exclusions::excluded_id.eq(plan.id.as_str())),
    )
    .execute(tx.conn())?;
    diesel::delete(mine(plan).filter(draws::stage.eq(DrawStage::Planned.code())))
        .execute(tx.conn())?;
    Ok(())
}

/// The compare-and-set of every change of stage.
pub(super) fn advance(tx: &mut Tx, plan: &Plan, to: DrawStage) -> Result<(), Error> {
    let changed = diesel::update(mine(plan).filter(draws::stage.eq(plan.stage.code())))
        .set(draws::stage.eq(to.code()))
        .execute(tx.conn());
    db::one_changed(changed, Error::OtherStage { found: plan.stage })
}

pub(super) fn set_manifest(tx: &mut Tx, plan: &Plan, manifest: &Hash) -> Result<(), db::Error> {
    diesel::update(mine(plan))
        .set(draws::manifest.eq(Some(manifest.as_bytes().to_vec())))
        .execute(tx.conn())?;
    Ok(())
}

/// Puts the sources of a successor in the place of those that were promised before.
pub(super) fn replace_sources(tx: &mut Tx, plan: &Plan) -> Result<(), db::Error> {
    diesel::update(mine(plan))
        .set((
            draws::due_at.eq(due_at(plan)),
            draws::draws_at.eq(WITH_THE_ACTIVITY),
        ))
        .execute(tx.conn())?;
    save_sources(tx, plan)
}

/// Gives a public file another name.
pub(super) fn rename_note(tx: &mut Tx, plan: &Plan, from: &str, to: &str) -> Result<(), db::Error> {
    diesel::update(
        draw_notes::table
            .filter(draw_notes::activity_id.eq(plan.activity.as_str()))
            .filter(draw_notes::draw_id.eq(plan.id.as_str()))
            .filter(draw_notes::name.eq(from)),
    )
    .set(draw_notes::name.eq(to))
    .execute(tx.conn())?;
    Ok(())
}

/// Puts the sources of a draw in the place of those it had.
fn save_sources(tx: &mut Tx, plan: &Plan) -> Result<(), db::Error> {
    delete_sources(tx, plan)?;
    for source in &plan.sources {
        diesel::insert_into(draw_sources::table)
            .values(source_row(plan, source))
            .execute(tx.conn())?;
    }
    Ok(())
}

fn delete_sources(tx: &mut Tx, plan: &Plan) -> Result<(), db::Error> {
    diesel::delete(
        draw_sources::table
            .filter(draw_sources::activity_id.eq(plan.activity.as_str()))
            .filter(draw_sources::draw_id.eq(plan.id.as_str())),
    )
    .execute(tx.conn())?;
    Ok(())
}

/// Keeps what a source gave; a value that is there stays.
pub(super) fn set_value(
    tx: &mut Tx,
    plan: &Plan,
    position: u32,
    value: &str,
) -> Result<(), db::Error> {
    diesel::update(source_of(plan, position).filter(draw_sources::value.is_null()))
        .set((
            draw_sources::value.eq(Some(value)),
            draw_sources::trouble.eq(""),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Keeps numbers until another person agrees.
pub(super) fn set_typed(
    tx: &mut Tx,
    plan: &Plan,
    position: u32,
    typed: &Typed,
) -> Result<(), db::Error> {
    diesel::update(source_of(plan, position))
        .set((
            draw_sources::typed.eq(&typed.value),
            draw_sources::typed_by.eq(typed.by.as_str()),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn set_trouble(
    tx: &mut Tx,
    plan: &Plan,
    position: u32,
    word: &str,
) -> Result<(), db::Error> {
    diesel::update(source_of(plan, position))
        .set(draw_sources::trouble.eq(word))
        .execute(tx.conn())?;
    Ok(())
}

/// The `seq` of corrections that wait for a second person.
const PROPOSED: i64 = 0;

type CorrectionRow = (i64, String, String, String);

pub(super) fn proposed(tx: &mut Tx, plan: &Plan) -> Result<Vec<Correction>, db::Error> {
    let rows: Vec<CorrectionRow> = corrections_of(plan)
        .filter(corrections::seq.eq(PROPOSED))
        .select((
            corrections::position,
            corrections::code,
            corrections::reason,
            corrections::proposed_by,
        ))
        .order(corrections::position)
        .load(tx.conn())?;
    let correction = |(index, code, reason, by): CorrectionRow| Correction {
        index: unsigned(index),
        code: VoidCode::from_letter(&code),
        reason,
        proposed_by: StaffId(by),
    };
    Ok(rows.into_iter().map(correction).collect())
}

/// Stores a proposal in the place of an earlier one about the same ticket.
pub(super) fn propose(tx: &mut Tx, plan: &Plan, correction: &Correction) -> Result<(), db::Error> {
    drop_proposal(tx, plan, correction.index)?;
    let now = tx.now().0;
    diesel::insert_into(corrections::table)
        .values((
            corrections::activity_id.eq(plan.activity.as_str()),
            corrections::draw_id.eq(plan.id.as_str()),
            corrections::seq.eq(PROPOSED),
            corrections::position.eq(signed(correction.index)),
            corrections::code.eq(correction
                .code
                .map(|code| code.to_string())
                .unwrap_or_default()),
            corrections::reason.eq(&correction.reason),
            corrections::proposed_by.eq(correction.proposed_by.as_str()),
            corrections::confirmed_by.eq(""),
            corrections::written_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn drop_proposal(tx: &mut Tx, plan: &Plan, index: u64) -> Result<(), db::Error> {
    diesel::delete(
        corrections_of(plan)
            .filter(corrections::seq.eq(PROPOSED))
            .filter(corrections::position.eq(signed(index))),
    )
    .execute(tx.conn())?;
    Ok(())
}

/// Removes all corrections of a list that is closed anew; what they changed stays.
pub(super) fn drop_corrections(tx: &mut Tx, plan: &Plan) -> Result<(), db::Error> {
    diesel::delete(corrections_of(plan)).execute(tx.conn())?;
    Ok(())
}

/// Turns a proposal into a correction of a close; why is in the audit record alone.
pub(super) fn confirm_proposed(
    tx: &mut Tx,
    plan: &Plan,
    index: u64,
    seq: u32,
    by: &StaffId,
) -> Result<(), db::Error> {
    let proposal = corrections_of(plan)
        .filter(corrections::seq.eq(PROPOSED))
        .filter(corrections::position.eq(signed(index)));
    diesel::update(proposal)
        .set((
            corrections::seq.eq(i64::from(seq)),
            corrections::reason.eq(""),
            corrections::confirmed_by.eq(by.as_str()),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Whether one person proposed and confirmed a correction of this close.
pub(super) fn corrected_alone(tx: &mut Tx, plan: &Plan, seq: u32) -> Result<bool, db::Error> {
    let alone: i64 = corrections_of(plan)
        .filter(corrections::seq.eq(i64::from(seq)))
        .filter(corrections::confirmed_by.eq(corrections::proposed_by))
        .count()
        .get_result(tx.conn())?;
    Ok(seq > 0 && alone > 0)
}

pub(super) fn insert_note(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    note: &StoredNote,
) -> Result<(), db::Error> {
    diesel::insert_into(draw_notes::table)
        .values(NoteRow {
            activity_id: activity.0.clone(),
            draw_id: draw.to_owned(),
            name: note.name.clone(),
            note: note.note.clone(),
            hash: note.hash.as_bytes().to_vec(),
            proof: note.proof.clone(),
            journal_position: note.position.map_or(NOT_JOURNALED, signed),
            written_at: note.written_at.0,
        })
        .execute(tx.conn())?;
    Ok(())
}

pub(super) fn find_note(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
    name: &str,
) -> Result<Option<StoredNote>, db::Error> {
    let row = draw_notes::table
        .filter(draw_notes::activity_id.eq(activity.as_str()))
        .filter(draw_notes::draw_id.eq(draw))
        .filter(draw_notes::name.eq(name))
        .select(NoteRow::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(StoredNote::from))
}

pub(super) fn list_notes(
    tx: &mut Tx,
    activity: &ActivityId,
    draw: &str,
) -> Result<Vec<StoredNote>, db::Error> {
    let rows = draw_notes::table
        .filter(draw_notes::activity_id.eq(activity.as_str()))
        .filter(draw_notes::draw_id.eq(draw))
        .order(draw_notes::name)
        .select(NoteRow::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(StoredNote::from).collect())
}

/// Whose notes and anchors stand at these places of the journal.
pub(super) fn journaled(
    tx: &mut Tx,
    from: u64,
    to: u64,
) -> Result<Vec<(u64, ActivityId, String)>, db::Error> {
    let notes: Vec<(i64, String, String)> = draw_notes::table
        .filter(draw_notes::journal_position.ge(signed(from)))
        .filter(draw_notes::journal_position.lt(signed(to)))
        .select((
            draw_notes::journal_position,
            draw_notes::activity_id,
            draw_notes::draw_id,
        ))
        .load(tx.conn())?;
    let anchors: Vec<(i64, String, String)> = draw_anchors::table
        .filter(draw_anchors::journal_position.ge(signed(from)))
        .filter(draw_anchors::journal_position.lt(signed(to)))
        .select((
            draw_anchors::journal_position,
            draw_anchors::activity_id,
            draw_anchors::draw_id,
        ))
        .load(tx.conn())?;
    Ok(notes
        .into_iter()
        .chain(anchors)
        .map(|(position, activity, draw)| (unsigned(position), ActivityId(activity), draw))
        .collect())
}

/// Size and time of the newest anchor of a draw.
pub(super) fn last_anchor(tx: &mut Tx, plan: &Plan) -> Result<Option<(u64, Timestamp)>, db::Error> {
    let row: Option<(i64, i64)> = draw_anchors::table
        .filter(draw_anchors::activity_id.eq(plan.activity.as_str()))
        .filter(draw_anchors::draw_id.eq(plan.id.as_str()))
        .order(draw_anchors::journal_position.desc())
        .select((draw_anchors::size, draw_anchors::written_at))
        .first(tx.conn())
        .optional()?;
    Ok(row.map(|(size, at)| (unsigned(size), Timestamp(at))))
}

pub(super) fn insert_anchor(
    tx: &mut Tx,
    plan: &Plan,
    position: u64,
    size: u64,
) -> Result<(), db::Error> {
    let now = tx.now().0;
    diesel::insert_into(draw_anchors::table)
        .values((
            draw_anchors::activity_id.eq(plan.activity.as_str()),
            draw_anchors::draw_id.eq(plan.id.as_str()),
            draw_anchors::journal_position.eq(signed(position)),
            draw_anchors::size.eq(signed(size)),
            draw_anchors::written_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}

impl From<NoteRow> for StoredNote {
    fn from(row: NoteRow) -> StoredNote {
        StoredNote {
            name: row.name,
            note: row.note,
            hash: hash(&row.hash),
            proof: row.proof,
            position: u64::try_from(row.journal_position).ok(),
            written_at: Timestamp(row.written_at),
        }
    }
}

fn delete_exclusions(tx: &mut Tx, plan: &Plan) -> Result<(), db::Error> {
    diesel::delete(
        draw_exclusions::table
            .filter(draw_exclusions::activity_id.eq(plan.activity.as_str()))
            .filter(draw_exclusions::draw_id.eq(plan.id.as_str())),
    )
    .execute(tx.conn())?;
    Ok(())
}

fn exclusions(tx: &mut Tx, activity: &str, draw: &str) -> Result<Vec<DrawId>, db::Error> {
    let ids: Vec<String> = draw_exclusions::table
        .filter(draw_exclusions::activity_id.eq(activity))
        .filter(draw_exclusions::draw_id.eq(draw))
        .order(draw_exclusions::excluded_id)
        .select(draw_exclusions::excluded_id)
        .load(tx.conn())?;
    Ok(ids.into_iter().map(DrawId).collect())
}

/// A draw with its prizes, sources and exclusions.
fn whole(tx: &mut Tx, row: DrawRow) -> Result<Plan, db::Error> {
    let excludes = exclusions(tx, &row.activity_id, &row.id)?;
    let prizes = prizes::table
        .filter(prizes::activity_id.eq(&row.activity_id))
        .filter(prizes::draw_id.eq(&row.id))
        .order(prizes::position)
        .select(PrizeRow::as_select())
        .load(tx.conn())?;
    let sources = draw_sources::table
        .filter(draw_sources::activity_id.eq(&row.activity_id))
        .filter(draw_sources::draw_id.eq(&row.id))
        .order(draw_sources::position)
        .select(SourceRow::as_select())
        .load(tx.conn())?;
    Ok(Plan {
        activity: ActivityId(row.activity_id),
        id: DrawId(row.id),
        stage: DrawStage::parse(&row.stage).expect("a CHECK limits the stages"),
        sources: sources.into_iter().map(source).collect(),
        reserves: small(row.reserves),
        wins_per_person: small(row.wins_per_person),
        tickets_per_person: small(row.tickets_per_person),
        prizes: prizes.into_iter().map(prize).collect(),
        manifest: row.manifest.map(|bytes| hash(&bytes)),
        position: small(row.position),
        slug: row.slug,
        name: LocalText::new(row.name_zh, row.name_en),
        draws_at: (row.draws_at != WITH_THE_ACTIVITY).then_some(Timestamp(row.draws_at)),
        excludes,
    })
}

fn prize(row: PrizeRow) -> Prize {
    Prize {
        position: small(row.position),
        slug: row.slug,
        name: LocalText::new(row.name_zh, row.name_en),
        units: small(row.units),
        value_twd: row.value_twd,
    }
}

fn row(plan: &Plan) -> DrawRow {
    DrawRow {
        activity_id: plan.activity.0.clone(),
        id: plan.id.0.clone(),
        stage: plan.stage.code().to_owned(),
        reserves: i64::from(plan.reserves),
        wins_per_person: i64::from(plan.wins_per_person),
        tickets_per_person: i64::from(plan.tickets_per_person),
        manifest: plan.manifest.map(|hash| hash.as_bytes().to_vec()),
        due_at: due_at(plan),
        position: i64::from(plan.position),
        slug: plan.slug.clone(),
        name_zh: plan.name.zh.clone(),
        name_en: plan.name.en.clone(),
        draws_at: plan.draws_at.map_or(WITH_THE_ACTIVITY, |at| at.0),
    }
}

/// When the last source is due: what lists are ordered by.
fn due_at(plan: &Plan) -> i64 {
    plan.round_time().map_or(0, |due| due.0)
}

fn source(row: SourceRow) -> PlanSource {
    let kind = match (row.kind.as_str(), row.chain, row.round) {
        ("drand", Some(chain), Some(round)) => SourceKind::Drand(DrandRound {
            chain: lucky_draw::beacon::chain(&hash(&chain)).expect("stored chains are pinned"),
            round: unsigned(round),
        }),
        ("numbers", ..) => SourceKind::Numbers(Issue {
            game: row.game,
            number: row.issue,
            ascending: row.ascending,
            balls: small(row.balls),
            which: LocalText::new(row.balls_zh, row.balls_en),
            outcomes: row.outcomes,
            drawn_at: Timestamp(row.drawn_at),
            published_by: Timestamp(row.published_by),
        }),
        _ => SourceKind::Commit(row.commitment.map(|bytes| hash(&bytes))),
    };
    let typed = (!row.typed.is_empty()).then_some(Typed {
        value: row.typed,
        by: StaffId(row.typed_by),
    });
    PlanSource {
        position: small(row.position),
        kind,
        value: row.value,
        typed,
        trouble: row.trouble,
    }
}

fn source_row(plan: &Plan, source: &PlanSource) -> SourceRow {
    let mut row = SourceRow {
        activity_id: plan.activity.0.clone(),
        draw_id: plan.id.0.clone(),
        position: i64::from(source.position),
        kind: String::new(),
        chain: None,
        round: None,
        game: String::new(),
        issue: String::new(),
        ascending: false,
        balls: 0,
        balls_zh: String::new(),
        balls_en: String::new(),
        outcomes: 0,
        drawn_at: 0,
        published_by: 0,
        commitment: None,
        value: source.value.clone(),
        typed: String::new(),
        typed_by: String::new(),
        trouble: source.trouble.clone(),
    };
    if let Some(typed) = &source.typed {
        row.typed.clone_from(&typed.value);
        row.typed_by.clone_from(&typed.by.0);
    }
    match &source.kind {
        SourceKind::Drand(DrandRound { chain, round }) => {
            "drand".clone_into(&mut row.kind);
            row.chain = Some(chain.hash.as_bytes().to_vec());
            row.round = Some(signed(*round));
        }
        SourceKind::Numbers(issue) => {
            "numbers".clone_into(&mut row.kind);
            row.game.clone_from(&issue.game);
            row.issue.clone_from(&issue.number);
            row.ascending = issue.ascending;
            row.balls = i64::from(issue.balls);
            row.balls_zh.clone_from(&issue.which.zh);
            row.balls_en.clone_from(&issue.which.en);
            row.outcomes = issue.outcomes;
            row.drawn_at = issue.drawn_at.0;
            row.published_by = issue.published_by.0;
        }
        SourceKind::Commit(promised) => {
            "commit".clone_into(&mut row.kind);
            row.commitment = promised.map(|hash| hash.as_bytes().to_vec());
        }
    }
    row
}

fn prize_row(plan: &Plan, prize: &Prize) -> PrizeRow {
    PrizeRow {
        activity_id: plan.activity.0.clone(),
        draw_id: plan.id.0.clone(),
        position: i64::from(prize.position),
        slug: prize.slug.clone(),
        name_zh: prize.name.zh.clone(),
        name_en: prize.name.en.clone(),
        units: i64::from(prize.units),
        value_twd: prize.value_twd,
    }
}

fn delete_prizes(tx: &mut Tx, plan: &Plan) -> Result<(), db::Error> {
    diesel::delete(
        prizes::table
            .filter(prizes::activity_id.eq(plan.activity.as_str()))
            .filter(prizes::draw_id.eq(plan.id.as_str())),
    )
    .execute(tx.conn())?;
    Ok(())
}

/// The row of one draw.
#[diesel::dsl::auto_type(no_type_alias)]
fn mine<'a>(plan: &'a Plan) -> _ {
    let activity: &'a str = plan.activity.as_str();
    let id: &'a str = plan.id.as_str();
    draws::table
        .filter(draws::activity_id.eq(activity))
        .filter(draws::id.eq(id))
}

/// The corrections of a draw.
#[diesel::dsl::auto_type(no_type_alias)]
fn corrections_of<'a>(plan: &'a Plan) -> _ {
    let activity: &'a str = plan.activity.as_str();
    let id: &'a str = plan.id.as_str();
    corrections::table
        .filter(corrections::activity_id.eq(activity))
        .filter(corrections::draw_id.eq(id))
}

/// The row of one source.
#[diesel::dsl::auto_type(no_type_alias)]
fn source_of<'a>(plan: &'a Plan, position: u32) -> _ {
    let activity: &'a str = plan.activity.as_str();
    let id: &'a str = plan.id.as_str();
    let place: i64 = i64::from(position);
    draw_sources::table
        .filter(draw_sources::activity_id.eq(activity))
        .filter(draw_sources::draw_id.eq(id))
        .filter(draw_sources::position.eq(place))
}

fn hash(bytes: &[u8]) -> Hash {
    Hash(bytes.try_into().expect("hashes are stored with 32 bytes"))
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).expect("rounds and positions are below 2^53")
}

fn unsigned(stored: i64) -> u64 {
    u64::try_from(stored).expect("rounds are stored without sign")
}

fn small(stored: i64) -> u32 {
    u32::try_from(stored).expect("counts are checked before they are stored")
}
