//! A bundle that somebody packed again is refused in words that say so.

mod sample;

use lucky_draw::bundle::Bundle;
use lucky_draw::verify::{CheckName, Options, Outcome, verify_bytes};
use sample::{Plan, build};

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const AGAIN: &str = "its contents were not checked, download bundle.zip again and keep it as it is";
const FIELDS: &str = "this zip was packed again: its order, times, comments or other fields are not those of the one canonical zip of its files";

fn zip() -> Vec<u8> {
    build(&Plan::default()).bundle.to_zip()
}

#[track_caller]
fn refusal(zip: &[u8]) -> String {
    let report = verify_bytes(zip, &Options::default());
    let format = report.check(CheckName::Format);
    assert_eq!(format.outcome, Outcome::Failed);
    assert_eq!(report.exit_code(), 1);
    format.reason.clone()
}

/// The second file's header.
fn second(zip: &[u8]) -> usize {
    let mut places = (1..zip.len()).filter(|at| zip[*at..].starts_with(LOCAL));
    places.next().expect("a second file")
}

#[test]
fn compressed_and_encrypted_files_are_named_before_their_bytes_are_read() {
    let mut compressed = zip();
    let at = second(&compressed);
    compressed[at + 8] = 8;
    // A compressed file has another checksum than its bytes; that is no damage.
    compressed[at + 14] ^= 0xff;
    assert_eq!(
        refusal(&compressed),
        format!("this zip was packed again: the file that starts at {at} is compressed; {AGAIN}")
    );
    // Programs that stream set a bit and leave the sizes to what stands behind the bytes.
    compressed[at + 6] = 8;
    assert!(refusal(&compressed).contains("is compressed"));
    compressed[at + 6] = 1;
    assert_eq!(
        refusal(&compressed),
        format!("this zip was packed again: the file that starts at {at} is encrypted; {AGAIN}")
    );
}

#[test]
fn the_same_files_in_another_zip_are_told_as_that() {
    let honest = zip();
    let mut commented = honest.clone();
    let comment = commented.len() - 2;
    commented[comment] = 2;
    commented.extend_from_slice(b"hi");
    let mut dated = honest.clone();
    dated[12] = 0x21;
    let mut streamed = honest.clone();
    streamed[6] = 8;
    let mut extra = honest.clone();
    let name = usize::from(u16::from_le_bytes([extra[26], extra[27]]));
    extra[28] = 4;
    extra.splice(30 + name..30 + name, *b"UT\0\0");
    for (zip, what) in [
        (commented, "a comment"),
        (dated, "a date"),
        (streamed, "sizes behind the bytes"),
        (extra, "an extra field"),
        (other_order(&honest), "another order"),
    ] {
        assert_eq!(refusal(&zip), format!("{FIELDS}; {AGAIN}"), "{what}");
    }
}

/// The first two files in the other order, everything else as it is.
fn other_order(zip: &[u8]) -> Vec<u8> {
    let second = second(zip);
    let rest = &zip[second + 1..];
    let third = rest
        .windows(4)
        .position(|four| four == LOCAL || four == CENTRAL);
    let third = second + 1 + third.expect("a third file");
    [&zip[second..third], &zip[..second], &zip[third..]].concat()
}

#[test]
fn damage_is_still_told_as_damage() {
    let mut damaged = zip();
    let name = usize::from(u16::from_le_bytes([damaged[26], damaged[27]]));
    damaged[30 + name] ^= 1;
    assert_eq!(
        refusal(&damaged),
        "the file that starts at 0 does not match its CRC-32: it was changed or damaged"
    );
    let cut = &zip()[..40];
    assert_eq!(
        refusal(cut),
        "expected a zip of stored files, found other bytes at 0"
    );
    let mut nameless = Bundle::new();
    nameless.insert("", "x");
    assert!(refusal(&nameless.to_zip()).contains("found other bytes at 0"));
}
