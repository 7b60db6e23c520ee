//! Why personal data is read, of whom, and until when: the page an auditor reads.
//!
//! Invariant: a field opens for a purpose that lists it here, or the program does not compile.
//! `docs/data-inventory.md` is generated from this page, so that it and the published policy
//! cannot part. A purpose cannot be added anywhere else.

use super::access::{Audience::*, LegalBasis::*, Retention::*};
use super::field::{
    AddressLine, County, District, Email, KeptReceipts, LinkedAnswers, Name, NationalId, Phone,
    PostalCode, RegisteredAddress, RequestText, UnlinkedAnswers,
};

purposes! {
    /// Telling a winner or a called reserve, by mail, that they won.
    WinnerNotice: "winner-notice", on Consent, until Purge, of Winners,
        reads [Name, Email];

    /// Calling one winner, or one called reserve, whom mail does not reach.
    WinnerCall: "winner-call", on Consent, until Purge, of Winners,
        reads [Name, Phone];

    /// The list of winners that staff with the export permission write to or call from.
    WinnerExport: "winner-export", on Consent, until Purge, of Winners,
        reads [Name, Phone, Email, PostalCode, County, District, AddressLine];

    /// Handing a prize to the person who holds it.
    PrizeHandover: "prize-handover", on Consent, until Purge, of Winners,
        reads [Name];

    /// Showing the masked name of a winner, such as 王○明, in the hall while a draw is shown live.
    LiveReveal: "live-reveal", on Consent, until Purge, of Winners,
        reads [Name];

    /// Telling, by mail from inside the vault, that a place came free or a session is called off.
    SeatNotice: "seat-notice", on Consent, until Purge, of Seated,
        reads [Email];

    /// Showing a person their own entry, opened by the secret that nobody else has.
    OwnCopy: "own-copy", on RightOfAccess, until Purge, of TheEntrant,
        reads [Name, Phone, Email, PostalCode, County, District, AddressLine, LinkedAnswers];

    /// Counting the answers of a survey: no contact field, no person.
    ServiceAnalysis: "service-analysis", on ServiceStatistics, until Purge, of NobodyInParticular,
        reads [LinkedAnswers, UnlinkedAnswers];

    /// Giving a benefit provider the contacts of those people who ticked it, and of nobody else.
    ProviderShare: "provider-share", on SeparateConsent, until Purge, of Consenting,
        reads [Name, Phone, Email, PostalCode, County, District, AddressLine];

    /// Withholding and filing the tax on a prize that the law lists.
    TaxFiling: "tax-filing", on TaxLaw, until TaxDate, of Payees,
        reads [Name, NationalId, RegisteredAddress];

    /// Giving an authority the fields it may ask for, of the people it names, after two have signed.
    Disclosure: "disclosure", on DisclosureByLaw, until HoldDate, of Named,
        reads [Name, Phone, Email, PostalCode, County, District, AddressLine];

    /// Telling people, by mail from inside the vault, that their data was exposed.
    BreachNotice: "breach-notice", on BreachDuty, until Purge, of Everybody,
        reads [Email];

    /// Answering a person who asks the library about their data.
    RightsReply: "rights-reply", on RightOfAccess, until RequestDate, of Requesters,
        reads [Email, Phone, RequestText];

    /// Writing, by mail from inside the vault, to people who subscribed to the newsletter.
    NewsletterLetter: "newsletter-letter", on Subscription, until Leaving, of Subscribers,
        reads [Email];

    /// Writing, by mail from inside the vault, to the owner of an account about that account.
    MemberLetter: "member-letter", on Membership, until Account, of Members,
        reads [Email];

    /// Showing members their own address and the receipts they keep, while they are signed in.
    MemberOwn: "member-own", on Membership, until Account, of TheMember,
        reads [Email, KeptReceipts];

    /// Sending, by mail from inside the vault, the link to enter to the address of whoever asks for it.
    EntranceLetter: "entrance-letter", on OwnRequest, until Letter, of Entering,
        reads [Email];

    /// Answering what somebody wrote to the library, and where wished mailing the answer from inside the vault.
    FeedbackReply: "feedback-reply", on PublicTask, until FeedbackDate, of Writers,
        reads [Email, RequestText];
}
