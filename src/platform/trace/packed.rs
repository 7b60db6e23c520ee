//! Files in which bytes are packed: looked into where that can be done, named where not.
//!
//! Invariant: a file that begins as a packed one either was unpacked to its end or is listed as
//! unread. What is packed inside what was packed is listed, not opened.

use std::io::{self, BufRead, BufReader, Read, Seek};

use flate2::bufread::MultiGzDecoder;
use zip::{CompressionMethod, ZipArchive};

use super::{Scan, Seen, WhyUnread};

/// How packed files begin that are looked into.
const GZIP: &[u8] = &[0x1f, 0x8b, 8];
const ZIP: &[u8] = b"PK\x03\x04";
/// A dump of `pg_dump --format=custom`, which may be packed or not.
const DUMP: &[u8] = b"PGDMP";
/// How others begin: zstd, xz, bzip2, 7z, lz4, age, GnuPG's usual messages.
const CLOSED: [&[u8]; 8] = [
    &[0x28, 0xb5, 0x2f, 0xfd],
    &[0xfd, b'7', b'z', b'X', b'Z', 0],
    b"BZh",
    &[b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c],
    &[0x04, 0x22, 0x4d, 0x18],
    b"age-encryption.org/",
    &[0x85, 0x01, 0x0c, 0x03],
    &[0x85, 0x02, 0x0c, 0x03],
];
/// As many bytes as are needed to tell.
const HEAD: usize = 32;

/// What is found in the packed parts of a file that was read as it is before.
pub(super) fn inside<F: Read + Seek>(scan: &Scan, file: &mut F, place: &str) -> io::Result<Seen> {
    let mut head = Vec::new();
    file.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    if head.starts_with(GZIP) {
        file.rewind()?;
        let unpacked = MultiGzDecoder::new(BufReader::new(file));
        return Ok(stream(scan, unpacked, &format!("{place} (unpacked)")));
    }
    if head.starts_with(ZIP) {
        return Ok(zip(scan, file, place));
    }
    if is_closed(&head) {
        return Ok(Seen::not_read(place, WhyUnread::Packed));
    }
    Ok(Seen::default())
}

fn is_closed(head: &[u8]) -> bool {
    CLOSED.iter().any(|start| head.starts_with(start)) || is_packed_dump(head)
}

/// `PGDMP`, three bytes of version, sizes of numbers and offsets, format; then how it is packed:
/// a number with its sign up to version 1.14, one byte from 1.15 on; 0 is "not".
fn is_packed_dump(head: &[u8]) -> bool {
    if !head.starts_with(DUMP) || head.len() < 16 {
        return false;
    }
    let packing = if head[6] < 15 {
        &head[12..16]
    } else {
        &head[11..12]
    };
    packing.iter().any(|byte| *byte != 0)
}

/// Reads what is unpacked; bytes that do not unpack make the place unread.
fn stream(scan: &Scan, unpacked: impl Read, place: &str) -> Seen {
    let mut unpacked = BufReader::new(unpacked);
    let nested = match unpacked.fill_buf() {
        Ok(head) => is_closed(head) || head.starts_with(GZIP) || head.starts_with(ZIP),
        Err(_) => return Seen::not_read(place, WhyUnread::Packed),
    };
    let Ok(mut seen) = scan.reader(place, unpacked) else {
        return Seen::not_read(place, WhyUnread::Packed);
    };
    if nested {
        seen.add(Seen::not_read(place, WhyUnread::Packed));
    }
    seen
}

fn zip<F: Read + Seek>(scan: &Scan, file: &mut F, place: &str) -> Seen {
    let Ok(mut archive) = ZipArchive::new(BufReader::new(file)) else {
        return Seen::not_read(place, WhyUnread::Packed);
    };
    let mut seen = Seen::default();
    for part in 0..archive.len() {
        let name = archive.name_for_index(part).and_then(Result::ok);
        let place = format!("{place} ({})", name.unwrap_or_default());
        seen.add(match archive.by_index(part) {
            // What is stored as it is was read with the file.
            Ok(part) if part.compression() == CompressionMethod::Stored => Seen::default(),
            Ok(part) => stream(scan, part, &place),
            Err(_) => Seen::not_read(&place, WhyUnread::Packed),
        });
    }
    seen
}
