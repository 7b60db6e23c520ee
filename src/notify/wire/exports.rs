//! The lists of winners that were taken, and the form for one more.

use serde::Serialize;

use crate::notify::claims::Decided;
use crate::notify::export::{Export, ExportPurpose};
use crate::notify::sheet::Format;
use crate::platform::text::{self, Language};
use crate::platform::web::form::Mistakes;

use super::Choice;
use super::winner::full_name;

/// One export that was made.
#[derive(Serialize)]
struct ExportLine {
    when: i64,
    who: String,
    activity: String,
    purpose: String,
    format: &'static str,
    rows: u64,
    id: String,
}

/// The exports page.
#[derive(Serialize)]
pub(in crate::notify) struct ExportsView {
    draws: Vec<DrawChoice>,
    purposes: Vec<Choice>,
    formats: Vec<Choice>,
    draw: String,
    purpose: String,
    format: String,
    reason: String,
    mistakes: Mistakes,
    lines: Vec<ExportLine>,
}

#[derive(Serialize)]
struct DrawChoice {
    value: String,
    label: String,
}

/// What was typed into the form of an export.
#[derive(Debug, Default, Clone)]
pub(in crate::notify) struct ExportTyped {
    pub(in crate::notify) draw: String,
    pub(in crate::notify) purpose: String,
    pub(in crate::notify) format: String,
    pub(in crate::notify) reason: String,
}

impl ExportsView {
    pub(in crate::notify) fn of(
        lang: Language,
        draws: &[Decided],
        exports: &[(Export, String, String)],
        typed: ExportTyped,
        mistakes: Mistakes,
    ) -> ExportsView {
        let format_words = |format: Format| match format {
            Format::Xlsx => "notify-export-xlsx",
            Format::Csv => "notify-export-csv",
        };
        ExportsView {
            draws: draws
                .iter()
                .map(|draw| DrawChoice {
                    value: draw.plan.id.0.clone(),
                    label: full_name(lang, draw),
                })
                .collect(),
            purposes: ExportPurpose::ALL
                .into_iter()
                .map(|purpose| Choice {
                    value: purpose.code(),
                    label: purpose.words(lang),
                })
                .collect(),
            formats: Format::ALL
                .into_iter()
                .map(|format| Choice {
                    value: format.code(),
                    label: text::message(lang, format_words(format), &[]),
                })
                .collect(),
            draw: typed.draw,
            purpose: typed.purpose,
            format: typed.format,
            reason: typed.reason,
            mistakes,
            lines: exports
                .iter()
                .map(|(export, title, who)| ExportLine {
                    when: export.made_at.0,
                    who: who.clone(),
                    activity: title.clone(),
                    purpose: export.purpose.words(lang),
                    format: export.format.code(),
                    rows: export.rows,
                    id: export.id.0.clone(),
                })
                .collect(),
        }
    }
}
