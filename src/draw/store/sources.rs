//! Where a draw's randomness comes from, and what each source gave.

use diesel::prelude::*;

use crate::activity::LocalText;
use crate::audit::StaffId;
use crate::draw::{DrandRound, Issue, Plan, PlanSource, SourceKind, Typed};
use crate::platform::clock::Timestamp;
use crate::platform::db::column::{hash, signed, small, unsigned};
use crate::platform::db::schema::{draw_sources, draws};
use crate::platform::db::{self, Tx};

use super::{WITH_THE_ACTIVITY, due_at, mine};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = draw_sources)]
pub(super) struct SourceRow {
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

/// Puts the sources of a successor in the place of those that were promised before.
pub(in crate::draw) fn replace_sources(tx: &mut Tx, plan: &Plan) -> Result<(), db::Error> {
    diesel::update(mine(plan))
        .set((
            draws::due_at.eq(due_at(plan)),
            draws::draws_at.eq(WITH_THE_ACTIVITY),
        ))
        .execute(tx.conn())?;
    save_sources(tx, plan)
}

/// Puts the sources of a draw in the place of those it had.
pub(super) fn save_sources(tx: &mut Tx, plan: &Plan) -> Result<(), db::Error> {
    delete_sources(tx, plan)?;
    for source in &plan.sources {
        diesel::insert_into(draw_sources::table)
            .values(source_row(plan, source))
            .execute(tx.conn())?;
    }
    Ok(())
}

pub(super) fn delete_sources(tx: &mut Tx, plan: &Plan) -> Result<(), db::Error> {
    diesel::delete(
        draw_sources::table
            .filter(draw_sources::activity_id.eq(plan.activity.as_str()))
            .filter(draw_sources::draw_id.eq(plan.id.as_str())),
    )
    .execute(tx.conn())?;
    Ok(())
}

/// Keeps what a source gave; a value that is there stays.
pub(in crate::draw) fn set_value(
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
pub(in crate::draw) fn set_typed(
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

pub(in crate::draw) fn set_trouble(
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

pub(super) fn source(row: SourceRow) -> PlanSource {
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
