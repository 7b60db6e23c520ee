//! Rows of letters about accounts.

use diesel::prelude::*;
use lucky_draw::encode::Hash;

use crate::member::letters::{Letter, LetterId, LetterKind, LetterStage, State};
use crate::platform::clock::Timestamp;
use crate::platform::db::schema::member::member_letters as letters;
use crate::platform::db::{self, Tx};

use super::{hash, language};

#[derive(Queryable, Selectable)]
#[diesel(table_name = letters)]
struct Row {
    id: String,
    kind: String,
    code: String,
    tag: Vec<u8>,
    language: String,
    item: String,
    sealed: Vec<u8>,
    stage: String,
    attempts: i64,
    last_reply: String,
}

impl From<Row> for Letter {
    fn from(row: Row) -> Letter {
        Letter {
            id: LetterId(row.id),
            kind: LetterKind::parse(&row.kind).expect("a CHECK limits the kinds"),
            code: row.code,
            tag: hash(&row.tag),
            language: language(&row.language),
            item: row.item,
            sealed: row.sealed,
            state: State {
                stage: LetterStage::parse(&row.stage).expect("a CHECK limits the stages"),
                attempts: row.attempts,
                last_reply: row.last_reply,
            },
        }
    }
}

pub(in crate::member) fn insert(tx: &mut Tx, new: &Letter) -> Result<(), db::Error> {
    let now = tx.now().0;
    diesel::insert_into(letters::table)
        .values((
            letters::id.eq(new.id.as_str()),
            letters::kind.eq(new.kind.code()),
            letters::code.eq(&new.code),
            letters::tag.eq(new.tag.as_bytes().to_vec()),
            letters::language.eq(new.language.tag()),
            letters::item.eq(&new.item),
            letters::sealed.eq(&new.sealed),
            letters::stage.eq(new.state.stage.code()),
            letters::attempts.eq(new.state.attempts),
            letters::last_reply.eq(&new.state.last_reply),
            letters::written_at.eq(now),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::member) fn find(tx: &mut Tx, id: &LetterId) -> Result<Option<Letter>, db::Error> {
    let row = letters::table
        .filter(letters::id.eq(id.as_str()))
        .select(Row::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Letter::from))
}

/// The compare-and-set of every change of stage; the address goes with the last step. `false` when
/// it stands elsewhere.
pub(in crate::member) fn advance(
    tx: &mut Tx,
    from: &[LetterStage],
    id: &LetterId,
    to: &State,
) -> Result<bool, db::Error> {
    let from: Vec<&str> = from.iter().map(|stage| stage.code()).collect();
    let mine = || {
        letters::table
            .filter(letters::id.eq(id.as_str()))
            .filter(letters::stage.eq_any(from.clone()))
    };
    let state = (
        letters::stage.eq(to.stage.code()),
        letters::attempts.eq(to.attempts),
        letters::last_reply.eq(&to.last_reply),
    );
    let changed = match to.stage {
        LetterStage::Waiting | LetterStage::Sending => {
            diesel::update(mine()).set(state).execute(tx.conn())?
        }
        _ => diesel::update(mine())
            .set((state, letters::sealed.eq(Vec::new())))
            .execute(tx.conn())?,
    };
    Ok(changed == 1)
}

/// How many letters of a kind and code are not settled.
pub(in crate::member) fn count_open(
    tx: &mut Tx,
    kind: LetterKind,
    code: &str,
) -> Result<i64, db::Error> {
    let open = [LetterStage::Waiting, LetterStage::Sending].map(LetterStage::code);
    Ok(letters::table
        .filter(letters::kind.eq(kind.code()))
        .filter(letters::code.eq(code))
        .filter(letters::stage.eq_any(open))
        .count()
        .get_result(tx.conn())?)
}

/// How many letters of some kinds an address got since a moment.
pub(in crate::member) fn count_since(
    tx: &mut Tx,
    tag: &Hash,
    kinds: &[LetterKind],
    since: Timestamp,
) -> Result<i64, db::Error> {
    Ok(letters::table
        .filter(letters::tag.eq(tag.as_bytes().to_vec()))
        .filter(letters::kind.eq_any(kinds.iter().map(|kind| kind.code())))
        .filter(letters::written_at.gt(since.0))
        .count()
        .get_result(tx.conn())?)
}

pub(in crate::member) fn drop_of_tag(tx: &mut Tx, tag: &Hash) -> Result<(), db::Error> {
    diesel::delete(letters::table.filter(letters::tag.eq(tag.as_bytes().to_vec())))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::member) fn drop_old(tx: &mut Tx, before: Timestamp) -> Result<usize, db::Error> {
    let open = [LetterStage::Waiting, LetterStage::Sending].map(LetterStage::code);
    let old = letters::table.filter(letters::written_at.lt(before.0));
    // A link is of no use by then; news of the policy waits for the mail server however long it takes.
    let is_over = letters::kind
        .ne(LetterKind::Policy.code())
        .or(letters::stage.ne_all(open));
    Ok(diesel::delete(old.filter(is_over)).execute(tx.conn())?)
}
