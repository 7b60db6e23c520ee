//! Views of the receipt page.
//!
//! Not here: what the receipt is made of ([`crate::entry::receipt`]).

use lucky_draw::ticket::{Secret, TicketNumber};
use lucky_draw::tree::leaf_hash;
use serde::Serialize;

use crate::entry::receipt::{Found, Receipt};
use crate::platform::clock::{DAY, Timestamp};
use crate::platform::text::Language;
use crate::platform::web::qr::QrView;
use crate::seats::wire::SeatView;

/// The receipt of one entry.
#[derive(Serialize)]
pub struct ReceiptView {
    title: String,
    slug: String,
    /// The receipt code in groups, with its check character.
    code: String,
    taken_hour: i64,
    closes_at: i64,
    purges_at: i64,
    /// The end of the objection window.
    freezes_at: i64,
    /// The latest moment at which a winner has to have answered.
    answer_by: i64,
    tickets: Vec<TicketView>,
    /// The place, where places go to whoever comes first.
    seat: Option<SeatView>,
    qr: Option<QrView>,
    /// Where the shareable proof is checked; holds nothing secret.
    proof_qr: Option<QrView>,
    /// Whether the account keeps the receipt: `yes`, `full`, or nothing where that was not asked.
    kept: &'static str,
}

/// What only an entry in a draw has.
#[derive(Serialize)]
pub struct TicketView {
    number: String,
    draw: String,
    /// The draw's name; empty where the activity has one draw.
    name: String,
    draws_at: i64,
    commitment: String,
    /// The first 16 digits, which a person compares.
    /// What the published list will show: the hash of the leaf.
    leaf: String,
    /// Its first 16 digits.
    fingerprint: String,
    rules: String,
    size: String,
    checkpoint: String,
}

impl ReceiptView {
    /// The page of an entry; `find_url` is the whole address of "my entry".
    pub fn new(
        lang: Language,
        found: &Found,
        receipts: &[Receipt],
        secret: &Secret,
        find_url: &str,
        at: Timestamp,
    ) -> ReceiptView {
        let facts = &found.facts;
        ReceiptView {
            title: facts.title.pick(lang).to_owned(),
            slug: facts.slug.clone(),
            code: secret.grouped(),
            taken_hour: found.entry.taken_hour.0,
            closes_at: facts.closes_at.0,
            purges_at: facts.purges_at.0,
            freezes_at: facts.freezes_at.0,
            answer_by: facts.draws_at.plus(facts.claim_days * DAY).0,
            tickets: receipts
                .iter()
                .map(|receipt| {
                    (
                        receipt,
                        leaf_hash(receipt.commitment.as_bytes()).to_string(),
                    )
                })
                .map(|(receipt, leaf)| TicketView {
                    number: TicketNumber(receipt.index).to_string(),
                    draw: receipt.draw.clone(),
                    name: receipt.name.pick(lang).to_owned(),
                    draws_at: receipt.draws_at.0,
                    commitment: receipt.commitment.to_string(),
                    fingerprint: leaf[..16].to_owned(),
                    leaf,
                    rules: receipt.base.to_string(),
                    size: receipt.size.to_string(),
                    checkpoint: receipt.checkpoint.clone(),
                })
                .collect(),
            seat: found.seat.as_ref().map(|held| SeatView::of(lang, held, at)),
            qr: QrView::of(find_url),
            proof_qr: None,
            kept: "",
        }
    }

    /// With what became of the wish to keep it in an account.
    pub fn kept(mut self, kept: Option<&str>) -> ReceiptView {
        self.kept = match kept {
            Some("yes") => "yes",
            Some("full") => "full",
            Some("no") => "no",
            _ => "",
        };
        self
    }

    /// With the whole address of the page that checks a shareable proof.
    pub fn checked_at(mut self, url: &str) -> ReceiptView {
        if !self.tickets.is_empty() {
            self.proof_qr = QrView::of(url);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use crate::platform::text::message;

    use super::*;

    #[test]
    fn what_a_receipt_proves_is_said_in_sixty_characters_each() {
        let is_han = |letter: &char| ('\u{4e00}'..='\u{9fff}').contains(letter);
        let date = "115 年 11 月 21 日（六）17:00";
        for (id, args) in [
            ("entry-receipt-in", [("hour", date), ("number", "317-4")]),
            (
                "entry-receipt-must",
                [("fingerprint", "9f2c 41aa 07de 5b18"), ("", "")],
            ),
            (
                "entry-receipt-missing",
                [("page", "查驗報名證明"), ("", "")],
            ),
        ] {
            let args = args.map(|(name, value)| (name, value.into()));
            let words = message(Language::ZhTw, id, &args);
            assert!(words.chars().filter(is_han).count() <= 60, "{words}");
        }
    }
}
