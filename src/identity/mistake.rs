//! What a person has to change in a field, as a message to show.
//!
//! Invariant: a mistake never holds what was typed, only lengths and limits, so it may be logged.
//!
//! Not here: the texts; they are in `locales/*/identity.ftl` under [`Mistake::message_id`].

use std::fmt;

use crate::platform::text::{self, Language};

/// One value inside a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MistakeArg {
    /// The variable in the Fluent message, without `$`.
    pub name: &'static str,
    /// What stands there.
    pub value: ArgValue,
}

/// The words of a message with its values, in the reader's language.
pub fn say(language: Language, id: &str, args: &[MistakeArg]) -> String {
    let args: Vec<(&str, text::Value<'_>)> = args
        .iter()
        .map(|arg| {
            let value = match (&arg.value, language) {
                (ArgValue::Number(number), _) => (*number).into(),
                (ArgValue::Words { zh, .. }, Language::ZhTw) => zh.as_str().into(),
                (ArgValue::Words { en, .. }, Language::En) => en.as_str().into(),
            };
            (arg.name, value)
        })
        .collect();
    text::message(language, id, &args)
}

/// A value inside a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgValue {
    /// A count or a limit.
    Number(i64),
    /// Words that differ by language, such as the label of a question.
    Words {
        /// Traditional Chinese.
        zh: String,
        /// English.
        en: String,
    },
}

impl MistakeArg {
    /// A number, for example `max`.
    pub fn number(name: &'static str, value: i64) -> Self {
        Self {
            name,
            value: ArgValue::Number(value),
        }
    }

    /// A length in graphemes; lengths beyond `i64` do not occur.
    pub fn length(name: &'static str, value: usize) -> Self {
        Self::number(name, i64::try_from(value).unwrap_or(i64::MAX))
    }

    /// Words in both languages.
    pub fn words(name: &'static str, zh: &str, en: &str) -> Self {
        Self {
            name,
            value: ArgValue::Words {
                zh: zh.to_owned(),
                en: en.to_owned(),
            },
        }
    }
}

/// Why a field was not accepted; each variant is one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mistake {
    /// No name.
    NameEmpty,
    /// A name above the limit.
    NameTooLong {
        /// Graphemes allowed.
        max: usize,
        /// Graphemes found.
        found: usize,
    },
    /// No ID number.
    IdEmpty,
    /// Not one letter and nine digits (nor two letters and eight digits).
    IdShape,
    /// The 12-digit number of the residence card (居留證號) instead of the ID number.
    IdCardNumber,
    /// The second character is none that was ever issued.
    IdSecond,
    /// The check digit does not match.
    IdCheckDigit,
    /// An old UI number on or after 2031-01-01.
    IdOldVoid,
    /// No number of a library card.
    CardEmpty,
    /// Not 4 to 32 letters and digits.
    CardShape,
    /// No phone number.
    PhoneEmpty,
    /// Neither a mobile nor a landline number.
    PhoneShape,
    /// Starts like a mobile number but is not one.
    PhoneMobile,
    /// Starts like a landline number but is not one.
    PhoneLandline,
    /// Starts with 070 but is not an internet phone number.
    PhoneVoip,
    /// A toll-free, personal (099) or short service number.
    PhoneService,
    /// A number of another country.
    PhoneForeign,
    /// An extension that is not 1 to 6 digits.
    PhoneExtension,
    /// No e-mail address.
    EmailEmpty,
    /// Not `name@domain.tld` in ASCII.
    EmailShape,
    /// Longer than a mail server accepts.
    EmailTooLong {
        /// Characters allowed.
        max: usize,
        /// Characters found.
        found: usize,
    },
    /// No postal code where it is asked.
    PostalEmpty,
    /// Not 3, 5 or 6 digits.
    PostalShape,
    /// First three digits that no district has.
    PostalUnknown,
    /// 290, 817 or 819: listed, but nothing is delivered there.
    PostalUndeliverable,
    /// No county chosen.
    CountyEmpty,
    /// Not one of the 22 counties and cities.
    CountyUnknown,
    /// No district.
    DistrictEmpty,
    /// Not a district, township or town.
    DistrictShape,
    /// No street line.
    AddressEmpty,
    /// A street line above the limit.
    AddressTooLong {
        /// Graphemes allowed.
        max: usize,
        /// Graphemes found.
        found: usize,
    },
    /// No date.
    DateEmpty,
    /// Not year, month and day.
    DateShape,
    /// The calendar has no such day.
    DateNoSuchDay,
    /// A year of the common era where a ROC year was chosen.
    DateYearRoc,
    /// A ROC year where a year of the common era was chosen.
    DateYearCe,
    /// The text does not say which calendar it means.
    DateAmbiguous,
    /// No hour and minute, or none that a clock shows.
    TimeShape,
}

impl Mistake {
    /// The key of the message in `locales/*/identity.ftl`.
    pub fn message_id(&self) -> &'static str {
        match self {
            Self::NameEmpty => "identity-name-empty",
            Self::NameTooLong { .. } => "identity-name-long",
            Self::IdEmpty => "identity-id-empty",
            Self::IdShape => "identity-id-shape",
            Self::IdCardNumber => "identity-id-card",
            Self::IdSecond => "identity-id-second",
            Self::IdCheckDigit => "identity-id-check",
            Self::IdOldVoid => "identity-id-old",
            Self::CardEmpty => "identity-card-empty",
            Self::CardShape => "identity-card-shape",
            Self::PhoneEmpty => "identity-phone-empty",
            Self::PhoneShape => "identity-phone-shape",
            Self::PhoneMobile => "identity-phone-mobile",
            Self::PhoneLandline => "identity-phone-landline",
            Self::PhoneVoip => "identity-phone-voip",
            Self::PhoneService => "identity-phone-service",
            Self::PhoneForeign => "identity-phone-foreign",
            Self::PhoneExtension => "identity-phone-extension",
            Self::EmailEmpty => "identity-email-empty",
            Self::EmailShape => "identity-email-shape",
            Self::EmailTooLong { .. } => "identity-email-long",
            Self::PostalEmpty => "identity-postal-empty",
            Self::PostalShape => "identity-postal-shape",
            Self::PostalUnknown => "identity-postal-unknown",
            Self::PostalUndeliverable => "identity-postal-undeliverable",
            Self::CountyEmpty => "identity-county-empty",
            Self::CountyUnknown => "identity-county-unknown",
            Self::DistrictEmpty => "identity-district-empty",
            Self::DistrictShape => "identity-district-shape",
            Self::AddressEmpty => "identity-address-empty",
            Self::AddressTooLong { .. } => "identity-address-long",
            Self::DateEmpty => "identity-date-empty",
            Self::DateShape => "identity-date-shape",
            Self::DateNoSuchDay => "identity-date-day",
            Self::DateYearRoc => "identity-date-roc",
            Self::DateYearCe => "identity-date-ce",
            Self::DateAmbiguous => "identity-date-calendar",
            Self::TimeShape => "identity-time-shape",
        }
    }

    /// The values of the message's variables: `max` and `found`, or none.
    pub fn args(&self) -> Vec<MistakeArg> {
        match self {
            Self::NameTooLong { max, found }
            | Self::EmailTooLong { max, found }
            | Self::AddressTooLong { max, found } => vec![
                MistakeArg::length("max", *max),
                MistakeArg::length("found", *found),
            ],
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message_id())
    }
}

impl std::error::Error for Mistake {}
