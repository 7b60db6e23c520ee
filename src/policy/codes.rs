//! The codes that the regulation gives to purposes and to categories of personal data
//! (個人資料保護法之特定目的及個人資料之類別, 2012), and those of one activity.
//!
//! Invariant: an activity has at least one purpose; the categories of the fields it asks follow
//! from the fields and cannot be left out.
//!
//! Not here: what the notice says around them ([`super::notice`]).

use crate::activity::{ActivityId, AskedField, Field, Kind, draft};
use crate::audit::StaffId;
use crate::platform::db::Tx;
use crate::platform::text::{self, Language};

use super::{Error, store};

/// One line of the regulation.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Its number, such as `146` or `C001`.
    pub code: &'static str,
    /// The message with its name.
    name: &'static str,
}

impl Code {
    /// Number and name: `146 圖書館、出版品管理`.
    pub fn words(&self, language: Language) -> String {
        format!("{} {}", self.code, text::message(language, self.name, &[]))
    }
}

const fn code(code: &'static str, name: &'static str) -> Code {
    Code { code, name }
}

/// The purposes that a library's activity can have; "draw" has no number of its own and is said
/// in words.
pub const PURPOSES: [Code; 12] = [
    code("146", "policy-code-146"),
    code("157", "policy-code-157"),
    code("109", "policy-code-109"),
    code("120", "policy-code-120"),
    code("129", "policy-code-129"),
    code("135", "policy-code-135"),
    code("136", "policy-code-136"),
    code("137", "policy-code-137"),
    code("152", "policy-code-152"),
    code("040", "policy-code-040"),
    code("069", "policy-code-069"),
    code("090", "policy-code-090"),
];

/// The categories of personal data that an activity can meet.
pub const CATEGORIES: [Code; 5] = [
    code("C001", "policy-code-c001"),
    code("C003", "policy-code-c003"),
    code("C011", "policy-code-c011"),
    code("C051", "policy-code-c051"),
    code("C132", "policy-code-c132"),
];

/// The code of that number.
pub fn find(number: &str) -> Option<&'static Code> {
    let mut all = PURPOSES.iter().chain(&CATEGORIES);
    all.find(|code| code.code == number)
}

/// The category of a field that a form asks.
pub fn of_field(field: Field) -> &'static Code {
    match field {
        Field::NationalId => &CATEGORIES[1],
        Field::Name | Field::LibraryCard | Field::Phone | Field::Email | Field::Address => {
            &CATEGORIES[0]
        }
    }
}

/// What an activity is for and which kinds of data it meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codes {
    /// Its purposes; at least one.
    pub purposes: Vec<&'static Code>,
    /// Categories that its questions ask, beside those of its fields.
    pub asked_besides: Vec<&'static Code>,
}

impl Codes {
    /// What an activity has for which nobody picked anything.
    pub fn usual(kind: Kind) -> Codes {
        let purposes = match kind {
            Kind::Draw | Kind::Seats(_) => vec![&PURPOSES[0], &PURPOSES[1]],
            Kind::Survey => vec![&PURPOSES[1]],
        };
        Codes {
            purposes,
            asked_besides: Vec::new(),
        }
    }

    /// The codes of these numbers, in the order of the regulation's lists here.
    ///
    /// # Errors
    /// [`Error::PurposeMissing`] without any purpose.
    pub fn of_numbers<'a>(numbers: impl Iterator<Item = &'a str>) -> Result<Codes, Error> {
        let numbers: Vec<&str> = numbers.collect();
        let picked = |among: &'static [Code]| -> Vec<&'static Code> {
            let is_picked = |code: &&Code| numbers.contains(&code.code);
            among.iter().filter(is_picked).collect()
        };
        let codes = Codes {
            purposes: picked(&PURPOSES),
            asked_besides: picked(&CATEGORIES),
        };
        match codes.purposes.is_empty() {
            true => Err(Error::PurposeMissing),
            false => Ok(codes),
        }
    }

    /// Every number.
    pub fn numbers(&self) -> impl Iterator<Item = &'static str> + '_ {
        let all = self.purposes.iter().chain(&self.asked_besides);
        all.map(|code| code.code)
    }

    /// The categories of the fields asked and of the questions, each once.
    pub fn categories(&self, asked: &[AskedField]) -> Vec<&'static Code> {
        let of_fields: Vec<&Code> = asked.iter().map(|each| of_field(each.field)).collect();
        let met = |code: &&Code| of_fields.contains(code) || self.asked_besides.contains(code);
        CATEGORIES.iter().filter(met).collect()
    }
}

/// The codes of an activity.
pub fn of(tx: &mut Tx, activity: &ActivityId, kind: Kind) -> Result<Codes, Error> {
    let numbers = store::codes(tx, activity)?;
    if numbers.is_empty() {
        return Ok(Codes::usual(kind));
    }
    Codes::of_numbers(numbers.iter().map(String::as_str))
}

/// Saves what a librarian picked for a draft.
pub fn pick(tx: &mut Tx, by: &StaffId, activity: &ActivityId, codes: &Codes) -> Result<(), Error> {
    draft::touched(tx, by, activity, "activity.codes_edited")?;
    let numbers: Vec<&str> = codes.numbers().collect();
    Ok(store::replace_codes(tx, activity, &numbers)?)
}

/// Forgets the codes of a draft that is thrown away.
pub fn forget(tx: &mut Tx, activity: &ActivityId) -> Result<(), Error> {
    Ok(store::replace_codes(tx, activity, &[])?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::LocalText;

    #[test]
    fn every_code_is_there_once_and_has_a_name() {
        let numbers: Vec<&str> = PURPOSES.iter().chain(&CATEGORIES).map(|c| c.code).collect();
        for number in &numbers {
            assert_eq!(numbers.iter().filter(|other| other == &number).count(), 1);
            let code = find(number).expect("it is in the list");
            for language in Language::ALL {
                assert!(code.words(language).len() > number.len() + 1);
            }
        }
    }

    #[test]
    fn the_category_of_a_field_cannot_be_left_out() {
        let asked = [Field::Name, Field::NationalId].map(|field| AskedField {
            field,
            required: true,
            purpose: LocalText::default(),
        });
        let codes = Codes::of_numbers(["157", "C011", "999"].into_iter()).expect("a purpose");
        let categories: Vec<&str> = codes.categories(&asked).iter().map(|c| c.code).collect();
        assert_eq!(categories, ["C001", "C003", "C011"]);
        assert!(matches!(
            Codes::of_numbers(["C001"].into_iter()),
            Err(Error::PurposeMissing)
        ));
    }
}
