//! Who did not win stays closed, whoever asks; and where three librarians have shares, who won does
//! too, until two of them come.

use fairdraw::vault::{
    BoundBox, Error, NotAWinner, Refusal, Sealed, VerifiedDraw, record_named, sealed,
};

use super::*;

on_both! {
    t25_contacts_of_those_who_did_not_win_stay_closed,
    letters_wait_until_two_librarians_have_given_their_shares,
    shares_are_shown_once_and_only_before_publishing,
}

impl Library {
    fn verified(&self) -> VerifiedDraw {
        let (db, vault, plan) = (&self.app.app.db, &self.app.app.vault, self.plan());
        let bundle = db
            .read_now("bundle", |tx| draw::bundle(tx, vault, &plan))
            .expect("the bundle can be put together");
        let verified = vault.verified(self.id.as_str(), &bundle);
        verified.expect("the draw verifies")
    }

    /// Every act in the record of this activity.
    fn acts(&self) -> BTreeSet<String> {
        let filter = audit::Filter {
            activity: self.id.0.clone(),
            ..audit::Filter::default()
        };
        let page = |page| {
            let read = self
                .app
                .app
                .db
                .read_now("record", |tx| audit::list(tx, &filter, page));
            read.expect("the record can be read")
        };
        let pages = (1..=page(1).pages).flat_map(|number| page(number).records);
        pages.map(|line| line.act).collect()
    }

    /// The sealed contact behind a ticket, with what it is bound to.
    fn contact(&self, index: u64) -> (Sealed, lucky_draw::encode::Hash, lucky_draw::encode::Hash) {
        let plan = self.plan();
        let read = self.app.app.db.read_now("contact", |tx| {
            let ticket = entry::ticket(tx, &self.id, &plan.id.0, index)?;
            let ticket = ticket.expect("a ticket");
            let item = ticket.contact_item.expect("a contact");
            let found = sealed(tx, self.id.as_str(), &item)?.expect("a box");
            Ok::<_, entry::Error>((found, ticket.tag, ticket.notice))
        });
        read.expect("the entry is there")
    }
}

fn t25_contacts_of_those_who_did_not_win_stay_closed(engine: Engine) {
    let library = Library::with_winners(engine, "");
    let admin = library.app.first_admin();
    let held: BTreeSet<u64> = library.winners().iter().map(|claim| claim.index).collect();
    let draw = library.verified();
    let losers: Vec<u64> = (0..12).filter(|index| !held.contains(index)).collect();
    assert_eq!(losers.len(), 9);
    for index in &losers {
        // No proof, so no letter, call, export or handover can name the ticket.
        let Err(why) = draw.winner(*index) else {
            panic!("ticket {index} did not win");
        };
        assert!(matches!(
            why,
            NotAWinner::HoldsNothing | NotAWinner::NotCalled
        ));
        // Nor is it opened as a disclosure, which the operator has not allowed.
        let (found, tag, notice) = library.contact(*index);
        let bound = BoundBox {
            item: found.item,
            tag,
            notice,
            sealed: found.sealed,
        };
        let place = (library.id.as_str(), library.id.as_str());
        let recorded = library.app.app.db.write_now("name", |tx| {
            record_named(
                tx,
                &Actor::System,
                "",
                place,
                "judicial",
                vec![bound.clone()],
            )
        });
        let opened = library
            .app
            .app
            .vault
            .open_named(recorded.expect("recorded"));
        assert!(matches!(opened, Err(Error::Refused(Refusal::NotAllowed))));
    }
    // The desk calls and hands over by prize: what nobody holds, or who waits, is nobody.
    for slot in ["reserve/1", "reserve/4", "voucher/3", "grand/2"] {
        for act in ["call", "claim"] {
            let path = format!("{}/{act}", library.path(&format!("/winners/{slot}")));
            let fields = [("reason", "no-answer"), ("national_id", "A123456789")];
            let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let answer = admin.post(&path, &fields);
            assert_ne!(answer.status, Status::Ok, "{slot} {act}");
            assert!(!answer.html.contains("0912-345"), "{slot} {act}");
        }
    }
    let file = export(&admin, &library, "csv");
    for index in losers {
        assert!(
            !file.html.contains(&format!("王小{index},")),
            "ticket {index}"
        );
    }
    let opened = library.app.app.vault.openings(library.id.as_str());
    assert_eq!(opened.expect("counted"), 3, "the winners of the export");
}

/// Makes the shares in the staff pages, as the printed sheets show them.
fn make_shares(admin: &Person<'_>, id: &ActivityId) -> Vec<String> {
    let path = format!("/staff/activities/{id}/shares");
    let page = admin.get(&path);
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    let unsure = admin.send(&page, &path, &[]);
    assert_eq!(unsure.status, Status::UnprocessableEntity);
    let made = admin.send(&page, &path, &[("sure", "yes")]);
    assert_eq!(made.status, Status::Ok, "{}", made.mistakes());
    let shares = made.texts(".secret");
    assert_eq!(shares.len(), 3);
    shares
}

/// A second browser of the first admin.
fn sign_in_again(library: &Library) -> Person<'_> {
    let person = library.app.visitor();
    let page = person.get("/staff/sign-in");
    let values = [
        ("name", "陳館員"),
        ("passphrase", "correct horse battery staple"),
    ];
    let done = person.send(&page, "/staff/sign-in", &values);
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    person
}

fn letters_wait_until_two_librarians_have_given_their_shares(engine: Engine) {
    let sink = MailSink::start();
    let entrants: Vec<Entrant> = (0..12).map(own).collect();
    let mut shares = Vec::new();
    let library = Library::prepared(engine, &sink.url(), &entrants, |app, id| {
        shares = make_shares(&app.first_admin(), id);
    });
    let admin = sign_in_again(&library);
    let path = format!("/staff/draws/{}/unlock", library.plan().id);
    assert!(admin.get(&library.path("/winners")).html.contains(&path));
    let refused = export(&admin, &library, "csv");
    assert_eq!(refused.status, Status::Forbidden);
    assert!(refused.html.contains("保管"), "{}", refused.text("main"));
    assert!(!library.acts().contains("vault.opened"), "nobody was");
    library.begin();
    assert!(sink.mails().is_empty(), "letters wait");

    let give = |person: &Person<'_>, share: &str| {
        let page = person.get(&path);
        person.send(&page, &path, &[("share", share)])
    };
    let slip = give(&admin, &format!("U{}", &shares[0][1..]));
    assert_eq!(
        slip.status,
        Status::UnprocessableEntity,
        "a slip of the pen"
    );
    let nothing = give(&admin, " ");
    assert!(
        nothing.mistakes().contains("請輸入保管碼"),
        "{}",
        nothing.mistakes()
    );
    assert_eq!(give(&admin, &shares[0]).status, Status::SeeOther);
    let half = admin.get(&path).text("main");
    assert!(half.contains("前輸入"), "until when: {half}");
    // Two shares of one person are one librarian.
    let same = give(&admin, &shares[1]);
    assert_eq!(same.status, Status::UnprocessableEntity);
    assert!(
        same.mistakes().contains("同一個人輸入"),
        "{}",
        same.mistakes()
    );
    assert!(admin.get(&path).html.contains("第二份"));
    assert_eq!(export(&admin, &library, "csv").status, Status::Forbidden);
    let librarian = sign_in_librarian(&library);
    assert_eq!(
        give(&librarian, &shares[2].to_lowercase()).status,
        Status::SeeOther
    );
    assert_eq!(export(&admin, &library, "csv").status, Status::Ok);
    library.later(5 * MINUTE);
    assert_eq!(sink.mails().len(), 3, "the winners are told");

    let page = librarian.get(&path);
    let locked = librarian.send(&page, &path, &[]);
    assert_eq!(locked.status, Status::SeeOther, "{}", locked.mistakes());
    assert_eq!(export(&admin, &library, "csv").status, Status::Forbidden);
    let acts = library.acts();
    for act in [
        "vault.shares_made",
        "vault.share_given",
        "vault.unlocked",
        "vault.locked",
    ] {
        assert!(acts.contains(act), "{act}: {acts:?}");
    }
}

fn shares_are_shown_once_and_only_before_publishing(engine: Engine) {
    let entrants: Vec<Entrant> = (0..12).map(own).collect();
    let mut shares = Vec::new();
    let library = Library::prepared(engine, "", &entrants, |app, id| {
        let admin = app.first_admin();
        let first = make_shares(&admin, id);
        shares = make_shares(&admin, id);
        let path = format!("/staff/activities/{id}/shares");
        let page = admin.get(&path);
        assert!(!page.html.contains(&shares[0]) && !page.html.contains(&first[0]));
        // Without librarians after all: the page that made the shares also drops them.
        let fields = [("action", "drop")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let dropped = admin.post(&path, &fields);
        assert_eq!(dropped.status, Status::SeeOther, "{}", dropped.mistakes());
    });
    let admin = sign_in_again(&library);
    let path = format!("/staff/activities/{}/shares", library.id);
    let fields = [("action", "make"), ("sure", "yes")];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let late = admin.post(&path, &fields);
    assert_ne!(late.status, Status::Ok, "the activity is published");
    assert!(late.texts(".secret").is_empty());
    assert_eq!(export(&admin, &library, "csv").status, Status::Ok);
    for prefix in ["", "/en"] {
        let draw = library.plan().id;
        for page in [path.clone(), format!("/staff/draws/{draw}/unlock")] {
            assert_eq!(admin.get(&format!("{prefix}{page}")).status, Status::Ok);
        }
    }
}
