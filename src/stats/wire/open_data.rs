//! The published file: what everybody may have, as JSON and as CSV.
//!
//! Invariant: the pages show this file and nothing else, so they cannot say more than it does; its
//! bytes never change, and their hash stands in the public journal.

use serde::{Deserialize, Serialize};

use crate::platform::formula::disarmed;
use crate::platform::text::Language;

/// The version of the form.
pub const FORMAT: &str = "fairdraw-statistics/1";
/// Under which terms the numbers may be used again.
pub const LICENCE: &str = "CC-BY-4.0";

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// Chinese as written in Taiwan.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Words {
    /// A text in both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Words {
        Words {
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// The text in a language.
    pub fn pick(&self, language: Language) -> &str {
        match language {
            Language::ZhTw => &self.zh,
            Language::En => &self.en,
        }
    }
}

/// Everything that is published of an activity's counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// [`FORMAT`].
    pub format: String,
    /// Whom to name as the source.
    pub source: Words,
    /// [`LICENCE`].
    pub licence: String,
    /// What was counted.
    pub activity: Words,
    /// The activity's address.
    pub slug: String,
    /// When the counts were made, once.
    pub made_at: String,
    /// Counts below are not published.
    pub threshold: u64,
    /// Every count is rounded on its own to a multiple of this.
    pub base: u64,
    /// The tables that were declared before anybody entered, in order.
    pub tables: Vec<Table>,
}

/// One table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Its name in the file.
    pub id: String,
    /// What it counts.
    pub title: Words,
    /// Codes of its one or two dimensions.
    pub dimensions: Vec<String>,
    /// `entries` or `answers`: which people it counts.
    pub of: String,
    /// How many people there are; nothing for fewer than the threshold.
    pub people: Option<u64>,
    /// Whether people can be in several rows.
    pub several: bool,
    /// The rows; none in a table that is not published.
    pub rows: Vec<Label>,
    /// The columns; none in a table of one dimension.
    pub columns: Vec<Label>,
    /// By row, then column (one where there are no columns); nothing for a number that is withheld.
    pub counts: Vec<Vec<Option<u64>>>,
}

/// A row or a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Stable name; `other` for lines put together.
    pub key: String,
    /// What a reader sees.
    pub words: Words,
    /// The lines put together, where the activity had set them.
    pub of: Vec<String>,
}

impl Document {
    /// The file.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).expect("texts and numbers become JSON");
        json.push('\n');
        json
    }

    /// Reads [`Document::to_json`].
    pub fn of_json(json: &str) -> Option<Document> {
        serde_json::from_str(json).ok()
    }

    /// The same numbers, one to a line; a withheld one is empty.
    pub fn to_csv(&self, hash: &str) -> Result<Vec<u8>, csv::Error> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record([
            "table",
            "title_zh",
            "title_en",
            "row",
            "row_zh",
            "row_en",
            "column",
            "column_zh",
            "column_en",
            "count",
            "source",
            "licence",
            "made_at",
            "sha256",
        ])?;
        for table in &self.tables {
            for (row, counts) in table.rows.iter().zip(&table.counts) {
                for (at, count) in counts.iter().enumerate() {
                    let column = table.columns.get(at);
                    let words = column.map(|column| &column.words);
                    let count = count.map_or_else(String::new, |count| count.to_string());
                    let cells = [
                        table.id.as_str(),
                        &table.title.zh,
                        &table.title.en,
                        &row.key,
                        &row.words.zh,
                        &row.words.en,
                        column.map_or("", |column| column.key.as_str()),
                        words.map_or("", |words| words.zh.as_str()),
                        words.map_or("", |words| words.en.as_str()),
                        &count,
                        &self.source.zh,
                        &self.licence,
                        &self.made_at,
                        hash,
                    ];
                    // Staff typed titles and choices, and strangers open the file.
                    csv.write_record(cells.map(|cell| disarmed(cell).into_owned()))?;
                }
            }
        }
        csv.into_inner().map_err(|error| error.into_error().into())
    }
}
