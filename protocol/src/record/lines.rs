//! Reading the strict line grammar that all records share (section 4.1).
//!
//! Invariant: only ASCII 0x20-0x7E and line feeds, one space between fields, every line ended,
//! decimal integers without sign or leading zero; anything else is an error with its line.

use crate::encode::{Hash, PREFIX};

/// The largest integer of the grammar: JavaScript reads it exactly.
pub(crate) const MAX_INTEGER: u64 = (1 << 53) - 1;

/// Where and how a text leaves its grammar. Lines count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GrammarError {
    /// A byte outside ASCII 0x20-0x7E and the line feed.
    #[error("line {line}: expected plain ASCII, found another character")]
    Character {
        /// The line.
        line: usize,
    },
    /// The text is empty or its last line has no line feed.
    #[error("line {line}: expected a line feed at the end")]
    Unterminated {
        /// The line.
        line: usize,
    },
    /// Something else stands where `what` belongs.
    #[error("line {line}: expected {what}")]
    Expected {
        /// The line.
        line: usize,
        /// What belongs there.
        what: &'static str,
    },
    /// The line goes on after its last field.
    #[error("line {line}: expected the end of the line")]
    LongLine {
        /// The line.
        line: usize,
    },
    /// The text goes on after its last line.
    #[error("line {line}: expected the end of the text")]
    LongText {
        /// The line.
        line: usize,
    },
}

/// The lines of one text, read in order.
pub(crate) struct Lines<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Result<Lines<'a>, GrammarError> {
        let line_of = |position: usize| 1 + text[..position].matches('\n').count();
        // All that is allowed is one byte long, so a stray byte begins a stray character.
        let stray = text
            .bytes()
            .position(|byte| !matches!(byte, b' '..=b'~' | b'\n'));
        if let Some(position) = stray {
            let line = line_of(position);
            return Err(GrammarError::Character { line });
        }
        if !text.ends_with('\n') {
            let line = line_of(text.len());
            return Err(GrammarError::Unterminated { line });
        }
        Ok(Lines {
            rest: text,
            line: 0,
        })
    }

    /// The first line: the protocol's name and the kind of text.
    pub(crate) fn heading(&mut self, kind: &'static str) -> Result<(), GrammarError> {
        let mut fields = self.fields(PREFIX)?;
        if fields.token(kind)? != kind {
            return Err(fields.expected(kind));
        }
        fields.end()
    }

    /// The next line, which must start with `keyword`.
    pub(crate) fn fields(&mut self, keyword: &'static str) -> Result<Fields<'a>, GrammarError> {
        self.line += 1;
        let mut fields = Fields {
            rest: None,
            line: self.line,
        };
        let (line, rest) = self.rest.split_once('\n').ok_or(fields.expected(keyword))?;
        fields.rest = Some(line);
        if fields.token(keyword)? != keyword {
            return Err(fields.expected(keyword));
        }
        self.rest = rest;
        Ok(fields)
    }

    /// The next line if it starts with `keyword`.
    pub(crate) fn fields_if(
        &mut self,
        keyword: &'static str,
    ) -> Result<Option<Fields<'a>>, GrammarError> {
        let line = self.rest.split_once('\n').map_or("", |(line, _)| line);
        let next = line.split(' ').next();
        if next == Some(keyword) {
            return self.fields(keyword).map(Some);
        }
        Ok(None)
    }

    /// The next line as a whole.
    pub(crate) fn line(&mut self, what: &'static str) -> Result<&'a str, GrammarError> {
        self.line += 1;
        let (line, rest) = self.rest.split_once('\n').ok_or(self.expected(what))?;
        self.rest = rest;
        Ok(line)
    }

    /// Whether there is no further line.
    pub(crate) fn is_over(&self) -> bool {
        self.rest.is_empty()
    }

    /// A line of one keyword and one hash.
    pub(crate) fn hash(&mut self, keyword: &'static str) -> Result<Hash, GrammarError> {
        let mut fields = self.fields(keyword)?;
        let hash = fields.hash()?;
        fields.end()?;
        Ok(hash)
    }

    /// A line of one keyword and one integer within `range`.
    pub(crate) fn integer(
        &mut self,
        keyword: &'static str,
        range: std::ops::RangeInclusive<u64>,
    ) -> Result<u64, GrammarError> {
        let mut fields = self.fields(keyword)?;
        let value = fields.integer(range)?;
        fields.end()?;
        Ok(value)
    }

    /// The error for the line last read.
    pub(crate) fn expected(&self, what: &'static str) -> GrammarError {
        GrammarError::Expected {
            line: self.line,
            what,
        }
    }

    pub(crate) fn end(&self) -> Result<(), GrammarError> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(GrammarError::LongText {
            line: self.line + 1,
        })
    }
}

/// The fields of one line, read in order.
pub(crate) struct Fields<'a> {
    rest: Option<&'a str>,
    line: usize,
}

impl<'a> Fields<'a> {
    /// The next field, whatever it is.
    pub(crate) fn token(&mut self, what: &'static str) -> Result<&'a str, GrammarError> {
        let expected = self.expected(what);
        let rest = self.rest.ok_or(expected)?;
        let (token, rest) = match rest.split_once(' ') {
            Some((token, rest)) => (token, Some(rest)),
            None => (rest, None),
        };
        if token.is_empty() {
            return Err(expected);
        }
        self.rest = rest;
        Ok(token)
    }

    /// The next field as `read` understands it.
    pub(crate) fn read<T>(
        &mut self,
        what: &'static str,
        read: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<T, GrammarError> {
        let token = self.token(what)?;
        read(token).ok_or(self.expected(what))
    }

    /// Whether `word` is all that is left of the line; it is then read.
    pub(crate) fn only(&mut self, word: &str) -> bool {
        let only = self.rest == Some(word);
        if only {
            self.rest = None;
        }
        only
    }

    pub(crate) fn hash(&mut self) -> Result<Hash, GrammarError> {
        self.read("64 lower-case hexadecimal digits", |token| {
            token.parse().ok()
        })
    }

    /// A decimal integer within `range`.
    pub(crate) fn integer(
        &mut self,
        range: std::ops::RangeInclusive<u64>,
    ) -> Result<u64, GrammarError> {
        self.read("a decimal integer within its range", |token| {
            integer(token).filter(|value| range.contains(value))
        })
    }

    /// A decimal integer within `range`, whose end is below 2^32.
    pub(crate) fn integer32(
        &mut self,
        range: std::ops::RangeInclusive<u32>,
    ) -> Result<u32, GrammarError> {
        self.read("a decimal integer within its range", |token| {
            let value = u32::try_from(integer(token)?).ok()?;
            range.contains(&value).then_some(value)
        })
    }

    pub(crate) fn expected(&self, what: &'static str) -> GrammarError {
        GrammarError::Expected {
            line: self.line,
            what,
        }
    }

    pub(crate) fn end(&self) -> Result<(), GrammarError> {
        match self.rest {
            None => Ok(()),
            Some(_) => Err(GrammarError::LongLine { line: self.line }),
        }
    }
}

/// A decimal integer without sign or leading zero, below 2^53.
pub(crate) fn integer(token: &str) -> Option<u64> {
    let canonical = token == "0" || !token.starts_with('0');
    let digits = !token.is_empty() && token.bytes().all(|b| b.is_ascii_digit());
    (canonical && digits)
        .then(|| token.parse().ok())
        .flatten()
        .filter(|value| *value <= MAX_INTEGER)
}
