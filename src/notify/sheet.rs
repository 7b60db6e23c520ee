//! Tables as files: CSV for anything, XLSX for Excel.
//!
//! Invariant: no cell can become a formula, whatever a person typed into it; every cell is text.
//! Files are made in memory and never touch a disk.
//!
//! Not here: what stands in the table ([`super::export`]).

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as CellFormat, Workbook, XlsxError};
use zeroize::Zeroizing;

use crate::platform::clock::Timestamp;
use crate::platform::formula::disarmed;

/// In which form a table leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A workbook for Excel and LibreOffice; cells are exactly what people typed.
    Xlsx,
    /// UTF-8 with a byte order mark, every cell in quotes, formulas disarmed by an apostrophe.
    Csv,
}

impl Format {
    /// Both, the safer one first.
    pub const ALL: [Format; 2] = [Format::Xlsx, Format::Csv];

    /// The word in the database and in forms, and the ending of file names.
    pub fn code(self) -> &'static str {
        match self {
            Format::Xlsx => "xlsx",
            Format::Csv => "csv",
        }
    }

    /// Reads [`Format::code`].
    pub fn parse(code: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.code() == code)
    }
}

/// A table of texts that is there as a whole; [`Sheet`] is for one that is made row by row.
pub struct Table {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// As many cells a row as there are columns.
    pub rows: Vec<Vec<Zeroizing<String>>>,
    /// Who made this copy, when, what for, and how many rows it has.
    pub mark: String,
    /// When it was made.
    pub made_at: Timestamp,
}

impl Table {
    /// The whole file.
    pub fn to_bytes(&self, format: Format) -> Result<Vec<u8>, Error> {
        let mut sheet = Sheet::new(format, &self.columns)?;
        for row in &self.rows {
            sheet.add(row)?;
        }
        sheet.finish(&self.mark, self.made_at)
    }
}

/// A table of texts on its way into a file, row by row.
pub enum Sheet {
    /// Bytes behind each other: a row takes no more than its own.
    Csv(Box<Csv>),
    /// A workbook is packed at the end and held as a whole until then.
    Xlsx(Box<Xlsx>),
}

/// CSV so far.
pub struct Csv {
    writer: csv::Writer<Vec<u8>>,
    columns: usize,
}

/// A workbook so far.
pub struct Xlsx {
    workbook: Workbook,
    text: CellFormat,
    line: u32,
}

/// Why a file could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// CSV.
    #[error("the table cannot be written as CSV")]
    Csv(#[from] csv::Error),
    /// XLSX.
    #[error("the table cannot be written as XLSX")]
    Xlsx(#[from] XlsxError),
}

impl Sheet {
    /// A file with these columns and no row.
    pub fn new(format: Format, columns: &[String]) -> Result<Sheet, Error> {
        match format {
            Format::Csv => Ok(Sheet::Csv(Box::new(Csv::new(columns)?))),
            Format::Xlsx => Ok(Sheet::Xlsx(Box::new(Xlsx::new(columns)?))),
        }
    }

    /// One more row; as many cells as there are columns.
    pub fn add(&mut self, row: &[Zeroizing<String>]) -> Result<(), Error> {
        match self {
            Sheet::Csv(csv) => csv.add(row),
            Sheet::Xlsx(xlsx) => xlsx.add(row),
        }
    }

    /// The whole file. `mark` says who made this copy, when, what for, and how many rows it has: the
    /// last line, so that a copy that was cut off is seen to be so.
    pub fn finish(self, mark: &str, made_at: Timestamp) -> Result<Vec<u8>, Error> {
        match self {
            Sheet::Csv(csv) => csv.finish(mark),
            Sheet::Xlsx(xlsx) => xlsx.finish(mark, made_at),
        }
    }
}

impl Csv {
    fn new(columns: &[String]) -> Result<Csv, Error> {
        // Excel reads Chinese only behind a byte order mark.
        let file = "\u{FEFF}".as_bytes().to_vec();
        let mut writer = csv::WriterBuilder::new()
            .quote_style(csv::QuoteStyle::Always)
            .terminator(csv::Terminator::CRLF)
            .from_writer(file);
        writer.write_record(columns.iter().map(|cell| disarmed(cell).into_owned()))?;
        Ok(Csv {
            writer,
            columns: columns.len(),
        })
    }

    fn add(&mut self, row: &[Zeroizing<String>]) -> Result<(), Error> {
        let cells = row
            .iter()
            .map(|cell| Zeroizing::new(disarmed(cell).into_owned()));
        let cells: Vec<Zeroizing<String>> = cells.collect();
        self.writer
            .write_record(cells.iter().map(|cell| cell.as_bytes()))?;
        Ok(())
    }

    fn finish(mut self, mark: &str) -> Result<Vec<u8>, Error> {
        let mut last = vec![String::new(); self.columns];
        if let Some(first) = last.first_mut() {
            *first = disarmed(mark).into_owned();
        }
        self.writer.write_record(&last)?;
        self.writer.flush().map_err(csv::Error::from)?;
        let whole = self.writer.into_inner();
        Ok(whole.map_err(|error| csv::Error::from(error.into_error()))?)
    }
}

impl Xlsx {
    fn new(columns: &[String]) -> Result<Xlsx, Error> {
        let mut workbook = Workbook::new();
        // "@" is Excel's text format: a cell that is edited later does not turn into a number.
        let text = CellFormat::new().set_num_format("@");
        let heading = CellFormat::new().set_num_format("@").set_bold();
        let sheet = workbook.add_worksheet();
        for (column, name) in (0_u16..).zip(columns) {
            sheet.write_string_with_format(0, column, name, &heading)?;
            sheet.set_column_width(column, 18)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        Ok(Xlsx {
            workbook,
            text,
            line: 1,
        })
    }

    fn add(&mut self, row: &[Zeroizing<String>]) -> Result<(), Error> {
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (column, cell) in (0_u16..).zip(row) {
            sheet.write_string_with_format(self.line, column, cell.as_str(), &self.text)?;
        }
        self.line += 1;
        Ok(())
    }

    fn finish(mut self, mark: &str, made_at: Timestamp) -> Result<Vec<u8>, Error> {
        let made_at = ExcelDateTime::from_timestamp(made_at.unix())?;
        self.workbook.set_properties(
            &DocProperties::new()
                .set_creation_datetime(&made_at)
                .set_comment(mark),
        );
        let sheet = self.workbook.worksheet_from_index(0)?;
        sheet.write_string_with_format(self.line, 0, mark, &self.text)?;
        Ok(self.workbook.save_to_buffer()?)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};
    use proptest::prelude::*;

    use super::*;

    fn table(cells: &[&str], format: Format) -> Vec<u8> {
        let columns = ["姓名".to_owned(), "電話".to_owned()];
        let mut sheet = Sheet::new(format, &columns).expect("a file");
        for row in cells.chunks(2) {
            let cells = row.iter().map(|cell| Zeroizing::new((*cell).to_owned()));
            sheet.add(&cells.collect::<Vec<_>>()).expect("a row");
        }
        let made_at = Timestamp::from_unix(1_795_252_800);
        let whole = sheet.finish("陳館員 2026-12-01 電話通知 1", made_at);
        whole.expect("a file")
    }

    fn read_csv(bytes: &[u8]) -> Vec<Vec<String>> {
        let text = bytes
            .strip_prefix("\u{FEFF}".as_bytes())
            .expect("a byte order mark");
        csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text)
            .records()
            .map(|row| row.expect("CSV").iter().map(str::to_owned).collect())
            .collect()
    }

    fn read_xlsx(bytes: Vec<u8>) -> Vec<Vec<Data>> {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
        let sheet = book.worksheet_range_at(0).expect("a sheet").expect("cells");
        sheet.rows().map(<[Data]>::to_vec).collect()
    }

    const HOSTILE: [&str; 8] = [
        "=HYPERLINK(\"http://evil.example\",\"領獎\")",
        "+886-912",
        "－1＋1",
        "@SUM(A1)",
        "\t=1+1",
        "  ＝cmd|' /C calc'!A0",
        "王,小\"明\n第二行",
        "0912-345-678",
    ];

    #[test]
    fn a_csv_reads_back_with_every_formula_disarmed() {
        let rows = read_csv(&table(&HOSTILE, Format::Csv));
        assert_eq!(rows[0], ["姓名", "電話"]);
        for (cell, typed) in rows[1..].iter().flatten().zip(HOSTILE) {
            let shown = cell.strip_prefix('\'').unwrap_or(cell);
            assert_eq!(shown, typed);
        }
        assert_eq!(rows[1][0].chars().next(), Some('\''));
        assert_eq!(rows[4][1], "0912-345-678");
        assert_eq!(rows[5], ["陳館員 2026-12-01 電話通知 1", ""]);
    }

    #[test]
    fn every_cell_of_a_csv_is_quoted() {
        let bytes = table(&["a", "1"], Format::Csv);
        let text = String::from_utf8(bytes).expect("UTF-8");
        assert!(text.contains("\r\n\"a\",\"1\"\r\n"), "{text}");
    }

    #[test]
    fn a_workbook_reads_back_as_typed_and_as_text() {
        let rows = read_xlsx(table(&HOSTILE, Format::Xlsx));
        for (cell, typed) in rows[1..5].iter().flatten().zip(HOSTILE) {
            assert_eq!(cell, &Data::String(typed.to_owned()));
        }
        assert_eq!(
            rows[5][0],
            Data::String("陳館員 2026-12-01 電話通知 1".to_owned())
        );
    }

    proptest! {
        #[test]
        fn no_cell_starts_a_formula(
            typed in "[ \u{3000}\t\r\n\0]{0,3}[=+\\-@＝＋－＠﹢﹣﹦﹫−]?\\PC{0,20}|\\PC{0,30}",
        ) {
            let cell = disarmed(&typed);
            let visible = cell.trim_start().chars().next();
            prop_assert!(!visible.is_some_and(|c| "=+-@＝＋－＠﹢﹣﹦﹫−".contains(c)), "{cell:?}");
            prop_assert!(!cell.starts_with(['\t', '\r', '\n', '\0']), "{cell:?}");
            prop_assert_eq!(cell.strip_prefix('\'').filter(|rest| *rest == typed).unwrap_or(&cell), &typed);
        }

        #[test]
        fn a_table_of_anything_reads_back(cells in prop::collection::vec("\\PC{0,20}", 2..12)) {
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            let whole = &cells[..cells.len() / 2 * 2];
            let rows = read_csv(&table(whole, Format::Csv));
            prop_assert_eq!(rows.len(), whole.len() / 2 + 2);
            for (cell, typed) in rows[1..].iter().flatten().zip(whole) {
                prop_assert!(cell == typed || cell.strip_prefix('\'') == Some(typed));
            }
        }
    }
}
