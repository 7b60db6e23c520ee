//! One connection as bytes: who does not read is not waited for, and a last answer arrives.
//!
//! Invariant: a visitor who lets an answer lie ends the connection, however large the answer is;
//! the time counts only while we have something to write. After an answer to a request that was
//! not read to its end the rest is thrown away for a moment, because a system that closes a
//! connection with unread bytes takes back what it has sent.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use crate::platform::clock;

/// How long the rest of a refused request is thrown away.
const LAST_MOMENT: Duration = Duration::from_secs(2);

/// What the service and the bytes of one connection tell each other.
#[derive(Default)]
pub(super) struct Told {
    /// Something came.
    pub(super) heard: AtomicBool,
    /// The last request was not read to its end.
    pub(super) unread: AtomicBool,
    /// It ends with its first answer, because its address has few connections left.
    pub(super) is_short: bool,
}

/// A connection with its patience.
pub(super) struct Line {
    stream: TcpStream,
    told: Arc<Told>,
    patience: Duration,
    bytes_per_second: u64,
    written: u64,
    waited: Duration,
    waiting_since: Option<Duration>,
    alarm: Option<Pin<Box<Sleep>>>,
    is_shut: bool,
}

impl Line {
    /// Waits `patience` at once and in all, and in all a second more for every `bytes_per_second`
    /// written.
    pub(super) fn over(
        stream: TcpStream,
        told: Arc<Told>,
        patience: Duration,
        bytes_per_second: u64,
    ) -> Line {
        Line {
            stream,
            told,
            patience,
            bytes_per_second,
            written: 0,
            waited: Duration::ZERO,
            waiting_since: None,
            alarm: None,
            is_shut: false,
        }
    }

    fn wrote(
        &mut self,
        outcome: Poll<io::Result<usize>>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(outcome) = outcome {
            if let Some(since) = self.waiting_since.take() {
                self.waited += clock::monotonic().saturating_sub(since);
                self.alarm = None;
            }
            if let Ok(bytes) = &outcome {
                self.written += u64::try_from(*bytes).unwrap_or(u64::MAX);
            }
            return Poll::Ready(outcome);
        }
        if self.waiting_since.is_none() {
            self.waiting_since = Some(clock::monotonic());
            let earned = self.written.saturating_mul(1_000) / self.bytes_per_second;
            let left = self.patience + Duration::from_millis(earned);
            let left = left.saturating_sub(self.waited).min(self.patience);
            self.alarm = Some(Box::pin(sleep(left)));
        }
        let rang = self.alarm.as_mut().map(|alarm| alarm.as_mut().poll(cx));
        match rang {
            Some(Poll::Ready(())) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            _ => Poll::Pending,
        }
    }

    /// Throws away what still comes; ready when nothing does, or when it took too long.
    fn throw_away(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut space = [0_u8; 4_096];
        let alarm = self
            .alarm
            .get_or_insert_with(|| Box::pin(sleep(LAST_MOMENT)));
        if alarm.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        loop {
            let mut rest = ReadBuf::new(&mut space);
            match ready!(Pin::new(&mut self.stream).poll_read(cx, &mut rest)) {
                Ok(()) if !rest.filled().is_empty() => {}
                _ => return Poll::Ready(()),
            }
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.told.heard.store(true, Ordering::Relaxed);
        }
        outcome
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wrote(outcome, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.wrote(outcome, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.is_shut {
            ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
            self.is_shut = true;
            self.alarm = None;
        }
        if self.told.unread.load(Ordering::Relaxed) {
            ready!(self.throw_away(cx));
        }
        Poll::Ready(Ok(()))
    }
}
