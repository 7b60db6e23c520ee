//! What a purpose is, and personal data while it is open for one.
//!
//! Invariant: opened text is reached through a purpose that may read its field; it cannot be
//! printed, copied as a whole or written into JSON, and is wiped when dropped.
//!
//! A purpose reads the fields it lists and no other:
//!
//! ```compile_fail,E0277
//! use fairdraw::vault::{OpenedContact, WinnerNotice};
//! fn call(winner: &OpenedContact<WinnerNotice>) -> bool {
//!     winner.read::<fairdraw::vault::Phone>().is_some()
//! }
//! ```
//!
//! Opened text has no `Display`:
//!
//! ```compile_fail,E0277
//! use fairdraw::vault::{Name, Opened};
//! fn log(name: Opened<'_, Name>) -> String {
//!     format!("{name}")
//! }
//! ```
//!
//! and no purpose can be made outside `purpose.rs`:
//!
//! ```compile_fail,E0277
//! use fairdraw::vault::access::{Purpose, PurposeFacts};
//! use fairdraw::vault::WinnerNotice;
//! struct Marketing;
//! impl Purpose for Marketing {
//!     const FACTS: PurposeFacts = WinnerNotice::FACTS;
//! }
//! ```
//!
//! What a purpose lists it reads:
//!
//! ```no_run
//! use fairdraw::vault::{Email, OpenedContact, WinnerNotice};
//! fn write(winner: &OpenedContact<WinnerNotice>) -> Option<&str> {
//!     winner.read::<Email>().map(|email| email.expose())
//! }
//! ```

use std::fmt;
use std::marker::PhantomData;

use zeroize::Zeroizing;

use super::field::{Contact, ContactField, Field, FieldKind};
use crate::platform::text::Language;

/// Sealed traits cannot be implemented outside the vault.
pub(super) mod sealed {
    pub trait Sealed {}

    /// What `purpose.rs` lists; [`super::MayRead`] follows from it and from nothing else.
    pub trait Lists<F> {}
}

/// Why somebody reads personal data; all of them are listed in `purpose.rs`.
pub trait Purpose: sealed::Sealed {
    /// What the listing says.
    const FACTS: PurposeFacts;
}

/// The purpose `Self` may read the field `F`, because `purpose.rs` lists it.
pub trait MayRead<F: Field>: Purpose + sealed::Lists<F> {}

impl<P: Purpose + sealed::Lists<F>, F: Field> MayRead<F> for P {}

/// One purpose, as listed.
#[derive(Clone, Copy, Debug)]
pub struct PurposeFacts {
    /// Its name in records and in the data inventory.
    pub code: &'static str,
    /// What it is for, in a sentence.
    pub about: &'static str,
    /// The ground in law.
    pub basis: LegalBasis,
    /// Until when data may be read for it.
    pub until: Retention,
    /// Whose data it opens.
    pub of: Audience,
    /// Which fields.
    pub reads: &'static [FieldKind],
}

/// The ground in law on which a purpose stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegalBasis {
    /// The person agreed at entry.
    Consent,
    /// The person subscribed, and said so again by a link in a mail.
    Subscription,
    /// The person made an account by a link in a mail.
    Membership,
    /// The person asked for the letter.
    OwnRequest,
    /// The person asks for their own data.
    RightOfAccess,
    /// Statistics of the library's own service.
    ServiceStatistics,
    /// A separate consent for one provider, given before the fields and not ticked for anybody.
    SeparateConsent,
    /// The withholding and reporting of tax on prizes.
    TaxLaw,
    /// An order of a court or another ground that the register of disclosures names.
    DisclosureByLaw,
    /// Telling people that their data was exposed.
    BreachDuty,
    /// The library's own task of answering people who write to it.
    PublicTask,
}

impl LegalBasis {
    /// The articles.
    pub fn articles(self) -> &'static str {
        match self {
            LegalBasis::Consent => {
                "consent at entry (PDPA Art. 15(2), 19(1)(5); GDPR Art. 6(1)(a))"
            }
            LegalBasis::Subscription => {
                "consent given twice, by form and by mail (PDPA Art. 15(2), 19(1)(5); GDPR Art. 6(1)(a), 7)"
            }
            LegalBasis::Membership => {
                "consent when the account was made (PDPA Art. 15(2), 19(1)(5); GDPR Art. 6(1)(a), 7)"
            }
            LegalBasis::OwnRequest => {
                "the person's own request for that letter (PDPA Art. 15(2), 19(1)(5); GDPR Art. 6(1)(a))"
            }
            LegalBasis::RightOfAccess => {
                "the person's own rights (PDPA Art. 3, 10, 11; GDPR Art. 15–17)"
            }
            LegalBasis::ServiceStatistics => {
                "statistics of the library's own service (PDPA Art. 15(1), 16(5); GDPR Art. 6(1)(e), 89)"
            }
            LegalBasis::SeparateConsent => {
                "a separate consent for that provider (PDPA Art. 7, 16(7); GDPR Art. 6(1)(a), 7)"
            }
            LegalBasis::TaxLaw => {
                "reporting of prizes (Income Tax Act Art. 88, 89, 92; GDPR Art. 6(1)(c))"
            }
            LegalBasis::DisclosureByLaw => {
                "a ground of the register of disclosures (PDPA Art. 16; GDPR Art. 6(1)(c))"
            }
            LegalBasis::PublicTask => {
                "the library's own task (PDPA Art. 15(1), 16; GDPR Art. 6(1)(e))"
            }
            LegalBasis::BreachDuty => "telling people of a breach (PDPA Art. 12; GDPR Art. 34)",
        }
    }
}

/// Until when data may be read for a purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retention {
    /// Until the activity's key is destroyed on the day its notice names.
    Purge,
    /// Until five years after the year's prizes were filed.
    TaxDate,
    /// A time after the answer that the library set; then the key of the quarter in which the
    /// request came is destroyed, as soon as no request of the quarter is left.
    RequestDate,
    /// As long as the activity's key, or the key of a legal hold on named rows.
    HoldDate,
    /// Until the person leaves; two days where the link in the mail was never used.
    Leaving,
    /// Until the person deletes the account; two days where the link in the mail was never used.
    Account,
    /// A time after the matter was closed that the library set; then the key of the month in which it
    /// came is destroyed, as soon as no letter of the month is left.
    FeedbackDate,
    /// While the letter is written; nothing is kept.
    Letter,
}

impl Retention {
    /// Each, in the order of the data inventory.
    pub const ALL: [Retention; 8] = [
        Retention::Purge,
        Retention::TaxDate,
        Retention::RequestDate,
        Retention::HoldDate,
        Retention::Leaving,
        Retention::Account,
        Retention::FeedbackDate,
        Retention::Letter,
    ];

    /// The words of the data inventory.
    pub fn words(self) -> &'static str {
        match self {
            Retention::Purge => "until the purge date of the activity, then its key is destroyed",
            Retention::TaxDate => {
                "until 31 December of the fifth year after filing, then the year's key is destroyed"
            }
            Retention::RequestDate => {
                "two years after the answer unless the library set another time; the quarter's key is destroyed when no request of it is left"
            }
            Retention::HoldDate => {
                "until the purge date of the activity, or until a legal hold on the named row ends"
            }
            Retention::Leaving => {
                "until the person leaves the newsletter; two days where the link in the mail was never used"
            }
            Retention::Account => {
                "until the person deletes the account; two days where the link in the mail was never used"
            }
            Retention::Letter => "while the letter is written, some seconds; nothing is kept",
            Retention::FeedbackDate => {
                "180 days after it was closed unless the library set another time, and two years after the last letter in any case; the month's key is destroyed when no letter of it is left"
            }
        }
    }
}

/// The scope to which addresses of subscribers are sealed. It lasts as long as there is a newsletter:
/// each row goes when its person leaves.
pub const SUBSCRIBERS: &str = "_newsletter";

/// The scope to which addresses of members are sealed, and what they keep in their accounts. It lasts
/// as long as there are members: each row goes with its account.
pub const MEMBERS: &str = "_members";

/// The scope to which the address is sealed of somebody who asks for a link to enter, for the moment
/// in which the letter is written; no row holds such a box.
pub(in crate::vault) const ENTERING: &str = "_entering";

/// Whose data a purpose opens; each is a trait, so that a message for one cannot carry another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Holders of a prize by the verified result and settlements, called reserves among them.
    Winners,
    /// People who hold a place in a session or wait for one; nobody is shown to anybody.
    Seated,
    /// The person whose receipt secret opens the copy.
    TheEntrant,
    /// Answers without their people.
    NobodyInParticular,
    /// People who ticked the one provider that gets the rows.
    Consenting,
    /// Winners whose prize the tax law lists.
    Payees,
    /// The people that an approved disclosure names, as many as the operator allows in a year.
    Named,
    /// Everybody whose contact is kept; nothing is shown to anybody.
    Everybody,
    /// People who asked the library about their data.
    Requesters,
    /// People who subscribed to the newsletter; nobody is shown to anybody.
    Subscribers,
    /// People with an account; nobody is shown to anybody.
    Members,
    /// The person whose account it is.
    TheMember,
    /// People who wrote to the library.
    Writers,
    /// People who want to enter and asked for a link; nobody is shown to anybody.
    Entering,
}

impl Audience {
    /// How the names of the scopes begin in which this audience's boxes are; none where the boxes
    /// are an activity's.
    pub fn scope(self) -> Option<&'static str> {
        match self {
            Audience::Payees => Some("_tax-"),
            Audience::Requesters => Some("_requests-"),
            Audience::Subscribers => Some(SUBSCRIBERS),
            Audience::Members | Audience::TheMember => Some(MEMBERS),
            Audience::Writers => Some("_feedback-"),
            Audience::Entering => Some(ENTERING),
            _ => None,
        }
    }

    /// Whether staff may have opened boxes of a scope of this audience.
    pub(super) fn is_shown(self) -> bool {
        !matches!(
            self,
            Audience::Subscribers | Audience::Members | Audience::TheMember | Audience::Entering
        )
    }
}

/// Purposes for which winners' contacts are opened.
pub trait OfWinners: Purpose {}

/// Purposes for which the vault itself opens the addresses of people in sessions.
pub trait OfTheSeated: Purpose {}

/// Purposes for which a person's own copy is opened.
pub trait OfTheEntrant: Purpose {}

/// Purposes for which answers are opened.
pub trait OfNobody: Purpose {}

/// Purposes for which a provider's own boxes are opened.
pub trait OfTheConsenting: Purpose {}

/// Purposes for which named contacts are opened, within the operator's yearly number.
pub trait OfTheNamed: Purpose {}

/// Purposes for which the vault itself opens everybody's address and tells nobody.
pub trait OfEverybody: Purpose {}

/// Purposes for which the vault itself opens the addresses of subscribers and tells nobody.
pub trait OfSubscribers: Purpose {}

/// Purposes for which the vault itself opens the addresses of members and tells nobody.
pub trait OfMembers: Purpose {}

/// Purposes for which the vault itself opens the address of somebody who waits for a link.
pub trait OfTheEntering: Purpose {}

/// Purposes for which a member's own boxes are opened for that member.
pub trait OfTheMember: Purpose {}

/// Purposes for which the boxes of a scope are opened: of payees, of requests, of letters.
pub trait OfAScope: Purpose {}

macro_rules! opened_for {
    (Consenting, $name:ident) => {
        impl super::access::OfTheConsenting for $name {}
    };
    (Seated, $name:ident) => {
        impl super::access::OfTheSeated for $name {}
    };
    (Named, $name:ident) => {
        impl super::access::OfTheNamed for $name {}
    };
    (Everybody, $name:ident) => {
        impl super::access::OfEverybody for $name {}
    };
    (Payees, $name:ident) => {
        impl super::access::OfAScope for $name {}
    };
    (Requesters, $name:ident) => {
        impl super::access::OfAScope for $name {}
    };
    (Subscribers, $name:ident) => {
        impl super::access::OfSubscribers for $name {}
    };
    (Members, $name:ident) => {
        impl super::access::OfMembers for $name {}
    };
    (Entering, $name:ident) => {
        impl super::access::OfTheEntering for $name {}
    };
    (TheMember, $name:ident) => {
        impl super::access::OfTheMember for $name {}
    };
    (Writers, $name:ident) => {
        impl super::access::OfAScope for $name {}
    };
    (Winners, $name:ident) => {
        impl super::access::OfWinners for $name {}
    };
    (TheEntrant, $name:ident) => {
        impl super::access::OfTheEntrant for $name {}
    };
    (NobodyInParticular, $name:ident) => {
        impl super::access::OfNobody for $name {}
    };
}

/// Lists purposes; see `purpose.rs`. One list gives the types, what each may read, and the facts.
macro_rules! purposes {
    ($(
        #[doc = $about:literal]
        $name:ident: $code:literal, on $basis:ident, until $until:ident, of $of:ident,
        reads [$($field:ident),+];
    )+) => {
        $(
            #[doc = $about]
            #[derive(Clone, Copy, Debug)]
            pub enum $name {}

            impl super::access::sealed::Sealed for $name {}

            impl super::access::Purpose for $name {
                const FACTS: super::access::PurposeFacts = super::access::PurposeFacts {
                    code: $code,
                    about: $about,
                    basis: $basis,
                    until: $until,
                    of: $of,
                    reads: &[$(<$field as super::field::Field>::KIND),+],
                };
            }

            opened_for!($of, $name);
            $(impl super::access::sealed::Lists<$field> for $name {})+
        )+

        /// Every purpose there is.
        pub(super) const ALL: &[super::access::PurposeFacts] =
            &[$(<$name as super::access::Purpose>::FACTS),+];
    };
}

/// One person's contact data, open for the purpose `P`.
pub struct OpenedContact<P: Purpose> {
    contact: Contact,
    purpose: PhantomData<P>,
}

impl<P: Purpose> OpenedContact<P> {
    pub(super) fn new(contact: Contact) -> OpenedContact<P> {
        OpenedContact {
            contact: contact.keep_only(P::FACTS.reads),
            purpose: PhantomData,
        }
    }

    /// One field, when the person gave it.
    pub fn read<F: ContactField>(&self) -> Option<Opened<'_, F>>
    where
        P: MayRead<F>,
    {
        F::of(&self.contact).map(|field| Opened::new(field.text()))
    }

    /// The language in which the person entered.
    pub fn language(&self) -> Language {
        self.contact.language
    }
}

impl<P: Purpose> fmt::Debug for OpenedContact<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenedContact({}, …)", P::FACTS.code)
    }
}

/// One opened field. Its text leaves by [`Opened::expose`] alone, which is easy to search for.
pub struct Opened<'a, F: Field> {
    text: &'a str,
    field: PhantomData<F>,
}

impl<'a, F: Field> Opened<'a, F> {
    pub(super) fn new(text: &'a str) -> Opened<'a, F> {
        Opened {
            text,
            field: PhantomData,
        }
    }

    /// The text, for the purpose's own use: a letter, a line of the export, the person's page.
    pub fn expose(&self) -> &'a str {
        self.text
    }
}

impl<F: Field> fmt::Debug for Opened<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opened({})", F::KIND.code())
    }
}

/// The answers of one entry, open for counting.
pub struct OpenedAnswers {
    /// The row they came from; of unlinked answers it names nobody.
    pub item: String,
    json: Zeroizing<String>,
}

impl OpenedAnswers {
    pub(super) fn new(item: String, json: Zeroizing<String>) -> OpenedAnswers {
        OpenedAnswers { item, json }
    }

    /// The answers as the JSON text that was sealed.
    pub fn expose(&self) -> &str {
        &self.json
    }
}

impl fmt::Debug for OpenedAnswers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpenedAnswers(…)")
    }
}
