//! The line between the web side and the process that watches over it.
//!
//! Invariant: without such a process (a command, the demo, a test) every wish is answered "not
//! done here", and nothing else changes. When the watching process is gone, the web side stops as
//! it does at a signal: nobody could start it again.
//!
//! A wish is two bytes; an answer is its length, its bytes, and for a fresh vault the stream to it,
//! handed over by the system.
//!
//! Not here: the watching process (`cli::supervise`), and what is said over the stream (`vault`).

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use rustix::process::{Signal, getpid, kill_process};

/// No honest answer is longer.
const LONGEST: u32 = 1 << 16;

/// What the web side wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A stream to a new vault; so many before it died in a row without one answer.
    Vault {
        /// How many.
        failures: u8,
    },
    /// Vault and web side started anew.
    Restart,
    /// Unused blocks given back to the disk where data and keys lie.
    Trim,
}

impl Wish {
    fn written(self) -> [u8; 2] {
        match self {
            Wish::Vault { failures } => [b'v', failures],
            Wish::Restart => [b'r', 0],
            Wish::Trim => [b't', 0],
        }
    }

    fn read(bytes: [u8; 2]) -> Option<Wish> {
        match bytes {
            [b'v', failures] => Some(Wish::Vault { failures }),
            [b'r', 0] => Some(Wish::Restart),
            [b't', 0] => Some(Wish::Trim),
            _ => None,
        }
    }
}

/// What came back: bytes, and the stream that was handed over with them.
type Answer = (Vec<u8>, Option<OwnedFd>);

/// The web side's end; clones share it.
#[derive(Clone, Default)]
pub struct Control {
    line: Option<Arc<Mutex<Line>>>,
}

struct Line {
    stream: UnixStream,
    answers: Receiver<Answer>,
}

impl Control {
    /// Nobody watches.
    pub fn none() -> Control {
        Control::default()
    }

    /// The watching process is at the other end of `stream`.
    pub fn over(stream: UnixStream) -> io::Result<Control> {
        let (tell, answers) = sync_channel(1);
        let listening = stream.try_clone()?;
        thread::Builder::new()
            .name("control".to_owned())
            .spawn(move || listen(&listening, &tell))?;
        let line = Line { stream, answers };
        Ok(Control {
            line: Some(Arc::new(Mutex::new(line))),
        })
    }

    /// Whether somebody watches.
    pub fn is_watched(&self) -> bool {
        self.line.is_some()
    }

    /// A stream to a new vault, and what the vault answered when it was started.
    pub fn vault(&self, failures: usize) -> io::Result<(OwnedFd, Vec<u8>)> {
        let failures = u8::try_from(failures).unwrap_or(u8::MAX);
        let (answer, stream) = self.wish(Wish::Vault { failures })?;
        let stream = stream.ok_or_else(|| io::Error::other("no vault could be started"))?;
        Ok((stream, answer))
    }

    /// Asks to start vault and web side anew; `false` where nobody watches. This process is told
    /// to stop soon after.
    pub fn restart(&self) -> bool {
        self.wish(Wish::Restart).is_ok()
    }

    /// Asks to give unused blocks back to the disk (`fstrim`) where keys and data lie; what came of
    /// it, in words of the certificate.
    pub fn trim(&self) -> String {
        match self.wish(Wish::Trim) {
            Ok((words, _)) => String::from_utf8_lossy(&words).into_owned(),
            Err(_) => "not done here".to_owned(),
        }
    }

    fn wish(&self, wish: Wish) -> io::Result<Answer> {
        let nobody = || io::Error::from(io::ErrorKind::NotConnected);
        let line = self.line.as_ref().ok_or_else(nobody)?;
        let mut line = line.lock().unwrap_or_else(PoisonError::into_inner);
        line.stream.write_all(&wish.written())?;
        line.answers.recv().map_err(|_| nobody())
    }
}

fn listen(stream: &UnixStream, tell: &SyncSender<Answer>) {
    while let Ok(answer) = receive(stream) {
        if tell.send(answer).is_err() {
            return;
        }
    }
    tracing::warn!("the process that watches over this one is gone; stopping");
    let _ = kill_process(getpid(), Signal::TERM);
}

/// Waits for the next wish; nothing when the web side is gone.
pub fn next_wish(stream: &mut UnixStream) -> io::Result<Option<Wish>> {
    let mut bytes = [0; 2];
    match stream.read_exact(&mut bytes) {
        Ok(()) => Ok(Wish::read(bytes)),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

/// Answers a wish.
pub fn answer(stream: &mut UnixStream, bytes: &[u8], handed: Option<BorrowedFd>) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    let head = length.to_be_bytes();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let handed: Vec<BorrowedFd> = handed.into_iter().collect();
    if !handed.is_empty() {
        control.push(SendAncillaryMessage::ScmRights(&handed));
    }
    let sent = sendmsg(
        stream.as_fd(),
        &[IoSlice::new(&head)],
        &mut control,
        SendFlags::NOSIGNAL,
    )?;
    stream.write_all(&head[sent..])?;
    stream.write_all(bytes)
}

fn receive(stream: &UnixStream) -> io::Result<Answer> {
    let mut head = [0; 4];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let received = recvmsg(
        stream.as_fd(),
        &mut [IoSliceMut::new(&mut head)],
        &mut control,
        RecvFlags::CMSG_CLOEXEC,
    )?;
    if received.bytes == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let handed = control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut files) => files.next(),
        _ => None,
    });
    let mut stream = stream;
    stream.read_exact(&mut head[received.bytes..])?;
    let length = u32::from_be_bytes(head);
    if length > LONGEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = Vec::new();
    stream.take(length.into()).read_to_end(&mut bytes)?;
    Ok((bytes, handed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_watching_process_nothing_is_done() {
        let control = Control::none();
        assert!(!control.is_watched() && !control.restart());
        assert_eq!(control.trim(), "not done here");
        assert!(control.vault(0).is_err());
    }

    #[test]
    fn a_wish_is_answered_and_a_stream_handed_over() {
        let (web, mut watching) = UnixStream::pair().expect("a pair");
        let watch = thread::spawn(move || {
            let mut heard = Vec::new();
            while let Some(wish) = next_wish(&mut watching).expect("a wish") {
                heard.push(wish);
                let (mut vault, theirs) = UnixStream::pair().expect("a pair");
                let handed = (wish != Wish::Trim).then(|| theirs.as_fd());
                answer(&mut watching, b"words", handed).expect("answered");
                vault.write_all(b"from the vault").expect("written");
            }
            heard
        });
        let control = Control {
            line: Some(Arc::new(Mutex::new(listening(web)))),
        };
        let (stream, words) = control.vault(300).expect("handed over");
        assert_eq!(words, b"words");
        let mut said = String::new();
        UnixStream::from(stream)
            .read_to_string(&mut said)
            .expect("read");
        assert_eq!(said, "from the vault");
        assert_eq!(control.trim(), "words");
        drop(control);
        let heard = watch.join().expect("no panic");
        assert_eq!(heard, [Wish::Vault { failures: 255 }, Wish::Trim]);
    }

    /// As [`Control::over`], without the signal at the end, which would be to the tests.
    fn listening(stream: UnixStream) -> Line {
        let (tell, answers) = sync_channel(1);
        let own = stream.try_clone().expect("a handle");
        thread::spawn(move || {
            for _ in 0..2 {
                let answer = receive(&own).expect("an answer");
                tell.send(answer).expect("awaited");
            }
        });
        Line { stream, answers }
    }
}
