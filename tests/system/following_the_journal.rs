//! Reading the journal: people, feed readers, and a log client that somebody else wrote.

use std::cell::RefCell;

use fairdraw::journal;
use fairdraw::platform::clock::HOUR;
use rocket::http::Status;
use tlog_tiles::{
    Checkpoint, Error, Hash, HashReader, Tile, TileHashReader, TileReader, check_record,
    check_tree, prove_record, prove_tree, record_hash,
};

use crate::support::Engine;
use crate::support::life::{Life, Patron, ROUND_TIME};
use crate::support::server::{Server, local};

on_both! {
    a_standard_client_reads_the_journal_and_accepts_its_proofs,
    everybody_reads_the_journal_in_words,
    what_is_beyond_the_journal_does_not_exist,
}

/// Cloudflare's client of tiled logs, over HTTP.
struct Monitor {
    url: String,
    asked: RefCell<Vec<String>>,
}

impl Monitor {
    fn fetch(&self, path: &str) -> (u16, String, String, Vec<u8>) {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .build()
            .new_agent();
        let mut answer = agent
            .get(format!("{}/journal/{path}", self.url))
            .call()
            .expect("the site listens");
        let header = |name: &str| {
            let value = answer.headers().get(name);
            value
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned()
        };
        let (kind, keep) = (header("content-type"), header("cache-control"));
        let bytes = answer.body_mut().read_to_vec().expect("a body");
        self.asked.borrow_mut().push(path.to_owned());
        (answer.status().as_u16(), kind, keep, bytes)
    }

    fn checkpoint(&self) -> Checkpoint {
        let (status, kind, keep, bytes) = self.fetch("checkpoint");
        assert_eq!((status, kind.as_str()), (200, "text/plain; charset=utf-8"));
        assert!(keep.contains("max-age=5"), "{keep}");
        let note = String::from_utf8(bytes).expect("text");
        let (text, _) = note.split_once("\n\n").expect("a signed note");
        Checkpoint::from_bytes(format!("{text}\n").as_bytes()).expect("a checkpoint")
    }
}

impl TileReader for Monitor {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Error> {
        let mut read = Vec::new();
        for tile in tiles {
            // The address of c2sp.org/tlog-tiles leaves the height out.
            let path = tile.path().replacen("tile/8/", "tile/", 1);
            let (status, kind, keep, bytes) = self.fetch(&path);
            assert_eq!((status, kind.as_str()), (200, "application/octet-stream"));
            assert!(keep.contains("immutable"), "{keep}");
            read.push(bytes);
        }
        Ok(read)
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

/// Notes as a site with years of draws would have.
fn fill(life: &Life, count: u64) {
    let app = &life.app.app;
    app.db
        .write_now("fill journal", |tx| {
            for n in 0..count {
                let text = format!(
                    "lucky-draw/v1 cancel\nmanifest {}\nreason N{n}\n",
                    "0".repeat(64)
                );
                journal::write(tx, &app.vault, &text)?;
            }
            Ok::<_, journal::Error>(())
        })
        .expect("the notes are written");
}

fn a_standard_client_reads_the_journal_and_accepts_its_proofs(engine: Engine) {
    let life = Life::published(engine, |_| ());
    let served = Server::start(
        life.app
            .app
            .rocket(rocket::figment::Figment::from(local(0))),
    );
    let monitor = Monitor {
        url: served.url(),
        asked: RefCell::default(),
    };
    let mut earlier: Vec<(u64, Hash)> = Vec::new();
    for more in [0, 4, 250, 3, 300] {
        fill(&life, more);
        let checkpoint = monitor.checkpoint();
        assert_eq!(checkpoint.origin(), "lib.example.tw/journal");
        let (size, root) = (checkpoint.size(), *checkpoint.hash());
        // Every hash that comes out of this reader was proven to belong to the checkpoint.
        let reader = TileHashReader::new(size, root, &monitor);
        for (old, old_root) in &earlier {
            let proof = prove_tree(size, *old, &reader).expect("the tiles are there");
            check_tree(&proof, size, root, *old, *old_root).expect("the journal only grew");
            let mut changed = *old_root;
            changed.0[0] ^= 1;
            assert!(check_tree(&proof, size, root, *old, changed).is_err());
        }
        earlier.push((size, root));
    }

    let (size, root) = *earlier.last().expect("there is one");
    let reader = TileHashReader::new(size, root, &monitor);
    let mut entries = entries(&monitor.fetch("tile/entries/000").3);
    let width = size - 512;
    entries.extend(self::entries(&monitor.fetch("tile/entries/001").3));
    let rest = monitor.fetch(&format!("tile/entries/002.p/{width}"));
    entries.extend(self::entries(&rest.3));
    assert_eq!(entries.len() as u64, size);
    assert!(entries[0].starts_with(b"lucky-draw/v1 manifest\n"));
    for index in [0, 1, 255, 256, 511, size - 1] {
        let entry = &entries[usize::try_from(index).expect("small")];
        let proof = prove_record(size, index, &reader).expect("the tiles are there");
        check_record(&proof, size, root, index, record_hash(entry)).expect("it is in the journal");
    }
    let hashes = reader.read_hashes(&[0]).expect("the first leaf");
    assert_eq!(hashes, [record_hash(&entries[0])]);
    let asked = monitor.asked.borrow();
    assert!(asked.iter().any(|path| path.starts_with("tile/1/000.p/")));
}

/// A bundle: each entry after its length in two bytes.
fn entries(mut bundle: &[u8]) -> Vec<Vec<u8>> {
    let mut entries = Vec::new();
    while let Some((length, rest)) = bundle.split_first_chunk::<2>() {
        let (entry, rest) = rest.split_at(u16::from_be_bytes(*length).into());
        entries.push(entry.to_vec());
        bundle = rest;
    }
    assert!(bundle.is_empty());
    entries
}

fn what_is_beyond_the_journal_does_not_exist(engine: Engine) {
    let life = Life::published(engine, |_| ());
    // Manifest, key note, the first anchor and a head of the record.
    let reader = life.app.visitor();
    for (path, found) in [
        ("tile/0/000.p/1", true),
        ("tile/0/000.p/3", true),
        ("tile/entries/000.p/2", true),
        ("tile/0/000.p/4", true),
        ("tile/0/000.p/5", false),
        ("tile/0/000", false),
        ("tile/0/001.p/1", false),
        ("tile/1/000.p/1", false),
        ("tile/63/000.p/1", false),
        ("tile/entries/000.p/5", false),
        ("tile/entries/000", false),
        ("tile/0/x999/x999/999.p/1", false),
        ("tile/0", false),
        ("notes/2", true),
        ("notes/3", true),
        ("notes/4", false),
        ("notes/02", false),
        ("notes/2.txt", true),
        ("notes/2.proof", true),
        ("notes/2.pdf", false),
        ("notes/2.", false),
    ] {
        let status = reader.get(&format!("/journal/{path}")).status;
        let expected = if found { Status::Ok } else { Status::NotFound };
        assert_eq!(status, expected, "{path}");
    }
}

fn everybody_reads_the_journal_in_words(engine: Engine) {
    let life = Life::published(engine, |config| {
        config.public_origin = "https://draw.example.tw".to_owned();
    });
    life.enter(&Patron::number(1));
    drop(life.draw());
    life.app.go_to(ROUND_TIME.plus(HOUR));
    let reader = life.app.visitor();

    let page = reader.get("/en/journal");
    assert_eq!(page.status, Status::Ok, "{}", page.mistakes());
    let kinds = page.texts("main ol strong");
    for kind in [
        "Rules published",
        "Growth of the list",
        "List closed",
        "List sealed",
        "Result",
    ] {
        assert!(kinds.iter().any(|line| line.ends_with(kind)), "{kinds:?}");
    }
    assert!(page.html.contains("href=\"/en/a/summer-2024\""));
    assert!(page.html.contains(&format!("href=\"/en/d/{}\"", life.draw)));
    let note = reader.get("/en/journal/notes/0");
    assert!(
        note.text("h1").ends_with("Rules published"),
        "{}",
        note.text("h1")
    );
    assert!(note.text("main").contains("c2sp.org/tlog-proof@v1"));
    let text = reader.get("/journal/notes/0.txt").html;
    assert!(text.starts_with("lucky-draw/v1 manifest\n"));

    let [zh, en] = ["/journal/feed.atom", "/en/journal/feed.atom"].map(|path| reader.get(path));
    assert!(zh.html.contains("<title>公開紀錄</title>"));
    assert!(
        en.html
            .contains("<title>Result: Summer reading draw</title>")
    );
    assert!(
        en.html
            .contains("href=\"https://draw.example.tw/en/journal/notes/0\"")
    );
    assert!(
        en.html
            .contains("<id>tag:lib.example.tw,2026:journal/0</id>")
    );
    assert_eq!(
        en.html.matches("<entry>").count(),
        en.html.matches("</entry>").count()
    );
}
