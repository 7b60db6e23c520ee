//! Ticket numbers as people see them: the index in the log and a Damm check digit (D3).
//!
//! Invariant: there is no second numbering; the number is the leaf's index. The check digit finds
//! every single wrong digit and every swap of two neighbours.

use std::fmt;
use std::str::FromStr;

use super::secret::narrow;

/// Damm's totally anti-symmetric quasigroup of order 10 (H. M. Damm, 2004).
const QUASIGROUP: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// The index of a leaf, shown with its check digit, for example `317-7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketNumber(pub u64);

/// Why a typed ticket number was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TicketNumberError {
    /// Not digits, a hyphen and one digit.
    #[error("a ticket number looks like 317-7")]
    Form,
    /// The check digit does not fit: a digit was mistyped.
    #[error("the check digit does not fit the number")]
    Check,
}

impl TicketNumber {
    /// Damm's check digit over the decimal digits of the index.
    #[must_use]
    pub fn check_digit(self) -> u8 {
        let digits = self.0.to_string();
        digits.bytes().fold(0, |interim, digit| {
            QUASIGROUP[usize::from(interim)][usize::from(digit - b'0')]
        })
    }
}

impl fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.0, self.check_digit())
    }
}

impl FromStr for TicketNumber {
    type Err = TicketNumberError;

    /// Reads `317-7`; spaces and full-width forms are accepted, a missing hyphen is not (`317`
    /// could otherwise pass for number 31).
    fn from_str(text: &str) -> Result<Self, TicketNumberError> {
        let typed: String = text
            .chars()
            .map(narrow)
            .filter(|character| !character.is_whitespace())
            .map(|character| match character {
                '‐'..='―' | '−' => '-',
                other => other,
            })
            .collect();
        let (index, check) = typed.split_once('-').ok_or(TicketNumberError::Form)?;
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let plain = index == "0" || !index.starts_with('0');
        if !digits(index) || !digits(check) || check.len() != 1 || !plain {
            return Err(TicketNumberError::Form);
        }
        let number = index
            .parse::<u32>()
            .ok()
            .map(|index| TicketNumber(u64::from(index)))
            .ok_or(TicketNumberError::Form)?;
        if check.as_bytes()[0] - b'0' == number.check_digit() {
            Ok(number)
        } else {
            Err(TicketNumberError::Check)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_number_is_read_back_as_it_was_shown() {
        for index in (0..5000).chain([999_999, 4_294_967_294]) {
            let shown = TicketNumber(index).to_string();
            assert_eq!(shown.parse(), Ok(TicketNumber(index)));
        }
        assert_eq!(TicketNumber(572).to_string(), "572-4", "Damm's own example");
        assert_eq!(" ５７２ － ４ ".parse(), Ok(TicketNumber(572)));
    }

    #[test]
    fn one_wrong_digit_or_a_swap_of_neighbours_is_caught() {
        for index in 100..1500_u64 {
            let check = TicketNumber(index).check_digit();
            let digits: Vec<u8> = index.to_string().into_bytes();
            for position in 0..digits.len() {
                for digit in b'0'..=b'9' {
                    let mut typed = digits.clone();
                    typed[position] = digit;
                    let same = typed == digits;
                    let text = String::from_utf8(typed).expect("digits");
                    let read = format!("{text}-{check}").parse::<TicketNumber>();
                    assert_eq!(read.is_ok(), same, "{index} typed as {text}");
                }
                let mut swapped = digits.clone();
                if position > 0 && swapped[position] != swapped[position - 1] {
                    swapped.swap(position, position - 1);
                    let text = String::from_utf8(swapped).expect("digits");
                    assert!(format!("{text}-{check}").parse::<TicketNumber>().is_err());
                }
            }
        }
    }

    #[test]
    fn a_number_without_its_check_digit_is_not_guessed_at() {
        for typed in ["317", "317-", "-4", "0317-7", "317-74", "3 1 7", "", "x-1"] {
            assert_eq!(
                typed.parse::<TicketNumber>(),
                Err(TicketNumberError::Form),
                "{typed}"
            );
        }
    }
}
