//! What is withheld from a prize, in words.

use serde::Serialize;

use crate::draw::tax::Rules;
use crate::notify::claims::Decided;
use crate::platform::text::{self, Language};

/// What the tax rules say about one prize.
#[derive(Serialize)]
pub(super) struct TaxLine {
    prize: String,
    words: String,
}

pub(super) fn taxes(lang: Language, draw: &Decided, rules: &Rules) -> Vec<TaxLine> {
    let prizes = draw.plan.prizes.iter();
    prizes
        .map(|prize| TaxLine {
            prize: prize.name.pick(lang).to_owned(),
            words: tax_words(lang, rules, prize.value_twd),
        })
        .collect()
}

pub(super) fn tax_words(lang: Language, rules: &Rules, value: i64) -> String {
    let hint = rules.hint(value);
    let id = match (hint.resident > 0, hint.is_listed) {
        (true, _) => "notify-tax-withheld",
        (false, true) => "notify-tax-listed",
        (false, false) => "notify-tax-small",
    };
    let args = [
        ("value", hint.value.into()),
        ("free", rules.free_up_to.into()),
        ("resident", hint.resident.into()),
        ("other", hint.other.into()),
        ("year", rules.statement_free_up_to.into()),
    ];
    text::message(lang, id, &args)
}

/// Where the numbers come from, and when somebody looked.
pub(super) fn tax_source(lang: Language, rules: &Rules) -> String {
    let args = [
        ("source", rules.source.clone().into()),
        ("date", rules.known_on.clone().into()),
    ];
    text::message(lang, "notify-tax-source", &args)
}
