//! The objection window: the list is public, corrected in public, and final at the freeze.

use fairdraw::account::name::StaffName;
use fairdraw::account::passphrase::{self, Passphrase};
use fairdraw::account::{self, Role};
use fairdraw::entry::Error as EntryError;
use lucky_draw::record::Close;

use super::*;

on_both! {
    a_correction_is_proposed_by_one_and_confirmed_by_another,
    one_person_alone_corrects_and_the_page_says_so,
    who_withdraws_after_the_close_is_out_at_the_freeze,
    nothing_is_corrected_after_the_freeze,
}

/// A member of staff who can sign in.
pub(super) fn employ(library: &Ceremony, name: &str) -> StaffId {
    let name = StaffName::parse(name).expect("a name");
    let words = Passphrase::parse("correct horse battery staple", &name).expect("long enough");
    let hash = passphrase::hash(&words);
    library
        .db
        .write_now("employ", |tx| {
            account::create_staff(tx, &name, &hash, &[Role::Librarian, Role::DrawOfficer])
        })
        .expect("the account is made")
}

impl Ceremony {
    /// A draw whose list is closed, and the receipt secrets of its entrants; person 0 has entered
    /// a second time, as ticket 8.
    fn closed(&self) -> (ActivityId, DrawId, Vec<Secret>) {
        let (id, draw) = self.published();
        self.clock.stand_at(due().plus(-8 * DAY));
        let mut secrets: Vec<Secret> = (0..8).map(|person| self.enter(&id, person).0).collect();
        secrets.push(self.enter(&id, 0).0);
        self.go_to(due().plus(-2 * DAY), Arc::new(Nobody));
        assert_eq!(self.plan(&id).stage, DrawStage::Closed);
        (id, draw, secrets)
    }

    fn propose(
        &self,
        by: &StaffId,
        draw: &DrawId,
        index: u64,
        code: Option<VoidCode>,
    ) -> Result<(), Error> {
        self.db.write_now("propose", |tx| {
            draw::propose(tx, by, draw, index, code, "規則第 3 條")
        })
    }

    /// Confirms what is proposed now.
    fn confirm(&self, by: &StaffId, draw: &DrawId) -> Result<Close, Error> {
        self.db.write_now("confirm", |tx| {
            let plan = draw::by_id(tx, draw)?;
            let seen = draw::fingerprint(&draw::proposed(tx, &plan)?);
            draw::confirm(tx, &self.vault, by, draw, &seen)
        })
    }

    fn closes(&self, id: &ActivityId) -> Vec<draw::ShownClose> {
        let plan = self.plan(id);
        self.db
            .read_now("closes", |tx| draw::closes(tx, &plan))
            .expect("they can be read")
    }

    /// From the window to a bundle that verifies; the result's winners.
    fn draw_it(&self, id: &ActivityId, draw: &DrawId) -> Vec<u64> {
        self.go_to(due().plus(-HOUR), Arc::new(Nobody));
        assert_eq!(self.plan(id).stage, DrawStage::Frozen);
        self.clock.stand_at(due());
        self.receive(draw, &recorded(ROUND)).expect("the round");
        assert_verifies(&self.bundle(id), &Options::default());
        let plan = self.plan(id);
        self.db
            .read_now("holdings", |tx| draw::holdings(tx, &plan))
            .expect("the result can be read")
            .iter()
            .map(|held| held.index)
            .collect()
    }
}

fn a_correction_is_proposed_by_one_and_confirmed_by_another(engine: Engine) {
    let library = Ceremony::on(engine);
    let (one, other) = (
        employ(&library, "first.hand"),
        employ(&library, "second.hand"),
    );
    let (id, draw, _) = library.closed();
    assert_eq!(library.closes(&id)[0].close.voids, [(8, VoidCode::D)]);

    library
        .propose(&one, &draw, 0, Some(VoidCode::T))
        .expect("a ticket");
    library
        .propose(&one, &draw, 3, Some(VoidCode::I))
        .expect("a ticket");
    let own = library.confirm(&one, &draw);
    assert!(matches!(own, Err(Error::SecondPerson)), "{own:?}");
    let close = library.confirm(&other, &draw).expect("another person");
    // Ticket 0 was the first of its person: ticket 8 takes part instead.
    assert_eq!(close.seq, 1);
    assert_eq!(close.voids, [(0, VoidCode::T), (3, VoidCode::I)]);
    let closes = library.closes(&id);
    assert_eq!(closes[1].close.root, closes[0].close.root);
    let changes = [
        (0, None, Some(VoidCode::T)),
        (3, None, Some(VoidCode::I)),
        (8, Some(VoidCode::D), None),
    ];
    assert_eq!(closes[1].changes, changes);
    assert!(!closes[1].alone);
    let empty = library.confirm(&other, &draw);
    assert!(matches!(empty, Err(Error::NothingChanges)));

    // Ticket 3 was right after all.
    library.propose(&other, &draw, 3, None).expect("it is out");
    let nothing = library.propose(&other, &draw, 4, None);
    assert!(
        matches!(nothing, Err(Error::NothingChanges)),
        "it takes part"
    );
    let unknown = library.propose(&other, &draw, 9, None);
    assert!(matches!(unknown, Err(Error::NoTicket)));
    let seen = library
        .db
        .read_now("seen", |tx| {
            let plan = draw::by_id(tx, &draw)?;
            Ok::<_, Error>(draw::fingerprint(&draw::proposed(tx, &plan)?))
        })
        .expect("proposals can be read");
    library
        .propose(&other, &draw, 5, Some(VoidCode::I))
        .expect("a ticket");
    let moved = library.db.write_now("confirm", |tx| {
        draw::confirm(tx, &library.vault, &one, &draw, &seen)
    });
    assert!(
        matches!(moved, Err(Error::Moved)),
        "only what was seen counts"
    );
    library
        .db
        .write_now("drop", |tx| draw::drop_proposal(tx, &one, &draw, 5))
        .expect("it is there");
    let close = library.confirm(&one, &draw).expect("another person");
    assert_eq!((close.seq, close.voids), (2, vec![(0, VoidCode::T)]));

    let client = library.client();
    for language in Language::ALL {
        let page = client.get(language.url(&format!("/d/{draw}"))).dispatch();
        let html = page.into_string().unwrap_or_default();
        for words in ["close-0.note", "close-1.note", "close-2.note"] {
            assert!(html.contains(words), "{words}: {html}");
        }
    }
    let winners = library.draw_it(&id, &draw);
    assert!(!winners.contains(&0) && winners.len() == 7, "{winners:?}");
    let bundle = library.bundle(&id);
    assert!(bundle.file("close-2.note").is_some());
}

fn one_person_alone_corrects_and_the_page_says_so(engine: Engine) {
    let library = Ceremony::on(engine);
    let alone = employ(&library, "only.hand");
    let (id, draw, _) = library.closed();
    library
        .propose(&alone, &draw, 2, Some(VoidCode::I))
        .expect("a ticket");
    library
        .confirm(&alone, &draw)
        .expect("there is nobody else");
    assert!(library.closes(&id)[1].alone);
    let client = library.client();
    let page = client.get(format!("/en/d/{draw}")).dispatch();
    let html = page.into_string().unwrap_or_default();
    assert!(html.contains("has one member of staff"), "{html}");
    library.draw_it(&id, &draw);
}

fn who_withdraws_after_the_close_is_out_at_the_freeze(engine: Engine) {
    let library = Ceremony::on(engine);
    let (id, draw, secrets) = library.closed();
    library.clock.stand_at(due().plus(-DAY));
    library.withdraw(&secrets[0]);
    library.withdraw(&secrets[5]);
    assert_eq!(
        library.closes(&id).len(),
        1,
        "the note comes with the freeze"
    );
    let winners = library.draw_it(&id, &draw);
    let closes = library.closes(&id);
    assert_eq!(closes.len(), 2);
    let voids = [(0, VoidCode::W), (5, VoidCode::W)];
    assert_eq!(closes[1].close.voids, voids, "ticket 8 takes part again");
    assert!(winners.iter().all(|index| *index != 0 && *index != 5));

    let lookup = library
        .vault
        .lookup(&secrets[6])
        .expect("the vault answers");
    let late = library
        .db
        .write_now("withdraw", |tx| own::withdraw(tx, &lookup).map(|_| ()));
    assert!(matches!(late, Err(EntryError::Ended)), "{late:?}");
}

fn nothing_is_corrected_after_the_freeze(engine: Engine) {
    let library = Ceremony::on(engine);
    let (one, other) = (
        employ(&library, "first.hand"),
        employ(&library, "second.hand"),
    );
    let (id, draw, _) = library.closed();
    library
        .propose(&one, &draw, 2, Some(VoidCode::I))
        .expect("a ticket");
    // The time is over, though the freeze has not come yet.
    library.clock.stand_at(due().plus(-HOUR));
    let late = library.confirm(&other, &draw);
    assert!(matches!(late, Err(Error::WindowOver)), "{late:?}");
    let winners = library.draw_it(&id, &draw);
    assert_eq!(
        library.closes(&id).len(),
        1,
        "what nobody confirmed does not count"
    );
    assert_eq!(winners.len(), 7);
    for step in [
        library.propose(&one, &draw, 3, Some(VoidCode::I)),
        library.confirm(&other, &draw).map(|_| ()),
    ] {
        assert!(matches!(
            step,
            Err(Error::OtherStage {
                found: DrawStage::Drawn
            })
        ));
    }
}
