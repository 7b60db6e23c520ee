//! The vault's process from inside: it reads messages, has them answered and writes the answers.
//!
//! Invariant: it confines itself before it opens a key and before it has a second thread. It lives
//! as long as the stream on its standard input: an end, or bytes that are no message, end it. A
//! number that comes twice is no message.
//!
//! Not here: where messages wait (`waiting`).

use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use super::frame::{self, Body};
use super::launch;
use super::waiting::{Asked, Full, Lines};
use crate::platform::confine::{self, Protection, Reach};
use crate::platform::mail::Mailer;
use crate::vault::keeper::Keeper;
use crate::vault::wire::{Refusal, Reply, Request};
use crate::vault::{OpenError, Start};

/// Threads that answer, and threads that speak to the mail server, which may take minutes.
const ANSWERING: usize = 4;
const MAILING: usize = 2;

/// Is the vault, for the process at the other end of standard input, until that closes it.
pub fn serve() -> ExitCode {
    let stdin = io::stdin().as_fd().try_clone_to_owned();
    match stdin.and_then(|stream| run(UnixStream::from(stream))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the vault ends");
            ExitCode::FAILURE
        }
    }
}

fn run(mut stream: UnixStream) -> io::Result<()> {
    let mut standing = vec![confine::dumps_off(), confine::memory_locked()];
    let start = launch::told(&mut stream)?;
    let keeper = match open(&start, &mut standing) {
        Ok(keeper) => keeper,
        Err(error) => return launch::tell(&mut stream, Err(&error)),
    };
    // A signal to the whole group, as Ctrl-C sends it, must not end the vault before the web side
    // has finished its requests; the end of the stream does.
    confine::deaf_to_stops()?;
    let Ok(Reply::Text(vkey)) = keeper.answer(Request::Vkey) else {
        unreachable!("a keeper that opened tells its public key");
    };
    launch::tell(&mut stream, Ok((vkey, &standing)))?;
    answer_all(&Arc::new(keeper), stream)
}

/// Confines this process to what `start` names and opens the keys.
fn open(start: &Start, standing: &mut Vec<Protection>) -> Result<Keeper, OpenError> {
    crate::vault::disk::private_folder(&start.keys).map_err(crate::vault::KeyError::from)?;
    let mailer = start.mail.as_ref().map(Mailer::new).transpose()?;
    let port = mailer.as_ref().and_then(Mailer::port);
    standing.push(confine::files(&Reach::of_vault(&start.keys, port)));
    standing.push(confine::calls());
    let keeper = Keeper::open(&start.keys, &start.site, start.policy)?;
    Ok(keeper.with_mail(mailer))
}

/// Reads until the stream ends, then waits for the answers under way; a letter under way is not
/// waited for, and counts as uncertain.
fn answer_all(keeper: &Arc<Keeper>, mut stream: UnixStream) -> io::Result<()> {
    let answers = Arc::new(Mutex::new(stream.try_clone()?));
    let (lines, asked, posted) = Lines::new();
    let answering = threads("vault", ANSWERING, keeper, asked, &answers)?;
    threads("vault mail", MAILING, keeper, posted, &answers)?;
    let outcome = dispatch(&mut stream, &lines, &answers);
    drop(lines);
    for thread in answering {
        let _ = thread.join();
    }
    outcome
}

fn dispatch(stream: &mut UnixStream, lines: &Lines, answers: &Mutex<UnixStream>) -> io::Result<()> {
    let mut last = 0;
    while let Some((number, body)) = frame::read(stream)? {
        if number <= last {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a number that was used before",
            ));
        }
        last = number;
        let request: Request = frame::decode(&body)?;
        let bytes = body.len();
        drop(body);
        match lines.put(number, request, bytes) {
            Ok(()) => {}
            Err(Full::Letters) => tell(answers, number, &Err(Refusal::Busy))?,
            Err(Full::Over) => break,
        }
    }
    Ok(())
}

fn threads(
    name: &str,
    count: usize,
    keeper: &Arc<Keeper>,
    asked: Receiver<Asked>,
    answers: &Arc<Mutex<UnixStream>>,
) -> io::Result<Vec<JoinHandle<()>>> {
    let asked = Arc::new(Mutex::new(asked));
    let start = |_| {
        let (keeper, asked, answers) = (keeper.clone(), asked.clone(), answers.clone());
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || work(&keeper, &asked, &answers))
    };
    (0..count).map(start).collect()
}

fn work(keeper: &Keeper, asked: &Mutex<Receiver<Asked>>, answers: &Mutex<UnixStream>) {
    loop {
        let next = asked.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, request, held)) = next else {
            return;
        };
        // A panic is a fault of ours; the one who asked hears it, and the others go on.
        let answer = catch_unwind(AssertUnwindSafe(|| keeper.answer(request)));
        drop(held);
        if tell(answers, number, &answer.unwrap_or(Err(Refusal::Storage))).is_err() {
            return;
        }
    }
}

/// Writes an answer out. Where nobody reads any more the stream is closed, which the thread that
/// reads sees.
fn tell(
    answers: &Mutex<UnixStream>,
    number: u64,
    answer: &Result<Reply, Refusal>,
) -> io::Result<()> {
    let body = encoded(answer)?;
    let mut stream = answers.lock().unwrap_or_else(PoisonError::into_inner);
    let written = frame::write(&mut *stream, number, &body);
    if written.is_err() {
        let _ = stream.shutdown(std::net::Shutdown::Both);
    }
    written
}

/// An answer that is longer than a frame is told as such.
fn encoded(answer: &Result<Reply, Refusal>) -> io::Result<Body> {
    let body = frame::encode(answer)?;
    if body.len() < frame::LONGEST - 8 {
        return Ok(body);
    }
    frame::encode(&Err::<Reply, Refusal>(Refusal::TooLarge))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::wire::post::MailRequest;

    #[test]
    fn letters_without_end_are_refused_and_a_tag_is_still_asked_for() {
        // All threads are at work.
        let (lines, asked, _posted) = Lines::new();
        let (mut stream, mut web) = UnixStream::pair().expect("a pair");
        let answers = Mutex::new(stream.try_clone().expect("cloned"));
        let letter = frame::encode(&Request::Mail(MailRequest::Connect)).expect("written");
        for number in 1..=40 {
            frame::write(&mut web, number, &letter).expect("sent");
        }
        let vkey = frame::encode(&Request::Vkey).expect("written");
        frame::write(&mut web, 41, &vkey).expect("sent");
        web.shutdown(std::net::Shutdown::Write).expect("closed");
        dispatch(&mut stream, &lines, &answers).expect("read to the end");
        let (number, request, _held) = asked.try_recv().expect("it waits for its thread");
        assert_eq!((number, format!("{request:?}")), (41, "Vkey".to_owned()));
        drop((stream, answers));
        let mut refused = 0;
        while let Some((number, body)) = frame::read(&mut web).expect("read") {
            let answer: Result<Reply, Refusal> = frame::decode(&body).expect("an answer");
            assert!(matches!(answer, Err(Refusal::Busy)), "{number}");
            refused += 1;
        }
        assert_eq!(refused, 40 - super::super::waiting::LETTERS);
    }
}
