//! SQL of providers, offers, consents and the boxes made for providers.

use diesel::prelude::*;

use crate::activity::{ActivityId, Field, LocalText};
use crate::entry::consent::{Consent, ConsentTo};
use crate::entry::provider::{Offer, Provider, ProviderBox, ProviderId};
use crate::entry::submit::NewEntry;
use crate::entry::{Entry, EntryId};
use crate::platform::clock::Timestamp;
use crate::platform::db::column::{hash, unsigned};
use crate::platform::db::rows::insert_all;
use crate::platform::db::schema::rights::{
    activity_providers, provider_boxes, provider_consents, providers,
};
use crate::platform::db::schema::{entries, tickets};
use crate::platform::db::{self, Tx};

type ProviderRow = (String, String, String, String, bool);

fn provider((id, zh, en, address, active): ProviderRow) -> Provider {
    Provider {
        id: ProviderId(id),
        name: LocalText::new(zh, en),
        address,
        active,
    }
}

pub(in crate::entry) fn providers(tx: &mut Tx) -> Result<Vec<Provider>, db::Error> {
    let rows: Vec<ProviderRow> = providers::table
        .order((providers::active.desc(), providers::name_zh, providers::id))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(provider).collect())
}

pub(in crate::entry) fn save_provider(tx: &mut Tx, new: &Provider) -> Result<(), db::Error> {
    let words = (
        providers::name_zh.eq(&new.name.zh),
        providers::name_en.eq(&new.name.en),
        providers::address.eq(&new.address),
        providers::active.eq(new.active),
    );
    let changed = diesel::update(providers::table.filter(providers::id.eq(new.id.as_str())))
        .set(words)
        .execute(tx.conn())?;
    if changed == 0 {
        diesel::insert_into(providers::table)
            .values((providers::id.eq(new.id.as_str()), words))
            .execute(tx.conn())?;
    }
    Ok(())
}

type OfferRow = (ProviderRow, String, String, String, i64);

pub(in crate::entry) fn offers(
    tx: &mut Tx,
    activity: &ActivityId,
) -> Result<Vec<Offer>, db::Error> {
    let rows: Vec<OfferRow> = activity_providers::table
        .inner_join(providers::table.on(providers::id.eq(activity_providers::provider_id)))
        .filter(activity_providers::activity_id.eq(activity.as_str()))
        .order((providers::name_zh, providers::id))
        .select((
            providers::all_columns,
            activity_providers::fields,
            activity_providers::purpose_zh,
            activity_providers::purpose_en,
            activity_providers::until,
        ))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(offer).collect())
}

fn offer((of, fields, zh, en, until): OfferRow) -> Offer {
    Offer {
        provider: provider(of),
        fields: fields.split(' ').filter_map(Field::parse).collect(),
        purpose: LocalText::new(zh, en),
        until: Timestamp(until),
    }
}

pub(in crate::entry) fn insert_offer(
    tx: &mut Tx,
    activity: &ActivityId,
    new: &Offer,
) -> Result<(), db::Error> {
    let fields: Vec<&str> = new.fields.iter().map(|field| field.code()).collect();
    diesel::insert_into(activity_providers::table)
        .values((
            activity_providers::activity_id.eq(activity.as_str()),
            activity_providers::provider_id.eq(new.provider.id.as_str()),
            activity_providers::fields.eq(fields.join(" ")),
            activity_providers::purpose_zh.eq(&new.purpose.zh),
            activity_providers::purpose_en.eq(&new.purpose.en),
            activity_providers::until.eq(new.until.0),
        ))
        .execute(tx.conn())?;
    Ok(())
}

pub(in crate::entry) fn remove_offer(
    tx: &mut Tx,
    activity: &ActivityId,
    provider: &ProviderId,
) -> Result<(), db::Error> {
    diesel::delete(
        activity_providers::table
            .filter(activity_providers::activity_id.eq(activity.as_str()))
            .filter(activity_providers::provider_id.eq(provider.as_str())),
    )
    .execute(tx.conn())?;
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = provider_consents, treat_none_as_default_value = false)]
struct NewConsentRow<'n> {
    activity_id: &'n str,
    entry_id: &'n str,
    provider_id: &'n str,
    text_hash: &'n [u8],
    given_hour: i64,
}

#[derive(Insertable)]
#[diesel(table_name = provider_boxes, treat_none_as_default_value = false)]
struct NewProviderBox<'n> {
    activity_id: &'n str,
    provider_id: &'n str,
    entry_id: &'n str,
    item: &'n str,
}

/// Stores what new entries agreed to beside the notice, and whom their boxes are for.
pub(in crate::entry) fn insert_consents(tx: &mut Tx, taken: &[&NewEntry]) -> Result<(), db::Error> {
    let given_hour = tx.now().hour().0;
    let given: Vec<NewConsentRow> = taken
        .iter()
        .flat_map(|new| new.consents.iter().map(move |consent| (new, consent)))
        .map(|(new, consent)| NewConsentRow {
            activity_id: new.activity.as_str(),
            entry_id: new.id.as_str(),
            provider_id: consent.to.as_str(),
            text_hash: consent.words.as_bytes(),
            given_hour,
        })
        .collect();
    insert_all!(tx, provider_consents::table, given)?;
    let handed: Vec<NewProviderBox> = taken
        .iter()
        .flat_map(|new| new.shares.iter().map(move |share| (new, share)))
        .map(|(new, (provider, sealed))| NewProviderBox {
            activity_id: new.activity.as_str(),
            provider_id: provider.as_str(),
            entry_id: new.id.as_str(),
            item: &sealed.id,
        })
        .collect();
    Ok(insert_all!(tx, provider_boxes::table, handed)?)
}

type ConsentRow = (String, Vec<u8>, i64, Option<i64>);

pub(in crate::entry) fn consents(tx: &mut Tx, entry: &Entry) -> Result<Vec<Consent>, db::Error> {
    let rows: Vec<ConsentRow> = provider_consents::table
        .filter(provider_consents::activity_id.eq(entry.activity.as_str()))
        .filter(provider_consents::entry_id.eq(entry.id.as_str()))
        .order(provider_consents::provider_id)
        .select((
            provider_consents::provider_id,
            provider_consents::text_hash,
            provider_consents::given_hour,
            provider_consents::withdrawn_at,
        ))
        .load(tx.conn())?;
    let boxes: Vec<(String, String, Option<i64>)> = provider_boxes::table
        .filter(provider_boxes::activity_id.eq(entry.activity.as_str()))
        .filter(provider_boxes::entry_id.eq(entry.id.as_str()))
        .select((
            provider_boxes::provider_id,
            provider_boxes::item,
            provider_boxes::handed_at,
        ))
        .load(tx.conn())?;
    let known = providers(tx)?;
    let to_provider = |(id, words, hour, withdrawn): ConsentRow| {
        let sealed = boxes.iter().find(|(of, ..)| *of == id);
        let provider = known.iter().find(|each| each.id.as_str() == id).cloned();
        Consent {
            to: ConsentTo::Provider(ProviderId(id)),
            provider,
            words: hash(&words),
            given_hour: Timestamp(hour),
            withdrawn_at: withdrawn.map(Timestamp),
            item: sealed
                .map(|(_, item, _)| item.clone())
                .filter(|item| !item.is_empty()),
            handed_at: sealed.and_then(|(.., handed)| handed.map(Timestamp)),
        }
    };
    let to_providers = rows.into_iter().map(to_provider);
    Ok(agreement(tx, entry)?
        .into_iter()
        .chain(to_providers)
        .collect())
}

/// What an entry agreed to by being sent; nothing where nobody was asked who they are.
fn agreement(tx: &mut Tx, entry: &Entry) -> Result<Option<Consent>, db::Error> {
    let until: Option<Option<i64>> = entries::table
        .filter(entries::activity_id.eq(entry.activity.as_str()))
        .filter(entries::id.eq(entry.id.as_str()))
        .filter(entries::agreed)
        .select(entries::agreed_until)
        .first(tx.conn())
        .optional()?;
    Ok(until.map(|until| Consent {
        to: ConsentTo::Entry,
        provider: None,
        words: entry.notice,
        given_hour: entry.taken_hour,
        withdrawn_at: until.map(Timestamp),
        item: None,
        handed_at: None,
    }))
}

/// Notes that the consent to a provider was taken back.
pub(in crate::entry) fn end_consent(
    tx: &mut Tx,
    entry: &Entry,
    provider: &ProviderId,
) -> Result<(), db::Error> {
    let hour = tx.now().hour().0;
    diesel::update(
        provider_consents::table
            .filter(provider_consents::activity_id.eq(entry.activity.as_str()))
            .filter(provider_consents::entry_id.eq(entry.id.as_str()))
            .filter(provider_consents::provider_id.eq(provider.as_str())),
    )
    .set(provider_consents::withdrawn_at.eq(Some(hour)))
    .execute(tx.conn())?;
    Ok(())
}

/// Removes the box of one provider, which was not handed over.
pub(in crate::entry) fn remove_box(
    tx: &mut Tx,
    entry: &Entry,
    provider: &ProviderId,
) -> Result<(), db::Error> {
    diesel::delete(
        provider_boxes::table
            .filter(provider_boxes::activity_id.eq(entry.activity.as_str()))
            .filter(provider_boxes::provider_id.eq(provider.as_str()))
            .filter(provider_boxes::entry_id.eq(entry.id.as_str())),
    )
    .execute(tx.conn())?;
    Ok(())
}

/// Ends every consent of an entry; a row stays only where a box was handed over, without the box.
pub(in crate::entry) fn end_all(tx: &mut Tx, entry: &Entry) -> Result<(), db::Error> {
    let hour = tx.now().hour().0;
    diesel::update(
        entries::table
            .filter(entries::activity_id.eq(entry.activity.as_str()))
            .filter(entries::id.eq(entry.id.as_str()))
            .filter(entries::agreed)
            .filter(entries::agreed_until.is_null()),
    )
    .set(entries::agreed_until.eq(Some(hour)))
    .execute(tx.conn())?;
    diesel::update(
        provider_consents::table
            .filter(provider_consents::activity_id.eq(entry.activity.as_str()))
            .filter(provider_consents::entry_id.eq(entry.id.as_str()))
            .filter(provider_consents::withdrawn_at.is_null()),
    )
    .set(provider_consents::withdrawn_at.eq(Some(hour)))
    .execute(tx.conn())?;
    let of_entry = || {
        provider_boxes::table
            .filter(provider_boxes::activity_id.eq(entry.activity.as_str()))
            .filter(provider_boxes::entry_id.eq(entry.id.as_str()))
    };
    diesel::delete(of_entry().filter(provider_boxes::handed_at.is_null())).execute(tx.conn())?;
    diesel::update(of_entry())
        .set(provider_boxes::item.eq(""))
        .execute(tx.conn())?;
    Ok(())
}

type BoxRow = (String, String, Vec<u8>, Vec<u8>, Option<i64>);

pub(in crate::entry) fn boxes(
    tx: &mut Tx,
    activity: &ActivityId,
    provider: &ProviderId,
) -> Result<Vec<ProviderBox>, db::Error> {
    let mut rows: Vec<BoxRow> = provider_boxes::table
        .inner_join(
            entries::table.on(entries::activity_id
                .eq(provider_boxes::activity_id)
                .and(entries::id.eq(provider_boxes::entry_id))),
        )
        .inner_join(
            tickets::table.on(tickets::activity_id
                .eq(provider_boxes::activity_id)
                .and(tickets::entry_id.eq(provider_boxes::entry_id))),
        )
        .inner_join(
            provider_consents::table.on(provider_consents::activity_id
                .eq(provider_boxes::activity_id)
                .and(provider_consents::entry_id.eq(provider_boxes::entry_id))
                .and(provider_consents::provider_id.eq(provider_boxes::provider_id))),
        )
        .filter(provider_boxes::activity_id.eq(activity.as_str()))
        .filter(provider_boxes::provider_id.eq(provider.as_str()))
        .filter(provider_boxes::item.ne(""))
        .filter(provider_consents::withdrawn_at.is_null())
        .order(provider_boxes::entry_id)
        .select((
            provider_boxes::entry_id,
            provider_boxes::item,
            tickets::tag,
            entries::notice_hash,
            provider_boxes::handed_at,
        ))
        .load(tx.conn())?;
    // An entry has one tag, and as many rows here as it has tickets.
    rows.dedup_by(|one, other| one.0 == other.0);
    Ok(rows
        .into_iter()
        .map(|(entry, item, tag, notice, handed)| ProviderBox {
            entry: EntryId(entry),
            item,
            tag: hash(&tag),
            notice: hash(&notice),
            handed_at: handed.map(Timestamp),
        })
        .collect())
}

pub(in crate::entry) fn mark_handed(
    tx: &mut Tx,
    activity: &ActivityId,
    provider: &ProviderId,
    entry: &EntryId,
) -> Result<(), db::Error> {
    let now = tx.now().0;
    diesel::update(
        provider_boxes::table
            .filter(provider_boxes::activity_id.eq(activity.as_str()))
            .filter(provider_boxes::provider_id.eq(provider.as_str()))
            .filter(provider_boxes::entry_id.eq(entry.as_str()))
            .filter(provider_boxes::handed_at.is_null()),
    )
    .set(provider_boxes::handed_at.eq(Some(now)))
    .execute(tx.conn())?;
    Ok(())
}

/// Erases every consent and box row of an activity; what it offered stays with its notice.
pub(in crate::entry) fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<usize, db::Error> {
    let boxes = diesel::delete(
        provider_boxes::table.filter(provider_boxes::activity_id.eq(activity.as_str())),
    )
    .execute(tx.conn())?;
    let receipts = diesel::delete(
        provider_consents::table.filter(provider_consents::activity_id.eq(activity.as_str())),
    )
    .execute(tx.conn())?;
    Ok(boxes + receipts)
}

/// Erases some of those rows, in the order of their entries.
pub(in crate::entry) fn forget_some(
    tx: &mut Tx,
    activity: &ActivityId,
    at_most: i64,
) -> Result<usize, db::Error> {
    let given =
        || provider_consents::table.filter(provider_consents::activity_id.eq(activity.as_str()));
    let last: Option<String> = given()
        .order((provider_consents::entry_id, provider_consents::provider_id))
        .offset((at_most - 1).max(0))
        .select(provider_consents::entry_id)
        .first(tx.conn())
        .optional()?;
    let Some(last) = last else {
        // What is left is less than that.
        return forget(tx, activity);
    };
    let boxes = provider_boxes::table
        .filter(provider_boxes::activity_id.eq(activity.as_str()))
        .filter(provider_boxes::entry_id.le(&last));
    let boxes = diesel::delete(boxes).execute(tx.conn())?;
    let receipts = diesel::delete(given().filter(provider_consents::entry_id.le(&last)));
    Ok(boxes + receipts.execute(tx.conn())?)
}

/// How many of those rows are here.
pub(in crate::entry) fn left(tx: &mut Tx, activity: &ActivityId) -> Result<u64, db::Error> {
    let boxes: i64 = provider_boxes::table
        .filter(provider_boxes::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    let receipts: i64 = provider_consents::table
        .filter(provider_consents::activity_id.eq(activity.as_str()))
        .count()
        .get_result(tx.conn())?;
    Ok(unsigned(boxes) + unsigned(receipts))
}
