//! Files in which bytes are packed: looked into where that can be done, named where not.
//!
//! Invariant: a file that begins as a packed one either was unpacked to its end or is listed as
//! unread. What is packed inside what was packed is listed, not opened.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use flate2::bufread::{DeflateDecoder, MultiGzDecoder};

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
        return match Directory::read(file)? {
            Some(directory) => zip(scan, file, place, &directory),
            None => Ok(Seen::not_read(place, WhyUnread::Packed)),
        };
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

fn zip<F: Read + Seek>(
    scan: &Scan,
    file: &mut F,
    place: &str,
    directory: &Directory,
) -> io::Result<Seen> {
    let mut seen = Seen::default();
    for part in &directory.parts {
        let place = format!("{place} ({})", part.name);
        seen.add(match part.method {
            // Stored parts were read with the file.
            _ if part.is_encrypted => Seen::not_read(&place, WhyUnread::Packed),
            0 => Seen::default(),
            8 => {
                // The local header has a name and an extra field of its own.
                let mut header = [0; 30];
                file.seek(SeekFrom::Start(part.offset))?;
                if file.read_exact(&mut header).is_err() || !header.starts_with(ZIP) {
                    Seen::not_read(&place, WhyUnread::Packed)
                } else {
                    let skip = u64::from(number16(&header, 26)) + u64::from(number16(&header, 28));
                    file.seek(SeekFrom::Start(part.offset + 30 + skip))?;
                    let packed = BufReader::new(file.by_ref().take(part.size));
                    stream(scan, DeflateDecoder::new(packed), &place)
                }
            }
            _ => Seen::not_read(&place, WhyUnread::Packed),
        });
    }
    Ok(seen)
}

/// The list of parts at the end of a zip.
struct Directory {
    parts: Vec<Part>,
}

struct Part {
    name: String,
    method: u16,
    is_encrypted: bool,
    size: u64,
    offset: u64,
}

impl Directory {
    /// Nothing for a file that is none, and for one beyond 4 GiB, which has another list.
    fn read<F: Read + Seek>(file: &mut F) -> io::Result<Option<Directory>> {
        const END: &[u8] = b"PK\x05\x06";
        let length = file.seek(SeekFrom::End(0))?;
        // The end record has 22 bytes and a comment of less than 64 KiB.
        let from = length.saturating_sub(22 + 0xffff);
        file.seek(SeekFrom::Start(from))?;
        let mut tail = Vec::new();
        file.by_ref().take(length - from).read_to_end(&mut tail)?;
        let Some(end) = tail.windows(4).rposition(|window| window == END) else {
            return Ok(None);
        };
        let end = &tail[end..];
        if end.len() < 22 || number32(end, 16) == u32::MAX {
            return Ok(None);
        }
        file.seek(SeekFrom::Start(u64::from(number32(end, 16))))?;
        let mut list = Vec::new();
        let size = u64::from(number32(end, 12));
        file.by_ref().take(size).read_to_end(&mut list)?;
        Ok(Directory::parse(&list, number16(end, 10)))
    }

    fn parse(mut list: &[u8], count: u16) -> Option<Directory> {
        let mut parts = Vec::new();
        for _ in 0..count {
            let header = list.get(..46).filter(|h| h.starts_with(b"PK\x01\x02"))?;
            let name = usize::from(number16(header, 28));
            let rest = usize::from(number16(header, 30)) + usize::from(number16(header, 32));
            let size = number32(header, 20);
            let offset = number32(header, 42);
            if size == u32::MAX || offset == u32::MAX {
                return None;
            }
            parts.push(Part {
                name: String::from_utf8_lossy(list.get(46..46 + name)?).into_owned(),
                method: number16(header, 10),
                is_encrypted: number16(header, 8) & 1 != 0,
                size: u64::from(size),
                offset: u64::from(offset),
            });
            list = list.get(46 + name + rest..)?;
        }
        Some(Directory { parts })
    }
}

fn number16(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn number32(bytes: &[u8], at: usize) -> u32 {
    u32::from(number16(bytes, at)) | u32::from(number16(bytes, at + 2)) << 16
}
