//! Cells of tables that leave: none becomes a formula in somebody's spreadsheet (OWASP, CSV
//! injection).

use std::borrow::Cow;

/// A cell that no spreadsheet takes for a formula: an apostrophe before `= + - @` in any width, and
/// before tab, return and null, also where white space comes first.
pub fn disarmed(cell: &str) -> Cow<'_, str> {
    let starts = |c: char| {
        matches!(
            c,
            '=' | '+'
                | '-'
                | '@'
                | '\t'
                | '\r'
                | '\n'
                | '\0'
                | '＝'
                | '＋'
                | '－'
                | '＠'
                | '\u{FE62}'
                | '\u{FE63}'
                | '\u{FE66}'
                | '\u{FE6B}'
                | '\u{2212}'
        )
    };
    let first = cell.chars().next();
    let first_visible = cell.trim_start().chars().next();
    if first.is_some_and(starts) || first_visible.is_some_and(starts) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}
