//! What crosses the boundary of agreements: forms and lists in, views out.
//!
//! Invariant: no view holds an address; of a list that cannot be read the numbers of its lines are told.

use std::collections::HashMap;

use serde::Serialize;
use zeroize::Zeroizing;

use crate::activity::LocalText;
use crate::audit::{StaffId, detector};
use crate::identity::date::{Calendar, day_of, last_second, parse};
use crate::identity::email::Email;
use crate::identity::typed;
use crate::platform::clock::Timestamp;
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};

use super::{
    Agreement, Comparison, FEWEST, MOST, MOST_OFTEN, NewAgreement, STEP, Standing, usable_from,
};

/// The longest line of the form, in characters.
const LONGEST: usize = 120;
/// So many lines of a list are named.
const LINES_NAMED: usize = 10;

/// The fields of the form as they were typed.
#[derive(Default, Serialize)]
struct Typed {
    counterparty_zh: String,
    counterparty_en: String,
    aim_zh: String,
    aim_en: String,
    document: String,
    signed_on: String,
    until: String,
}

impl Typed {
    fn of(form: &FormFields) -> Typed {
        let own = |name: &str| form.value(name).to_owned();
        Typed {
            counterparty_zh: own("counterparty_zh"),
            counterparty_en: own("counterparty_en"),
            aim_zh: own("aim_zh"),
            aim_en: own("aim_en"),
            document: own("document"),
            signed_on: own("signed_on"),
            until: own("until"),
        }
    }
}

/// Reads the form of a new agreement.
pub(super) fn read_agreement(
    lang: Language,
    form: &FormFields,
    now: Timestamp,
) -> Result<NewAgreement, Mistakes> {
    let mut mistakes = Mistakes::new();
    let mut line = |field: &str, wrong: &str| {
        let line = typed::line(form.value(field));
        let length = typed::length(&line);
        if length == 0 || length > LONGEST {
            let most = [("most", LONGEST.into())];
            mistakes.add(field, text::message(lang, wrong, &most));
        } else if let Some(trace) = detector::find(&line) {
            mistakes.add(field, text::message(lang, trace.message_id(), &[]));
        }
        line
    };
    let counterparty = LocalText::new(
        line("counterparty_zh", "matching-counterparty-zh-wrong"),
        line("counterparty_en", "matching-counterparty-en-wrong"),
    );
    let aim = LocalText::new(
        line("aim_zh", "matching-aim-zh-wrong"),
        line("aim_en", "matching-aim-en-wrong"),
    );
    let document = line("document", "matching-document-wrong");
    let day = |field: &str| parse(form.value(field), Calendar::AsWritten).ok();
    let signed_on = day("signed_on").filter(|day| *day <= day_of(now));
    let signed_on = signed_on.and_then(last_second);
    if signed_on.is_none() {
        let words = text::message(lang, "matching-signed-on-wrong", &[]);
        mistakes.add("signed_on", words);
    }
    let until = day("until")
        .and_then(last_second)
        .filter(|until| *until > now);
    if until.is_none() {
        mistakes.add("until", text::message(lang, "matching-until-wrong", &[]));
    }
    match (signed_on, until) {
        (Some(signed_on), Some(until)) if mistakes.is_empty() => Ok(NewAgreement {
            counterparty,
            aim,
            document,
            signed_on,
            until,
        }),
        _ => Err(mistakes),
    }
}

/// Reads a list: of each line the first column with an `@`; a first line without one is a heading.
/// Every address once.
///
/// # Errors
/// What is to be mended, in the reader's language.
pub(super) fn read_list(lang: Language, file: &str) -> Result<Vec<Email>, String> {
    let (mut found, mut wrong) = (Vec::new(), Vec::new());
    for (place, line) in file.lines().enumerate() {
        if typed::is_blank(line) {
            continue;
        }
        let cell = line.split([',', ';', '\t']).find(|cell| cell.contains('@'));
        let address = cell.map(|cell| Email::parse(cell.trim_matches(['"', ' '])));
        match address {
            Some(Ok(address)) => {
                let same = Zeroizing::new(address.address().to_lowercase());
                found.push((same, address));
            }
            None if place == 0 => {}
            _ => wrong.push((place + 1).to_string()),
        }
    }
    found.sort_by(|(one, _), (other, _)| one.as_str().cmp(other));
    found.dedup_by(|(one, _), (other, _)| one.as_str() == other.as_str());
    if !wrong.is_empty() {
        let count = i64::try_from(wrong.len()).unwrap_or(i64::MAX);
        wrong.truncate(LINES_NAMED);
        let args = [("count", count.into()), ("lines", wrong.join(", ").into())];
        return Err(text::message(lang, "matching-list-lines", &args));
    }
    if !(FEWEST..=MOST).contains(&found.len()) {
        let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
        let args = [
            ("count", count.into()),
            ("fewest", FEWEST.into()),
            ("most", MOST.into()),
        ];
        return Err(text::message(lang, "matching-list-length", &args));
    }
    Ok(found.into_iter().map(|(_, address)| address).collect())
}

/// An agreement in a list.
#[derive(Serialize)]
pub(super) struct AgreementRow {
    id: String,
    counterparty: String,
    aim: String,
    document: String,
    signed_on: i64,
    until: i64,
    state: String,
    kind: &'static str,
    uses: usize,
}

impl AgreementRow {
    pub(super) fn of(
        lang: Language,
        (agreement, uses): (&Agreement, usize),
        now: Timestamp,
    ) -> AgreementRow {
        let (state, kind) = match agreement.standing(now) {
            Standing::Proposed => ("matching-state-proposed", "waiting"),
            Standing::InForce => ("matching-state-in-force", "open"),
            Standing::Over => ("matching-state-over", "done"),
        };
        AgreementRow {
            id: agreement.id.0.clone(),
            counterparty: agreement.counterparty.pick(lang).to_owned(),
            aim: agreement.aim.pick(lang).to_owned(),
            document: agreement.document.clone(),
            signed_on: agreement.signed_on.0,
            until: agreement.ended_at.unwrap_or(agreement.until).0,
            state: text::message(lang, state, &[]),
            kind,
            uses,
        }
    }
}

/// Every agreement, with the form of a new one.
#[derive(Serialize)]
pub(super) struct AgreementsView {
    rows: Vec<AgreementRow>,
    has_two: bool,
    typed: Typed,
    mistakes: Mistakes,
}

impl AgreementsView {
    pub(super) fn of(
        rows: Vec<AgreementRow>,
        has_two: bool,
        form: &FormFields,
        mistakes: Mistakes,
    ) -> AgreementsView {
        AgreementsView {
            rows,
            has_two,
            typed: Typed::of(form),
            mistakes,
        }
    }
}

/// The agreements that were approved, for everybody.
#[derive(Serialize)]
pub(super) struct PublicView {
    pub(super) rows: Vec<AgreementRow>,
    pub(super) step: u64,
    pub(super) fewest: usize,
}

impl PublicView {
    pub(super) fn of(rows: Vec<AgreementRow>) -> PublicView {
        PublicView {
            rows,
            step: STEP,
            fewest: FEWEST,
        }
    }
}

/// One agreement, with how it was used.
#[derive(Serialize)]
pub(super) struct AgreementView {
    own: AgreementRow,
    proposed_by: String,
    proposed_at: i64,
    approved_by: Option<String>,
    may_approve: bool,
    may_end: bool,
    /// The form for a list is shown.
    in_force: bool,
    /// From when on it can be used, where that is not yet.
    waits_until: Option<i64>,
    used_up: bool,
    most_often: usize,
    fewest: usize,
    most: usize,
    step: u64,
    comparisons: Vec<ComparisonRow>,
    mistakes: Mistakes,
}

#[derive(Serialize)]
struct ComparisonRow {
    at: i64,
    by: String,
    sent: u64,
    told: String,
}

/// What the page of an agreement is made of.
pub(super) struct Found {
    pub(super) agreement: Agreement,
    pub(super) comparisons: Vec<Comparison>,
    pub(super) names: HashMap<String, String>,
    pub(super) now: Timestamp,
}

impl AgreementView {
    pub(super) fn of(
        lang: Language,
        found: &Found,
        reader: &StaffId,
        mistakes: Mistakes,
    ) -> AgreementView {
        let Found {
            agreement,
            comparisons,
            names,
            now,
        } = found;
        let name = |id: &StaffId| names.get(id.as_str()).cloned().unwrap_or_default();
        let standing = agreement.standing(*now);
        let usable = usable_from(comparisons);
        let rows = comparisons.iter().map(|one| ComparisonRow {
            at: one.at.0,
            by: name(&one.made_by),
            sent: one.sent,
            told: told_words(lang, one.told),
        });
        AgreementView {
            own: AgreementRow::of(lang, (agreement, comparisons.len()), *now),
            proposed_by: name(&agreement.proposed_by),
            proposed_at: agreement.proposed_at.0,
            approved_by: agreement.approved_by.as_ref().map(name),
            may_approve: standing == Standing::Proposed && agreement.proposed_by != *reader,
            may_end: standing != Standing::Over,
            in_force: standing == Standing::InForce,
            waits_until: usable.filter(|from| from > now).map(|from| from.0),
            used_up: usable.is_none(),
            most_often: MOST_OFTEN,
            fewest: FEWEST,
            most: MOST,
            step: STEP,
            comparisons: rows.collect(),
            mistakes,
        }
    }
}

fn told_words(lang: Language, told: Option<u64>) -> String {
    let about = |people: u64| {
        let people = i64::try_from(people).unwrap_or(i64::MAX);
        text::message(lang, "matching-about", &[("people", people.into())])
    };
    match told {
        None => text::message(lang, "matching-broken-off", &[]),
        Some(0) => text::message(lang, "matching-few", &[]),
        Some(people) => about(people),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_it_comes_out_of_a_spreadsheet() {
        let mut file = String::from("姓名,e-mail\n");
        for person in 0..100 {
            file.push_str(&format!(
                "\"讀者{person}\",\"reader{person}@example.org\"\n\n"
            ));
        }
        file.push_str("again,READER7@example.org\n");
        let read = read_list(Language::En, &file).map(|list| list.len());
        assert_eq!(read, Ok(100), "everybody once");
        file.push_str("nobody\n");
        let words = read_list(Language::En, &file).expect_err("a line without an address");
        assert!(
            words.contains("203") && !words.contains("nobody"),
            "{words}"
        );
        assert!(
            read_list(Language::ZhTw, "a@example.org").is_err(),
            "too few"
        );
    }
}
