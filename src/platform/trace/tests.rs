use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

const NAME: &str = "金絲雀四十二號先生";
const PHONE: &str = "0931046812";

fn scan() -> Scan {
    Scan::of(&[NAME, PHONE]).expect("long enough")
}

/// What was found, without places.
fn told(seen: &Seen) -> Vec<(usize, &'static str)> {
    seen.finds.iter().map(|f| (f.string, f.dress)).collect()
}

#[test]
fn every_dress_is_found_in_the_middle_of_other_bytes() {
    let scan = scan();
    for (number, string) in [NAME, PHONE].into_iter().enumerate() {
        for (dress, bytes) in dresses(string) {
            if bytes.len() < SHORTEST {
                continue;
            }
            let around = [b"abc\0\xff".as_slice(), &bytes, b"\0xyz"].concat();
            let finds = scan.bytes("here", &around);
            assert!(
                finds.iter().any(|f| f.string == number && f.offset == 5),
                "{dress}"
            );
        }
    }
    assert_eq!(scan.bytes("here", b"nobody is named here"), Vec::new());
}

#[test]
fn a_long_file_is_read_in_pieces_and_nothing_is_cut_in_two() {
    let scan = scan();
    for at in [PIECE - 4, PIECE, 2 * PIECE - 1, 3 * PIECE - NAME.len()] {
        let mut bytes = vec![b'.'; 3 * PIECE];
        bytes[at..at + NAME.len()].copy_from_slice(NAME.as_bytes());
        let seen = scan
            .reader("file", bytes.as_slice())
            .expect("memory can be read");
        assert_eq!(seen.bytes, bytes.len() as u64);
        let whole = seen.finds.iter().find(|find| find.dress == "UTF-8");
        let whole = whole.expect("the name is found");
        assert_eq!((whole.offset, whole.times), (at as u64, 1));
    }
}

#[test]
fn zeros_before_a_string_do_not_hide_it() {
    let scan = scan();
    for before in [0, 1, 4095, 4096, 4097, 8192, 9000] {
        let mut bytes = vec![0; before];
        bytes.extend(PHONE.encode_utf16().flat_map(u16::to_be_bytes));
        bytes.extend([0; 5000]);
        let finds = scan.bytes("image", &bytes);
        let found = finds.iter().find(|find| find.dress == "UTF-16BE");
        assert_eq!(found.map(|find| find.offset), Some(before as u64));
    }
}

#[test]
fn a_string_of_two_letters_is_refused_and_three_characters_are_enough() {
    assert_eq!(Scan::of(&[NAME, "陳"]).err(), Some(TooShort { string: 1 }));
    let scan = Scan::of(&["王小明"]).expect("nine bytes");
    assert_eq!(scan.bytes("x", "請王小明先生".as_bytes()).len(), 1);
}

#[test]
fn folders_are_walked_and_what_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let deep = folder.path().join("a/b");
    std::fs::create_dir_all(&deep).expect("folders");
    std::fs::write(deep.join("notes.txt"), format!("Tel. {PHONE}")).expect("written");
    std::fs::write(folder.path().join(format!("{PHONE}.txt")), "empty").expect("written");
    std::os::unix::fs::symlink("/etc", folder.path().join("link")).expect("linked");
    let seen = scan().path(folder.path());
    let plain: Vec<_> = seen.finds.iter().filter(|f| f.dress == "UTF-8").collect();
    assert_eq!(
        plain.len(),
        2,
        "in the file and in a file's name: {plain:?}"
    );
    assert_eq!(seen.places, 2);
    assert_eq!(seen.unread.len(), 1);
    assert_eq!(seen.unread[0].why, WhyUnread::Link);

    let missing = scan().path(&folder.path().join("nothing"));
    assert!(!missing.is_clean());
}

#[test]
fn packed_files_are_looked_into() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mail.gz");
    let file = std::fs::File::create(&path).expect("made");
    let mut packer = GzEncoder::new(file, Compression::best());
    let text = "x".repeat(10_000) + NAME + &"y".repeat(10_000);
    packer.write_all(text.as_bytes()).expect("packed");
    packer.finish().expect("finished");
    let seen = scan().path(&path);
    assert!(told(&seen).contains(&(0, "UTF-8")), "{seen:?}");

    // The same file cut off is not clean, and neither is one that nobody here can unpack.
    let whole = std::fs::read(&path).expect("read");
    std::fs::write(&path, &whole[..whole.len() - 12]).expect("cut");
    let cut = scan().path(&path);
    assert!(!cut.is_clean() && !cut.unread.is_empty());
    std::fs::write(&path, b"BZh91AY&SY").expect("written");
    assert!(!scan().path(&path).is_clean());
}

#[test]
fn a_workbook_is_looked_into() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, NAME).expect("a cell");
    sheet.write_string(1, 0, "q".repeat(5_000)).expect("a cell");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("winners.xlsx");
    book.save(&path).expect("saved");
    assert!(
        scan()
            .bytes("raw", &std::fs::read(&path).expect("read"))
            .is_empty()
    );
    let seen = scan().path(&path);
    assert!(
        seen.finds
            .iter()
            .any(|f| f.dress == "UTF-8" && f.place.ends_with(".xml)"))
    );
}

#[test]
fn bytes_are_looked_for_in_three_dresses() {
    let key = [7, 200, 13, 5, 99, 180, 33, 2, 1, 0, 255, 128];
    let scan = Scan::of_bytes(&[key]).expect("long enough");
    assert_eq!(scan.bytes("raw", &key).len(), 1);
    assert_eq!(
        scan.bytes("dump", b"\\x07c80d0563b4210201".as_slice())
            .len(),
        0
    );
    assert_eq!(
        scan.bytes("dump", b"\\x07c80d0563b421020100ff80".as_slice())
            .len(),
        1
    );
}
