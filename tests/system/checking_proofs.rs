//! Proofs of entry: checked before and after the close, forged, exchanged, and sent by mistake.

use fairdraw::audit::Actor;
use fairdraw::draw::{self, DrawId};
use fairdraw::platform::clock::{DAY, HOUR};
use fairdraw::vault::{CheckpointOf, Vault};
use lucky_draw::encode::{Hash, sha256};
use lucky_draw::note::{Checkpoint, SignedNote, TlogProof};
use lucky_draw::result::SettleCode;
use lucky_draw::tree::{MemoryTree, leaf_hash, verify_inclusion};
use rocket::http::Status;

use crate::support::app::Answer;
use crate::support::canary::Scan;
use crate::support::life::{Life, Patron, ROUND_TIME};
use crate::support::{Engine, log};

on_both! {
    a_proof_is_genuine_before_the_close_and_in_the_list_after_it,
    a_secret_receipt_is_refused_and_is_nowhere_afterwards,
    what_another_site_signed_or_somebody_changed_is_no_proof,
    a_ticket_that_we_signed_and_do_not_list_is_our_fault,
    two_lists_under_our_signature_are_our_fault,
    a_number_is_looked_up_and_a_wrong_one_is_explained,
    the_list_and_every_place_in_it_are_files,
    big_files_are_built_once_and_anew_when_the_draw_goes_on,
}

const PAGE: &str = "/a/summer-2024/proof";
const ORIGIN: &str = "lib.example.tw/summer-2024";

/// What somebody takes home.
struct Taken {
    code: String,
    secret: String,
    shareable: String,
}

/// Enters, and fetches both files with the receipt code.
fn enter(life: &Life, patron: u64) -> Taken {
    let code = life.enter(&Patron::number(patron)).text("#secret");
    let person = life.app.visitor();
    let mine = person.send(&person.get("/entry"), "/entry", &[("code", &code)]);
    let receipt = person.send(&mine, "/entry/receipt", &[]);
    assert_eq!(receipt.status, Status::SeeOther, "{}", receipt.mistakes());
    let file = |path: &str, name: &str| {
        let file = person.get(path);
        assert_eq!(file.status, Status::Ok, "{path}");
        let given = file.header("Content-Disposition");
        assert!(given.contains(&format!("\"{name}-summer-2024-")), "{given}");
        file.html
    };
    Taken {
        secret: file("/receipt/file", "secret-receipt"),
        shareable: file("/receipt/proof", "shareable-proof"),
        code,
    }
}

fn close(life: &Life) {
    life.app.go_to(ROUND_TIME.plus(-2 * DAY + HOUR));
}

/// Uploads a proof, and pastes it as an editor of Windows would have it; both answers are one.
fn check(life: &Life, proof: &str) -> Answer {
    let visitor = life.app.visitor();
    let sent = visitor.upload(PAGE, "file", "a.tlog-proof", proof.as_bytes());
    let page = visitor.get(PAGE);
    let windows = proof.replace('\n', "\r\n");
    let pasted = visitor.send(&page, PAGE, &[("proof", &windows)]);
    assert_eq!(sent.status, pasted.status, "{}", sent.text("main"));
    assert_eq!(sent.html, pasted.html);
    sent
}

fn heading(answer: &Answer) -> String {
    answer.text(".panel h2")
}

fn a_proof_is_genuine_before_the_close_and_in_the_list_after_it(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let early = enter(&life, 0);
    for n in 1..6 {
        life.enter(&Patron::number(n));
    }
    let late = enter(&life, 6);

    for proof in [&early.shareable, &late.shareable] {
        let answer = check(&life, proof);
        assert_eq!(answer.status, Status::Ok);
        assert_eq!(heading(&answer), "證明是真的，名冊還沒公布");
        assert!(
            answer.texts("table").is_empty(),
            "no place is told before the close"
        );
    }

    close(&life);
    let answer = check(&life, &early.shareable);
    assert_eq!(heading(&answer), "號碼 0-0 在名冊裡");
    assert_eq!(
        answer.texts("details tbody tr").len(),
        3,
        "seven tickets, three steps"
    );
    assert_eq!(heading(&check(&life, &late.shareable)), "號碼 6-8 在名冊裡");
    let both = format!("{}{}", early.shareable, late.shareable);
    assert_eq!(check(&life, &both).texts(".panel.success h2").len(), 2);
    let english = life.app.visitor().upload(
        &format!("/en{PAGE}"),
        "file",
        "a",
        late.shareable.as_bytes(),
    );
    assert_eq!(heading(&english), "Ticket 6-8 is in the list");
}

fn a_secret_receipt_is_refused_and_is_nowhere_afterwards(engine: Engine) {
    log::keep();
    let life = Life::published(engine, |_| ());
    let taken = enter(&life, 0);
    let extra = |text: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix("extra "));
        line.expect("a receipt has data of its own").to_owned()
    };
    let secret = extra(&taken.secret);

    let refused = check(&life, &taken.secret);
    assert_eq!(refused.status, Status::UnprocessableEntity);
    assert_eq!(heading(&refused), "這是只給自己的回條，沒有查驗");
    let links = refused.html.contains(&format!("/d/{}/verify", life.draw));
    assert!(links, "the way to check it at home");
    // Cut short, or with the shareable one before it, it is still a secret.
    let with_both = format!("{}{}", taken.shareable, taken.secret);
    for sent in [&taken.secret[..200], &with_both, &format!("extra {secret}")] {
        let answer = check(&life, sent);
        assert_eq!(heading(&answer), heading(&refused), "{sent}");
        assert!(!answer.html.contains(&secret[..40]));
    }
    let code = check(&life, &taken.code);
    assert_eq!(heading(&code), "這看起來是回條密碼，沒有查驗");
    let mistyped = taken
        .code
        .replace(taken.code.chars().next_back().unwrap_or('0'), "");
    assert!(!check(&life, &mistyped).html.contains(&mistyped));
    let typed = format!("{PAGE}?ticket={}", taken.code);
    let typed = life.app.visitor().get(&typed);
    assert!(!typed.html.contains(&taken.code));
    assert_eq!(typed.location, format!("{PAGE}?refused=code"));
    let shown = life.app.visitor().get(&typed.location);
    assert_eq!(heading(&shown), heading(&code));

    // Somebody else's fault is logged, so the log is there to be searched.
    let extended = signed_list(&life.app.app.vault, ORIGIN, &[leaf(0), leaf(1)], 1);
    assert_eq!(check(&life, &extended).status, Status::Ok);
    let log = log::kept();
    let told = log.windows(16).any(|seen| seen == b"contradicts a li");
    assert!(told, "{}", String::from_utf8_lossy(&log));
    let nonce_and_number = &secret[secret.len() - 48..];
    let needles = [
        secret.clone(),
        nonce_and_number.to_owned(),
        taken.code.clone(),
    ];
    let scan = Scan::of(&needles);
    let mut found = scan.bytes("log", &log);
    for place in life.app.database.places() {
        found.extend(scan.path(&place));
    }
    found.extend(scan.bytes("rows", life.app.database.rows().as_bytes()));
    let found: Vec<String> = found.iter().map(|find| find.place.clone()).collect();
    assert_eq!(found, Vec::<String>::new());
    // The same scan sees what is there: the notice of a fault names the draw.
    assert!(
        !Scan::of(std::slice::from_ref(&life.draw))
            .bytes("log", &log)
            .is_empty()
    );
}

fn leaf(n: u8) -> Hash {
    sha256(&[n])
}

/// A shareable proof of `leaves[index]` under a checkpoint that `vault` signs.
fn signed_list(vault: &Vault, origin: &str, leaves: &[Hash], index: u64) -> String {
    let mut tree = MemoryTree::new();
    for leaf in leaves {
        tree.push(leaf_hash(leaf.as_bytes()));
    }
    let checkpoint = Checkpoint {
        origin: origin.to_owned(),
        size: tree.size(),
        root: tree.root(),
    };
    let own = leaves[usize::try_from(index).expect("a small index")];
    TlogProof {
        extra: Some(own.as_bytes().to_vec()),
        index,
        hashes: tree.inclusion_proof(index),
        checkpoint: vault
            .sign_checkpoint(CheckpointOf::Draw, &checkpoint.to_text())
            .expect("the vault signs"),
    }
    .to_text()
}

fn what_another_site_signed_or_somebody_changed_is_no_proof(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let taken: Vec<Taken> = (0..3).map(|n| enter(&life, n)).collect();
    close(&life);
    let good = TlogProof::parse(&taken[2].shareable).expect("a proof");
    let says = |proof: &str| heading(&check(&life, proof));

    let folder = tempfile::tempdir().expect("a folder");
    let stranger = Vault::open(folder.path(), "lib.example.tw").expect("other keys");
    let leaves = [leaf(0), leaf(1), leaf(2)];
    let not_ours = "這不是本館的簽章";
    assert_eq!(says(&signed_list(&stranger, ORIGIN, &leaves, 2)), not_ours);
    let other = tempfile::tempdir().expect("a folder");
    let elsewhere = Vault::open(other.path(), "other.example.tw").expect("other keys");
    assert_eq!(says(&signed_list(&elsewhere, ORIGIN, &leaves, 2)), not_ours);
    let text = SignedNote::parse(&good.checkpoint).expect("a note").text;
    let larger = good.checkpoint.replace("\n3\n", "\n4\n");
    assert_ne!(larger, good.checkpoint, "{text}");
    let resized = TlogProof {
        checkpoint: larger,
        ..good.clone()
    };
    assert_eq!(says(&resized.to_text()), not_ours);

    let altered = "證明的內容和簽章對不起來";
    let moved = TlogProof {
        index: 1,
        ..good.clone()
    };
    assert_eq!(says(&moved.to_text()), altered);
    let beyond = TlogProof {
        index: u64::from(u32::MAX),
        ..good.clone()
    };
    assert_eq!(says(&beyond.to_text()), altered);
    let mut path = good.clone();
    path.hashes[0].0[7] ^= 1;
    assert_eq!(says(&path.to_text()), altered);
    let mut exchanged = good.clone();
    exchanged.extra = Some(leaf(9).as_bytes().to_vec());
    assert_eq!(says(&exchanged.to_text()), altered);

    let vault = &life.app.app.vault;
    let of_another = signed_list(vault, "lib.example.tw/winter", &leaves, 2);
    assert_eq!(says(&of_another), "這是另一場抽獎的證明");

    for nonsense in ["", "317-4", "c2sp.org/tlog-proof@v1", &good.checkpoint] {
        let answer = check(&life, nonsense);
        assert_eq!(answer.status, Status::UnprocessableEntity);
        assert_eq!(answer.texts(".error-summary li").len(), 1, "{nonsense}");
    }
    for place in [0, 30, 90, 200] {
        let mut bytes = good.to_text().into_bytes();
        bytes[place] = 0xff;
        let visitor = life.app.visitor();
        let answer = visitor.upload(PAGE, "file", "a", &bytes);
        assert_ne!(heading(&answer), "號碼 2-1 在名冊裡", "{place}");
        assert!(answer.status.code < 500, "{place}");
    }
}

fn a_ticket_that_we_signed_and_do_not_list_is_our_fault(engine: Engine) {
    let life = Life::published(engine, |config| {
        config.contact_phone = "02-2755-2823".to_owned()
    });
    enter(&life, 0);
    close(&life);
    let vault = &life.app.app.vault;

    // One ticket more than the list has.
    let longer = check(&life, &signed_list(vault, ORIGIN, &[leaf(0), leaf(1)], 1));
    assert_eq!(longer.status, Status::Ok);
    assert_eq!(heading(&longer), "名冊少了號碼 1-3，這是本館的責任");
    assert_eq!(longer.texts(".panel.danger ol li").len(), 4, "what to do");
    assert!(
        longer.text(".panel.danger ol").contains("02-2755-2823"),
        "whom to tell"
    );
    // As many tickets, but another one in its place.
    let exchanged = check(&life, &signed_list(vault, ORIGIN, &[leaf(0)], 0));
    assert_eq!(heading(&exchanged), "名冊少了號碼 0-0，這是本館的責任");
}

fn two_lists_under_our_signature_are_our_fault(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let taken: Vec<Taken> = (0..3).map(|n| enter(&life, n)).collect();
    let own = |taken: &Taken| {
        let proof = TlogProof::parse(&taken.shareable).expect("a proof");
        let data = proof.extra.expect("the leaf's data");
        Hash(data.try_into().expect("32 bytes"))
    };
    let forged = [own(&taken[0]), leaf(1), own(&taken[2])];
    let proof = signed_list(&life.app.app.vault, ORIGIN, &forged, 2);

    // Nobody has to wait for the close to be told.
    for _ in 0..2 {
        let answer = check(&life, &proof);
        assert_eq!(heading(&answer), "本館簽了兩份不同的名冊，這是本館的責任");
        assert_eq!(
            answer.texts(".panel.danger code.hash").len(),
            2,
            "both fingerprints"
        );
        close(&life);
    }
}

fn a_number_is_looked_up_and_a_wrong_one_is_explained(engine: Engine) {
    let life = Life::published(engine, |_| ());
    for n in 0..3 {
        life.enter(&Patron::number(n));
    }
    life.enter(&Patron::number(1));
    let visitor = life.app.visitor();
    let early = visitor.get(&format!("{PAGE}?ticket=2-1"));
    assert_eq!(early.status, Status::Ok);
    assert!(
        early.texts(".panel").is_empty(),
        "nothing is told before the close"
    );

    close(&life);
    let listed = visitor.get(&format!("{PAGE}?ticket=2-1"));
    assert_eq!(heading(&listed), "號碼 2-1 在名冊裡");
    let second = visitor.get(&format!("{PAGE}?ticket=3-7"));
    assert!(
        second.text(".panel").contains("重複報名"),
        "{}",
        second.text("main")
    );
    let absent = visitor.get(&format!("{PAGE}?ticket=4-5"));
    assert_eq!(heading(&absent), "名冊裡沒有號碼 4-5");
    let wrong = visitor.get(&format!("{PAGE}?ticket=2-5"));
    assert_eq!(wrong.texts(".error-summary li").len(), 1);
    for nothing in ["/a/no-such-activity/proof", "/en/a/no-such-activity/proof"] {
        assert_eq!(visitor.get(nothing).status, Status::NotFound);
        let sent = visitor.upload(nothing, "file", "a", b"x");
        assert_eq!(sent.status, Status::NotFound);
    }
}

fn the_list_and_every_place_in_it_are_files(engine: Engine) {
    let life = Life::published(engine, |_| ());
    for n in 0..5 {
        life.enter(&Patron::number(n));
    }
    life.enter(&Patron::number(2));
    let visitor = life.app.visitor();
    let csv = format!("/d/{}/entries.csv", life.draw);
    let place = |number: &str| visitor.get(&format!("/d/{}/proof/{number}.json", life.draw));
    for early in [visitor.get(&csv), place("0-0")] {
        assert_eq!(early.status, Status::NotFound);
        let wait: i64 = early.header("Retry-After").parse().expect("seconds");
        assert_eq!(wait, 7 * DAY / 1_000);
    }

    close(&life);
    let list = visitor.get(&csv);
    assert_eq!(list.status, Status::Ok);
    let lines: Vec<Vec<&str>> = list
        .html
        .split_terminator("\r\n")
        .map(|line| line.split(',').collect())
        .collect();
    assert_eq!(lines.len(), 7);
    assert_eq!(lines[0], ["ticket_number", "leaf_hash", "void_code"]);
    assert_eq!(lines[6][2], "D", "the second entry of one person");
    for line in &lines[1..] {
        let file = place(line[0]);
        assert_eq!(file.status, Status::Ok);
        let json: serde_json::Value = serde_json::from_str(&file.html).expect("JSON");
        let hash = |value: &serde_json::Value| {
            let digits = value.as_str().expect("a hash").as_bytes();
            let bytes = data_encoding::HEXLOWER.decode(digits).expect("digits");
            Hash(bytes.try_into().expect("32 bytes"))
        };
        let path: Vec<Hash> = json["path"]
            .as_array()
            .expect("a path")
            .iter()
            .map(hash)
            .collect();
        let (index, size) = (json["index"].as_u64(), json["size"].as_u64());
        verify_inclusion(
            &hash(&json["leaf_hash"]),
            index.expect("an index"),
            size.expect("a size"),
            &path,
            &hash(&json["root"]),
        )
        .expect("the path leads to the root");
        assert_eq!(json["leaf_hash"], line[1]);
        assert_eq!(json["void"].as_str().unwrap_or_default(), line[2]);
    }
    for absent in ["6-8", "0-1", "x", "0-0.json"] {
        assert_eq!(place(absent).status, Status::NotFound, "{absent}");
    }
}

fn big_files_are_built_once_and_anew_when_the_draw_goes_on(engine: Engine) {
    let life = Life::published(engine, |_| ());
    for n in 0..9 {
        life.enter(&Patron::number(n));
    }
    life.draw();
    let (db, vault) = (&life.app.app.db, &life.app.app.vault);
    let plan = || {
        let id = DrawId::from(life.draw.as_str());
        db.read_now("draw", |tx| draw::by_id(tx, &id))
            .expect("the draw is there")
    };
    let as_it_is = || {
        db.read_now("bundle", |tx| draw::bundle(tx, vault, &plan()))
            .expect("it is drawn")
            .to_zip()
    };
    let drawn = life.bundle();
    assert!(drawn == as_it_is() && drawn == life.bundle());

    let holdings = db.read_now("holdings", |tx| draw::holdings(tx, &plan()));
    let first = holdings.expect("somebody won").remove(0).slot;
    db.write_now("settle", |tx| {
        let vacates = [(first.clone(), SettleCode::D)];
        draw::settle(tx, vault, &Actor::System, &plan(), &vacates).map(|_| ())
    })
    .expect("a prize passes on");
    let settled = life.bundle();
    assert!(settled != drawn, "the settlement is in it");
    assert!(settled == as_it_is());

    // Whoever fetches without end has to wait; the pages stay.
    let visitor = life.app.visitor();
    let csv = format!("/d/{}/entries.csv", life.draw);
    let list = visitor.get(&csv);
    let refused = (0..2_000)
        .map(|_| visitor.get(&csv))
        .find(|answer| answer.html != list.html)
        .expect("it is too much at last");
    assert_eq!(refused.status, Status::TooManyRequests);
    assert!(!refused.header("Retry-After").is_empty());
    assert_eq!(visitor.get(&format!("/d/{}", life.draw)).status, Status::Ok);
}
