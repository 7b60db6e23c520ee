//! The data inventory: which field is read for which purpose, on what ground, until when, where.
//!
//! Invariant: `docs/data-inventory.md` is what [`markdown`] gives, and a test compares them, so
//! the published page cannot say less than the code does.
//!
//! Not here: the notice that an entrant reads (`policy`), which is made of an activity's own
//! settings.

use super::access::{Audience, PurposeFacts, Retention};
use super::field::FieldKind;
use super::purpose;

/// `docs/data-inventory.md`.
pub fn markdown() -> String {
    let mut page = String::from(HEAD);
    page += "\n## Fields and purposes\n\n";
    page += "| Field | Purpose | Legal basis | Until | Where | Key |\n";
    page += "|---|---|---|---|---|---|\n";
    for field in FieldKind::ALL {
        for purpose in purpose::ALL.iter().filter(|p| p.reads.contains(&field)) {
            page += &row(field, purpose);
        }
    }
    page += "\n## Purposes\n\n";
    page += "| Purpose | What for | Whose data |\n";
    page += "|---|---|---|\n";
    for purpose in purpose::ALL {
        page += &format!(
            "| `{}` | {} | {} |\n",
            purpose.code,
            purpose.about.trim(),
            whose(purpose.of)
        );
    }
    page += "\n## Until when\n\n";
    page += "| Until | Purposes |\n";
    page += "|---|---|\n";
    for until in Retention::ALL {
        let codes = purpose::ALL.iter().filter(|purpose| purpose.until == until);
        let codes: Vec<String> = codes.map(|purpose| format!("`{}`", purpose.code)).collect();
        page += &format!("| {} | {} |\n", until.words(), codes.join(", "));
    }
    page += TAIL;
    page
}

fn row(field: FieldKind, purpose: &PurposeFacts) -> String {
    let (place, key) = place(field, purpose.of);
    format!(
        "| {} (`{}`) | `{}` | {} | {} | {place} | {key} |\n",
        title(field),
        field.code(),
        purpose.code,
        purpose.basis.articles(),
        purpose.until.words(),
    )
}

fn title(field: FieldKind) -> &'static str {
    match field {
        FieldKind::Name => "name",
        FieldKind::Phone => "telephone number",
        FieldKind::Email => "e-mail address",
        FieldKind::PostalCode => "postal code",
        FieldKind::County => "county or city",
        FieldKind::District => "district",
        FieldKind::AddressLine => "address",
        FieldKind::LinkedAnswers => "answers of a judged contest or quiz",
        FieldKind::UnlinkedAnswers => "answers of a survey",
        FieldKind::NationalId => "ID number",
        FieldKind::RegisteredAddress => "registered address",
        FieldKind::RequestText => "request and answer",
        FieldKind::KeptReceipts => "receipts kept in an account",
    }
}

/// Where a field is, and what opens it.
fn place(field: FieldKind, of: Audience) -> (&'static str, &'static str) {
    match (field, of) {
        (FieldKind::LinkedAnswers, Audience::NobodyInParticular) => (
            "`vault_items.sealed`, named by the entry",
            "the activity's answers key",
        ),
        (FieldKind::UnlinkedAnswers, _) => (
            "`unlinked_answers.sealed`, named by nothing, in the order of random ids, sealed anew after the close",
            "the activity's answers key",
        ),
        (_, Audience::TheEntrant) => (
            "`vault_items.own_copy`",
            "the activity's key and the receipt secret together",
        ),
        (_, Audience::Consenting) => (
            "`vault_items.sealed`, a box of its own for each provider that was ticked",
            "the activity's notify key, for that provider",
        ),
        (_, Audience::Payees) => ("`tax_rows.sealed`", "the key of the year"),
        (_, Audience::Requesters) => ("`vault_items.sealed`", "the key of the quarter"),
        (_, Audience::Subscribers) => (
            "`subscribers.sealed`; `subscriber_moves.sealed` and `subscription_letters.sealed` for a day or two",
            "the key of the newsletter",
        ),
        (FieldKind::KeptReceipts, _) => (
            "`member_receipts.sealed`, as long with none in it as with many",
            "the key of the members",
        ),
        (_, Audience::Members | Audience::TheMember) => (
            "`members.sealed`; `member_askings.sealed` and `member_letters.sealed` for a day or two",
            "the key of the members",
        ),
        (_, Audience::Writers) => ("`vault_items.sealed`", "the key of the month"),
        (_, Audience::Entering) => ("in no table", "the key of letters to people who enter"),
        (_, Audience::Named) => (
            "`vault_items.sealed`, or `held_items.sealed` under a hold",
            "the activity's notify key, or the key of the hold",
        ),
        (_, _) => ("`vault_items.sealed`", "the activity's notify key"),
    }
}

fn whose(of: Audience) -> &'static str {
    match of {
        Audience::Winners => "holders of a prize by the verified result, and called reserves",
        Audience::Seated => {
            "people who hold a place in a session or wait for one, at most as many as were published"
        }
        Audience::TheEntrant => "the person whose receipt secret opens the copy",
        Audience::NobodyInParticular => "answers without their people",
        Audience::Consenting => "people who ticked that provider before they filled in the form",
        Audience::Payees => "winners whose prize the tax law lists",
        Audience::Named => {
            "people named in an approved disclosure, at most the operator's number in a year"
        }
        Audience::Everybody => "everybody whose contact is kept; nobody is shown anything",
        Audience::Requesters => "people who asked the library about their data",
        Audience::Subscribers => {
            "people who subscribed to the newsletter; nobody is shown anything"
        }
        Audience::Members => "people with an account; nobody is shown anything",
        Audience::TheMember => "the person whose account it is, while signed in",
        Audience::Writers => "people who wrote to the library",
        Audience::Entering => "people who asked for a link to enter; nobody is shown anything",
    }
}

const HEAD: &str = "# Data inventory

This page is generated from `src/vault/purpose.rs` and `src/vault/field.rs`; a test fails when it differs.
Write it anew with `FAIRDRAW_WRITE_DOCS=1 cargo test --lib the_data_inventory`.

Every field below is sealed before it is stored, and opens only for a purpose listed here.
Each opening of a contact is in the audit record and in the key folder's ledger before it happens.
On the purge date the activity's key is destroyed, and with it every copy of the sealed fields, backups included.
";

const TAIL: &str = "
## What stands beside the sealed fields

Nothing here tells who somebody is; it is listed because it is about one person's entry.

| What | What for | Until | Where |
|---|---|---|---|
| keyed tag of the number of a library card | who may enter, where that is a list of cards; equal to no tag of an entry | the purge date of the activity | `admission_cards.tag` |
| hash of an invitation code | letting in whoever has it, once | until it is used or taken back; the purge date of the activity | `admission_codes.hash` |
| keyed tag of the ID number, library card, telephone or e-mail | one entry a person; the card at the desk | the purge date of the activity | `tickets.tag` |
| keyed tag of the ID number, library card, telephone or e-mail | one place a person in a session; the card at the door | the purge date of the activity; zeros once the place is given back | `seats.tag` |
| session, order of arrival, state, and whether the person came | the place, the line and the door | the purge date of the activity | `seats` |
| why staff took a place back, in words without a name | the person reads it | the purge date of the activity; the audit record keeps it too | `seats.reason` |
| that a letter was written about a place, and what became of it | telling people in sessions once each | the purge date of the activity | `seat_letters` |
| binding of the ticket to its person, keyed by the receipt | the proof that a receipt gives | the purge date of the activity | `tickets.bind` |
| keyed fingerprint of the receipt code | finding the entry again | the purge date of the activity | `entries.lookup` |
| the same, hashed once more | telling the person, after the purge, that a row is kept | as long as the row | `tax_rows.finder`, `held_items.finder` |
| hour of the entry, language of the page, fingerprint of the notice | showing the person their entry | the purge date of the activity | `entries` |
| which boxes belong to an entry | opening a winner's contact | the purge date of the activity | `entries`, `tickets` |
| keyed tag of a subscriber's e-mail address | one subscription an address | until the person leaves | `subscribers.tag`, `subscriber_moves.tag` |
| the same, of somebody who left or whose address is refused | never writing there again | until the person subscribes anew | `suppressed_addresses.tag` |
| topics, language, consent with its hour | what is sent, and on whose word | until the person leaves | `subscribers`, `subscriber_topics` |
| that an issue was sent to a subscriber, and what became of it | sending each letter once | 30 days after the issue; without the subscriber as soon as that person leaves | `newsletter_letters` |
| keyed tag of a member's e-mail address | one account an address | until the account is deleted; two days where the link was never used | `members.tag`, `member_askings.tag`, `member_letters.tag` |
| language, fingerprint of the passphrase, tries, consent with its hour, sessions, second step | signing in | until the account is deleted | `members`, `member_sessions`, `member_factors`, `member_recovery` |
| keyed tag of who a member is at a provider elsewhere, which provider, the hour of linking | signing in by it | until it is unlinked or the account is deleted | `member_openid` |
| topic of a letter to the library, whether an answer is wished, hour, state, and which member of staff did what | answering it | two years after the last letter at most, as set | `feedback`, `feedback_letters`, `feedback_events` |
| keyed fingerprint of the reference code | finding the letter again | as long as the letter | `feedback.lookup` |
| that a box was opened, when, by which role and why | the person's own page; the record of acts | kept; its ids lead nowhere after the purge | `audit_records` |

Where two of three librarians hold shares, the notify key of an activity needs two of those shares beside the activity's key.

## What is never stored

ID numbers are not stored at entry, sealed or not.
The one exception is a winner whose prize the tax law lists: the number is typed at the claim and sealed to the year's key.
Numbers of library cards are not stored at all.
From either comes the tag `HMAC-SHA-256(K, subject)` with a key K per activity that only the vault holds.
It tells that two entries are of one person within one activity, and nothing once K is destroyed.

The receipt secret is not stored.
From it comes `lookup`, by which an entry is found, and the key of the entrant's own copy.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_inventory_is_what_the_code_does() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/data-inventory.md");
        if std::env::var_os("FAIRDRAW_WRITE_DOCS").is_some() {
            std::fs::write(path, markdown()).expect("written");
        }
        let written = std::fs::read_to_string(path).expect("docs/data-inventory.md");
        assert!(
            written == markdown(),
            "docs/data-inventory.md differs from the code; see its second paragraph"
        );
    }

    #[test]
    fn every_field_has_a_purpose_and_every_purpose_a_field() {
        for field in FieldKind::ALL {
            assert!(purpose::ALL.iter().any(|p| p.reads.contains(&field)));
        }
        assert!(purpose::ALL.iter().all(|p| !p.reads.is_empty()));
        let mut codes: Vec<&str> = purpose::ALL.iter().map(|p| p.code).collect();
        codes.dedup();
        assert_eq!(codes.len(), purpose::ALL.len());
    }
}
