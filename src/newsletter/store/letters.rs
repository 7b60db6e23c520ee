//! Rows of letters.

use diesel::prelude::*;

use crate::newsletter::letters::{LetterId, LetterKind, LetterStage, OfIssue, Single, State};
use crate::newsletter::{IssueId, Progress, SubscriberId};
use crate::platform::clock::Timestamp;
use crate::platform::db::rows::insert_all;
use crate::platform::db::schema::newsletter::{
    newsletter_letters as letters, subscription_letters as singles,
};
use crate::platform::db::{self, Tx};

use super::language;

fn stage(code: &str) -> LetterStage {
    LetterStage::parse(code).expect("a CHECK limits the stages")
}

fn codes(stages: &[LetterStage]) -> Vec<&'static str> {
    stages.iter().map(|stage| stage.code()).collect()
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = letters)]
struct Row {
    id: String,
    subscriber_id: String,
    stage: String,
    attempts: i64,
    last_reply: String,
}

impl From<Row> for OfIssue {
    fn from(row: Row) -> OfIssue {
        OfIssue {
            id: LetterId(row.id),
            subscriber: SubscriberId(row.subscriber_id),
            state: State {
                stage: stage(&row.stage),
                attempts: row.attempts,
                last_reply: row.last_reply,
            },
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = letters)]
struct New<'n> {
    id: String,
    issue_id: &'n str,
    subscriber_id: &'n str,
    stage: &'n str,
    attempts: i64,
    next_at: i64,
    last_reply: &'n str,
}

/// One letter of an issue to each of them.
pub(in crate::newsletter) fn insert_all(
    tx: &mut Tx,
    issue: &IssueId,
    to: &[SubscriberId],
) -> Result<(), db::Error> {
    let rows: Vec<New> = to
        .iter()
        .map(|subscriber| New {
            id: LetterId::fresh().0,
            issue_id: issue.as_str(),
            subscriber_id: subscriber.as_str(),
            stage: LetterStage::Waiting.code(),
            attempts: 0,
            next_at: 0,
            last_reply: "",
        })
        .collect();
    Ok(insert_all!(tx, letters::table, rows)?)
}

/// Letters that wait and may be tried, those that were put off last.
pub(in crate::newsletter) fn due(
    tx: &mut Tx,
    issue: &IssueId,
    now: Timestamp,
    at_most: i64,
) -> Result<Vec<OfIssue>, db::Error> {
    let rows: Vec<Row> = letters::table
        .filter(letters::issue_id.eq(issue.as_str()))
        .filter(letters::stage.eq(LetterStage::Waiting.code()))
        .filter(letters::next_at.le(now.0))
        .order((letters::next_at, letters::id))
        .limit(at_most)
        .select(Row::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(OfIssue::from).collect())
}

/// When the next letter that waits may be tried.
pub(in crate::newsletter) fn next_due(
    tx: &mut Tx,
    issue: &IssueId,
) -> Result<Option<Timestamp>, db::Error> {
    let next: Option<i64> = letters::table
        .filter(letters::issue_id.eq(issue.as_str()))
        .filter(letters::stage.eq(LetterStage::Waiting.code()))
        .order(letters::next_at)
        .select(letters::next_at)
        .first(tx.conn())
        .optional()?;
    Ok(next.map(Timestamp))
}

/// The compare-and-set of every change of stage; `false` when it stands elsewhere.
pub(in crate::newsletter) fn advance(
    tx: &mut Tx,
    from: &[LetterStage],
    letter: &OfIssue,
    to: &State,
    next: Timestamp,
) -> Result<bool, db::Error> {
    let mine = letters::table
        .filter(letters::id.eq(letter.id.as_str()))
        .filter(letters::stage.eq_any(codes(from)));
    let changed = diesel::update(mine)
        .set((
            letters::stage.eq(to.stage.code()),
            letters::attempts.eq(to.attempts),
            letters::last_reply.eq(&to.last_reply),
            letters::next_at.eq(next.0),
        ))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// Those whose sender is gone are uncertain.
pub(in crate::newsletter) fn lose(tx: &mut Tx, issue: &IssueId) -> Result<(), db::Error> {
    let mine = letters::table
        .filter(letters::issue_id.eq(issue.as_str()))
        .filter(letters::stage.eq(LetterStage::Sending.code()));
    diesel::update(mine)
        .set((
            letters::stage.eq(LetterStage::Uncertain.code()),
            letters::last_reply.eq("crash"),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::newsletter) fn drop_waiting(tx: &mut Tx, issue: &IssueId) -> Result<(), db::Error> {
    let mine = letters::table
        .filter(letters::issue_id.eq(issue.as_str()))
        .filter(letters::stage.eq(LetterStage::Waiting.code()));
    diesel::update(mine)
        .set(letters::stage.eq(LetterStage::Dropped.code()))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::newsletter) fn progress(tx: &mut Tx, issue: &IssueId) -> Result<Progress, db::Error> {
    let rows: Vec<(String, i64)> = letters::table
        .filter(letters::issue_id.eq(issue.as_str()))
        .group_by(letters::stage)
        .select((letters::stage, diesel::dsl::count_star()))
        .load(tx.conn())?;
    let mut progress = Progress::default();
    for (code, count) in rows {
        *match stage(&code) {
            LetterStage::Waiting | LetterStage::Sending => &mut progress.waiting,
            LetterStage::Sent => &mut progress.sent,
            LetterStage::Uncertain => &mut progress.uncertain,
            LetterStage::Bounced => &mut progress.bounced,
            LetterStage::Refused => &mut progress.refused,
            LetterStage::Dropped => &mut progress.dropped,
        } += count;
    }
    Ok(progress)
}

pub(in crate::newsletter) fn forget(tx: &mut Tx, issue: &IssueId) -> Result<usize, db::Error> {
    let mine = letters::table.filter(letters::issue_id.eq(issue.as_str()));
    Ok(diesel::delete(mine).execute(tx.conn())?)
}

/// Takes a person out of every letter: what waits is dropped, and what left says no longer to whom.
pub(in crate::newsletter) fn untie(tx: &mut Tx, of: &SubscriberId) -> Result<(), db::Error> {
    let mine = letters::table.filter(letters::subscriber_id.eq(of.as_str()));
    diesel::update(mine.filter(letters::stage.eq(LetterStage::Waiting.code())))
        .set(letters::stage.eq(LetterStage::Dropped.code()))
        .execute(tx.conn())?;
    let mine = letters::table.filter(letters::subscriber_id.eq(of.as_str()));
    diesel::update(mine)
        .set(letters::subscriber_id.eq(""))
        .execute(tx.conn())?;
    diesel::delete(singles::table.filter(singles::subscriber_id.eq(of.as_str())))
        .execute(tx.conn())?;
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = singles)]
struct SingleRow {
    id: String,
    kind: String,
    subscriber_id: String,
    issue_id: String,
    language: String,
    item: String,
    sealed: Vec<u8>,
    stage: String,
    attempts: i64,
    last_reply: String,
}

pub(in crate::newsletter) fn insert_single(tx: &mut Tx, new: &Single) -> Result<(), db::Error> {
    let now = tx.now().0;
    diesel::insert_into(singles::table)
        .values((
            singles::id.eq(new.id.as_str()),
            singles::kind.eq(new.kind.code()),
            singles::subscriber_id.eq(new.subscriber.as_str()),
            singles::issue_id.eq(new.issue.as_str()),
            singles::language.eq(new.language.tag()),
            singles::item.eq(&new.item),
            singles::sealed.eq(&new.sealed),
            singles::stage.eq(new.state.stage.code()),
            singles::attempts.eq(new.state.attempts),
            singles::last_reply.eq(&new.state.last_reply),
            singles::written_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::newsletter) fn find_single(
    tx: &mut Tx,
    id: &LetterId,
) -> Result<Option<Single>, db::Error> {
    let row: Option<SingleRow> = singles::table
        .filter(singles::id.eq(id.as_str()))
        .select(SingleRow::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(|row| Single {
        id: LetterId(row.id),
        kind: LetterKind::parse(&row.kind).expect("a CHECK limits the kinds"),
        subscriber: SubscriberId(row.subscriber_id),
        issue: IssueId(row.issue_id),
        language: language(&row.language),
        item: row.item,
        sealed: row.sealed,
        state: State {
            stage: stage(&row.stage),
            attempts: row.attempts,
            last_reply: row.last_reply,
        },
    }))
}

/// As [`advance`]; the address goes with the last step.
pub(in crate::newsletter) fn advance_single(
    tx: &mut Tx,
    from: &[LetterStage],
    id: &LetterId,
    to: &State,
) -> Result<bool, db::Error> {
    let mine = || {
        singles::table
            .filter(singles::id.eq(id.as_str()))
            .filter(singles::stage.eq_any(codes(from)))
    };
    let state = (
        singles::stage.eq(to.stage.code()),
        singles::attempts.eq(to.attempts),
        singles::last_reply.eq(&to.last_reply),
    );
    let changed = match to.stage {
        LetterStage::Waiting | LetterStage::Sending => {
            diesel::update(mine()).set(state).execute(tx.conn())?
        }
        _ => diesel::update(mine())
            .set((state, singles::sealed.eq(Vec::new())))
            .execute(tx.conn())?,
    };
    Ok(changed == 1)
}

/// How many letters a subscriber got since a moment.
pub(in crate::newsletter) fn singles_since(
    tx: &mut Tx,
    to: &SubscriberId,
    since: Timestamp,
) -> Result<i64, db::Error> {
    Ok(singles::table
        .filter(singles::subscriber_id.eq(to.as_str()))
        .filter(singles::written_at.gt(since.0))
        .count()
        .get_result(tx.conn())?)
}

pub(in crate::newsletter) fn drop_old_singles(
    tx: &mut Tx,
    before: Timestamp,
) -> Result<usize, db::Error> {
    Ok(
        diesel::delete(singles::table.filter(singles::written_at.lt(before.0)))
            .execute(tx.conn())?,
    )
}
