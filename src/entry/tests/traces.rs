//! What an entry leaves on the disk.

use std::path::{Path, PathBuf};

use lucky_draw::ticket::Secret;

use super::town::{Town, mei};
use crate::entry;
use crate::identity::national_id;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn hits(folder: &Path, needle: &[u8]) -> usize {
    files(folder)
        .iter()
        .map(|path| std::fs::read(path).expect("the file can be read"))
        .map(|bytes| bytes.windows(needle.len()).filter(|w| *w == needle).count())
        .sum()
}

#[test]
fn nothing_personal_and_no_secret_is_in_any_file() {
    let town = Town::with_draw();
    let mut form = mei(7);
    for (field, value) in [
        ("name", "歐陽金絲雀"),
        ("phone", "0987-654-321"),
        ("email", "canary.zq7@example.org"),
        ("address", "金絲雀路 77 號之 9"),
        ("q_words", "金絲雀的答案 zq7"),
    ] {
        form.insert(field.to_owned(), value.to_owned());
    }
    let receipt = town.browser().enter(&form);
    let secret = Secret::parse(&receipt.code()).expect("a code");
    let id = national_id::synthetic_citizen(7);
    let subject = id.subject();
    let nonce = secret.nonce(&super::town::base(), 0);
    let lookup_input = secret.lookup_input();
    let needles: [(&str, &[u8]); 12] = [
        ("name", "歐陽金絲雀".as_bytes()),
        ("name in UTF-16", &utf16("歐陽金絲雀")),
        ("phone", b"0987-654-321"),
        ("digits", b"987654321"),
        ("e-mail", b"canary.zq7"),
        ("address", "金絲雀路".as_bytes()),
        ("answer", "金絲雀的答案".as_bytes()),
        ("ID number", id.as_str().as_bytes()),
        ("subject", subject.as_bytes()),
        ("code", secret.as_str().as_bytes()),
        ("nonce", nonce.as_bytes()),
        ("lookup input", lookup_input.as_bytes()),
    ];
    for (what, needle) in needles {
        assert_eq!(hits(town.data(), needle), 0, "{what}");
    }
    // The scan itself can see: the title is public and stored in clear.
    assert!(hits(town.data(), "秋日閱讀抽獎".as_bytes()) > 0);
    let fingerprints = town.read(|tx| entry::fingerprints(tx, &town.activity(), 100));
    assert_eq!(fingerprints.len(), 2);
    for fingerprint in fingerprints {
        assert!(
            hits(town.data(), &fingerprint) > 0,
            "what a purge looks for is there before it"
        );
    }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}
