//! What the library withholds and reports when it hands over a prize (`decisions` D25).
//!
//! Invariant: every number has a date and a source, in the one table below. These are hints for
//! staff; the library's accountants decide.
//!
//! Not here: the winner's ID number for the statement (the tax vault, a later issue).

/// The rules as they stood on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// The day on which somebody looked them up, ISO 8601.
    pub known_on: &'static str,
    /// Where.
    pub source: &'static str,
    /// Residents: nothing is withheld from prizes worth this much or less, in NT$.
    pub free_up_to: i64,
    /// Residents above that: per cent of the whole value.
    pub resident_per_cent: i64,
    /// Non-residents: per cent from the first dollar.
    pub other_per_cent: i64,
    /// No statement is needed for a payee whose total of the year, over all activities, is at most
    /// this, in NT$.
    pub statement_free_up_to: i64,
}

/// Newest first; look again every January.
pub const RULES: [Rules; 1] = [Rules {
    known_on: "2026-01-20",
    source: "所得稅法 14(1)8；各類所得扣繳率標準 2、3、13；財政部 115 年 1 月 20 日說明",
    free_up_to: 20_000,
    resident_per_cent: 10,
    other_per_cent: 20,
    statement_free_up_to: 1_000,
}];

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

/// The hint for a prize worth `value` NT$.
pub fn hint(value: i64) -> Hint {
    let [rules] = RULES;
    let resident = if value > rules.free_up_to {
        value * rules.resident_per_cent / 100
    } else {
        0
    };
    Hint {
        value,
        resident,
        other: value * rules.other_per_cent / 100,
        is_listed: value > rules.statement_free_up_to,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_thousand_itself_is_free_for_residents() {
        assert_eq!(hint(20_000).resident, 0);
        assert_eq!(hint(20_001).resident, 2_000);
        assert_eq!(hint(35_000).resident, 3_500);
    }

    #[test]
    fn others_pay_from_the_first_dollar() {
        assert_eq!(hint(500).other, 100);
        assert_eq!(hint(20_000).other, 4_000);
        assert_eq!(hint(0).other, 0);
    }

    #[test]
    fn a_thousand_alone_needs_no_statement() {
        assert!(!hint(1_000).is_listed);
        assert!(hint(1_001).is_listed);
    }
}
