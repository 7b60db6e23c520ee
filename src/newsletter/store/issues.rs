//! Rows of topics and issues.

use diesel::prelude::*;

use crate::activity::LocalText;
use crate::newsletter::issues::Text;
use crate::newsletter::{Error, Issue, IssueId, Progress, Stage, Topic, TopicId};
use crate::platform::clock::Timestamp;
use crate::platform::db::schema::newsletter::{
    newsletter_issue_topics as of_issues, newsletter_issues as issues, newsletter_topics as topics,
};
use crate::platform::db::{self, Tx};

pub(in crate::newsletter) fn topics(tx: &mut Tx) -> Result<Vec<Topic>, db::Error> {
    let rows: Vec<(String, String, String, Option<i64>)> = topics::table
        .order((topics::made_at, topics::id))
        .select((
            topics::id,
            topics::name_zh,
            topics::name_en,
            topics::retired_at,
        ))
        .load(tx.conn())?;
    Ok(rows
        .into_iter()
        .map(|(id, zh, en, retired_at)| Topic {
            id: TopicId(id),
            name: LocalText::new(zh, en),
            retired_at: retired_at.map(Timestamp),
        })
        .collect())
}

pub(in crate::newsletter) fn insert_topic(tx: &mut Tx, topic: &Topic) -> Result<(), db::Error> {
    let now = tx.now().0;
    diesel::insert_into(topics::table)
        .values((
            topics::id.eq(topic.id.as_str()),
            topics::name_zh.eq(&topic.name.zh),
            topics::name_en.eq(&topic.name.en),
            topics::made_at.eq(now),
            topics::retired_at.eq(topic.retired_at.map(|at| at.0)),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::newsletter) fn rename_topic(
    tx: &mut Tx,
    id: &TopicId,
    name: &LocalText,
) -> Result<bool, db::Error> {
    let changed = diesel::update(topics::table.filter(topics::id.eq(id.as_str())))
        .set((topics::name_zh.eq(&name.zh), topics::name_en.eq(&name.en)))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

pub(in crate::newsletter) fn retire_topic(tx: &mut Tx, id: &TopicId) -> Result<bool, db::Error> {
    let now = tx.now().0;
    let mine = topics::table
        .filter(topics::id.eq(id.as_str()))
        .filter(topics::retired_at.is_null());
    let changed = diesel::update(mine)
        .set(topics::retired_at.eq(Some(now)))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = issues)]
struct Row {
    id: String,
    slug: String,
    subject_zh: String,
    subject_en: String,
    body_zh: String,
    body_en: String,
    stage: String,
    version: i64,
    send_at: Option<i64>,
    began_at: Option<i64>,
    ended_at: Option<i64>,
    gathered_to: String,
    sent: i64,
    uncertain: i64,
    bounced: i64,
    refused: i64,
    dropped: i64,
    policy_version: i64,
}

fn issue(tx: &mut Tx, row: Row) -> Result<Issue, db::Error> {
    let rows: Vec<String> = of_issues::table
        .filter(of_issues::issue_id.eq(&row.id))
        .select(of_issues::topic_id)
        .load(tx.conn())?;
    Ok(Issue {
        id: IssueId(row.id),
        text: Text {
            slug: row.slug,
            subject: LocalText::new(row.subject_zh, row.subject_en),
            body: LocalText::new(row.body_zh, row.body_en),
            topics: rows.into_iter().map(TopicId).collect(),
        },
        stage: Stage::parse(&row.stage).expect("a CHECK limits the stages"),
        version: row.version,
        send_at: row.send_at.map(Timestamp),
        began_at: row.began_at.map(Timestamp),
        ended_at: row.ended_at.map(Timestamp),
        policy: row.policy_version,
        gathered_to: row.gathered_to,
        folded: Progress {
            waiting: 0,
            sent: row.sent,
            uncertain: row.uncertain,
            bounced: row.bounced,
            refused: row.refused,
            dropped: row.dropped,
        },
    })
}

/// Issues in these stages, the newest first; what was not sent stands before what was.
pub(in crate::newsletter) fn list(tx: &mut Tx, stages: &[Stage]) -> Result<Vec<Issue>, db::Error> {
    let codes: Vec<&str> = stages.iter().map(|stage| stage.code()).collect();
    let rows: Vec<Row> = issues::table
        .filter(issues::stage.eq_any(codes))
        .order(issues::id)
        .select(Row::as_select())
        .load(tx.conn())?;
    let found: Result<Vec<Issue>, db::Error> = rows.into_iter().map(|row| issue(tx, row)).collect();
    let mut found = found?;
    found.sort_by_key(|issue| std::cmp::Reverse(issue.began_at.unwrap_or(Timestamp(i64::MAX))));
    Ok(found)
}

pub(in crate::newsletter) fn by_id(tx: &mut Tx, id: &IssueId) -> Result<Option<Issue>, db::Error> {
    let row = issues::table
        .filter(issues::id.eq(id.as_str()))
        .select(Row::as_select())
        .first(tx.conn())
        .optional()?;
    row.map(|row| issue(tx, row)).transpose()
}

pub(in crate::newsletter) fn by_slug(tx: &mut Tx, slug: &str) -> Result<Option<Issue>, db::Error> {
    let row = issues::table
        .filter(issues::slug.eq(slug))
        .select(Row::as_select())
        .first(tx.conn())
        .optional()?;
    row.map(|row| issue(tx, row)).transpose()
}

pub(in crate::newsletter) fn of_policy(
    tx: &mut Tx,
    policy: i64,
) -> Result<Option<Issue>, db::Error> {
    let row = issues::table
        .filter(issues::policy_version.eq(policy))
        .filter(issues::policy_version.gt(0))
        .select(Row::as_select())
        .first(tx.conn())
        .optional()?;
    row.map(|row| issue(tx, row)).transpose()
}

pub(in crate::newsletter) fn insert(tx: &mut Tx, new: &Issue) -> Result<(), Error> {
    diesel::insert_into(issues::table)
        .values((
            issues::id.eq(new.id.as_str()),
            issues::slug.eq(&new.text.slug),
            issues::subject_zh.eq(&new.text.subject.zh),
            issues::subject_en.eq(&new.text.subject.en),
            issues::body_zh.eq(&new.text.body.zh),
            issues::body_en.eq(&new.text.body.en),
            issues::stage.eq(new.stage.code()),
            issues::version.eq(new.version),
            issues::send_at.eq(new.send_at.map(|at| at.0)),
            issues::gathered_to.eq(&new.gathered_to),
            issues::sent.eq(0),
            issues::uncertain.eq(0),
            issues::bounced.eq(0),
            issues::refused.eq(0),
            issues::dropped.eq(0),
            issues::policy_version.eq(new.policy),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::Moved))?;
    Ok(set_topics(tx, new)?)
}

fn set_topics(tx: &mut Tx, of: &Issue) -> Result<(), db::Error> {
    diesel::delete(of_issues::table.filter(of_issues::issue_id.eq(of.id.as_str())))
        .execute(tx.conn())?;
    for topic in &of.text.topics {
        diesel::insert_into(of_issues::table)
            .values((
                of_issues::issue_id.eq(of.id.as_str()),
                of_issues::topic_id.eq(topic.as_str()),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Writes the text of a draft of this version; `false` where it stands elsewhere.
pub(in crate::newsletter) fn save_text(tx: &mut Tx, issue: &Issue) -> Result<bool, Error> {
    let mine = issues::table
        .filter(issues::id.eq(issue.id.as_str()))
        .filter(issues::version.eq(issue.version))
        .filter(issues::stage.eq(Stage::Draft.code()));
    let changed = diesel::update(mine)
        .set((
            issues::slug.eq(&issue.text.slug),
            issues::subject_zh.eq(&issue.text.subject.zh),
            issues::subject_en.eq(&issue.text.subject.en),
            issues::body_zh.eq(&issue.text.body.zh),
            issues::body_en.eq(&issue.text.body.en),
            issues::version.eq(issue.version + 1),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::Moved))?;
    set_topics(tx, issue)?;
    Ok(changed == 1)
}

/// The compare-and-set of every change of stage; `false` when it stands elsewhere.
pub(in crate::newsletter) fn advance(
    tx: &mut Tx,
    from: Stage,
    to: &Issue,
) -> Result<bool, db::Error> {
    let mine = issues::table
        .filter(issues::id.eq(to.id.as_str()))
        .filter(issues::version.eq(to.version))
        .filter(issues::stage.eq(from.code()));
    let changed = diesel::update(mine)
        .set((
            issues::stage.eq(to.stage.code()),
            issues::send_at.eq(to.send_at.map(|at| at.0)),
            issues::began_at.eq(to.began_at.map(|at| at.0)),
            issues::ended_at.eq(to.ended_at.map(|at| at.0)),
        ))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

pub(in crate::newsletter) fn set_gathered(
    tx: &mut Tx,
    id: &IssueId,
    to: &str,
) -> Result<(), db::Error> {
    diesel::update(issues::table.filter(issues::id.eq(id.as_str())))
        .set(issues::gathered_to.eq(to))
        .execute(tx.conn())?;
    Ok(())
}

/// Writes the figures of letters whose rows go.
pub(in crate::newsletter) fn fold(
    tx: &mut Tx,
    id: &IssueId,
    whole: &Progress,
) -> Result<(), db::Error> {
    diesel::update(issues::table.filter(issues::id.eq(id.as_str())))
        .set((
            issues::sent.eq(whole.sent),
            issues::uncertain.eq(whole.uncertain),
            issues::bounced.eq(whole.bounced),
            issues::refused.eq(whole.refused),
            issues::dropped.eq(whole.dropped),
        ))
        .execute(tx.conn())?;
    Ok(())
}
