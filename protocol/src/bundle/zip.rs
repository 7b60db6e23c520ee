//! The one zip that a set of files has (D13).
//!
//! Written from PKWARE's APPNOTE 6.3: version 10, no flags, method 0 (stored), time and date 0, no
//! extra fields, no comments, one disk, no zip64. Invariant: `read` follows the local headers and
//! leaves everything else to the comparison with `write`, except that a zip which somebody packed
//! again is told as that before its bytes are read as files: such a reader needs another download,
//! not a word about damage.

use std::collections::BTreeMap;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
/// Version 1.0, the least: stored files.
const VERSION: u16 = 10;
const LOCAL_LENGTH: usize = 30;

/// Flags of a file's header: its bytes are encrypted; its sizes stand behind them.
const ENCRYPTED: u16 = 1;
const DESCRIPTOR: u16 = 8;

/// Why bytes are not a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// No zip, or a cut-off one.
    #[error("expected a zip of stored files, found other bytes at {offset}")]
    NotZip {
        /// Where reading stopped.
        offset: usize,
    },
    /// Larger than a zip without extensions can be.
    #[error("expected a zip of less than 4 GiB")]
    TooLarge,
    /// A file is compressed, as nearly every program does that packs files.
    #[error(
        "this zip was packed again: the file that starts at {offset} is compressed; its contents were not checked, download bundle.zip again and keep it as it is"
    )]
    Compressed {
        /// Where the file's header starts.
        offset: usize,
    },
    /// A file is encrypted.
    #[error(
        "this zip was packed again: the file that starts at {offset} is encrypted; its contents were not checked, download bundle.zip again and keep it as it is"
    )]
    Encrypted {
        /// Where the file's header starts.
        offset: usize,
    },
    /// A file's bytes do not match their checksum.
    #[error(
        "the file that starts at {offset} does not match its CRC-32: it was changed or damaged"
    )]
    Checksum {
        /// Where the file's header starts.
        offset: usize,
    },
    /// A zip, but not the canonical one of its files.
    #[error(
        "this zip was packed again: its order, times, comments or other fields are not those of the one canonical zip of its files; its contents were not checked, download bundle.zip again and keep it as it is"
    )]
    NotCanonical,
}

pub(super) fn write(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for (name, content) in files {
        let offset = fits(out.len());
        let fields = shared_fields(name, content);
        put32(&mut out, LOCAL);
        out.extend_from_slice(&fields);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(content);

        put32(&mut directory, CENTRAL);
        put16(&mut directory, VERSION);
        directory.extend_from_slice(&fields);
        // Comment length, disk number, internal and external attributes.
        directory.extend_from_slice(&[0; 10]);
        put32(&mut directory, offset);
        directory.extend_from_slice(name.as_bytes());
    }
    let count = u16::try_from(files.len()).expect("a bundle has fewer than 65536 files");
    let (offset, length) = (fits(out.len()), fits(directory.len()));
    out.append(&mut directory);
    put32(&mut out, END);
    put32(&mut out, 0);
    put16(&mut out, count);
    put16(&mut out, count);
    put32(&mut out, length);
    put32(&mut out, offset);
    put16(&mut out, 0);
    out
}

/// What local headers and the directory say alike: version needed to extra field length.
fn shared_fields(name: &str, content: &[u8]) -> Vec<u8> {
    let mut fields = Vec::with_capacity(26);
    put16(&mut fields, VERSION);
    // Flags, method, time, date.
    fields.extend_from_slice(&[0; 8]);
    put32(&mut fields, crc32(content));
    put32(&mut fields, fits(content.len()));
    put32(&mut fields, fits(content.len()));
    let name_length = u16::try_from(name.len()).expect("file names are short");
    put16(&mut fields, name_length);
    put16(&mut fields, 0);
    fields
}

pub(super) fn read(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, BundleError> {
    if u32::try_from(bytes.len()).is_err() {
        return Err(BundleError::TooLarge);
    }
    let mut files = BTreeMap::new();
    let mut offset = 0;
    while read32(bytes, offset) == Some(LOCAL) {
        let entry = read_entry(bytes, offset)?;
        if crc32(entry.content) != entry.crc {
            return Err(BundleError::Checksum { offset });
        }
        files.insert(entry.name.to_owned(), entry.content.to_vec());
        offset = entry.end;
    }
    match read32(bytes, offset) {
        // More files than a zip of this kind can hold, so that `write` can be asked.
        Some(CENTRAL | END) if files.len() > usize::from(u16::MAX) => {
            Err(BundleError::NotCanonical)
        }
        Some(CENTRAL | END) => Ok(files),
        _ => Err(BundleError::NotZip { offset }),
    }
}

struct Entry<'a> {
    name: &'a str,
    content: &'a [u8],
    crc: u32,
    end: usize,
}

fn read_entry(bytes: &[u8], offset: usize) -> Result<Entry<'_>, BundleError> {
    let stop = BundleError::NotZip { offset };
    let header = bytes
        .get(offset..)
        .and_then(<[u8]>::first_chunk::<LOCAL_LENGTH>);
    let header = header.ok_or(stop)?;
    let (flags, method) = (field16(header, 6), field16(header, 8));
    if flags & ENCRYPTED != 0 {
        return Err(BundleError::Encrypted { offset });
    }
    if method != 0 {
        return Err(BundleError::Compressed { offset });
    }
    if flags & DESCRIPTOR != 0 {
        return Err(BundleError::NotCanonical);
    }
    stored(bytes, offset, header).ok_or(stop)
}

/// A file whose bytes stand in the zip as they are.
fn stored<'a>(bytes: &'a [u8], offset: usize, header: &[u8; LOCAL_LENGTH]) -> Option<Entry<'a>> {
    let size = usize::try_from(field32(header, 18)).ok()?;
    let name_start = offset + LOCAL_LENGTH;
    let start = name_start.checked_add(usize::from(field16(header, 26)))?;
    let name = std::str::from_utf8(bytes.get(name_start..start)?).ok()?;
    let named = !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic());
    let end = start
        .checked_add(usize::from(field16(header, 28)))?
        .checked_add(size)?;
    let content = bytes.get(end.checked_sub(size)?..end)?;
    named.then(|| Entry {
        name,
        content,
        crc: field32(header, 14),
        end,
    })
}

fn fits(length: usize) -> u32 {
    u32::try_from(length).expect("a bundle is smaller than 4 GiB")
}

fn put16(out: &mut Vec<u8>, value: u16) {
    out.extend_from_slice(&value.to_le_bytes());
}

fn put32(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_le_bytes());
}

fn field16(header: &[u8; LOCAL_LENGTH], place: usize) -> u16 {
    u16::from_le_bytes([header[place], header[place + 1]])
}

fn field32(header: &[u8; LOCAL_LENGTH], place: usize) -> u32 {
    u32::from(field16(header, place)) | u32::from(field16(header, place + 2)) << 16
}

fn read32(bytes: &[u8], offset: usize) -> Option<u32> {
    let bytes = bytes.get(offset..)?.first_chunk::<4>()?;
    Some(u32::from_le_bytes(*bytes))
}

/// CRC-32 of zip (polynomial 0x04C11DB7, reflected).
fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (crc >> 8) ^ TABLE[usize::from(crc.to_le_bytes()[0] ^ byte)]
    })
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut place = 0;
    while place < 256 {
        let mut crc = place as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
            bit += 1;
        }
        table[place] = crc;
        place += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_zip() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn files_come_back_from_their_zip() {
        let mut files = BTreeMap::new();
        assert_eq!(read(&write(&files)), Ok(BTreeMap::new()));
        files.insert("b.txt".to_owned(), b"two\n".to_vec());
        files.insert("a.txt".to_owned(), Vec::new());
        let zip = write(&files);
        assert_eq!(read(&zip), Ok(files));
        assert_eq!(zip.len(), 2 * (30 + 5) + 4 + 2 * (46 + 5) + 22);
    }

    #[test]
    fn bytes_that_are_no_zip_are_refused() {
        assert_eq!(read(b""), Err(BundleError::NotZip { offset: 0 }));
        assert_eq!(read(b"PK\x03\x04"), Err(BundleError::NotZip { offset: 0 }));
    }
}
