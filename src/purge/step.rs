//! The steps of a purge, in order.

/// The steps of a purge (`privacy` 1.8), in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// It is looked once more whether the date has come; jobs of the activity end, and a draw
    /// whose randomness never came is called off.
    Close,
    /// Counts that were declared are made and kept, rows under a hold are sealed anew, and what
    /// the scan looks for is noted.
    Aggregate,
    /// The activity's key is overwritten and unlinked; the key over keys is rotated.
    Shred,
    /// Every row about people goes, some at a time or all together, and what was remembered in memory.
    Delete,
    /// The files beneath the database forget deleted rows.
    Compact,
    /// Unused blocks are given back to the disk, where somebody watches who may do that.
    Trim,
    /// Files are searched for what was deleted; the count must be 0.
    Scan,
    /// The certificate is signed into the journal.
    Certify,
    /// All is done.
    Done,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Step; 9] = [
        Step::Close,
        Step::Aggregate,
        Step::Shred,
        Step::Delete,
        Step::Compact,
        Step::Trim,
        Step::Scan,
        Step::Certify,
        Step::Done,
    ];

    /// The word in the database and in message ids.
    pub fn code(self) -> &'static str {
        match self {
            Step::Close => "close",
            Step::Aggregate => "aggregate",
            Step::Shred => "shred",
            Step::Delete => "delete",
            Step::Compact => "compact",
            Step::Trim => "trim",
            Step::Scan => "scan",
            Step::Certify => "certify",
            Step::Done => "done",
        }
    }

    /// Reads [`Step::code`].
    pub fn parse(code: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.code() == code)
    }

    /// The step after this one; nothing follows the last.
    pub fn next(self) -> Step {
        let mut later = Step::ALL.into_iter().filter(|step| *step > self);
        later.next().unwrap_or(Step::Done)
    }
}
