//! Answers are counted; they are in no list of winners.
use fairdraw::vault::field::LinkedAnswers;
use fairdraw::vault::{OpenedContact, WinnerExport};

pub fn answers(winner: &OpenedContact<WinnerExport>) -> bool {
    winner.read::<LinkedAnswers>().is_some() //~ E0277
}
