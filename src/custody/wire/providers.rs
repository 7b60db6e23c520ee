//! Forms and views of providers and of what an activity offers to share with them.

use serde::Serialize;

use super::{Choice, Reading, Typed};
use crate::activity::wire::Heading;
use crate::activity::{AskedField, Facts, Field, LocalText, Stage};
use crate::custody::sharing::Shared;
use crate::entry::provider::{Offer, Provider, ProviderId};
use crate::identity::date::{Calendar, last_second, parse};
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::policy;

/// The fields of the form of a provider.
const FIELDS: [&str; 4] = ["id", "name_zh", "name_en", "address"];
/// The fields of the form of an offer.
const OFFER: [&str; 4] = ["provider", "purpose_zh", "purpose_en", "until"];

/// Reads the form of a provider; an unknown id makes a new one.
pub(in crate::custody) fn provider(
    language: Language,
    form: &FormFields,
    known: &[Provider],
) -> Result<Provider, Mistakes> {
    let mut reading = Reading::of(language, form);
    let name_zh = reading.line("name_zh", 80, Some("custody-provider-name-empty"));
    let name_en = reading.line("name_en", 80, Some("custody-provider-name-empty"));
    let address = reading.line("address", 200, Some("custody-provider-address-empty"));
    let id = form.value("id");
    let is_same = |own: &&Provider| {
        let names = [&own.name.zh, &own.name.en];
        let typed = [&name_zh, &name_en];
        let same = |(a, b): (&&String, &&String)| a.to_lowercase() == b.to_lowercase();
        own.id.as_str() != id && names.iter().zip(&typed).any(same)
    };
    if known.iter().any(|own| is_same(&own)) {
        let words = text::message(language, "custody-provider-twice", &[]);
        reading.mistakes.add("name_zh", words);
    }
    if !reading.mistakes.is_empty() {
        return Err(reading.mistakes);
    }
    let own = known.iter().find(|each| each.id.as_str() == id);
    Ok(Provider {
        id: own.map_or_else(ProviderId::fresh, |own| own.id.clone()),
        name: LocalText::new(name_zh, name_en),
        address,
        active: own.is_none() || form.has("active"),
    })
}

/// Reads the form of an offer.
pub(in crate::custody) fn offer(
    language: Language,
    form: &FormFields,
    known: &[Provider],
    asked: &[AskedField],
    facts: &Facts,
) -> Result<Offer, Mistakes> {
    let mut reading = Reading::of(language, form);
    let wanted = form.value("provider");
    let provider = known
        .iter()
        .find(|each| each.active && each.id.as_str() == wanted);
    if provider.is_none() {
        reading.wrong("provider", "custody-provider-empty");
    }
    let ticked = form.values("fields");
    let shareable = shareable(asked);
    let fields: Vec<Field> = shareable
        .into_iter()
        .filter(|field| ticked.contains(&field.code()))
        .collect();
    if fields.is_empty() {
        reading.wrong("fields", "custody-offer-fields-empty");
    }
    let purpose_zh = reading.line("purpose_zh", 120, Some("custody-offer-purpose-empty"));
    let purpose_en = reading.line("purpose_en", 120, Some("custody-offer-purpose-empty"));
    let until = parse(form.value("until"), Calendar::AsWritten)
        .ok()
        .and_then(last_second)
        .filter(|until| *until > facts.opens_at);
    if until.is_none() {
        reading.wrong("until", "custody-offer-until-wrong");
    }
    match (provider, until) {
        (Some(provider), Some(until)) if reading.mistakes.is_empty() => Ok(Offer {
            provider: provider.clone(),
            fields,
            purpose: LocalText::new(purpose_zh, purpose_en),
            until,
        }),
        _ => Err(reading.mistakes),
    }
}

/// What the activity asks and a provider may have; an ID number is kept by nobody, nor is that of a
/// card.
fn shareable(asked: &[AskedField]) -> Vec<Field> {
    let fields = asked.iter().map(|asked| asked.field);
    fields
        .filter(|field| !matches!(field, Field::LibraryCard | Field::NationalId))
        .collect()
}

/// A provider in the list.
#[derive(Serialize)]
pub(in crate::custody) struct ProviderRow {
    id: String,
    name_zh: String,
    name_en: String,
    address: String,
    active: bool,
}

/// Every provider, with the form of one.
#[derive(Serialize)]
pub(in crate::custody) struct ProvidersView {
    rows: Vec<ProviderRow>,
    typed: Typed,
    /// Whether the form changes one that there is.
    editing: bool,
    active: bool,
    mistakes: Mistakes,
}

impl ProvidersView {
    /// With an empty form, or that of the provider of this id.
    pub(in crate::custody) fn of(providers: &[Provider], edited: &str) -> ProvidersView {
        let row = |own: &Provider| ProviderRow {
            id: own.id.0.clone(),
            name_zh: own.name.zh.clone(),
            name_en: own.name.en.clone(),
            address: own.address.clone(),
            active: own.active,
        };
        let own = providers.iter().find(|each| each.id.as_str() == edited);
        let typed = Typed::of(&FormFields::default(), &FIELDS);
        let typed = match own {
            None => typed,
            Some(own) => typed
                .with("id", own.id.as_str())
                .with("name_zh", &own.name.zh)
                .with("name_en", &own.name.en)
                .with("address", &own.address),
        };
        ProvidersView {
            rows: providers.iter().map(row).collect(),
            typed,
            editing: own.is_some(),
            active: own.is_none_or(|own| own.active),
            mistakes: Mistakes::new(),
        }
    }

    /// With what was typed and what is wrong with it.
    pub(in crate::custody) fn again(
        mut self,
        form: &FormFields,
        mistakes: Mistakes,
    ) -> ProvidersView {
        self.typed = Typed::of(form, &FIELDS);
        self.active = form.has("active") || !self.editing;
        self.mistakes = mistakes;
        self
    }
}

/// What an activity offers to share, and with how many people's consent.
#[derive(Serialize)]
pub(in crate::custody) struct OffersView {
    heading: Heading,
    draft: bool,
    purged: bool,
    may_export: bool,
    rows: Vec<OfferRow>,
    providers: Vec<Choice>,
    shareable: Vec<Choice>,
    ticked: Vec<String>,
    typed: Typed,
    reason: String,
    mistakes: Mistakes,
}

#[derive(Serialize)]
struct OfferRow {
    id: String,
    name: String,
    fields: String,
    purpose: String,
    until: i64,
    people: usize,
    handed: usize,
}

/// What the page of an activity's offers is made of.
pub(in crate::custody) struct OffersPage {
    pub(in crate::custody) facts: Facts,
    pub(in crate::custody) asked: Vec<AskedField>,
    pub(in crate::custody) offers: Vec<(Offer, Shared)>,
    pub(in crate::custody) providers: Vec<Provider>,
}

impl OffersView {
    pub(in crate::custody) fn of(
        language: Language,
        page: &OffersPage,
        may_export: bool,
        form: &FormFields,
        mistakes: Mistakes,
    ) -> OffersView {
        let words = |field: &Field| policy::field_name(language, *field);
        let rows = page.offers.iter().map(|(offer, shared)| OfferRow {
            id: offer.provider.id.0.clone(),
            name: offer.provider.name.pick(language).to_owned(),
            fields: offer
                .fields
                .iter()
                .map(words)
                .collect::<Vec<_>>()
                .join(" · "),
            purpose: offer.purpose.pick(language).to_owned(),
            until: offer.until.0,
            people: shared.people,
            handed: shared.handed,
        });
        let active = page.providers.iter().filter(|own| own.active);
        let choices = active.map(|own| Choice {
            value: own.id.0.clone(),
            label: own.name.pick(language).to_owned(),
            hint: String::new(),
        });
        let shareable = shareable(&page.asked);
        let fields = shareable.iter().map(|field| Choice {
            value: field.code().to_owned(),
            label: words(field),
            hint: String::new(),
        });
        let ticked = form.values("fields").into_iter();
        OffersView {
            heading: Heading::of(language, &page.facts),
            draft: page.facts.stage == Stage::Draft,
            purged: page.facts.stage == Stage::Purged,
            may_export,
            rows: rows.collect(),
            providers: choices.collect(),
            shareable: fields.collect(),
            ticked: ticked.map(str::to_owned).collect(),
            typed: Typed::of(form, &OFFER),
            reason: form.value("reason").to_owned(),
            mistakes,
        }
    }
}
