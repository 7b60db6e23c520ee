//! What crosses the boundary of who is let in: files of cards in, the page of staff out.
//!
//! Invariant: what cannot be read of a file is told by the numbers of its lines, never by what stands
//! there.

use serde::Serialize;
use zeroize::Zeroizing;

use crate::activity::wire::Heading;
use crate::activity::{Eligibility, Facts};
use crate::identity::library_card::LibraryCard;
use crate::identity::typed;
use crate::platform::mail::MailFacts;
use crate::platform::templates::letterhead::Sender;
use crate::platform::text::{self, Language};
use crate::platform::web::form::Mistakes;
use crate::platform::web::qr::QrView;

use super::cards;
use super::codes::{self, Batch, Code, MOST};

/// Most cards of one file.
pub const MOST_CARDS: usize = 500_000;
/// So many lines are named that cannot be read.
const MOST_LINES: usize = 20;

/// A file of cards that was read.
pub struct CardFile {
    /// What the tag of each card is made of, in the order of the file.
    pub subjects: Vec<Zeroizing<String>>,
    /// The first lines that cannot be read, from 1.
    pub unreadable: Vec<usize>,
}

impl CardFile {
    /// Reads one number a line, or the first column of a CSV; a heading may stand above.
    pub fn read(file: &str) -> CardFile {
        let mut read = CardFile {
            subjects: Vec::new(),
            unreadable: Vec::new(),
        };
        for (line, number) in file.lines().zip(1_usize..) {
            let cell = line.split([',', ';', '\t']).next().unwrap_or("");
            let cell = cell.trim().trim_matches('"');
            if typed::is_blank(cell) {
                continue;
            }
            match LibraryCard::parse(cell) {
                // Numbers have digits, words of a heading have none.
                _ if number == 1 && !typed::folded(cell).contains(is_digit) => {}
                Ok(card) => read.subjects.push(card.subject()),
                Err(_) if read.unreadable.len() < MOST_LINES => read.unreadable.push(number),
                Err(_) => {}
            }
        }
        read
    }

    /// What keeps the file from being taken, in the reader's language.
    pub fn trouble(&self, language: Language) -> Option<String> {
        let say = |id: &str, args: &[(&str, text::Value<'_>)]| text::message(language, id, args);
        let most = i64::try_from(MOST_CARDS).unwrap_or(i64::MAX);
        if !self.unreadable.is_empty() {
            let lines: Vec<String> = self.unreadable.iter().map(usize::to_string).collect();
            let lines = lines.join(match language {
                Language::ZhTw => "、",
                Language::En => ", ",
            });
            Some(say(
                "admission-cards-unreadable",
                &[("lines", lines.into())],
            ))
        } else if self.subjects.is_empty() {
            Some(say("admission-cards-empty", &[]))
        } else if self.subjects.len() > MOST_CARDS {
            Some(say("admission-cards-many", &[("most", most.into())]))
        } else {
            None
        }
    }
}

fn is_digit(letter: char) -> bool {
    letter.is_ascii_digit()
}

/// What of lists and codes is known when the page is shown.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// Cards on the list.
    pub cards: u64,
    /// Batches of codes.
    pub batches: Vec<Batch>,
}

/// A batch of codes, for staff.
#[derive(Serialize)]
struct BatchRow {
    id: String,
    made_at: i64,
    used: u64,
    unused: u64,
    withdrawn: u64,
}

impl BatchRow {
    fn of(batch: &Batch) -> BatchRow {
        BatchRow {
            id: batch.id.to_string(),
            made_at: batch.made_at.0,
            used: batch.used(),
            unused: batch.unused,
            withdrawn: batch.withdrawn,
        }
    }
}

/// The sheet of new invitations, shown once.
#[derive(Serialize)]
pub struct SheetView {
    heading: Heading,
    address: String,
    invitations: Vec<Invitation>,
}

#[derive(Serialize)]
struct Invitation {
    code: String,
    qr: Option<QrView>,
}

/// Where an invitation leads: the code stands behind the #, so that no server is sent it.
fn link(address: &str, code: &Code) -> String {
    format!("{address}#invitation={}", code.grouped())
}

impl SheetView {
    /// Invitations to the form at `address`.
    pub fn of(language: Language, facts: &Facts, address: String, codes: &[Code]) -> SheetView {
        let invitation = |code: &Code| Invitation {
            code: code.grouped(),
            qr: QrView::of(&link(&address, code)),
        };
        SheetView {
            heading: Heading::of(language, facts),
            invitations: codes.iter().map(invitation).collect(),
            address,
        }
    }
}

/// The same as a table; a cell holds letters, digits and hyphens alone.
pub fn sheet_csv(address: &str, codes: &[Code]) -> Vec<u8> {
    let mut file = String::from("\u{feff}code,link\r\n");
    for code in codes {
        file.push_str(&format!("{},{}\r\n", code.grouped(), link(address, code)));
    }
    file.into_bytes()
}

/// How many codes are wanted.
pub fn wanted(language: Language, typed: &str) -> Result<u32, Mistakes> {
    match typed.trim().parse() {
        Ok(count) if (1..=MOST).contains(&count) => Ok(count),
        _ => {
            let mut mistakes = Mistakes::new();
            let args = [("most", i64::from(MOST).into())];
            mistakes.add(
                "count",
                text::message(language, "admission-codes-count-unfit", &args),
            );
            Err(mistakes)
        }
    }
}

/// The letter with a link to enter.
#[derive(Serialize)]
pub(super) struct LinkText<'a> {
    pub(super) subject: &'a str,
    pub(super) title: &'a str,
    pub(super) closes_at: i64,
    pub(super) link: &'a str,
    pub(super) sender: Sender<'a>,
}

/// Who is let in, for staff.
#[derive(Serialize)]
pub struct AdmissionView {
    heading: Heading,
    /// The word of `activity::eligibility`.
    eligibility: &'static str,
    /// Who may enter, as everybody reads it.
    told: String,
    draft: bool,
    /// Whether cards can be added, and where their file goes.
    takes_cards: bool,
    files: String,
    may_clear: bool,
    cards: u64,
    most: usize,
    /// Whether codes can be made and taken back.
    takes_codes: bool,
    batches: Vec<BatchRow>,
    /// Links are needed, and there is no mail server.
    lacks_mail: bool,
    most_codes: u32,
    count: String,
    /// Numbers that were pasted and could not be taken.
    pasted: String,
    /// What was done a moment ago.
    did: String,
    /// What is wrong with what was sent.
    pub mistakes: Mistakes,
}

impl AdmissionView {
    /// The page of an activity.
    pub fn of(language: Language, facts: &Facts, standing: Standing) -> AdmissionView {
        let told = facts.eligibility.message_id();
        AdmissionView {
            heading: Heading::of(language, facts),
            eligibility: facts.eligibility.code(),
            told: told.map_or_else(String::new, |id| text::message(language, id, &[])),
            draft: facts.stage == crate::activity::Stage::Draft,
            takes_cards: cards::takes_cards(facts),
            files: format!("{}{}", super::FILES, facts.id),
            may_clear: facts.eligibility == Eligibility::Cards
                && cards::may_be_cleared(facts)
                && standing.cards > 0,
            cards: standing.cards,
            most: MOST_CARDS,
            takes_codes: codes::takes_codes(facts),
            batches: standing.batches.iter().map(BatchRow::of).collect(),
            lacks_mail: false,
            most_codes: MOST,
            count: String::new(),
            pasted: String::new(),
            did: String::new(),
            mistakes: Mistakes::new(),
        }
    }

    /// With the number of codes that was typed, and what is wrong with it.
    pub fn wanting(self, count: &str, mistakes: Mistakes) -> AdmissionView {
        AdmissionView {
            count: count.to_owned(),
            mistakes,
            ..self
        }
    }

    /// Over what is known of the mail server, without which no link can leave.
    pub fn over(self, mail: &MailFacts) -> AdmissionView {
        AdmissionView {
            lacks_mail: self.eligibility == Eligibility::Email.code() && !mail.is_configured(),
            ..self
        }
    }

    /// With the numbers that were pasted.
    pub fn pasting(self, pasted: &str) -> AdmissionView {
        AdmissionView {
            pasted: pasted.to_owned(),
            ..self
        }
    }

    /// With what was done a moment ago.
    pub fn after(self, did: String) -> AdmissionView {
        AdmissionView { did, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &str) -> (Vec<String>, Vec<usize>) {
        let read = CardFile::read(file);
        let subjects = read.subjects.iter().map(|one| one.to_string());
        (subjects.collect(), read.unreadable)
    }

    #[test]
    fn a_list_has_one_number_a_line_or_in_its_first_column() {
        let wanted = vec!["card:A0001".to_owned(), "card:A0002".to_owned()];
        for file in [
            "A0001\nA0002\n",
            "\u{feff}借閱證號\r\na-0001\r\nA 0002\r\n\r\n",
            "card,branch\n\"A0001\",main\nA0002;north\n",
        ] {
            assert_eq!(read(file), (wanted.clone(), Vec::new()), "{file}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_by_its_lines_alone() {
        let (subjects, unreadable) = read("A0001\n王小明\nA0002\n12\n");
        assert_eq!((subjects.len(), unreadable), (2, vec![2, 4]));
        let many = "x\n".repeat(100);
        assert_eq!(read(&format!("1\n{many}")).1.len(), MOST_LINES);
        assert_eq!(read("卡號\n"), (Vec::new(), Vec::new()));
    }
}
