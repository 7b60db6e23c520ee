//! A person in several draws: a ticket and a proof in every session, or in the one pool that was picked.

use super::*;

on_both! {
    one_entry_has_a_ticket_and_a_proof_in_every_session,
    a_person_takes_part_in_one_pool,
}

fn one_entry_has_a_ticket_and_a_proof_in_every_session(engine: Engine) {
    let library = Library::open(engine, Arrangement::Sessions, &sessions());
    library.enter(1, None);
    let visitor = library.app.visitor();
    let receipt = enter_by_hand(&library, &visitor, 2, None);
    assert_eq!(receipt.texts(".receipt .big"), ["1-3", "1-3", "1-3"]);
    for name in ["s1", "s2", "s3"] {
        assert!(receipt.html.contains(&format!("場次 {name}")), "{name}");
    }
    let secret = Secret::parse(&receipt.text("#secret")).expect("a receipt code");

    let file = visitor.get("/receipt/file");
    assert_eq!(file.status, Status::Ok);
    let zip = Bundle::from_zip(&file.bytes).expect("a zip of proofs");
    let names: Vec<&str> = zip.iter().map(|(name, _)| name).collect();
    let number = TicketNumber(1);
    let expected = ["s1", "s2", "s3"]
        .map(|draw| format!("secret-receipt-book-swap-{draw}-{number}.tlog-proof"));
    assert_eq!(names, expected);

    let shared = visitor.get("/receipt/proof");
    let shared = Bundle::from_zip(&shared.bytes).expect("a zip of proofs");
    assert_eq!(shared.iter().count(), 3);

    library.freeze();
    library.app.go_to(time_of(FIRST).plus(2_000));
    library.receive(0, FIRST).expect("drawn");
    let proof = std::str::from_utf8(zip.file(names[0]).expect("there")).expect("ASCII");
    let options = Options {
        receipt: Some(TlogProof::parse(proof).expect("a tlog-proof")),
        id: Some(national_id::synthetic_citizen(2).subject().to_string()),
        ..Options::default()
    };
    let report = verify(&library.bundle(0), &options);
    assert_eq!(report.exit_code(), 0, "{}", report.result_line());

    // Before the close a withdrawal takes the tickets of all sessions out.
    let library = Library::open(engine, Arrangement::Sessions, &sessions());
    let (secret_of_other, placed) = library.enter(5, None);
    assert_eq!(placed.len(), 3);
    let lookup = library
        .app
        .app
        .vault
        .lookup(&secret_of_other)
        .expect("a lookup");
    library.write(|tx| own::withdraw(tx, &lookup).map(|_| ()).map_err(Error::from));
    for plan in library.plans() {
        let voids = library.read(|tx| Ok(entry::voids(tx, &library.id, plan.id.as_str())?));
        assert_eq!(voids, [(0, VoidCode::W)], "{}", plan.slug);
    }
    drop(secret);
}

/// Fills the form, sends the check page and opens the receipt.
fn enter_by_hand(
    library: &Library,
    visitor: &Person<'_>,
    person: u64,
    pool: Option<usize>,
) -> crate::support::app::Answer {
    let page = visitor.get("/a/book-swap/enter");
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    let id = national_id::synthetic_citizen(person).as_str().to_owned();
    let name = format!(
        "王小{}",
        ["明", "華", "美"][usize::try_from(person % 3).expect("small")]
    );
    let phone = format!("0912345{person:03}");
    let mut values = vec![
        ("name", name.as_str()),
        ("national_id", id.as_str()),
        ("phone", phone.as_str()),
        ("consent", "yes"),
    ];
    let picked = pool.map(|at| library.plans()[at].id.0.clone());
    if let Some(picked) = &picked {
        values.push(("pool", picked));
    }
    let check = visitor.send(&page, "/a/book-swap/enter", &values);
    assert_eq!(check.status, Status::Ok, "{}", check.mistakes());
    let sent = visitor.send(&check, "/a/book-swap/check", &[]);
    assert_eq!(sent.status, Status::SeeOther, "{}", sent.mistakes());
    let receipt = visitor.get(&sent.location);
    assert_eq!(receipt.status, Status::Ok, "{}", receipt.mistakes());
    receipt
}

fn a_person_takes_part_in_one_pool(engine: Engine) {
    let pools = [planned("east", &[]), planned("west", &[])];
    let library = Library::open(engine, Arrangement::Pools, &pools);
    let visitor = library.app.visitor();
    let page = visitor.get("/a/book-swap/enter");
    assert_eq!(page.texts("input[name=pool]").len(), 2);
    let id = national_id::synthetic_citizen(1).as_str().to_owned();
    let unpicked = visitor.send(
        &page,
        "/a/book-swap/enter",
        &[
            ("name", "王小明"),
            ("national_id", &id),
            ("phone", "0912345001"),
            ("consent", "yes"),
        ],
    );
    assert_eq!(unpicked.status, Status::UnprocessableEntity);
    assert!(unpicked.mistakes().contains("請選擇要參加的組別"));

    let receipt = enter_by_hand(&library, &visitor, 1, Some(1));
    assert_eq!(receipt.texts(".receipt .big"), ["0-0"]);
    assert!(receipt.html.contains("場次 west") && !receipt.html.contains("場次 east"));

    // The same person picks the other pool later: the first of the list counts.
    library.enter(1, Some(0));
    for person in 2..6 {
        library.enter(person, Some(1));
    }
    let voids = |at: usize| {
        let plan = library.plans().remove(at);
        library.read(|tx| Ok(entry::voids(tx, &library.id, plan.id.as_str())?))
    };
    assert_eq!(voids(0), []);
    assert_eq!(voids(1), [(0, VoidCode::D)]);
    let counts = library.read(|tx| Ok(entry::count(tx, &library.id)?));
    assert_eq!(
        (counts.taken, counts.duplicates),
        (6, 0),
        "nobody knows before the close"
    );

    library.freeze();
    let counts = library.read(|tx| Ok(entry::count(tx, &library.id)?));
    assert_eq!(counts.duplicates, 1);
    library.app.go_to(time_of(SECOND).plus(2_000));
    let east = library.receive(0, SECOND).expect("drawn");
    let west = library.receive(1, SECOND).expect("drawn");
    assert_eq!(holders(&east).len(), 1, "one person picked the east");
    assert_eq!(holders(&west).len(), 3);
    assert!(holders(&east).is_disjoint(&holders(&west)));
    assert_ne!(east.seed, west.seed, "the same round, another list");
    library.assert_verifies(0);
    library.assert_verifies(1);
}
