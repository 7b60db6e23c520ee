//! Rows of subscribers, their topics, moves, consents and of addresses that nothing is sent to.

use diesel::prelude::*;
use lucky_draw::encode::Hash;

use crate::newsletter::consent::Consent;
use crate::newsletter::subscribers::{Move, SealedAddress, Suppressed};
use crate::newsletter::{Error, Subscriber, SubscriberId, TopicId};
use crate::platform::clock::Timestamp;
use crate::platform::db::schema::newsletter::{
    newsletter_consents as consents, subscriber_moves as moves, subscriber_topics as chosen,
    subscribers, suppressed_addresses as suppressed,
};
use crate::platform::db::{self, Tx};

use super::language;

#[derive(Queryable, Selectable)]
#[diesel(table_name = subscribers)]
struct Row {
    id: String,
    tag: Vec<u8>,
    item: String,
    sealed: Vec<u8>,
    access: String,
    language: String,
    state: String,
    consent: Vec<u8>,
    agreed_at: i64,
    confirmed_at: Option<i64>,
    refusals: i64,
    policy_version: i64,
}

fn hash(bytes: &[u8]) -> Hash {
    Hash(bytes.try_into().expect("hashes are stored whole"))
}

impl From<Row> for Subscriber {
    fn from(row: Row) -> Subscriber {
        Subscriber {
            id: SubscriberId(row.id),
            address: SealedAddress {
                tag: hash(&row.tag),
                item: row.item,
                sealed: row.sealed,
            },
            access: row.access,
            language: language(&row.language),
            is_active: row.state == ACTIVE,
            consent: hash(&row.consent),
            agreed_at: Timestamp(row.agreed_at),
            confirmed_at: row.confirmed_at.map(Timestamp),
            refusals: row.refusals,
            policy: row.policy_version,
        }
    }
}

const ACTIVE: &str = "active";
const PENDING: &str = "pending";

fn state(of: &Subscriber) -> &'static str {
    if of.is_active { ACTIVE } else { PENDING }
}

pub(in crate::newsletter) fn by_tag(
    tx: &mut Tx,
    tag: &Hash,
) -> Result<Option<Subscriber>, db::Error> {
    let row = subscribers::table
        .filter(subscribers::tag.eq(tag.as_bytes().to_vec()))
        .select(Row::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Subscriber::from))
}

pub(in crate::newsletter) fn by_access(
    tx: &mut Tx,
    access: &str,
) -> Result<Option<Subscriber>, db::Error> {
    let row = subscribers::table
        .filter(subscribers::access.eq(access))
        .select(Row::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Subscriber::from))
}

pub(in crate::newsletter) fn by_id(
    tx: &mut Tx,
    id: &SubscriberId,
) -> Result<Option<Subscriber>, db::Error> {
    let row = subscribers::table
        .filter(subscribers::id.eq(id.as_str()))
        .select(Row::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Subscriber::from))
}

/// Stores a subscriber, new or changed; the unique tag decides which of two new ones is the first.
pub(in crate::newsletter) fn put(tx: &mut Tx, new: &Subscriber) -> Result<(), Error> {
    let values = (
        subscribers::tag.eq(new.address.tag.as_bytes().to_vec()),
        subscribers::item.eq(&new.address.item),
        subscribers::sealed.eq(&new.address.sealed),
        subscribers::access.eq(&new.access),
        subscribers::language.eq(new.language.tag()),
        subscribers::state.eq(state(new)),
        subscribers::consent.eq(new.consent.as_bytes().to_vec()),
        subscribers::agreed_at.eq(new.agreed_at.0),
        subscribers::confirmed_at.eq(new.confirmed_at.map(|at| at.0)),
        subscribers::refusals.eq(new.refusals),
        subscribers::policy_version.eq(new.policy),
    );
    let changed = diesel::update(subscribers::table.filter(subscribers::id.eq(new.id.as_str())))
        .set(values.clone())
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::Twice))?;
    if changed == 0 {
        diesel::insert_into(subscribers::table)
            .values((subscribers::id.eq(new.id.as_str()), values))
            .execute(tx.conn())
            .map_err(db::on_duplicate(Error::Twice))?;
    }
    Ok(())
}

pub(in crate::newsletter) fn set_refusals(
    tx: &mut Tx,
    id: &SubscriberId,
    refusals: i64,
) -> Result<(), db::Error> {
    diesel::update(subscribers::table.filter(subscribers::id.eq(id.as_str())))
        .set(subscribers::refusals.eq(refusals))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::newsletter) fn delete(tx: &mut Tx, id: &SubscriberId) -> Result<(), db::Error> {
    diesel::delete(chosen::table.filter(chosen::subscriber_id.eq(id.as_str())))
        .execute(tx.conn())?;
    drop_move(tx, id)?;
    diesel::delete(subscribers::table.filter(subscribers::id.eq(id.as_str())))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::newsletter) fn count(tx: &mut Tx) -> Result<i64, db::Error> {
    Ok(subscribers::table
        .filter(subscribers::state.eq(ACTIVE))
        .count()
        .get_result(tx.conn())?)
}

/// Those that began before a moment and never used their link.
pub(in crate::newsletter) fn unconfirmed(
    tx: &mut Tx,
    before: Timestamp,
) -> Result<Vec<Subscriber>, db::Error> {
    let rows: Vec<Row> = subscribers::table
        .filter(subscribers::state.eq(PENDING))
        .filter(subscribers::agreed_at.lt(before.0))
        .select(Row::as_select())
        .load(tx.conn())?;
    Ok(rows.into_iter().map(Subscriber::from).collect())
}

/// Subscribers, after one of them, in the order of their ids.
pub(in crate::newsletter) fn active(
    tx: &mut Tx,
    after: &str,
    at_most: i64,
) -> Result<Vec<SubscriberId>, db::Error> {
    let rows: Vec<String> = subscribers::table
        .filter(subscribers::state.eq(ACTIVE))
        .filter(subscribers::id.gt(after))
        .order(subscribers::id)
        .limit(at_most)
        .select(subscribers::id)
        .load(tx.conn())?;
    Ok(rows.into_iter().map(SubscriberId).collect())
}

/// Subscribers with one of these topics, after one of them, in the order of their ids.
pub(in crate::newsletter) fn of_topics(
    tx: &mut Tx,
    topics: &[TopicId],
    after: &str,
    at_most: i64,
) -> Result<Vec<SubscriberId>, db::Error> {
    let topics: Vec<&str> = topics.iter().map(TopicId::as_str).collect();
    let rows: Vec<String> = chosen::table
        .inner_join(subscribers::table)
        .filter(subscribers::state.eq(ACTIVE))
        .filter(subscribers::id.gt(after))
        .filter(chosen::topic_id.eq_any(topics))
        .select(subscribers::id)
        .distinct()
        .order(subscribers::id)
        .limit(at_most)
        .load(tx.conn())?;
    Ok(rows.into_iter().map(SubscriberId).collect())
}

pub(in crate::newsletter) fn topics(
    tx: &mut Tx,
    id: &SubscriberId,
) -> Result<Vec<TopicId>, db::Error> {
    let rows: Vec<String> = chosen::table
        .filter(chosen::subscriber_id.eq(id.as_str()))
        .select(chosen::topic_id)
        .load(tx.conn())?;
    Ok(rows.into_iter().map(TopicId).collect())
}

pub(in crate::newsletter) fn set_topics(
    tx: &mut Tx,
    id: &SubscriberId,
    topics: &[TopicId],
) -> Result<(), db::Error> {
    diesel::delete(chosen::table.filter(chosen::subscriber_id.eq(id.as_str())))
        .execute(tx.conn())?;
    for topic in topics {
        diesel::insert_into(chosen::table)
            .values((
                chosen::subscriber_id.eq(id.as_str()),
                chosen::topic_id.eq(topic.as_str()),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = moves)]
struct MoveRow {
    subscriber_id: String,
    code: String,
    tag: Vec<u8>,
    item: String,
    sealed: Vec<u8>,
    asked_at: i64,
}

impl From<MoveRow> for Move {
    fn from(row: MoveRow) -> Move {
        Move {
            subscriber: SubscriberId(row.subscriber_id),
            code: row.code,
            address: SealedAddress {
                tag: hash(&row.tag),
                item: row.item,
                sealed: row.sealed,
            },
            asked_at: Timestamp(row.asked_at),
        }
    }
}

pub(in crate::newsletter) fn put_move(tx: &mut Tx, new: &Move) -> Result<(), db::Error> {
    drop_move(tx, &new.subscriber)?;
    diesel::insert_into(moves::table)
        .values((
            moves::subscriber_id.eq(new.subscriber.as_str()),
            moves::code.eq(&new.code),
            moves::tag.eq(new.address.tag.as_bytes().to_vec()),
            moves::item.eq(&new.address.item),
            moves::sealed.eq(&new.address.sealed),
            moves::asked_at.eq(new.asked_at.0),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::newsletter) fn find_move(tx: &mut Tx, code: &str) -> Result<Option<Move>, db::Error> {
    let row = moves::table
        .filter(moves::code.eq(code))
        .select(MoveRow::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Move::from))
}

pub(in crate::newsletter) fn move_of(
    tx: &mut Tx,
    id: &SubscriberId,
) -> Result<Option<Move>, db::Error> {
    let row = moves::table
        .filter(moves::subscriber_id.eq(id.as_str()))
        .select(MoveRow::as_select())
        .first(tx.conn())
        .optional()?;
    Ok(row.map(Move::from))
}

pub(in crate::newsletter) fn drop_move(tx: &mut Tx, id: &SubscriberId) -> Result<(), db::Error> {
    diesel::delete(moves::table.filter(moves::subscriber_id.eq(id.as_str()))).execute(tx.conn())?;
    Ok(())
}

pub(in crate::newsletter) fn drop_old_moves(
    tx: &mut Tx,
    before: Timestamp,
) -> Result<usize, db::Error> {
    Ok(diesel::delete(moves::table.filter(moves::asked_at.lt(before.0))).execute(tx.conn())?)
}

pub(in crate::newsletter) fn suppress(
    tx: &mut Tx,
    tag: &Hash,
    why: Suppressed,
) -> Result<(), db::Error> {
    allow(tx, tag)?;
    let since = tx.now().hour().0;
    diesel::insert_into(suppressed::table)
        .values((
            suppressed::tag.eq(tag.as_bytes().to_vec()),
            suppressed::why.eq(why.code()),
            suppressed::since.eq(since),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::newsletter) fn allow(tx: &mut Tx, tag: &Hash) -> Result<(), db::Error> {
    diesel::delete(suppressed::table.filter(suppressed::tag.eq(tag.as_bytes().to_vec())))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::newsletter) fn is_suppressed(tx: &mut Tx, tag: &Hash) -> Result<bool, db::Error> {
    let rows: i64 = suppressed::table
        .filter(suppressed::tag.eq(tag.as_bytes().to_vec()))
        .count()
        .get_result(tx.conn())?;
    Ok(rows > 0)
}

pub(in crate::newsletter) fn keep_consent(
    tx: &mut Tx,
    hash: &Hash,
    version: i64,
    consent: &Consent,
) -> Result<(), Error> {
    let known: i64 = consents::table
        .filter(consents::hash.eq(hash.as_bytes().to_vec()))
        .count()
        .get_result(tx.conn())
        .map_err(db::Error::from)?;
    if known > 0 {
        return Ok(());
    }
    diesel::insert_into(consents::table)
        .values((
            consents::hash.eq(hash.as_bytes().to_vec()),
            consents::version.eq(version),
            consents::language.eq(consent.language.tag()),
            consents::words.eq(&consent.words),
        ))
        .execute(tx.conn())
        .map_err(db::on_duplicate(Error::Twice))?;
    Ok(())
}

pub(in crate::newsletter) fn consent(
    tx: &mut Tx,
    hash: &Hash,
) -> Result<Option<(i64, Consent)>, db::Error> {
    let found: Option<(i64, String, String)> = consents::table
        .filter(consents::hash.eq(hash.as_bytes().to_vec()))
        .select((consents::version, consents::language, consents::words))
        .first(tx.conn())
        .optional()?;
    Ok(found.map(|(version, tag, words)| {
        let language = language(&tag);
        (version, Consent { language, words })
    }))
}
