//! Why rows are held: the basis in law, and the rules by which an entry may be disqualified.

/// Why rows are held, as the law knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// A court, a prosecutor or the police wrote that they look into it.
    Investigation,
    /// A claim at law of the library or of somebody else, or an appeal.
    Claim,
    /// An authority or the auditors review the activity.
    Review,
    /// Somebody broke the rules of the activity, and that is being settled.
    SiteRules,
}

impl Basis {
    /// Every basis.
    pub const ALL: [Basis; 4] = [
        Basis::Investigation,
        Basis::Claim,
        Basis::Review,
        Basis::SiteRules,
    ];

    /// The word in the database, in certificates and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            Basis::Investigation => "investigation",
            Basis::Claim => "claim",
            Basis::Review => "review",
            Basis::SiteRules => "site_rules",
        }
    }

    /// Reads [`Basis::code`].
    pub fn parse(code: &str) -> Option<Basis> {
        Basis::ALL.into_iter().find(|basis| basis.code() == code)
    }
}

/// The rules by which an entry may be disqualified; a hold for that names one (T39).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteRule {
    /// Entered with the data of somebody else.
    OtherPerson,
    /// Entered many times under several names.
    SeveralNames,
    /// Entered by a program.
    Machine,
    /// Not allowed to take part by the rules.
    Excluded,
    /// Untrue statements.
    Untrue,
}

impl SiteRule {
    /// Every rule.
    pub const ALL: [SiteRule; 5] = [
        SiteRule::OtherPerson,
        SiteRule::SeveralNames,
        SiteRule::Machine,
        SiteRule::Excluded,
        SiteRule::Untrue,
    ];

    /// The word in the database and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            SiteRule::OtherPerson => "other_person",
            SiteRule::SeveralNames => "several_names",
            SiteRule::Machine => "machine",
            SiteRule::Excluded => "excluded",
            SiteRule::Untrue => "untrue",
        }
    }

    /// Reads [`SiteRule::code`].
    pub fn parse(code: &str) -> Option<SiteRule> {
        SiteRule::ALL.into_iter().find(|rule| rule.code() == code)
    }
}
