//! The library's own secret as a source: sealed at publishing, revealed in time or counted as zeros.

use fairdraw::audit::StaffId;
use fairdraw::draw::{self, DrawId, DrawStage, Plan, SourceDetails, Successor, SupersedeCode};
use fairdraw::platform::clock::{Clock, DAY, HOUR, MINUTE, SECOND};
use fairdraw::vault::{self, Refusal};
use lucky_draw::beacon::QUICKNET;
use lucky_draw::bundle::Bundle;
use lucky_draw::note::SignedNote;
use lucky_draw::record::{Freeze, Manifest, Reveal, Source};
use lucky_draw::verify::{CheckName, Options, Outcome, Report, verify};

use crate::support::Engine;
use crate::support::app::TestApp;
use crate::support::canary::Scan;
use crate::support::life::{self, Life, Patron, ROUND_TIME};
use crate::support::server::WitnessServer;
use crate::witnessing::journal_key;

on_both! {
    a_secret_that_witnesses_saw_revealed_decides_with_the_round,
    a_secret_that_nobody_saw_in_time_counts_as_zeros_and_the_draw_stands,
    a_successor_keeps_the_sealed_secret,
    a_lost_secret_counts_as_zeros_and_nothing_is_drawn_again,
    a_secret_is_offered_where_the_settings_allow_it_and_witnesses_watch,
}

const CHOSEN: [(&str, &str); 1] = [("operator_secret", "yes")];

/// A library with two witnesses whose draw promises a secret beside the round, with four entries.
fn sealed(engine: Engine) -> (Life, [WitnessServer; 2]) {
    let clock = Life::clock();
    let mut witnesses = None;
    let life = Life::published_with(
        engine,
        &clock,
        |config| {
            let key = journal_key(config);
            let running = ["w1.example.tw", "w2.example.tw"]
                .map(|name| WitnessServer::start(name, &[&key], &clock));
            config.witnesses = running.iter().map(WitnessServer::setting).collect();
            config.quorum = 2;
            config.operator_secret = true;
            witnesses = Some(running);
        },
        &CHOSEN,
    );
    for n in 0..4 {
        life.enter(&Patron::number(n));
    }
    (life, witnesses.expect("they were started"))
}

impl Life {
    fn own_plan(&self) -> Plan {
        let id = DrawId(self.draw.clone());
        let plan = self.app.app.db.read_now("read", |tx| draw::by_id(tx, &id));
        plan.expect("the draw is there")
    }

    fn note(&self, name: &str) -> String {
        let path = format!("/d/{}/notes/{name}", self.draw);
        self.app.visitor().get(&path).html
    }

    /// The secret, got out by somebody who can have the site sign what they like.
    fn secret(&self) -> [u8; 32] {
        let (activity, draw) = (self.activity.as_str(), self.draw.as_str());
        let vault = &self.app.app.vault;
        let manifest = self.note("manifest.note");
        let unfrozen = vault.reveal_secret(activity, draw, &manifest, &manifest);
        assert!(matches!(
            unfrozen,
            Err(vault::Error::Refused(Refusal::NotFrozen))
        ));
        let text = SignedNote::parse(&manifest).expect("a note").text;
        let promised = Manifest::parse(text).expect("a manifest");
        assert!(matches!(promised.sources[1], Source::Commit(_)));
        let freeze = Freeze {
            manifest: promised.hash(),
            close: promised.hash(),
        };
        let freeze = vault.sign_note(&freeze.to_text()).expect("it signs");
        let secret = vault.reveal_secret(activity, draw, &manifest, &freeze);
        *secret.expect("the list is final, it seems")
    }

    /// The files in which the secret stands, in letters or as it is.
    fn places(&self, secret: &[u8; 32]) -> Vec<String> {
        let digits = data_encoding::HEXLOWER.encode(secret);
        let scan = Scan::of(&[&digits]);
        let data = self.app.database.data();
        let mut finds = scan.path(data);
        finds.extend(scan.bytes("rows", self.app.database.rows().as_bytes()));
        let mut places: Vec<String> = finds.into_iter().map(|find| find.place).collect();
        let keys = self.app.database.keys();
        places.extend(scan.path(&keys).into_iter().map(|find| find.place));
        for file in std::fs::read_dir(keys).expect("a folder") {
            let path = file.expect("a file").path();
            let bytes = std::fs::read(&path).unwrap_or_default();
            if bytes.windows(32).any(|window| window == secret) {
                places.push(path.display().to_string());
            }
        }
        places
    }

    fn secret_files(&self) -> usize {
        let files = std::fs::read_dir(self.app.database.keys());
        files
            .expect("a folder")
            .filter(|file| {
                let name = file.as_ref().expect("a file").file_name();
                name.to_string_lossy().contains(".opseed")
            })
            .count()
    }

    /// The page of the draw in both languages.
    fn pages(&self) -> [String; 2] {
        ["", "/en"].map(|language| {
            let path = format!("{language}/d/{}", self.draw);
            self.app.visitor().get(&path).html
        })
    }

    /// Winners are told by what the vault itself reads out of the bundle.
    fn assert_winners_can_be_told(&self, bundle: &Bundle) {
        let verified = self.app.app.vault.verified(&self.activity, bundle);
        assert_eq!(verified.expect("the draw stands").winners().len(), 3);
    }
}

fn strict(bundle: &Bundle) -> Report {
    let options = Options {
        require_time: true,
        ..Options::default()
    };
    verify(bundle, &options)
}

fn assert_withheld(bundle: &Bundle) {
    let report = strict(bundle);
    let failed: Vec<CheckName> = report.failed().map(|check| check.name).collect();
    assert_eq!(failed, [CheckName::Beacon], "{report}");
    let reason = &report.check(CheckName::Beacon).reason;
    assert!(reason.contains("operator withheld"), "{reason}");
    assert!(report.stands());
    assert_eq!(report.exit_code(), 1);
    for name in [CheckName::Time, CheckName::Seed, CheckName::Result] {
        assert_eq!(report.check(name).outcome, Outcome::Passed, "{name}");
    }
    let result = bundle.file("result.note").expect("it is drawn");
    let zeros = format!("source 2 {}\n", "0".repeat(64));
    assert!(String::from_utf8_lossy(result).contains(&zeros));
}

fn a_secret_that_witnesses_saw_revealed_decides_with_the_round(engine: Engine) {
    let (life, _witnesses) = sealed(engine);
    assert_eq!(life.secret_files(), 1);
    let secret = life.secret();
    assert!(life.note("rules.txt").contains("commit"));
    for page in life.pages() {
        assert!(!page.contains(&data_encoding::HEXLOWER.encode(&secret)));
    }
    assert_eq!(life.places(&secret), Vec::<String>::new());

    let staff = life.draw();
    assert_eq!(
        life.own_plan().stage,
        DrawStage::Frozen,
        "the secret is missing"
    );
    assert_eq!(life.places(&secret), Vec::<String>::new());
    assert!(life.pages()[1].contains("revealed by itself"));
    life.app.go_to(ROUND_TIME.plus(10 * SECOND));
    assert_eq!(
        life.own_plan().stage,
        DrawStage::Frozen,
        "witnesses are waited for"
    );
    assert!(!life.places(&secret).is_empty(), "now it is public");
    life.app.go_to(ROUND_TIME.plus(20 * SECOND));
    let plan = life.own_plan();
    assert_eq!(plan.stage, DrawStage::Drawn);
    assert!(!plan.sources[1].is_withheld());

    let zip = life.bundle();
    let bundle = Bundle::from_zip(&zip).expect("it is canonical");
    let report = strict(&bundle);
    assert_eq!(report.exit_code(), 0, "{report}");
    assert_eq!(report.check(CheckName::Time).outcome, Outcome::Passed);
    assert!(bundle.file("reveal-2.proof").is_some());
    life.assert_winners_can_be_told(&bundle);
    let note = String::from_utf8_lossy(bundle.file("reveal-2.note").expect("revealed"));
    let text = SignedNote::parse(&note).expect("a note").text;
    assert_eq!(Reveal::parse(text).expect("a reveal note").secret, secret);
    for page in life.pages() {
        assert!(page.contains("notes/reveal-2.note"));
    }
    for at in ["/notes", "/how"] {
        let page = life.app.visitor().get(&format!("/d/{}{at}", life.draw));
        assert!(page.html.contains("祕密數"), "{at}");
    }
    drop(staff);

    life.app.go_to(ROUND_TIME.plus(90 * DAY));
    life.app.go_to(ROUND_TIME.plus(90 * DAY + HOUR));
    assert_eq!(life.secret_files(), 0, "it went with the activity's key");
    let after = Bundle::from_zip(&life.bundle()).expect("it is canonical");
    assert_eq!(strict(&after).exit_code(), 0);
}

fn a_secret_that_nobody_saw_in_time_counts_as_zeros_and_the_draw_stands(engine: Engine) {
    let (life, mut witnesses) = sealed(engine);
    life.app.go_to(ROUND_TIME.plus(-2 * DAY + HOUR));
    life.app.go_to(ROUND_TIME.plus(-HOUR + 61_000));
    for witness in &mut witnesses {
        witness.stop();
    }
    let staff = life.draw();
    life.app.go_to(ROUND_TIME.plus(10 * SECOND));
    assert!(life.note("reveal-2.note").contains("secret "));
    let desk = staff.get(&life.base());
    assert!(desk.html.contains("公開的祕密數要在"), "staff are told");
    life.app.go_to(ROUND_TIME.plus(DAY));
    life.app.go_to(ROUND_TIME.plus(DAY + MINUTE));
    assert_eq!(
        life.own_plan().stage,
        DrawStage::Frozen,
        "clocks may be slow"
    );
    life.app.go_to(ROUND_TIME.plus(DAY + HOUR));
    let plan = life.own_plan();
    assert_eq!(plan.stage, DrawStage::Drawn);
    assert!(plan.sources[1].is_withheld());

    let zip = life.bundle();
    let bundle = Bundle::from_zip(&zip).expect("it is canonical");
    assert!(bundle.file("reveal-2.note").is_some());
    assert_withheld(&bundle);
    life.assert_winners_can_be_told(&bundle);
    let [zh, en] = life.pages();
    assert!(zh.contains("本館沒有及時公開祕密數") && zh.contains("operator withheld"));
    assert!(en.contains("did not reveal its secret in time"));

    // Witnesses who come back see it too late, and nothing changes.
    for witness in &mut witnesses {
        witness.resume();
    }
    life.app.go_to(ROUND_TIME.plus(2 * DAY));
    life.app.go_to(ROUND_TIME.plus(2 * DAY + MINUTE));
    assert!(life.bundle() == zip, "what was served stays as it was");
    drop(staff);
}

fn a_successor_keeps_the_sealed_secret(engine: Engine) {
    let (life, _witnesses) = sealed(engine);
    let plan = life.own_plan();
    let successor = Successor {
        sources: vec![SourceDetails::Drand(&QUICKNET), SourceDetails::Commit],
        closes_at: ROUND_TIME.plus(-2 * DAY),
        freezes_at: ROUND_TIME.plus(-HOUR / 2),
        draws_at: ROUND_TIME,
        code: SupersedeCode::Date,
        words: "颱風\nA typhoon\n".to_owned(),
    };
    let moved = life.app.app.db.write_now("supersede", |tx| {
        let vault = &life.app.app.vault;
        draw::supersede(tx, vault, &StaffId::fresh(), &plan.id, &successor)
    });
    moved.expect("it is in time");
    assert_eq!(life.own_plan().sources, plan.sources);
    life.app.go_to(ROUND_TIME.plus(-2 * DAY + HOUR));
    life.app.go_to(ROUND_TIME.plus(-HOUR / 2 + 61_000));
    let staff = life.draw();
    life.app.go_to(ROUND_TIME.plus(10 * SECOND));
    life.app.go_to(ROUND_TIME.plus(20 * SECOND));
    let bundle = Bundle::from_zip(&life.bundle()).expect("it is canonical");
    assert!(bundle.file("base-0.note").is_some());
    let report = strict(&bundle);
    assert_eq!(report.exit_code(), 0, "{report}");
    drop(staff);
}

fn a_lost_secret_counts_as_zeros_and_nothing_is_drawn_again(engine: Engine) {
    let (life, _witnesses) = sealed(engine);
    let keys = life.app.database.keys();
    let file = format!("{}.{}.opseed.key", life.activity, life.draw);
    std::fs::remove_file(keys.join(file)).expect("it is there");
    let staff = life.draw();
    life.app.go_to(ROUND_TIME.plus(MINUTE));
    life.app.go_to(ROUND_TIME.plus(DAY));
    assert_eq!(life.own_plan().stage, DrawStage::Frozen);
    life.app.go_to(ROUND_TIME.plus(DAY + MINUTE));
    assert_eq!(life.own_plan().stage, DrawStage::Drawn);
    let zip = life.bundle();
    let bundle = Bundle::from_zip(&zip).expect("it is canonical");
    assert!(bundle.file("reveal-2.note").is_none());
    assert_withheld(&bundle);
    life.assert_winners_can_be_told(&bundle);
    life.app.go_to(ROUND_TIME.plus(2 * DAY));
    assert!(life.bundle() == zip);
    drop(staff);

    // The failure that is forgiven is this one alone.
    let mut changed = bundle.clone();
    let result = String::from_utf8_lossy(bundle.file("result.note").unwrap_or_default());
    changed.insert("result.note", result.replace("source 2 0", "source 2 1"));
    let verified = life.app.app.vault.verified(&life.activity, &changed);
    assert!(verified.is_err(), "another failure beside it");
}

fn a_secret_is_offered_where_the_settings_allow_it_and_witnesses_watch(engine: Engine) {
    for allowed in [false, true] {
        let app = TestApp::on(
            engine,
            &Clock::standing_at(ROUND_TIME.plus(-20 * DAY)),
            |config| {
                config.operator_secret = allowed;
            },
        );
        let admin = app.first_admin();
        let base = format!("/staff/activities/{}", life::create(&admin));
        let form = admin.get(&format!("{base}/draws/new"));
        assert_eq!(form.html.contains("operator_secret"), allowed);
        assert_eq!(form.html.contains("通常不加比較好"), allowed);
        let alone = life::send_plan(&admin, &base, &[CHOSEN[0], ("drand", "none")]);
        assert!(
            alone.mistakes().contains("不能只靠它抽獎"),
            "{}",
            alone.mistakes()
        );
        let saved = life::send_plan(&admin, &base, &CHOSEN);
        if allowed {
            assert!(saved.location.starts_with(&base), "{}", saved.mistakes());
            let page = admin.get(&format!("{base}/publish"));
            assert!(
                page.html.contains("見證人看到，才算及時公開"),
                "{}",
                page.html
            );
        } else {
            assert!(
                saved.mistakes().contains("系統設定不開放"),
                "{}",
                saved.mistakes()
            );
        }
    }
}
