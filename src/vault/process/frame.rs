//! Frames: how a message travels over a stream.
//!
//! `u32be length ‖ u64be number ‖ postcard bytes`; the length counts number and bytes.
//!
//! Invariant: no frame is longer than [`LONGEST`]; a body is one message and nothing behind it.
//! Bodies are wiped when dropped.

use std::io::{self, IoSlice, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

/// A bundle may take 256 MiB: the proofs of 100,000 winners among a million are 140 of them, where
/// they come with it.
pub(super) const LONGEST: usize = 257 << 20;

/// The bytes of one message.
pub(super) type Body = Zeroizing<Vec<u8>>;

const NUMBER: usize = 8;

/// Writes a message out. A growing buffer leaves shorter copies behind, which the program's
/// allocator wipes.
pub(super) fn encode<T: Serialize>(message: &T) -> io::Result<Body> {
    let bytes = postcard::to_allocvec(message).map_err(io::Error::other)?;
    Ok(Zeroizing::new(bytes))
}

/// Reads a message; bytes behind it are refused.
pub(super) fn decode<T: DeserializeOwned>(body: &[u8]) -> io::Result<T> {
    let (message, rest) = postcard::take_from_bytes(body).map_err(|_| malformed("no message"))?;
    if rest.is_empty() {
        Ok(message)
    } else {
        Err(malformed("bytes behind the message"))
    }
}

/// Sends one frame.
pub(super) fn write(stream: &mut impl Write, number: u64, body: &[u8]) -> io::Result<()> {
    let length = body.len() + NUMBER;
    if length > LONGEST {
        return Err(malformed("too long"));
    }
    let length = u32::try_from(length).map_err(|_| malformed("too long"))?;
    let mut head = [0; 12];
    head[..4].copy_from_slice(&length.to_be_bytes());
    head[4..].copy_from_slice(&number.to_be_bytes());
    // Most bodies are short: both at once wake the other side once.
    let mut sent = stream.write_vectored(&[IoSlice::new(&head), IoSlice::new(body)])?;
    if sent < head.len() {
        stream.write_all(&head[sent..])?;
        sent = head.len();
    }
    stream.write_all(&body[sent - head.len()..])?;
    stream.flush()
}

/// Waits for one frame; nothing when the other side has closed the stream between two frames.
pub(super) fn read(stream: &mut impl Read) -> io::Result<Option<(u64, Body)>> {
    read_at_most(stream, LONGEST)
}

/// [`read`] with a smaller bound, for somebody who has said nothing yet.
pub(super) fn read_at_most(
    stream: &mut impl Read,
    longest: usize,
) -> io::Result<Option<(u64, Body)>> {
    let mut length = [0; 4];
    if stream.read(&mut length[..1])? == 0 {
        return Ok(None);
    }
    stream.read_exact(&mut length[1..])?;
    let length = usize::try_from(u32::from_be_bytes(length)).map_err(|_| malformed("too long"))?;
    if !(NUMBER..=longest).contains(&length) {
        return Err(malformed("a length that no frame has"));
    }
    let mut number = [0; NUMBER];
    stream.read_exact(&mut number)?;
    let mut body = Zeroizing::new(vec![0; length - NUMBER]);
    stream.read_exact(&mut body)?;
    Ok(Some((u64::from_be_bytes(number), body)))
}

fn malformed(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_frame_arrives_as_it_was_sent_and_the_end_is_no_failure() {
        let mut stream = Vec::new();
        write(&mut stream, 7, b"one").expect("written");
        write(&mut stream, 8, b"").expect("written");
        let mut stream = stream.as_slice();
        let (number, body) = read(&mut stream).expect("read").expect("a frame");
        assert_eq!((number, body.as_slice()), (7, b"one".as_slice()));
        let (number, body) = read(&mut stream).expect("read").expect("a frame");
        assert_eq!((number, body.len()), (8, 0));
        assert!(read(&mut stream).expect("read").is_none());
    }

    #[test]
    fn a_frame_that_is_too_long_or_too_short_is_refused_before_it_is_read() {
        for length in [0_u32, 7, (65 << 20) + 1, u32::MAX] {
            let mut stream = length.to_be_bytes().to_vec();
            stream.extend([0; 16]);
            assert!(read(&mut stream.as_slice()).is_err(), "{length}");
        }
    }

    #[test]
    fn a_torn_frame_is_a_failure() {
        let mut stream = Vec::new();
        write(&mut stream, 7, b"whole").expect("written");
        for end in 1..stream.len() {
            assert!(read(&mut &stream[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn a_message_with_something_behind_it_is_refused() {
        let mut body = encode(&("a", 1_u8)).expect("written");
        assert_eq!(
            decode::<(String, u8)>(&body).expect("read"),
            ("a".into(), 1)
        );
        body.push(0);
        assert!(decode::<(String, u8)>(&body).is_err());
    }

    proptest! {
        #[test]
        fn bytes_from_anywhere_are_a_message_or_refused(bytes: Vec<u8>) {
            let _ = decode::<crate::vault::wire::Request>(&bytes);
            let _ = decode::<Result<crate::vault::wire::Reply, crate::vault::Refusal>>(&bytes);
            let _ = read(&mut bytes.as_slice());
        }
    }
}
