//! The body of a request: taken whole before anybody works on it, or not at all.
//!
//! Invariant: nobody behind the edge waits for a visitor; a body that comes slower than the
//! settled pace is not waited for, and one that is too long is not kept.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::time::timeout;

use super::bounds::Room;
use super::settings::EdgeSettings;
use crate::platform::clock;

/// Bytes of a refused body that are read and thrown away, so that the answer can be read.
const THROWN_AWAY: u64 = 1 << 20;

/// Why there is no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// It is longer than it may be.
    TooLong,
    /// It came too slowly.
    Slow,
    /// It ended too early, or is not framed as HTTP frames it.
    Broken,
    /// There is no memory for it just now.
    NoRoom,
}

/// A body that arrived, and the room it takes.
pub(super) struct Whole {
    pub(super) bytes: Bytes,
    pub(super) room: Room,
}

/// Takes a body of at most `limit` bytes. What was not taken stays in `body`.
pub(super) async fn take(
    body: &mut Incoming,
    limit: usize,
    mut room: Room,
    settings: &EdgeSettings,
) -> Result<Whole, Missing> {
    let announced = body.size_hint().lower();
    if announced > limit as u64 {
        return Err(Missing::TooLong);
    }
    let mut pace = Pace::begin();
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(part) = pace.next(body, settings).await? {
        if all.len() + first.len() + part.len() > limit {
            return Err(Missing::TooLong);
        }
        if !room.grow(part.len()) {
            return Err(Missing::NoRoom);
        }
        // Most bodies come in one piece, which needs no copy.
        if first.is_empty() && all.is_empty() {
            first = part;
            continue;
        }
        all.extend_from_slice(&std::mem::take(&mut first));
        all.extend_from_slice(&part);
    }
    let bytes = if all.is_empty() { first } else { all.freeze() };
    Ok(Whole { bytes, room })
}

/// Reads the rest of a body that nobody wants; whether it came to its end.
pub(super) async fn throw_away(body: &mut Incoming, settings: &EdgeSettings) -> bool {
    if body.size_hint().lower() > THROWN_AWAY {
        return false;
    }
    let mut pace = Pace::begin();
    loop {
        match pace.next(body, settings).await {
            Ok(Some(_)) if pace.bytes <= THROWN_AWAY => {}
            Ok(None) => return true,
            Ok(Some(_)) | Err(_) => return false,
        }
    }
}

struct Pace {
    began: Duration,
    bytes: u64,
}

impl Pace {
    fn begin() -> Pace {
        Pace {
            began: clock::monotonic(),
            bytes: 0,
        }
    }

    async fn next(
        &mut self,
        body: &mut Incoming,
        settings: &EdgeSettings,
    ) -> Result<Option<Bytes>, Missing> {
        loop {
            if body.is_end_stream() {
                return Ok(None);
            }
            let passed = clock::monotonic().saturating_sub(self.began);
            let left = settings.pace(self.bytes).saturating_sub(passed);
            let frame = match timeout(left, body.frame()).await {
                Err(_) => return Err(Missing::Slow),
                Ok(None) => return Ok(None),
                Ok(Some(Err(_))) => return Err(Missing::Broken),
                Ok(Some(Ok(frame))) => frame,
            };
            // Trailers go no further.
            if let Ok(part) = frame.into_data() {
                self.bytes += part.len() as u64;
                return Ok(Some(part));
            }
        }
    }
}
