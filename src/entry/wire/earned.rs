//! The table of earned chances: a CSV file in, a preview and a sheet of receipts out.
//!
//! Invariant: every line is read by the same rules as the form of the activity, and a line that
//! cannot be accepted says what to do in the words of its column. The sheet shows each code once
//! and each name masked; nothing of it is kept.
//!
//! Not here: what is stored ([`crate::entry::earned`]).

use lucky_draw::ticket::{Secret, TicketNumber};
use serde::Serialize;
use zeroize::Zeroizing;

use jiff::civil::Date;

use crate::activity::Field;
use crate::activity::wire::Heading;
use crate::entry::earned::{MOST_ROWS, MOST_TICKETS, most_chances};
use crate::entry::submit::{Accepted, Filled};
use crate::identity::typed;
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::policy;
use crate::survey::Questionnaire;

use super::{ADDRESS_FIELDS, Sheet};

/// The column with the number of chances.
const CHANCES: &str = "chances";
/// The column with the group, where people pick one.
const POOL: &str = "pool";

/// One line that can be imported.
pub struct EarnedLine {
    /// Its place in the file, the heading being line 1.
    pub line: usize,
    /// How many chances the person has earned in all.
    pub chances: u32,
    /// Masked.
    pub name: String,
    /// What is sealed.
    pub filled: Filled,
}

/// What is to be mended in the file.
#[derive(Debug, Clone, Serialize)]
pub struct LineProblem {
    line: usize,
    words: String,
}

/// A file that was read.
pub struct EarnedTable {
    /// The lines that can be imported, in order.
    pub lines: Vec<EarnedLine>,
    /// Everything that has to be mended; nothing is imported while there is any.
    pub problems: Vec<LineProblem>,
}

/// A column: its name in the file in each language, and the field that it fills.
fn columns(sheet: &Sheet) -> Vec<(&'static str, [&'static str; 2])> {
    let mut columns = Vec::new();
    for asked in &sheet.asked {
        match asked.field {
            Field::Name => columns.push(("name", ["姓名", "name"])),
            Field::LibraryCard => columns.push(("library_card", ["借閱證號碼", "library_card"])),
            Field::NationalId => columns.push(("national_id", ["身分證字號", "national_id"])),
            Field::Phone => columns.push(("phone", ["電話", "phone"])),
            Field::Email => columns.push(("email", ["電子郵件", "email"])),
            Field::Address => {
                let names = [
                    ["郵遞區號", "postal_code"],
                    ["縣市", "county"],
                    ["鄉鎮市區", "district"],
                    ["地址", "address"],
                ];
                columns.extend(ADDRESS_FIELDS.into_iter().zip(names));
            }
        }
    }
    if !sheet.pools().is_empty() {
        columns.push((POOL, ["組別", "pool"]));
    }
    columns.push((CHANCES, ["次數", "chances"]));
    columns
}

/// The heading that a file needs, in the reader's language.
pub fn heading(language: Language, sheet: &Sheet) -> String {
    let at = match language {
        Language::ZhTw => 0,
        Language::En => 1,
    };
    let names: Vec<&str> = columns(sheet).iter().map(|(_, names)| names[at]).collect();
    names.join(",")
}

/// Reads a file with one heading; `today` is the day in Taipei.
pub fn read(language: Language, sheet: &Sheet, file: &str, today: Date) -> EarnedTable {
    let mut table = EarnedTable {
        lines: Vec::new(),
        problems: Vec::new(),
    };
    let file = file.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(file.as_bytes());
    let mut records = reader.records();
    let heading = match records.next() {
        Some(Ok(record)) => record,
        _ => {
            table.trouble(language, 1, "entry-earned-empty", &[]);
            return table;
        }
    };
    let columns = columns(sheet);
    let field_of = |cell: &str| {
        let cell = typed::line(cell).to_lowercase();
        let known = columns
            .iter()
            .find(|(_, names)| names.contains(&cell.as_str()));
        known.map(|(field, _)| *field)
    };
    let fields: Vec<Option<&str>> = heading.iter().map(field_of).collect();
    for (field, names) in &columns {
        let optional = sheet.asked.iter().any(|asked| {
            !asked.required && (asked.field.code() == *field || asked.field == Field::Address)
        });
        if !optional && !fields.contains(&Some(*field)) {
            let args = [("column", names[0].into())];
            table.trouble(language, 1, "entry-earned-column", &args);
        }
    }
    let form = Sheet {
        questions: Questionnaire::default(),
        ..sheet.clone()
    };
    for (record, line) in records.zip(2_usize..) {
        if line > MOST_ROWS + 1 {
            let most = i64::try_from(MOST_ROWS).unwrap_or(i64::MAX);
            table.trouble(
                language,
                line,
                "entry-earned-many",
                &[("most", most.into())],
            );
            break;
        }
        match record {
            Ok(record) if record.iter().all(typed::is_blank) => {}
            Ok(record) => {
                let cells = record.iter().zip(&fields);
                let pairs = cells.filter_map(|(cell, field)| Some(((*field)?, cell)));
                table.row(language, &form, line, pairs.collect(), today);
            }
            Err(_) => table.trouble(language, line, "entry-earned-unreadable", &[]),
        }
    }
    if table.lines.is_empty() && table.problems.is_empty() {
        table.trouble(language, 1, "entry-earned-empty", &[]);
    }
    table
}

impl EarnedTable {
    fn trouble(
        &mut self,
        language: Language,
        line: usize,
        id: &str,
        args: &[(&str, text::Value<'_>)],
    ) {
        let words = text::message(language, id, args);
        self.problems.push(LineProblem { line, words });
    }

    fn row(
        &mut self,
        language: Language,
        sheet: &Sheet,
        line: usize,
        cells: Vec<(&str, &str)>,
        today: Date,
    ) {
        let cell = |name: &str| {
            let found = cells.iter().find(|(field, _)| *field == name);
            found.map_or("", |(_, cell)| cell)
        };
        let mut pairs: Vec<(String, Zeroizing<String>)> = cells
            .iter()
            .filter(|(field, _)| *field != CHANCES && *field != POOL)
            .map(|(field, cell)| ((*field).to_owned(), Zeroizing::new((*cell).to_owned())))
            .collect();
        pairs.push(("consent".to_owned(), Zeroizing::new("yes".to_owned())));
        let pool = pool_of(sheet, cell(POOL));
        pairs.push(("pool".to_owned(), Zeroizing::new(pool)));
        let most = most_chances(&sheet.drums).unwrap_or(0);
        let chances = typed::folded(cell(CHANCES))
            .trim()
            .parse::<u32>()
            .unwrap_or(0);
        let known = self.problems.len();
        if !(1..=most).contains(&chances) {
            let args = [("most", i64::from(most).into())];
            self.trouble(language, line, "entry-earned-chances", &args);
        }
        match sheet.read(language, &FormFields::of_line(pairs), today) {
            Ok(read) => {
                let filled = sheet.filled(Language::ZhTw, &read);
                let name = read.name.as_ref().map(|name| name.masked());
                if self.problems.len() == known {
                    self.lines.push(EarnedLine {
                        line,
                        chances,
                        name: name.unwrap_or_default(),
                        filled,
                    });
                }
            }
            Err(mistakes) => {
                for mistake in mistakes.iter() {
                    let column = column_words(language, &mistake.field);
                    let args = [
                        ("column", column.into()),
                        ("words", mistake.message.clone().into()),
                    ];
                    self.trouble(language, line, "entry-earned-cell", &args);
                }
            }
        }
    }

    /// Marks the line with which the file adds more tickets than one import may; `row` is its place
    /// among the lines.
    pub fn mark_too_many(&mut self, language: Language, row: usize) {
        let line = self.lines.get(row).map_or(1, |own| own.line);
        let most = i64::try_from(MOST_TICKETS).unwrap_or(i64::MAX);
        let args = [("most", most.into())];
        self.trouble(language, line, "entry-earned-many-tickets", &args);
    }

    /// Marks lines of one person that come twice; `tags` are those of the lines.
    pub fn mark_repeated(&mut self, language: Language, tags: &[lucky_draw::encode::Hash]) {
        let mut repeated = Vec::new();
        for (at, tag) in tags.iter().enumerate() {
            if let Some(first) = tags[..at].iter().position(|other| other == tag) {
                repeated.push((self.lines[at].line, self.lines[first].line));
            }
        }
        for (line, first) in repeated {
            let first = i64::try_from(first).unwrap_or(i64::MAX);
            let args = [("first", first.into())];
            self.trouble(language, line, "entry-earned-repeated", &args);
        }
    }
}

/// The draw that a cell names, by its name in the protocol or for people.
fn pool_of(sheet: &Sheet, cell: &str) -> String {
    let cell = typed::line(cell);
    let named = |name: &str| !name.is_empty() && name == cell;
    let found = sheet
        .pools()
        .iter()
        .find(|drum| named(&drum.of.slug) || named(&drum.of.name.zh) || named(&drum.of.name.en));
    found.map(|drum| drum.of.draw.clone()).unwrap_or_default()
}

fn column_words(language: Language, field: &str) -> String {
    let id = match field {
        "postal_code" => "entry-label-postal",
        "county" => "entry-label-county",
        "district" => "entry-label-district",
        "pool" => "entry-list-draw",
        field => {
            let field = Field::parse(field).unwrap_or(Field::Address);
            return policy::field_name(language, field);
        }
    };
    text::message(language, id, &[])
}

/// The page of earned chances: what a file looks like, and the preview of one.
#[derive(Serialize)]
pub struct EarnedView {
    heading: Heading,
    /// Whether entries are taken now, so that chances can be imported.
    open: bool,
    /// How many chances a person can earn; 0 where none can be.
    most: u32,
    rows_at_most: usize,
    tickets_at_most: usize,
    columns: String,
    /// What was pasted or uploaded; goes back to whoever sent it.
    file: String,
    problems: Vec<LineProblem>,
    preview: Option<PreviewView>,
    mistakes: Mistakes,
    /// A word about the whole file, such as that part of it was imported meanwhile.
    message: String,
}

/// What an import would do.
#[derive(Serialize)]
struct PreviewView {
    lines: Vec<PreviewLine>,
    new: usize,
    tickets: usize,
}

#[derive(Serialize)]
struct PreviewLine {
    line: usize,
    name: String,
    chances: u32,
    /// How many tickets are added; 0 for a line that was imported before.
    added: usize,
}

impl EarnedView {
    /// The empty page.
    pub fn new(language: Language, sheet: &Sheet, open: bool) -> EarnedView {
        EarnedView {
            heading: Heading::of(language, &sheet.facts),
            open,
            most: most_chances(&sheet.drums).unwrap_or(0),
            rows_at_most: MOST_ROWS,
            tickets_at_most: MOST_TICKETS,
            columns: heading(language, sheet),
            file: String::new(),
            problems: Vec::new(),
            preview: None,
            mistakes: Mistakes::new(),
            message: String::new(),
        }
    }

    /// With what was sent, and what has to be mended in it.
    pub fn with_problems(mut self, file: &str, problems: Vec<LineProblem>) -> EarnedView {
        file.clone_into(&mut self.file);
        self.problems = problems;
        self
    }

    /// With a mistake about the whole file.
    pub fn with_mistake(mut self, words: String) -> EarnedView {
        self.mistakes.add("file", words);
        self
    }

    /// With what an import would do; `added` are the tickets of each line.
    pub fn with_preview(mut self, file: &str, lines: &[EarnedLine], added: &[usize]) -> EarnedView {
        file.clone_into(&mut self.file);
        let line = |(line, added): (&EarnedLine, &usize)| PreviewLine {
            line: line.line,
            name: line.name.clone(),
            chances: line.chances,
            added: *added,
        };
        self.preview = Some(PreviewView {
            lines: lines.iter().zip(added).map(line).collect(),
            new: added.iter().filter(|added| **added > 0).count(),
            tickets: added.iter().sum(),
        });
        self
    }

    /// With a word about the whole file.
    pub fn with_message(mut self, words: String) -> EarnedView {
        self.message = words;
        self
    }
}

/// The receipts to hand out, once.
#[derive(Serialize)]
pub struct SheetView {
    heading: Heading,
    /// The whole address of "my entry".
    find: String,
    receipts: Vec<ReceiptLine>,
}

#[derive(Serialize)]
struct ReceiptLine {
    line: usize,
    name: String,
    code: String,
    tickets: Vec<TicketLine>,
}

#[derive(Serialize)]
struct TicketLine {
    draw: String,
    number: String,
}

impl SheetView {
    /// The sheet over an import: each line with its code and its tickets.
    pub fn new(
        language: Language,
        sheet: &Sheet,
        find: String,
        lines: &[(usize, String, Secret)],
        accepted: &[Accepted],
    ) -> SheetView {
        let draw_name = |draw: &str| {
            let drum = sheet.drums.iter().find(|drum| drum.draw() == draw);
            drum.map_or("", |drum| drum.of.name.pick(language))
                .to_owned()
        };
        let receipt = |((line, name, secret), accepted): (&(usize, String, Secret), &Accepted)| {
            let ticket = |placed: &crate::entry::submit::Placed| TicketLine {
                draw: draw_name(&placed.draw),
                number: TicketNumber(placed.index).to_string(),
            };
            ReceiptLine {
                line: *line,
                name: name.clone(),
                code: secret.grouped(),
                tickets: accepted.tickets.iter().map(ticket).collect(),
            }
        };
        SheetView {
            heading: Heading::of(language, &sheet.facts),
            find,
            receipts: lines.iter().zip(accepted).map(receipt).collect(),
        }
    }
}
