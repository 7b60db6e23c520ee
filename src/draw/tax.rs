//! What the library withholds and reports when it hands over a prize (`decisions` D25).
//!
//! Invariant: every number belongs to rules that hold from a day on, and says who looked it up,
//! when and where. The rules that were known when this was written stand below; the operator adds
//! newer ones as settings (`tax_rules`), and the newest that holds on the day of the handover
//! counts. These are hints for staff; the library's accountants decide.
//!
//! Not here: the winner's ID number for the statement (the tax vault, `custody`).

use jiff::Span;
use jiff::civil::{Date, date};

use crate::identity::date::day_of;
use crate::platform::clock::Timestamp;
use crate::platform::config::{Config, TaxSetting};
use crate::platform::text;

/// The rules as they stand from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The first day on which they hold.
    pub from: Date,
    /// The day on which somebody looked them up, ISO 8601.
    pub known_on: String,
    /// Where.
    pub source: String,
    /// Residents: nothing is withheld from prizes worth this much or less, in NT$.
    pub free_up_to: i64,
    /// Residents above that: per cent of the whole value.
    pub resident_per_cent: i64,
    /// Non-residents: per cent from the first dollar.
    pub other_per_cent: i64,
    /// No statement is needed for a payee whose total of the year, over all activities, is at most
    /// this, in NT$.
    pub statement_free_up_to: i64,
    /// Residents: the day of the next month by which what was withheld is paid.
    pub resident_pay_day: i64,
    /// Everybody: the last day of January by which the statements of a year are filed.
    pub statement_january_day: i64,
    /// Non-residents: within so many days of the handover it is paid and filed.
    pub other_days: i64,
    /// So many days more when three or more public holidays in a row fall into them; 0 for none.
    pub other_days_more: i64,
    /// So many years after the year of filing the rows of the tax vault are kept.
    pub keep_years: i64,
}

const STANDARDS: &str = "所得稅法 14(1)8、88、89、92；各類所得扣繳率標準 2、3、13";

/// What was known when this was written; newest last; look again every January.
fn known() -> [Rules; 2] {
    let since_2019 = Rules {
        from: date(2019, 1, 1),
        known_on: "2026-01-20".to_owned(),
        source: format!("{STANDARDS}；財政部 115 年 1 月 20 日說明"),
        free_up_to: 20_000,
        resident_per_cent: 10,
        other_per_cent: 20,
        statement_free_up_to: 1_000,
        resident_pay_day: 10,
        statement_january_day: 31,
        other_days: 10,
        other_days_more: 0,
        keep_years: 5,
    };
    let since_2025 = Rules {
        from: date(2025, 1, 1),
        source: format!(
            "{STANDARDS}；所得稅法 92（114 年 1 月 1 日施行）；財政部 115 年 1 月 20 日說明"
        ),
        other_days_more: 5,
        ..since_2019.clone()
    };
    [since_2019, since_2025]
}

/// Every rule that is known here: those of the program and those of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleBook(Vec<Rules>);

impl Default for RuleBook {
    fn default() -> RuleBook {
        RuleBook(known().to_vec())
    }
}

impl RuleBook {
    /// The rules of the program, and those that the operator set.
    pub fn of(config: &Config) -> RuleBook {
        let mut book = RuleBook::default();
        book.0
            .extend(config.tax_rules.iter().filter_map(Rules::of_setting));
        book.0.sort_by_key(|rules| rules.from);
        book
    }

    /// The rules of a day: the newest that hold on it, or the oldest that are known. A setting for
    /// the first day of rules of the program takes their place.
    pub fn on(&self, day: Date) -> &Rules {
        let holds = self.0.iter().rfind(|rules| rules.from <= day);
        holds.or(self.0.first()).expect("the program knows rules")
    }

    /// The rules at a moment in Taipei.
    pub fn at(&self, now: Timestamp) -> &Rules {
        self.on(day_of(now))
    }

    /// All of them, newest last.
    pub fn all(&self) -> &[Rules] {
        &self.0
    }
}

/// What a prize of some value means for the payer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hint {
    /// The value of one prize, tax included, in NT$.
    pub value: i64,
    /// Withheld from a resident, in whole NT$.
    pub resident: i64,
    /// Withheld from a non-resident, in whole NT$.
    pub other: i64,
    /// Whether the winner is on the yearly statement for this prize alone.
    pub is_listed: bool,
}

/// Whether a person counts as a resident for the tax: by where somebody lives in the year, never
/// by nationality or by the kind of ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Residency {
    /// Registered here, or here for 183 days or more in the calendar year.
    Resident,
    /// Anybody else.
    Other,
}

impl Rules {
    fn of_setting(setting: &TaxSetting) -> Option<Rules> {
        Some(Rules {
            from: setting.from.parse().ok()?,
            known_on: setting.known_on.clone(),
            source: setting.source.clone(),
            free_up_to: setting.free_up_to,
            resident_per_cent: setting.resident_per_cent,
            other_per_cent: setting.other_per_cent,
            statement_free_up_to: setting.statement_free_up_to,
            resident_pay_day: setting.resident_pay_day,
            statement_january_day: setting.statement_january_day,
            other_days: setting.other_days,
            other_days_more: setting.other_days_more,
            keep_years: setting.keep_years,
        })
    }

    /// What is withheld from a prize, in whole NT$, fractions dropped.
    pub fn withheld(&self, value: i64, residency: Residency) -> i64 {
        match residency {
            Residency::Resident if value <= self.free_up_to => 0,
            Residency::Resident => value * self.resident_per_cent / 100,
            Residency::Other => value * self.other_per_cent / 100,
        }
    }

    /// The last day to pay what was withheld of a prize handed over on `paid`, before weekends and
    /// holidays move it.
    pub fn pay_by(&self, paid: Date, residency: Residency) -> Option<Date> {
        match residency {
            Residency::Resident => {
                let next = paid
                    .first_of_month()
                    .checked_add(Span::new().months(1))
                    .ok()?;
                let days = self.resident_pay_day.saturating_sub(1);
                next.checked_add(Span::new().try_days(days).ok()?).ok()
            }
            Residency::Other => {
                let days = Span::new().try_days(self.other_days).ok()?;
                paid.checked_add(days).ok()
            }
        }
    }

    /// Its numbers as sentences to people name them.
    pub fn words(&self) -> [(&'static str, text::Value<'static>); 3] {
        [
            ("above", self.free_up_to.into()),
            ("resident", self.resident_per_cent.into()),
            ("other", self.other_per_cent.into()),
        ]
    }

    /// The hint for a prize worth `value` NT$.
    pub fn hint(&self, value: i64) -> Hint {
        Hint {
            value,
            resident: self.withheld(value, Residency::Resident),
            other: self.withheld(value, Residency::Other),
            is_listed: self.is_listed(value),
        }
    }

    /// Whether a payee with this total of the year, over all activities, is on the statement.
    pub fn is_listed(&self, total: i64) -> bool {
        total > self.statement_free_up_to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        RuleBook::default().on(date(2026, 6, 1)).clone()
    }

    #[test]
    fn what_was_withheld_is_paid_by_a_day() {
        let paid = date(2026, 12, 31);
        let by = |residency| rules().pay_by(paid, residency);
        assert_eq!(by(Residency::Resident), Some(date(2027, 1, 10)));
        assert_eq!(by(Residency::Other), Some(date(2027, 1, 10)));
        let paid = date(2026, 6, 3);
        assert_eq!(
            rules().pay_by(paid, Residency::Resident),
            Some(date(2026, 7, 10))
        );
        assert_eq!(
            rules().pay_by(paid, Residency::Other),
            Some(date(2026, 6, 13))
        );
    }

    #[test]
    fn twenty_thousand_itself_is_free_for_residents() {
        assert_eq!(rules().hint(20_000).resident, 0);
        assert_eq!(rules().hint(20_001).resident, 2_000);
        assert_eq!(rules().hint(35_000).resident, 3_500);
    }

    #[test]
    fn others_pay_from_the_first_dollar() {
        assert_eq!(rules().hint(500).other, 100);
        assert_eq!(rules().hint(20_000).other, 4_000);
        assert_eq!(rules().hint(0).other, 0);
    }

    #[test]
    fn a_thousand_alone_needs_no_statement() {
        assert!(!rules().hint(1_000).is_listed);
        assert!(rules().hint(1_001).is_listed);
    }

    #[test]
    fn the_rules_of_the_day_count_and_every_one_says_where_it_comes_from() {
        let book = RuleBook::default();
        assert_eq!(book.on(date(2024, 12, 31)).other_days_more, 0);
        assert_eq!(book.on(date(2025, 1, 1)).other_days_more, 5);
        // Before the first that is known, the first.
        assert_eq!(book.on(date(2000, 1, 1)).from, date(2019, 1, 1));
        for rules in book.all() {
            assert!(rules.known_on.parse::<Date>().is_ok());
            assert!(!rules.source.is_empty());
        }
    }

    #[test]
    fn a_setting_counts_from_its_day_on() {
        let config = Config {
            tax_rules: vec![TaxSetting {
                from: "2027-01-01".to_owned(),
                known_on: "2026-12-01".to_owned(),
                source: "財政部 115 年 12 月 1 日公告".to_owned(),
                free_up_to: 24_000,
                ..TaxSetting::default()
            }],
            ..Config::default()
        };
        let book = RuleBook::of(&config);
        assert_eq!(book.on(date(2026, 12, 31)).hint(22_000).resident, 2_200);
        assert_eq!(book.on(date(2027, 1, 1)).hint(22_000).resident, 0);
    }
}
