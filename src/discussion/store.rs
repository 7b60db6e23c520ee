//! All SQL of discussions.

use diesel::prelude::*;

use crate::activity::ActivityId;
use crate::platform::clock::Timestamp;
use crate::platform::db::schema::discussion::{discussion_posts as posts, discussions};
use crate::platform::db::{self, Tx};

use super::{Appears, Author, Discussion, Error, Post, PostId, PostState};

#[derive(Queryable, Selectable)]
#[diesel(table_name = posts)]
struct Row {
    id: String,
    position: i64,
    question_id: String,
    author: String,
    text: String,
    state: String,
    reason: String,
    posted_at: i64,
}

impl From<Row> for Post {
    fn from(row: Row) -> Post {
        Post {
            id: PostId(row.id),
            position: row.position,
            question: Some(row.question_id)
                .filter(|id| !id.is_empty())
                .map(PostId),
            author: match row.author == Author::Library.code() {
                true => Author::Library,
                false => Author::Person,
            },
            text: row.text,
            state: PostState::parse(&row.state).expect("a CHECK limits the states"),
            reason: row.reason,
            posted_at: Timestamp(row.posted_at),
        }
    }
}

pub(super) fn find(tx: &mut Tx, activity: &ActivityId) -> Result<Option<Discussion>, db::Error> {
    let row: Option<(String, bool)> = discussions::table
        .filter(discussions::activity_id.eq(activity.as_str()))
        .select((discussions::appears, discussions::is_open))
        .first(tx.conn())
        .optional()?;
    Ok(row.map(|(appears, is_open)| Discussion {
        appears: Appears::parse(&appears).expect("a CHECK limits the words"),
        is_open,
    }))
}

pub(super) fn save(
    tx: &mut Tx,
    activity: &ActivityId,
    discussion: Discussion,
) -> Result<(), db::Error> {
    let id = activity.as_str();
    let changed = diesel::update(discussions::table.filter(discussions::activity_id.eq(id)))
        .set((
            discussions::appears.eq(discussion.appears.code()),
            discussions::is_open.eq(discussion.is_open),
        ))
        .execute(tx.conn())?;
    if changed == 0 {
        diesel::insert_into(discussions::table)
            .values((
                discussions::activity_id.eq(id),
                discussions::appears.eq(discussion.appears.code()),
                discussions::is_open.eq(discussion.is_open),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

pub(super) fn insert(tx: &mut Tx, activity: &ActivityId, post: &Post) -> Result<(), Error> {
    let question = post.question.as_ref().map_or("", PostId::as_str);
    diesel::insert_into(posts::table)
        .values((
            posts::activity_id.eq(activity.as_str()),
            posts::id.eq(post.id.as_str()),
            posts::position.eq(post.position),
            posts::question_id.eq(question),
            posts::author.eq(post.author.code()),
            posts::text.eq(&post.text),
            posts::state.eq(post.state.code()),
            posts::reason.eq(&post.reason),
            posts::posted_at.eq(post.posted_at.0),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::Moved))?;
    Ok(())
}

pub(super) fn last_position(tx: &mut Tx, activity: &ActivityId) -> Result<i64, db::Error> {
    let last: Option<i64> = posts::table
        .filter(posts::activity_id.eq(activity.as_str()))
        .order(posts::position.desc())
        .select(posts::position)
        .first(tx.conn())
        .optional()?;
    Ok(last.unwrap_or(0))
}

pub(super) fn post(
    tx: &mut Tx,
    activity: &ActivityId,
    id: &PostId,
) -> Result<Option<Post>, db::Error> {
    let row = posts::table
        .filter(posts::activity_id.eq(activity.as_str()))
        .filter(posts::id.eq(id.as_str()))
        .select(Row::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Post::from))
}

pub(super) fn posts(tx: &mut Tx, activity: &ActivityId) -> Result<Vec<Post>, db::Error> {
    let rows: Vec<Row> = posts::table
        .filter(posts::activity_id.eq(activity.as_str()))
        .order((posts::position, posts::id))
        .select(Row::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Post::from).collect())
}

pub(super) fn count_waiting(tx: &mut Tx, activity: &ActivityId) -> Result<u64, db::Error> {
    let rows: i64 = posts::table
        .filter(posts::activity_id.eq(activity.as_str()))
        .filter(posts::state.eq(PostState::Waiting.code()))
        .count()
        .get_result(tx.conn())?;
    Ok(u64::try_from(rows).unwrap_or(0))
}

pub(super) fn queues(tx: &mut Tx) -> Result<Vec<(ActivityId, u64)>, db::Error> {
    let rows: Vec<(String, i64)> = posts::table
        .filter(posts::state.eq(PostState::Waiting.code()))
        .group_by(posts::activity_id)
        .select((posts::activity_id, diesel::dsl::count_star()))
        .order(posts::activity_id)
        .load(tx.conn())?;
    let queue = |(id, waiting)| (ActivityId(id), u64::try_from(waiting).unwrap_or(0));
    Ok(rows.into_iter().map(queue).collect())
}

/// `false` where it does not wait any more.
pub(super) fn show(tx: &mut Tx, activity: &ActivityId, id: &PostId) -> Result<bool, db::Error> {
    let rows = diesel::update(
        posts::table
            .filter(posts::activity_id.eq(activity.as_str()))
            .filter(posts::id.eq(id.as_str()))
            .filter(posts::state.eq(PostState::Waiting.code())),
    )
    .set(posts::state.eq(PostState::Shown.code()))
    .execute(tx.conn())?;
    Ok(rows > 0)
}

/// `false` where it does not wait any more.
pub(super) fn refuse(tx: &mut Tx, activity: &ActivityId, id: &PostId) -> Result<bool, db::Error> {
    let rows = diesel::delete(
        posts::table
            .filter(posts::activity_id.eq(activity.as_str()))
            .filter(posts::id.eq(id.as_str()))
            .filter(posts::state.eq(PostState::Waiting.code())),
    )
    .execute(tx.conn())?;
    Ok(rows > 0)
}

/// `false` where it is not shown any more.
pub(super) fn take_down(
    tx: &mut Tx,
    activity: &ActivityId,
    id: &PostId,
    reason: &str,
) -> Result<bool, db::Error> {
    let rows = diesel::update(
        posts::table
            .filter(posts::activity_id.eq(activity.as_str()))
            .filter(posts::id.eq(id.as_str()))
            .filter(posts::state.eq(PostState::Shown.code())),
    )
    .set((
        posts::state.eq(PostState::TakenDown.code()),
        posts::text.eq(""),
        posts::reason.eq(reason),
    ))
    .execute(tx.conn())?;
    Ok(rows > 0)
}

pub(super) fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, db::Error> {
    let id = activity.as_str();
    let posts =
        diesel::delete(posts::table.filter(posts::activity_id.eq(id))).execute(tx.conn())?;
    let own = discussions::table.filter(discussions::activity_id.eq(id));
    Ok(posts + diesel::delete(own).execute(tx.conn())?)
}

pub(super) fn left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, db::Error> {
    let id = activity.as_str();
    let posts: i64 = posts::table
        .filter(posts::activity_id.eq(id))
        .count()
        .get_result(tx.conn())?;
    let own: i64 = discussions::table
        .filter(discussions::activity_id.eq(id))
        .count()
        .get_result(tx.conn())?;
    Ok(u64::try_from(posts + own).unwrap_or(0))
}
