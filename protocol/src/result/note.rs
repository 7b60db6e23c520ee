//! The texts of results and settlements (sections 4.7, 4.8).

use std::fmt::{self, Write as _};

use data_encoding::HEXLOWER;

use super::settle::{SettleCode, SettleLine, SettleNote, Vacate};
use super::{Excluded, Line, Opening, ResultNote, Slot};
use crate::encode::{Hash, sha256};
use crate::record::lines::{Fields, GrammarError, Lines, MAX_INTEGER};
use crate::record::{MAX_TICKETS, VoidCode, heading};

/// Bytes of a usual line with its opening.
const LINE: usize = 160;

impl ResultNote {
    /// The text of section 4.7.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = heading("result");
        text.reserve(LINE * self.lines.len());
        text += &format!("manifest {}\nclose {}\n", self.manifest, self.close);
        for (manifest, outcome) in &self.excluded {
            text += &match outcome {
                Excluded::Result(result) => format!("excluded {manifest} {result}\n"),
                Excluded::Cancelled => format!("excluded {manifest} cancelled\n"),
            };
        }
        for (number, value) in (1..).zip(&self.values) {
            text += &source_line(number, value);
        }
        text += &format!("seed {}\n", self.seed);
        for line in &self.lines {
            line.write(&mut text);
        }
        text + &format!("end {}\n", self.end)
    }

    /// Reads the text of section 4.7.
    ///
    /// # Errors
    ///
    /// The first line that leaves the grammar.
    pub fn parse(text: &str) -> Result<ResultNote, GrammarError> {
        let mut lines = Lines::new(text)?;
        lines.heading("result")?;
        let manifest = lines.hash("manifest")?;
        let close = lines.hash("close")?;
        let mut excluded = Vec::new();
        while let Some(mut fields) = lines.fields_if("excluded")? {
            let manifest = fields.hash()?;
            let outcome = fields.read("a result's hash or cancelled", |token| match token {
                "cancelled" => Some(Excluded::Cancelled),
                token => token.parse().ok().map(Excluded::Result),
            })?;
            fields.end()?;
            excluded.push((manifest, outcome));
        }
        let values = parse_values(&mut lines)?;
        let seed = lines.hash("seed")?;
        let mut drawn = Vec::new();
        while let Some(mut fields) = lines.fields_if("draw")? {
            drawn.push(parse_draw(&mut fields)?);
        }
        while let Some(mut fields) = lines.fields_if("unfilled")? {
            drawn.push(parse_unfilled(&mut fields)?);
        }
        let end = lines.integer("end", 0..=MAX_TICKETS)?;
        lines.end()?;
        Ok(ResultNote {
            manifest,
            close,
            excluded,
            values,
            seed,
            lines: drawn,
            end,
        })
    }

    /// H of the text.
    #[must_use]
    pub fn hash(&self) -> Hash {
        sha256(self.to_text().as_bytes())
    }
}

impl SettleNote {
    /// The text of section 4.8.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = heading("settle");
        text += &format!("manifest {}\nresult {}\n", self.manifest, self.result);
        text += &format!("seq {}\nprev {}\n", self.seq, self.prev);
        text += &format!("vacates {}\n", self.vacates.len());
        for Vacate { slot, index, code } in &self.vacates {
            text += &format!("vacate {slot} {index} {code}\n");
        }
        for line in &self.lines {
            text += &match line {
                SettleLine::Fill {
                    slot,
                    index,
                    reserve,
                } => format!("fill {slot} {index} reserve/{reserve}\n"),
                SettleLine::Draw(line) => line.to_text(),
            };
        }
        text + &format!("end {}\n", self.end)
    }

    /// Reads the text of section 4.8.
    ///
    /// # Errors
    ///
    /// The first line that leaves the grammar.
    pub fn parse(text: &str) -> Result<SettleNote, GrammarError> {
        let mut lines = Lines::new(text)?;
        lines.heading("settle")?;
        let manifest = lines.hash("manifest")?;
        let result = lines.hash("result")?;
        let mut fields = lines.fields("seq")?;
        let seq = fields.integer32(1..=u32::MAX)?;
        fields.end()?;
        let prev = lines.hash("prev")?;
        let count = lines.integer("vacates", 1..=MAX_INTEGER)?;
        let mut vacates = Vec::new();
        for _ in 0..count {
            vacates.push(parse_vacate(&mut lines.fields("vacate")?)?);
        }
        let mut filled = Vec::new();
        loop {
            if let Some(mut fields) = lines.fields_if("fill")? {
                filled.push(parse_fill(&mut fields)?);
            } else if let Some(mut fields) = lines.fields_if("draw")? {
                filled.push(SettleLine::Draw(parse_draw(&mut fields)?));
            } else if let Some(mut fields) = lines.fields_if("unfilled")? {
                filled.push(SettleLine::Draw(parse_unfilled(&mut fields)?));
            } else {
                break;
            }
        }
        let end = lines.integer("end", 0..=MAX_TICKETS)?;
        lines.end()?;
        Ok(SettleNote {
            manifest,
            result,
            seq,
            prev,
            vacates,
            lines: filled,
            end,
        })
    }

    /// H of the text.
    #[must_use]
    pub fn hash(&self) -> Hash {
        sha256(self.to_text().as_bytes())
    }
}

impl Line {
    /// The line as results and settlements write it, with its line feed.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    /// [`Line::to_text`] behind what stands in a text already.
    fn write(&self, text: &mut String) {
        let written = match self {
            Line::Void { j, index, code } => writeln!(text, "draw {j} {index} void {code}"),
            Line::Dup { j, index, opening } => {
                writeln!(text, "draw {j} {index} dup {}", Opened(opening))
            }
            Line::Slot {
                j,
                index,
                slot,
                opening: Some(opening),
            } => writeln!(text, "draw {j} {index} {slot} {}", Opened(opening)),
            Line::Slot {
                j,
                index,
                slot,
                opening: None,
            } => writeln!(text, "draw {j} {index} {slot} unopened"),
            Line::Unfilled { slot } => writeln!(text, "unfilled {slot}"),
        };
        written.expect("writing to a string does not fail");
    }
}

/// An opening as a line says it.
struct Opened<'a>(&'a Opening);

impl fmt::Display for Opened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Opening {
            tag,
            bind,
            ticket_no,
        } = self.0;
        write!(f, "{tag} {bind} {ticket_no}")
    }
}

pub(super) fn source_line(number: usize, value: &[u8]) -> String {
    format!("source {number} {}\n", HEXLOWER.encode(value))
}

fn parse_values(lines: &mut Lines<'_>) -> Result<Vec<Vec<u8>>, GrammarError> {
    let mut values: Vec<Vec<u8>> = Vec::new();
    while let Some(mut fields) = lines.fields_if("source")? {
        let number = fields.integer(1..=4)?;
        if number != values.len() as u64 + 1 {
            return Err(fields.expected("the next source number"));
        }
        let value = fields.read("a value in hexadecimal digits", |token| {
            HEXLOWER.decode(token.as_bytes()).ok()
        })?;
        fields.end()?;
        values.push(value);
    }
    if values.is_empty() {
        return Err(lines.expected("a source line next"));
    }
    Ok(values)
}

fn parse_slot(fields: &mut Fields<'_>) -> Result<Slot, GrammarError> {
    fields.read("a slot", |token| token.parse().ok())
}

fn parse_index(fields: &mut Fields<'_>) -> Result<u64, GrammarError> {
    fields.integer(0..=MAX_TICKETS - 1)
}

fn parse_opening(fields: &mut Fields<'_>) -> Result<Opening, GrammarError> {
    let opening = Opening {
        tag: fields.hash()?,
        bind: fields.hash()?,
        ticket_no: fields.integer32(0..=u32::MAX)?,
    };
    fields.end()?;
    Ok(opening)
}

fn parse_draw(fields: &mut Fields<'_>) -> Result<Line, GrammarError> {
    let j = parse_index(fields)?;
    let index = parse_index(fields)?;
    let what = fields.token("void, dup or a slot")?;
    match what {
        "void" => {
            let code = fields.read("one of the codes W, D, I, T", VoidCode::from_letter)?;
            fields.end()?;
            Ok(Line::Void { j, index, code })
        }
        "dup" => {
            let opening = parse_opening(fields)?;
            Ok(Line::Dup { j, index, opening })
        }
        slot => {
            let slot = slot.parse().ok();
            let slot = slot.ok_or(fields.expected("void, dup or a slot"))?;
            let opening = if fields.only("unopened") {
                None
            } else {
                Some(parse_opening(fields)?)
            };
            Ok(Line::Slot {
                j,
                index,
                slot,
                opening,
            })
        }
    }
}

fn parse_unfilled(fields: &mut Fields<'_>) -> Result<Line, GrammarError> {
    let slot = parse_slot(fields)?;
    fields.end()?;
    Ok(Line::Unfilled { slot })
}

fn parse_vacate(fields: &mut Fields<'_>) -> Result<Vacate, GrammarError> {
    let slot = parse_slot(fields)?;
    let index = parse_index(fields)?;
    let code = fields.read("one of the codes F, D, I, E", SettleCode::from_letter)?;
    fields.end()?;
    Ok(Vacate { slot, index, code })
}

fn parse_fill(fields: &mut Fields<'_>) -> Result<SettleLine, GrammarError> {
    let slot = fields.read("a prize slot", |token| match token.parse() {
        Ok(slot @ Slot::Prize { .. }) => Some(slot),
        _ => None,
    })?;
    let index = parse_index(fields)?;
    let reserve = fields.read("a reserve slot", |token| match token.parse() {
        Ok(Slot::Reserve(place)) => Some(place),
        _ => None,
    })?;
    fields.end()?;
    Ok(SettleLine::Fill {
        slot,
        index,
        reserve,
    })
}
