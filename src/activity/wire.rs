//! What crosses the boundary of activities: a draft's forms in, views out.

use serde::Serialize;

use crate::branch::BranchId;
use crate::branch::wire::Choice;
use crate::identity::date;
use crate::platform::clock::Timestamp;
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::policy;

use super::draft::{self, Details, Trouble};
use super::{AskedField, Eligibility, Facts, Field, Kind, LocalText};

/// The first page of a draft as it was typed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DetailsForm {
    kind: String,
    slug: String,
    title_zh: String,
    title_en: String,
    text_zh: String,
    text_en: String,
    rules_zh: String,
    rules_en: String,
    opens: String,
    closes: String,
    freezes: String,
    draws: String,
    claim_days: String,
    retention_days: String,
    answers: String,
    eligibility: String,
    branch: String,
    version: String,
}

impl DetailsForm {
    /// What the browser sent.
    pub fn of(form: &FormFields) -> DetailsForm {
        let typed = |name: &str| form.value(name).trim().to_owned();
        let read = DetailsForm {
            kind: typed("kind"),
            slug: typed("slug").to_ascii_lowercase(),
            title_zh: typed("title_zh"),
            title_en: typed("title_en"),
            text_zh: typed("text_zh"),
            text_en: typed("text_en"),
            rules_zh: typed("rules_zh"),
            rules_en: typed("rules_en"),
            opens: typed("opens"),
            closes: typed("closes"),
            freezes: typed("freezes"),
            draws: typed("draws"),
            claim_days: typed("claim_days"),
            retention_days: typed("retention_days"),
            answers: typed("answers"),
            eligibility: typed("eligibility"),
            branch: typed("branch"),
            version: typed("version"),
        };
        match read.kind().is_drawn() && !form.has("draws") {
            true => read.with_draw_dates(),
            false => read,
        }
    }

    /// With dates of a draw, where the page that was sent did not ask for them: places that were
    /// first come a moment ago are to be drawn.
    fn with_draw_dates(self) -> DetailsForm {
        let Ok(closes_at) = date::parse_moment(&self.closes) else {
            return self;
        };
        let days = Details::suggested(self.kind(), closes_at, 0);
        let later = |at: Timestamp| closes_at.plus(at.0 - days.closes_at.0);
        DetailsForm {
            freezes: date::input_value(later(days.freezes_at)),
            draws: date::input_value(later(days.draws_at)),
            claim_days: days.claim_days.to_string(),
            ..self
        }
    }

    /// A form filled with what is stored, or suggested.
    pub fn from_details(details: &Details, version: i64) -> DetailsForm {
        DetailsForm {
            kind: details.kind.code().to_owned(),
            slug: details.slug.clone(),
            title_zh: details.title.zh.clone(),
            title_en: details.title.en.clone(),
            text_zh: details.text.zh.clone(),
            text_en: details.text.en.clone(),
            rules_zh: details.rules.zh.clone(),
            rules_en: details.rules.en.clone(),
            opens: date::input_value(details.opens_at),
            closes: date::input_value(details.closes_at),
            freezes: date::input_value(details.freezes_at),
            draws: date::input_value(details.draws_at),
            claim_days: details.claim_days.to_string(),
            retention_days: details.retention_days.to_string(),
            answers: if details.answers_linked {
                "linked"
            } else {
                "unlinked"
            }
            .to_owned(),
            eligibility: Eligibility::default().code().to_owned(),
            branch: String::new(),
            version: version.to_string(),
        }
    }

    /// With who may enter.
    pub fn for_whom(mut self, who: Eligibility) -> DetailsForm {
        self.eligibility = who.code().to_owned();
        self
    }

    /// With the branch that runs it.
    pub fn run_by(mut self, branch: Option<&BranchId>) -> DetailsForm {
        self.branch = branch.map(|own| own.0.clone()).unwrap_or_default();
        self
    }

    /// The branch that runs it, or the whole library; `None` where it was not offered.
    pub fn branch(&self, offered: &[Choice]) -> Option<Option<BranchId>> {
        let is_offered = offered.iter().any(|one| one.value == self.branch);
        is_offered.then(|| match self.branch.as_str() {
            "" => None,
            id => Some(BranchId::from(id)),
        })
    }

    /// Who may enter; everybody where nothing was said.
    pub fn eligibility(&self) -> Eligibility {
        Eligibility::parse(&self.eligibility).unwrap_or_default()
    }

    /// Which kind; a draw where nothing was said.
    pub fn kind(&self) -> Kind {
        Kind::parse(&self.kind).unwrap_or(Kind::Draw)
    }

    /// The save this form was made from; 0 for a new draft.
    pub fn version(&self) -> i64 {
        self.version.parse().unwrap_or(0)
    }

    /// Reads the form. A draft may be incomplete, but what is typed must be readable. `longest`:
    /// see [`Details::troubles`].
    pub fn parse(
        &self,
        language: Language,
        now: Timestamp,
        longest: i64,
    ) -> Result<Details, Mistakes> {
        let mut mistakes = Mistakes::new();
        let kind = self.kind();
        let mut moment = |field: &str, raw: &str| match date::parse_moment(raw) {
            Ok(at) => at,
            Err(_) => {
                mistakes.add(field, of_field(language, "activity-date-unreadable", field));
                Timestamp(0)
            }
        };
        let opens_at = moment("opens", &self.opens);
        let closes_at = moment("closes", &self.closes);
        let (freezes_at, draws_at) = match kind.is_drawn() {
            true => (
                moment("freezes", &self.freezes),
                moment("draws", &self.draws),
            ),
            false => (closes_at, closes_at),
        };
        let mut days = |field: &str, raw: &str| match raw.parse::<i64>() {
            Ok(count) if (0..=3650).contains(&count) => count,
            _ => {
                mistakes.add(field, of_field(language, "activity-days-unreadable", field));
                0
            }
        };
        let claim_days = match kind.is_drawn() {
            true => days("claim_days", &self.claim_days),
            false => 0,
        };
        let retention_days = days("retention_days", &self.retention_days);
        let details = Details {
            slug: self.slug.clone(),
            kind,
            title: LocalText::new(&self.title_zh, &self.title_en),
            text: LocalText::new(&self.text_zh, &self.text_en),
            rules: LocalText::new(&self.rules_zh, &self.rules_en),
            opens_at,
            closes_at,
            freezes_at,
            draws_at,
            claim_days,
            retention_days,
            answers_linked: self.answers == "linked",
        };
        for trouble in details.troubles(now, longest) {
            let words = match trouble {
                Trouble::RetentionTooLong => retention_too_long(language, claim_days, longest),
                _ => trouble.message(language),
            };
            mistakes.add(trouble.field(), words);
        }
        if !self.eligibility().fits(kind) {
            let trouble = Trouble::SurveyKnowsNobody;
            mistakes.add(trouble.field(), trouble.message(language));
        }
        if mistakes.is_empty() {
            Ok(details)
        } else {
            Err(mistakes)
        }
    }
}

/// The most days that may be typed, as a number to type.
fn retention_too_long(language: Language, claim_days: i64, longest: i64) -> String {
    let most = claim_days.max(0) + longest;
    text::message(
        language,
        "activity-retention-most",
        &[("most", most.into()), ("longest", longest.into())],
    )
}

/// What to do about a date that cannot be read, with the label of its field, a message: the summary
/// lists several.
pub fn unreadable_date(language: Language, label: &str) -> String {
    let label = text::message(language, label, &[]);
    text::message(
        language,
        "activity-date-unreadable",
        &[("field", label.into())],
    )
}

/// What to do about a date or a number of days, with the field's label: the summary lists several.
fn of_field(language: Language, id: &str, field: &str) -> String {
    let label = match field {
        "opens" => "activity-opens",
        "closes" => "activity-closes",
        "freezes" => "activity-freezes",
        "draws" => "activity-draws",
        "claim_days" => "activity-claim-days",
        _ => "activity-retention-days",
    };
    let label = text::message(language, label, &[]);
    text::message(language, id, &[("field", label.into())])
}

impl Trouble {
    /// The form field at which it is shown.
    pub fn field(self) -> &'static str {
        match self {
            Trouble::TitleMissing => "title_zh",
            Trouble::TextMissing => "text_zh",
            Trouble::RulesMissing => "rules_zh",
            Trouble::SlugUnfit => "slug",
            Trouble::ClosesTooEarly => "closes",
            Trouble::FreezesTooEarly => "freezes",
            Trouble::DrawsTooEarly => "draws",
            Trouble::ClaimTooShort => "claim_days",
            Trouble::RetentionTooShort | Trouble::RetentionTooLong => "retention_days",
            Trouble::NameMissing => "name",
            Trouble::NobodyToldApart | Trouble::SurveyAsksPerson | Trouble::IdNotNeeded => {
                "national_id"
            }
            Trouble::SurveyKnowsNobody => "eligibility",
            Trouble::NobodyReached => "phone",
            Trouble::IdReasonMissing => "national_id_purpose_zh",
        }
    }

    /// What to do about it, in the reader's language.
    pub fn message(self, language: Language) -> String {
        let id = match self {
            Trouble::TitleMissing => "activity-trouble-title",
            Trouble::TextMissing => "activity-trouble-text",
            Trouble::RulesMissing => "activity-trouble-rules",
            Trouble::SlugUnfit => "activity-trouble-slug",
            Trouble::ClosesTooEarly => "activity-trouble-closes",
            Trouble::FreezesTooEarly => "activity-trouble-freezes",
            Trouble::DrawsTooEarly => "activity-trouble-draws",
            Trouble::ClaimTooShort => "activity-trouble-claim",
            Trouble::RetentionTooShort => "activity-trouble-retention-short",
            Trouble::RetentionTooLong => "activity-trouble-retention-long",
            Trouble::NobodyToldApart => "activity-trouble-told-apart",
            Trouble::NobodyReached => "activity-trouble-reached",
            Trouble::NameMissing => "activity-trouble-name",
            Trouble::IdReasonMissing => "activity-trouble-id-reason",
            Trouble::SurveyAsksPerson => "activity-trouble-survey-person",
            Trouble::IdNotNeeded => "activity-trouble-id-not-needed",
            Trouble::SurveyKnowsNobody => "activity-trouble-survey-eligibility",
        };
        text::message(language, id, &[])
    }
}

/// One personal field on the privacy page of a draft.
#[derive(Debug, Clone, Serialize)]
pub struct AskedRow {
    code: &'static str,
    name: String,
    asked: &'static str,
    purpose_zh: String,
    purpose_en: String,
}

/// The rows of the privacy page, from what is stored.
pub fn asked_rows(language: Language, kind: Kind, asked: &[AskedField]) -> Vec<AskedRow> {
    Field::PICKED
        .map(|field| {
            let stored = asked.iter().find(|a| a.field == field);
            let purpose = stored.map_or_else(
                || match field {
                    // The reason for an ID number is the librarian's own; nothing is suggested.
                    Field::NationalId => LocalText::default(),
                    _ => policy::purpose_for(kind, field),
                },
                |a| a.purpose.clone(),
            );
            AskedRow {
                code: field.code(),
                name: policy::field_name(language, field),
                asked: match stored {
                    None => "no",
                    Some(a) if a.required => "required",
                    Some(_) => "optional",
                },
                purpose_zh: purpose.zh,
                purpose_en: purpose.en,
            }
        })
        .to_vec()
}

/// Reads the privacy page: the fields asked, and what was typed for the page to show again.
pub fn parse_asked(
    language: Language,
    kind: Kind,
    who: Eligibility,
    form: &FormFields,
) -> (Vec<AskedField>, Vec<AskedRow>, Mistakes) {
    let mut asked = Vec::new();
    let mut rows = Vec::new();
    for field in Field::PICKED {
        let code = field.code();
        let purpose = LocalText::new(
            form.value(&format!("{code}_purpose_zh")).trim(),
            form.value(&format!("{code}_purpose_en")).trim(),
        );
        let choice = match form.value(code) {
            "required" => "required",
            "optional" => "optional",
            _ => "no",
        };
        if choice != "no" {
            asked.push(AskedField {
                field,
                required: choice == "required",
                purpose: purpose.clone(),
            });
        }
        rows.push(AskedRow {
            code,
            name: policy::field_name(language, field),
            asked: choice,
            purpose_zh: purpose.zh,
            purpose_en: purpose.en,
        });
    }
    let mut mistakes = Mistakes::new();
    let all = who.with_its_own(asked.clone());
    for trouble in draft::asked_troubles(kind, who, &all) {
        mistakes.add(trouble.field(), trouble.message(language));
    }
    for each in &asked {
        if each.field != Field::NationalId && each.purpose.is_incomplete() {
            let name = policy::field_name(language, each.field);
            mistakes.add(
                format!("{}_purpose_zh", each.field.code()),
                text::message(
                    language,
                    "activity-purpose-empty",
                    &[("field", name.into())],
                ),
            );
        }
    }
    (asked, rows, mistakes)
}

/// An activity's heading on staff pages.
#[derive(Debug, Clone, Serialize)]
pub struct Heading {
    /// Its id.
    pub id: String,
    /// Its address.
    pub slug: String,
    /// Its name in the reader's language.
    pub title: String,
    /// Draw or survey.
    pub kind: &'static str,
    /// The stage as a word for message ids.
    pub stage: &'static str,
    /// The stage in words.
    pub stage_words: String,
    /// The colour of its tag.
    pub stage_kind: &'static str,
}

impl Heading {
    /// The heading of an activity, or a name for one that has none yet.
    pub fn of(language: Language, facts: &Facts) -> Heading {
        let title = facts.title.pick(language);
        let (stage_words, stage_kind) = stage_words(language, facts.stage);
        Heading {
            id: facts.id.0.clone(),
            slug: facts.slug.clone(),
            title: if title.is_empty() {
                text::message(language, "activity-untitled", &[])
            } else {
                title.to_owned()
            },
            kind: facts.kind.code(),
            stage: facts.stage.code(),
            stage_words,
            stage_kind,
        }
    }
}

impl Heading {
    /// The heading at a moment: what is published opens on its day.
    pub fn at(language: Language, facts: &Facts, now: Timestamp) -> Heading {
        let heading = Heading::of(language, facts);
        if facts.stage == super::Stage::Open && now < facts.opens_at {
            Heading {
                stage_words: text::message(language, "portal-not-yet", &[]),
                stage_kind: "waiting",
                ..heading
            }
        } else {
            heading
        }
    }
}

/// A stage in words, and the kind of tag that shows it.
pub fn stage_words(language: Language, stage: super::Stage) -> (String, &'static str) {
    use super::Stage;
    let (id, kind) = match stage {
        Stage::Draft => ("activity-stage-draft", "waiting"),
        Stage::Open => ("activity-stage-open", "open"),
        Stage::Closed => ("activity-stage-closed", "waiting"),
        Stage::Drawn => ("activity-stage-drawn", "done"),
        Stage::Notified => ("activity-stage-notified", "done"),
        Stage::Purged => ("activity-stage-purged", "stopped"),
        Stage::Cancelled => ("activity-stage-cancelled", "danger"),
    };
    (text::message(language, id, &[]), kind)
}

/// The first page of a draft.
#[derive(Serialize)]
pub struct DetailsView {
    /// The activity, unless it is new.
    pub heading: Option<Heading>,
    /// What is typed in the form.
    pub form: DetailsForm,
    /// How many days data may stay after the last claim.
    pub longest: i64,
    /// What the branch is chosen from.
    pub branches: Vec<Choice>,
    /// What has to change.
    pub mistakes: Mistakes,
}

/// The page of the personal fields a draft asks.
#[derive(Serialize)]
pub struct PrivacyView {
    /// The activity.
    pub heading: Heading,
    /// One row a field.
    pub rows: Vec<AskedRow>,
    /// The save this page was made from.
    pub version: i64,
    /// What has to change.
    pub mistakes: Mistakes,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_empty_form_says_of_each_field_what_to_do_in_words_of_its_own() {
        for language in Language::ALL {
            let empty = DetailsForm::of(&FormFields::parse("kind=draw"));
            let mistakes = empty
                .parse(language, Timestamp(0), 180)
                .expect_err("an empty form cannot be saved");
            let words: BTreeSet<&str> = mistakes.iter().map(|one| one.message.as_str()).collect();
            assert!(mistakes.len() > 5, "{mistakes:?}");
            assert_eq!(words.len(), mistakes.len(), "{mistakes:?}");
        }
    }
}
