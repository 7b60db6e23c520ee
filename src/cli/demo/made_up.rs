//! Made-up activities and the people who enter them.
//!
//! Invariant: nobody is real, and every ID number is synthetic.

use crate::activity::draft::Details;
use crate::activity::{AskedField, Field, Kind, LocalText};
use crate::draw::{PlanDetails, PrizeDetails};
use crate::entry::submit::Filled;
use crate::identity::national_id;
use crate::platform::clock::{DAY, HOUR, Timestamp};
use crate::platform::text::Language;
use crate::survey::answer::Answer;
use crate::survey::question::{Choice, Question, QuestionKind};
use crate::survey::{Answers, wire as survey_wire};
use crate::vault::{Contact, Email, Name, Phone};
use crate::{policy, stats};

pub(super) fn details(kind: Kind, slug: &str, title: &LocalText, opens_at: Timestamp) -> Details {
    let closes_at = opens_at.plus(20 * DAY);
    let (freezes_at, draws_at, claim_days) = match kind {
        kind if kind.is_drawn() => (closes_at.plus(2 * DAY), closes_at.plus(2 * DAY + HOUR), 14),
        _ => (closes_at, closes_at, 0),
    };
    Details {
        slug: slug.to_owned(),
        kind,
        title: title.clone(),
        text: LocalText::new(
            "填幾題簡單的問卷，就能參加。不需要帳號，約 2 分鐘。",
            "Answer a few short questions to take part. No account, about 2 minutes.",
        ),
        rules: match kind {
            kind if kind.is_drawn() => LocalText::new(
                "持有本館借閱證者都可以參加，每人一份。\n本館同仁與承辦廠商不得參加。\n得獎者請攜帶身分證件至總館服務臺領獎。",
                "Everybody with a library card may enter once.\nStaff of the library and of its contractors may not.\nBring your ID card to the main library's desk to claim a prize.",
            ),
            _ => LocalText::default(),
        },
        opens_at,
        closes_at,
        freezes_at,
        draws_at,
        claim_days,
        retention_days: 90,
        answers_linked: false,
    }
}

pub(super) fn asked_fields(kind: Kind) -> Vec<AskedField> {
    [Field::Name, Field::NationalId, Field::Phone, Field::Email]
        .into_iter()
        .map(|field| AskedField {
            field,
            required: field != Field::Email,
            purpose: policy::purpose_for(kind, field),
        })
        .collect()
}

pub(super) fn prizes() -> PlanDetails {
    let prize = |zh: &str, en: &str, units, value_twd| PrizeDetails {
        slug: String::new(),
        name: LocalText::new(zh, en),
        units,
        value_twd,
    };
    PlanDetails {
        prizes: vec![
            prize("電子閱讀器", "E-book reader", 1, 4_500),
            prize("圖書禮券", "Book voucher", 10, 500),
        ],
        reserves: 5,
        wins_per_person: 1,
        tickets_per_person: 1,
        ..PlanDetails::suggested()
    }
}

/// Places in one of several sessions.
pub(super) fn seats() -> PlanDetails {
    PlanDetails {
        prizes: vec![PrizeDetails {
            slug: String::new(),
            name: LocalText::new("入場名額", "Place"),
            units: 6,
            value_twd: 0,
        }],
        reserves: 2,
        ..PlanDetails::suggested()
    }
}

pub(super) fn questions(kind: Kind) -> Vec<Question> {
    let choice = |id: &str, zh: &str, en: &str| Choice {
        id: id.into(),
        label_zh: zh.to_owned(),
        label_en: en.to_owned(),
    };
    let question = |id: &str, kind, zh: &str, en: &str, required| Question {
        id: id.into(),
        position: 0,
        kind,
        label_zh: zh.to_owned(),
        label_en: en.to_owned(),
        hint_zh: String::new(),
        hint_en: String::new(),
        required,
    };
    let mut questions = vec![
        question(
            "branch",
            QuestionKind::SingleChoice {
                options: vec![
                    choice("main", "總館", "Main library"),
                    choice("east", "東區分館", "East branch"),
                    choice("west", "西區分館", "West branch"),
                ],
            },
            "您最常去哪個分館？",
            "Which branch do you visit most?",
            true,
        ),
        question(
            "happy",
            QuestionKind::Scale {
                low: 1,
                high: 5,
                low_label_zh: "不滿意".to_owned(),
                low_label_en: "Not happy".to_owned(),
                high_label_zh: "很滿意".to_owned(),
                high_label_en: "Very happy".to_owned(),
            },
            "您對本館服務滿意嗎？",
            "How happy are you with the library?",
            true,
        ),
    ];
    if !kind.asks_person() {
        questions.push(question(
            "wish",
            QuestionKind::LongText { max: 500 },
            "您希望我們改進什麼？",
            "What should we do better?",
            false,
        ));
    }
    questions
}

/// A made-up person and what that person answers.
pub(super) fn filled(kind: Kind, person: u64, questions: &[Question]) -> Filled {
    let answers: Answers = questions
        .iter()
        .filter_map(|question| Some((question.id.clone(), answer(question, person)?)))
        .collect();
    let (contact, subject) = match kind {
        Kind::Survey => (None, None),
        Kind::Draw | Kind::Seats(_) => {
            let contact = Contact {
                name: Some(Name::new(made_up_name(person))),
                phone: Some(Phone::new(format!(
                    "09{:08}",
                    10_000_000 + person % 80_000_000
                ))),
                email: Some(Email::new(format!("patron{person}@example.org"))),
                language: Language::ZhTw,
                ..Contact::default()
            };
            let id = national_id::synthetic_citizen(person.wrapping_mul(104_729));
            (Some(contact), Some(id.subject()))
        }
    };
    Filled {
        contact,
        subject,
        pool: None,
        session: None,
        answers: Some(survey_wire::answers_to_json(&answers)),
        about: stats::About::default(),
        shares: Vec::new(),
        language: Language::ZhTw,
    }
}

fn answer(question: &Question, person: u64) -> Option<Answer> {
    match &question.kind {
        QuestionKind::SingleChoice { options } => {
            let at = usize::try_from(person % 7).unwrap_or_default() % options.len();
            Some(Answer::Choice(options[at].id.clone()))
        }
        QuestionKind::Scale { .. } => Some(Answer::Scale(
            u8::try_from(person % 3).unwrap_or_default() + 3,
        )),
        _ => None,
    }
}

fn made_up_name(person: u64) -> String {
    const FAMILY: [&str; 12] = [
        "陳", "林", "黃", "張", "李", "王", "吳", "劉", "蔡", "楊", "歐陽", "許",
    ];
    const GIVEN: [&str; 12] = [
        "美玲", "志明", "淑芬", "家豪", "怡君", "俊宏", "雅婷", "冠宇", "佳穎", "承翰", "詩涵",
        "宥",
    ];
    let at = |n: u64| usize::try_from(n % 12).unwrap_or_default();
    format!("{}{}", FAMILY[at(person)], GIVEN[at(person / 12)])
}
