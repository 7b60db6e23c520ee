//! The vault's process from inside: it reads messages, has them answered and writes the answers.
//!
//! Invariant: it confines itself before it opens a key and before it has a second thread. It lives
//! as long as the stream on its standard input: an end, or bytes that are no message, end it. A
//! number that comes twice on one stream is no message.
//!
//! Not here: where messages wait (`waiting`), web sides that come by themselves (`doors`).

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::doors::{Entrance, Hall};
use super::frame::{self, Body};
use super::launch;
use super::waiting::{Asked, Full, Lines};
use crate::platform::channel::{Channel, End};
use crate::platform::confine::{self, Protection, Reach};
use crate::platform::mail::Mailer;
use crate::vault::keeper::Keeper;
use crate::vault::wire::{Refusal, Reply, Request};
use crate::vault::{OpenError, Start};

/// Threads that answer, and threads that speak to the mail server, which may take minutes; for
/// each web side.
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
    let (keeper, entrance) = match open(&start, &mut standing) {
        Ok(opened) => opened,
        Err(error) => return launch::tell(&mut stream, Err(&error)),
    };
    // A signal to the whole group, as Ctrl-C sends it, must not end the vault before the web side
    // has finished its requests; the end of the stream does.
    confine::deaf_to_stops()?;
    let Ok(Reply::Text(vkey)) = keeper.answer(Request::Vkey) else {
        unreachable!("a keeper that opened tells its public key");
    };
    let keeper = Arc::new(keeper);
    let told = (vkey, keeper.since());
    let coming = entrance.map(|entrance| entrance.admit(&keeper, &start.site, &told, &standing));
    let coming = coming.transpose()?;
    launch::tell(&mut stream, Ok((told, &standing)))?;
    if let (Some(hall), Some(doors)) = (&coming, &start.doors) {
        let (hall, quiet_hour, stream) = (hall.clone(), doors.quiet_hour, stream.try_clone()?);
        let own = keeper.clone();
        thread::Builder::new()
            .name("vault hours".to_owned())
            .spawn(move || start_anew(&own, &hall, quiet_hour, &stream))?;
    }
    let outcome = answer_all(&keeper, Channel::unix(stream)?);
    if let Some(coming) = coming {
        coming.see_off();
    }
    outcome
}

/// How often the hour is looked at.
const BETWEEN_LOOKS: Duration = Duration::from_secs(20);

/// Ends this process well in the quiet hour after a key was destroyed; whoever watches starts the
/// next one, and web sides find it by themselves.
fn start_anew(keeper: &Keeper, hall: &Hall, quiet_hour: u8, stream: &UnixStream) {
    while !keeper.may_start_anew(quiet_hour) {
        thread::sleep(BETWEEN_LOOKS);
    }
    hall.see_off();
    let _ = stream.shutdown(Shutdown::Both);
}

/// Opens the doors, confines this process to what `start` names and opens the keys.
fn open(
    start: &Start,
    standing: &mut Vec<Protection>,
) -> Result<(Keeper, Option<Entrance>), OpenError> {
    crate::vault::disk::private_folder(&start.keys).map_err(crate::vault::KeyError::from)?;
    let mailer = start.mail.as_ref().map(Mailer::new).transpose()?;
    let port = mailer.as_ref().and_then(Mailer::port);
    let entrance = start.doors.as_ref().map(Entrance::open).transpose()?;
    standing.push(confine::files(&Reach::of_vault(&start.keys, port)));
    standing.push(confine::calls());
    let keeper = Keeper::open(&start.keys, &start.site, start.policy)?;
    Ok((keeper.with_mail(mailer), entrance))
}

/// Where answers are written, and how the stream is ended when nobody reads them.
pub(super) struct Answers {
    writer: Mutex<Box<dyn Write + Send>>,
    end: End,
}

/// Reads until the stream ends, then waits for the answers under way; a letter under way is not
/// waited for, and counts as uncertain.
pub(super) fn answer_all(keeper: &Arc<Keeper>, channel: Channel) -> io::Result<()> {
    let Channel {
        mut reader,
        writer,
        end,
    } = channel;
    let answers = Arc::new(Answers {
        writer: Mutex::new(writer),
        end,
    });
    let caller = keeper.greet_caller();
    let (lines, asked, posted) = Lines::new();
    let answering = threads("vault", ANSWERING, (keeper, caller), asked, &answers)?;
    threads("vault mail", MAILING, (keeper, caller), posted, &answers)?;
    let outcome = dispatch((keeper, caller), &mut reader, &lines, &answers);
    drop(lines);
    for thread in answering {
        let _ = thread.join();
    }
    keeper.forget_caller(caller);
    outcome
}

/// Reads messages and gives them to those who answer; brief questions are answered here, because
/// waking somebody else for them costs more than the answers.
fn dispatch(
    asked: (&Keeper, u64),
    stream: &mut impl Read,
    lines: &Lines,
    answers: &Answers,
) -> io::Result<()> {
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
        if matches!(request, Request::Each(_)) {
            tell(answers, number, &answer_one(asked, request))?;
            continue;
        }
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
    (keeper, caller): (&Arc<Keeper>, u64),
    asked: Receiver<Asked>,
    answers: &Arc<Answers>,
) -> io::Result<Vec<JoinHandle<()>>> {
    let asked = Arc::new(Mutex::new(asked));
    let start = |_| {
        let (keeper, asked, answers) = (keeper.clone(), asked.clone(), answers.clone());
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || work((&keeper, caller), &asked, &answers))
    };
    (0..count).map(start).collect()
}

fn work((keeper, caller): (&Keeper, u64), asked: &Mutex<Receiver<Asked>>, answers: &Answers) {
    loop {
        let next = asked.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, request, held)) = next else {
            return;
        };
        let answer = answer_one((keeper, caller), request);
        drop(held);
        if tell(answers, number, &answer).is_err() {
            return;
        }
    }
}

/// A panic is a fault of ours; the one who asked hears it, and the others go on.
fn answer_one((keeper, caller): (&Keeper, u64), request: Request) -> Result<Reply, Refusal> {
    let answer = catch_unwind(AssertUnwindSafe(|| keeper.answer_to(caller, request)));
    answer.unwrap_or(Err(Refusal::Storage))
}

/// Writes an answer out. Where nobody reads any more the stream is closed, which the thread that
/// reads sees.
fn tell(answers: &Answers, number: u64, answer: &Result<Reply, Refusal>) -> io::Result<()> {
    let body = encoded(answer)?;
    let mut writer = answers
        .writer
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let written = frame::write(&mut *writer, number, &body);
    if written.is_err() {
        answers.end.close();
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
        let folder = tempfile::tempdir().expect("a folder");
        let policy = crate::vault::OpeningPolicy::default();
        let keeper = Keeper::open(folder.path(), "lib.example.tw", policy).expect("opened");
        // All threads are at work.
        let (lines, asked, _posted) = Lines::new();
        let (stream, mut web) = UnixStream::pair().expect("a pair");
        let Channel {
            mut reader,
            writer,
            end,
        } = Channel::unix(stream).expect("cloned");
        let answers = Answers {
            writer: Mutex::new(writer),
            end,
        };
        let letter = frame::encode(&Request::Mail(MailRequest::Connect)).expect("written");
        for number in 1..=40 {
            frame::write(&mut web, number, &letter).expect("sent");
        }
        let vkey = frame::encode(&Request::Vkey).expect("written");
        frame::write(&mut web, 41, &vkey).expect("sent");
        web.shutdown(std::net::Shutdown::Write).expect("closed");
        dispatch((&keeper, 1), &mut reader, &lines, &answers).expect("read to the end");
        let (number, request, _held) = asked.try_recv().expect("it waits for its thread");
        assert_eq!((number, format!("{request:?}")), (41, "Vkey".to_owned()));
        drop((reader, answers));
        let mut refused = 0;
        while let Some((number, body)) = frame::read(&mut web).expect("read") {
            let answer: Result<Reply, Refusal> = frame::decode(&body).expect("an answer");
            assert!(matches!(answer, Err(Refusal::Busy)), "{number}");
            refused += 1;
        }
        assert_eq!(refused, 40 - super::super::waiting::LETTERS);
    }
}
