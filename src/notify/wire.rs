//! What crosses the boundary of winners: forms in, views and words out.
//!
//! Invariant: a list of winners holds tickets and states; a name or a telephone number is in a
//! view only where its opening was recorded.

mod exports;
mod letters;
mod place;
mod taxes;
mod winner;
mod winners;

pub(super) use exports::{ExportTyped, ExportsView};
pub(super) use letters::{LetterText, NotYetView, NotifyView, Preview, SeatLetterText};
pub use place::Place;
pub(super) use winner::{CallView, WinnerPage, WinnerView};
pub(super) use winners::{Asked, GroupView, WinnersView};

use jiff::civil::Date;
use lucky_draw::result::SettleCode;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::activity::{self, AskedField, Field};
use crate::audit::detector;
use crate::draw::DrawId;
use crate::identity::email::Email;
use crate::identity::library_card::LibraryCard;
use crate::identity::mistake::{self, Mistake};
use crate::identity::national_id::NationalId;
use crate::identity::phone::Phone;
use crate::identity::typed;
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};

use super::calls::CallReason;
use super::export::{ExportPurpose, Request};
use super::leaving::Wish;
use super::sheet::Format;
use super::{NoticeKind, NoticeStage};

/// The longest reason that staff type, in characters.
const REASON_MAX: usize = 200;

/// One value of a choice.
#[derive(Serialize)]
struct Choice {
    value: &'static str,
    label: String,
}

/// By what a person is known at the desk: what the tag was made of at entry.
pub fn told_apart_by(asked: &[AskedField]) -> Option<Field> {
    activity::told_apart_by(asked)
}

/// The subject of what was typed at the desk, as entry made it; `today` is the day in Taipei.
pub fn subject(field: Field, raw: &str, today: Date) -> Result<Zeroizing<String>, Mistake> {
    match field {
        Field::Email => {
            let email = Email::parse(raw)?;
            let address = Zeroizing::new(email.address().to_ascii_lowercase());
            Ok(Zeroizing::new(format!("email:{}", address.as_str())))
        }
        Field::Phone => {
            let phone = Phone::parse(raw)?;
            Ok(Zeroizing::new(format!("tel:{}", phone.e164().as_str())))
        }
        Field::LibraryCard => Ok(LibraryCard::parse(raw)?.subject()),
        _ => Ok(NationalId::parse(raw, today)?.subject()),
    }
}

/// Mistakes of the desk's form.
pub fn subject_mistakes(lang: Language, field: Field, mistake: Mistake) -> Mistakes {
    let mut mistakes = Mistakes::new();
    let words = mistake::say(lang, mistake.message_id(), &mistake.args());
    mistakes.add(field.code(), words);
    mistakes
}

/// Reads the form of a call.
pub(super) fn call_reason(lang: Language, form: &FormFields) -> Result<CallReason, Mistakes> {
    CallReason::parse(form.value("reason")).ok_or_else(|| {
        let mut mistakes = Mistakes::new();
        mistakes.add(
            "reason",
            text::message(lang, "notify-call-reason-empty", &[]),
        );
        mistakes
    })
}

/// How a slot is left, as the form says.
pub(super) enum Leave {
    /// The person wishes so.
    Wish(Wish),
    /// The person is not eligible, by this rule.
    Ineligible(String),
}

/// The form of leaving as it was typed, with what was wrong.
pub(super) struct LeaveRefused {
    pub(super) code: String,
    pub(super) rule: String,
    pub(super) mistakes: Mistakes,
}

/// Reads the form of leaving a slot; the codes are those of draw-protocol 4.8.
pub(super) fn leave_request(lang: Language, form: &FormFields) -> Result<Leave, LeaveRefused> {
    let rule = typed::line(form.value("rule"));
    let mut mistakes = Mistakes::new();
    match SettleCode::from_letter(form.value("code")) {
        Some(SettleCode::D) => return Ok(Leave::Wish(Wish::Decline)),
        Some(SettleCode::E) => return Ok(Leave::Wish(Wish::Erasure)),
        Some(SettleCode::I) if rule.is_empty() || typed::length(&rule) > REASON_MAX => {
            mistakes.add("rule", text::message(lang, "notify-leave-rule-empty", &[]));
        }
        Some(SettleCode::I) => match detector::find(&rule) {
            Some(trace) => mistakes.add("rule", text::message(lang, trace.message_id(), &[])),
            None => return Ok(Leave::Ineligible(rule)),
        },
        Some(SettleCode::F) | None => {
            mistakes.add("code", text::message(lang, "notify-leave-code-empty", &[]));
        }
    }
    Err(LeaveRefused {
        code: form.value("code").to_owned(),
        rule,
        mistakes,
    })
}

/// Reads the form of an export.
pub(super) fn export_request(lang: Language, form: &FormFields) -> Result<Request, Mistakes> {
    let mut mistakes = Mistakes::new();
    let draw = form.value("draw").trim();
    if draw.is_empty() {
        let words = text::message(lang, "notify-export-draw-empty", &[]);
        mistakes.add("draw", words);
    }
    let purpose = ExportPurpose::parse(form.value("purpose"));
    if purpose.is_none() {
        let words = text::message(lang, "notify-export-purpose-empty", &[]);
        mistakes.add("purpose", words);
    }
    let format = Format::parse(form.value("format"));
    if format.is_none() {
        let words = text::message(lang, "notify-export-format-empty", &[]);
        mistakes.add("format", words);
    }
    let reason = typed::line(form.value("reason"));
    if reason.is_empty() {
        mistakes.add(
            "reason",
            text::message(lang, "notify-export-reason-empty", &[]),
        );
    } else if typed::length(&reason) > REASON_MAX {
        let args = [("max", i64::try_from(REASON_MAX).unwrap_or(i64::MAX).into())];
        mistakes.add(
            "reason",
            text::message(lang, "notify-export-reason-long", &args),
        );
    } else if let Some(trace) = detector::find(&reason) {
        mistakes.add("reason", text::message(lang, trace.message_id(), &[]));
    }
    match (purpose, format) {
        (Some(purpose), Some(format)) if mistakes.is_empty() => Ok(Request {
            draw: DrawId::from(draw),
            purpose,
            format,
            reason,
            language: lang,
        }),
        _ => Err(mistakes),
    }
}

/// What a mail server's last answer means, in words.
fn reply_words(lang: Language, reply: &str) -> String {
    let id = match reply {
        "" => return String::new(),
        "not-configured" => "notify-reply-not-configured",
        "unreachable" => "notify-reply-unreachable",
        "tls" => "notify-reply-tls",
        "sign-in" => "notify-reply-sign-in",
        "crash" => "notify-reply-crash",
        "lost" => "notify-reply-lost",
        code => {
            let code = code.to_owned();
            return text::message(lang, "notify-reply-code", &[("code", code.into())]);
        }
    };
    text::message(lang, id, &[])
}

fn notice_kind_words(lang: Language, kind: NoticeKind) -> String {
    let id = match kind {
        NoticeKind::Won => "notify-kind-won",
        NoticeKind::Promoted => "notify-kind-promoted",
        NoticeKind::Reminder => "notify-kind-reminder",
        NoticeKind::Duplicate => "notify-kind-duplicate",
    };
    text::message(lang, id, &[])
}

fn notice_stage_words(lang: Language, stage: NoticeStage) -> String {
    let id = match stage {
        NoticeStage::Waiting => "notify-stage-waiting",
        NoticeStage::Sending => "notify-stage-sending",
        NoticeStage::Sent => "notify-stage-sent",
        NoticeStage::Uncertain => "notify-stage-uncertain",
        NoticeStage::Refused => "notify-stage-refused",
        NoticeStage::NoAddress => "notify-stage-no-address",
        NoticeStage::Dropped => "notify-stage-dropped",
    };
    text::message(lang, id, &[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::LocalText;

    fn asked(field: Field, required: bool) -> AskedField {
        AskedField {
            field,
            required,
            purpose: LocalText::default(),
        }
    }

    #[test]
    fn the_desk_asks_for_what_told_people_apart() {
        let all = [
            asked(Field::NationalId, true),
            asked(Field::Phone, true),
            asked(Field::Email, true),
        ];
        assert_eq!(told_apart_by(&all), Some(Field::NationalId));
        assert_eq!(told_apart_by(&all[1..]), Some(Field::Email));
        assert_eq!(told_apart_by(&all[1..2]), Some(Field::Phone));
        assert_eq!(told_apart_by(&[asked(Field::Phone, false)]), None);
    }

    #[test]
    fn the_subject_does_not_depend_on_how_it_is_typed() {
        let today = Date::constant(2026, 12, 1);
        let subject =
            |field, raw: &str| subject(field, raw, today).ok().map(|text| text.to_string());
        for raw in ["A123456789", " a123456789", "Ａ１２３４５６７８９"] {
            assert_eq!(
                subject(Field::NationalId, raw).as_deref(),
                Some("twid:A123456789")
            );
        }
        assert_eq!(
            subject(Field::Email, "Wang@Example.org"),
            subject(Field::Email, "wang@EXAMPLE.ORG")
        );
        assert_eq!(
            subject(Field::Phone, "0912-345-678"),
            subject(Field::Phone, "+886 912 345 678")
        );
        assert_eq!(subject(Field::NationalId, "A123456788"), None);
    }

    #[test]
    fn an_export_asks_for_everything() {
        let mistakes = export_request(Language::En, &FormFields::parse("draw=x"))
            .expect_err("nothing else was chosen");
        assert_eq!(mistakes.len(), 3);
        let body = "draw=x&purpose=post&format=csv&reason=letters";
        let request = export_request(Language::En, &FormFields::parse(body)).expect("a whole form");
        assert_eq!(request.purpose, ExportPurpose::Post);
    }
}
