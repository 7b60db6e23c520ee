//! Letters: the address is opened, the letter written and handed over, all in here.
//!
//! Invariant: an address is opened only while the mail server listens. Neither the address nor the
//! text with the person's name leaves this module but to the mail server. Of the letters to
//! everybody, the line that one leaves is on the disk before it does, so that it never leaves twice;
//! all of an incident have the same words, and the operator says for how many incidents in a year.
//!
//! Not here: SMTP itself (`platform::mail`), the words, and when a letter is due (`notify`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lucky_draw::encode::{encode, sha256};
use zeroize::Zeroizing;

use super::super::access::{MEMBERS, Opened, OpenedContact, Purpose};
use super::super::crypt::{Binding, Scope};
use super::super::field::{Contact, Email, Name, RequestText};
use super::super::letter::NAME_HERE;
use super::super::particulars::{OpenedParticulars, Particulars};
use super::super::purpose::{
    BreachNotice, EntranceLetter, FeedbackReply, MemberLetter, MemberOwn, NewsletterLetter,
    SeatNotice, WinnerNotice,
};
use super::super::wire::post::{
    AlarmLetter, MailOffer, MailReply, MailRequest, MailToAll, NewsOffer, Readers, ScopeOffer,
    SeatOffer, ToldOutcome, Words,
};
use super::super::wire::{AnswerBox, Private, Refusal, Reply};
use super::super::{disk, ledger};
use super::open::contact;
use super::{Keeper, checked, private, storage};
use crate::platform::clock::{self, Timestamp};
use crate::platform::mail::{Connection, Letter, LetterError, Mailer, Outcome, Ready, Trouble};

/// How many lines a caller has at a time, and how long one may be left waiting.
const MOST_LINES: usize = 4;
const LONGEST_WAIT: Duration = Duration::from_secs(5 * 60);

/// The way to the mail server, and lines on which somebody goes on.
#[derive(Default)]
pub(super) struct Post {
    mailer: Option<Mailer>,
    lines: Mutex<Lines>,
}

#[derive(Default)]
struct Lines {
    next: u64,
    next_caller: u64,
    /// By caller and number: nobody goes on where another one began.
    open: BTreeMap<(u64, u64), (Duration, State)>,
}

enum State {
    Listening(Connection),
    Ready(Ready),
}

impl Post {
    pub(super) fn over(mailer: Option<Mailer>) -> Post {
        Post {
            mailer,
            lines: Mutex::default(),
        }
    }

    fn connect(&self) -> Result<Connection, Trouble> {
        let mailer = self.mailer.as_ref().ok_or(Trouble::NotConfigured)?;
        mailer.connect()
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn next_caller(&self) -> u64 {
        let mut lines = self.lines();
        lines.next_caller += 1;
        lines.next_caller
    }

    pub(super) fn drop_lines(&self, caller: u64) {
        self.lines().open.retain(|(of, _), _| *of != caller);
    }

    /// Keeps a line, and lets go of those that were forgotten; the caller's oldest makes room.
    fn keep(&self, caller: u64, number: Option<u64>, state: State) -> u64 {
        let now = clock::monotonic();
        let mut lines = self.lines();
        lines
            .open
            .retain(|_, (since, _)| now.saturating_sub(*since) < LONGEST_WAIT);
        let own = (caller, 0)..=(caller, u64::MAX);
        while lines.open.range(own.clone()).count() >= MOST_LINES {
            let oldest = lines.open.range(own.clone()).next().map(|(key, _)| *key);
            oldest.and_then(|key| lines.open.remove(&key));
        }
        let number = number.unwrap_or_else(|| {
            lines.next += 1;
            lines.next
        });
        lines.open.insert((caller, number), (now, state));
        number
    }

    fn take(&self, caller: u64, number: u64) -> Option<State> {
        let taken = self.lines().open.remove(&(caller, number));
        taken.map(|(_, state)| state)
    }
}

impl Keeper {
    pub(super) fn mail(&self, caller: u64, request: MailRequest) -> Result<MailReply, Refusal> {
        match request {
            MailRequest::Connect => Ok(match self.post.connect() {
                Ok(line) => MailReply::Line(self.post.keep(caller, None, State::Listening(line))),
                Err(trouble) => MailReply::Trouble(trouble.into()),
            }),
            MailRequest::Offer(offer) => self.offer(caller, &offer),
            MailRequest::OfferSeat(offer) => self.offer_seat(caller, &offer),
            MailRequest::OfferNews(offer) => self.offer_news(caller, &offer),
            MailRequest::OfferInScope(offer) => self.offer_in_scope(caller, &offer),
            MailRequest::HandOver { line } => Ok(match self.post.take(caller, line) {
                Some(State::Ready(ready)) => MailReply::Outcome(ready.hand_over().into()),
                Some(State::Listening(_)) | None => MailReply::Gone,
            }),
            MailRequest::Leave { line } => {
                self.post.take(caller, line);
                Ok(MailReply::Gone)
            }
            MailRequest::TellAll(all) => self.tell_all(&all).map(MailReply::Each),
            MailRequest::Alarm(letter) => self.alarm(&letter).map(MailReply::Each),
        }
    }

    /// Opens the address, writes the letter and names its recipient to the server.
    fn offer(&self, caller: u64, offer: &MailOffer) -> Result<MailReply, Refusal> {
        let purpose = WinnerNotice::FACTS.code;
        let opened = self.open_winners(&offer.activity, purpose, &offer.bundle, &offer.boxes)?;
        let Reply::OpenedEach(each) = opened else {
            return Err(Refusal::Purpose);
        };
        let mut people = each.into_iter().map(|plain| read(&plain?));
        let person = people.next().ok_or(Refusal::Broken)??;
        let other = people.next().transpose()?;
        let Some(email) = person.read::<Email>() else {
            return Ok(MailReply::NoAddress);
        };
        let told = other.as_ref().and_then(|other| other.read::<Email>());
        if told.is_some_and(|told| told.expose() == email.expose()) {
            return Ok(MailReply::SameAddress);
        }
        let name = person.read::<Name>();
        let name = name.as_ref().map_or("", |name| name.expose());
        let body = filled(&offer.words, name);
        let letter = letter(email.expose(), &offer.words, &body, &offer.message_id);
        self.name_recipient(caller, offer.line, &letter)
    }

    /// Opens the address of somebody in a session, within the number that was promised, writes the
    /// letter and names its recipient to the server.
    fn offer_seat(&self, caller: u64, offer: &SeatOffer) -> Result<MailReply, Refusal> {
        let secret = self.opening_secret(&offer.activity)?;
        self.enter_seat(&offer.activity, &offer.bound.item)?;
        let mut opener = secret.opener(Scope::Notify);
        let person = contact(&mut opener, &offer.activity, &offer.bound)?;
        let person = OpenedContact::<SeatNotice>::new(person);
        let Some(email) = person.read::<Email>() else {
            return Ok(MailReply::NoAddress);
        };
        let body = filled(&offer.words, "");
        let letter = letter(email.expose(), &offer.words, &body, &offer.message_id);
        self.name_recipient(caller, offer.line, &letter)
    }

    /// Notes that a reader's box is never opened again. The line outlives every backup of the
    /// rows, which hold no part of the key folder.
    pub(super) fn close_reader(&self, of: Readers, item: &str) -> Result<Reply, Refusal> {
        let line = closed_line(checked(item)?);
        let keys = self.keys();
        if !told_lines(keys.folder(), of.scope())?.contains(&line) {
            let lines = format!("{line}\n");
            ledger::append(keys.folder(), &file_name(of.scope()), &lines)
                .map_err(|error| storage(error.into()))?;
        }
        Ok(Reply::Done)
    }

    /// Opens the boxes of one member, for that member: those that are not closed, in order.
    pub(super) fn open_member(&self, boxes: &[AnswerBox]) -> Result<Reply, Refusal> {
        let each = self.of_readers(MEMBERS, boxes)?;
        let each = each.into_iter().map(|opened| {
            let particulars = opened?.ok_or(Refusal::NoKey)?;
            private(Some(particulars.keep_only(MemberOwn::FACTS.reads).encode()))
        });
        Ok(Reply::OpenedEach(each.collect()))
    }

    /// What is in boxes of readers; nothing in those that are closed.
    fn of_readers(&self, scope: &str, boxes: &[AnswerBox]) -> Result<Vec<Read>, Refusal> {
        let (secret, told) = (self.secret(scope)?, self.told(scope)?);
        let mut opener = secret.opener(Scope::Notify);
        let each = boxes.iter().map(|bound| {
            if told.contains(&closed_line(checked(&bound.item)?)) {
                return Ok(None);
            }
            let binding = Binding {
                activity: scope,
                item: &bound.item,
                tag: None,
                notice: None,
            };
            let plain = opener.open(&binding, &bound.sealed);
            let particulars = Particulars::decode(&plain.ok_or(Refusal::Broken)?);
            particulars.ok_or(Refusal::Broken).map(Some)
        });
        Ok(each.collect())
    }

    /// Opens the address of a reader, writes the letter and names its recipient to the server.
    fn offer_news(&self, caller: u64, offer: &NewsOffer) -> Result<MailReply, Refusal> {
        let mut each = self.of_readers(offer.to.scope(), std::slice::from_ref(&offer.bound))?;
        let Some(particulars) = each.pop().transpose()?.flatten() else {
            return Ok(MailReply::NoAddress);
        };
        match offer.to {
            Readers::Subscribers => {
                let person = OpenedParticulars::<NewsletterLetter>::new(particulars);
                self.write_to_reader(caller, offer, person.read::<Email>())
            }
            Readers::Members => {
                let person = OpenedParticulars::<MemberLetter>::new(particulars);
                self.write_to_reader(caller, offer, person.read::<Email>())
            }
            Readers::Entering => {
                let person = OpenedParticulars::<EntranceLetter>::new(particulars);
                self.write_to_reader(caller, offer, person.read::<Email>())
            }
        }
    }

    fn write_to_reader(
        &self,
        caller: u64,
        offer: &NewsOffer,
        email: Option<Opened<'_, Email>>,
    ) -> Result<MailReply, Refusal> {
        let Some(email) = email else {
            return Ok(MailReply::NoAddress);
        };
        let body = filled(&offer.words, "");
        let letter = Letter {
            html: Some(&offer.html),
            leave: Some(offer.leave.as_str()).filter(|leave| !leave.is_empty()),
            ..letter(email.expose(), &offer.words, &body, &offer.message_id)
        };
        self.name_recipient(caller, offer.line, &letter)
    }

    /// Opens the address of somebody who wrote to the library and the answer, writes the letter and
    /// names its recipient to the server.
    fn offer_in_scope(&self, caller: u64, offer: &ScopeOffer) -> Result<MailReply, Refusal> {
        let purpose = FeedbackReply::FACTS.code;
        let opened = self.open_in_scope(&offer.scope, purpose, &offer.boxes)?;
        let Reply::OpenedEach(each) = opened else {
            return Err(Refusal::Purpose);
        };
        let mut each = each.into_iter().map(|plain| written(&plain?));
        let person = each.next().ok_or(Refusal::Broken)??;
        let answer = each.next().ok_or(Refusal::Broken)??;
        let Some(email) = person.read::<Email>() else {
            return Ok(MailReply::NoAddress);
        };
        let answer = answer.read::<RequestText>().ok_or(Refusal::Broken)?;
        let body = filled(&offer.words, answer.expose());
        let letter = letter(email.expose(), &offer.words, &body, &offer.message_id);
        self.name_recipient(caller, offer.line, &letter)
    }

    /// Names sender and recipient over a line that listens, and keeps it ready for the letter.
    fn name_recipient(
        &self,
        caller: u64,
        number: u64,
        letter: &Letter,
    ) -> Result<MailReply, Refusal> {
        let (Some(State::Listening(line)), Some(mailer)) =
            (self.post.take(caller, number), &self.post.mailer)
        else {
            return Ok(MailReply::Gone);
        };
        let message = match mailer.write(letter) {
            Ok(message) => message,
            Err(LetterError::Address) => return Ok(MailReply::NoAddress),
            Err(LetterError::Header) => return Err(Refusal::Broken),
        };
        Ok(match line.offer(&message) {
            Ok(ready) => {
                self.post.keep(caller, Some(number), State::Ready(ready));
                MailReply::Ready
            }
            Err(outcome) => MailReply::Outcome(outcome.into()),
        })
    }

    /// Writes to those who look after the site; the message holds words and nobody's address.
    fn alarm(&self, alarm: &AlarmLetter) -> Result<Vec<Option<ToldOutcome>>, Refusal> {
        let Some(mailer) = &self.post.mailer else {
            return Ok(Vec::new());
        };
        let mut each = Vec::new();
        for (number, to) in mailer.alarm_to().iter().enumerate() {
            let message_id = format!("{number}.{}", alarm.message_id);
            let words = &alarm.words;
            let message = mailer.write(&letter(to, words, &words.body, &message_id));
            let message = message.map_err(|_| Refusal::Broken)?;
            let outcome = match self.post.connect() {
                Ok(connection) => match connection.offer(&message) {
                    Ok(ready) => ready.hand_over(),
                    Err(outcome) => outcome,
                },
                Err(trouble) => Outcome::TryLater(trouble),
            };
            each.push(Some(outcome.into()));
        }
        Ok(each)
    }

    /// Writes to everybody in the message, where the operator allows it at all.
    fn tell_all(&self, all: &MailToAll) -> Result<Vec<Option<ToldOutcome>>, Refusal> {
        if !self.policy.breach_mail {
            return Err(Refusal::NotAllowed);
        }
        let activity = checked(&all.activity)?;
        let incident = checked(&all.incident)?;
        let secret = self.opening_secret(activity)?;
        let told = self.told(activity)?;
        let words = Pinned::of(incident, &all.words);
        words.check(&told)?;
        self.allow_incident(incident)?;
        let mut opener = secret.opener(Scope::Notify);
        let mut each = Vec::with_capacity(all.boxes.len());
        for (bound, message_id) in &all.boxes {
            let line = format!("tell {incident} {}", checked(&bound.item)?);
            if told.contains(&line) {
                each.push(None);
                continue;
            }
            // Nobody's address is opened while the mail server does not listen.
            let outcome = match self.post.connect() {
                Ok(connection) => {
                    let what = format!("told {incident}");
                    self.note(activity, &what, std::iter::once(bound.item.as_str()))?;
                    let person = contact(&mut opener, activity, bound)?;
                    let person = OpenedContact::<BreachNotice>::new(person);
                    let leaving = (activity, line.as_str(), &words);
                    self.tell(connection, leaving, &person, &all.words, message_id)?
                }
                Err(trouble) => Some(ToldOutcome::TryLater(trouble.into())),
            };
            each.push(outcome);
        }
        Ok(each)
    }

    /// One letter about an incident; nothing where it has left meanwhile.
    fn tell(
        &self,
        connection: Connection,
        (activity, line, pinned): (&str, &str, &Pinned),
        person: &OpenedContact<BreachNotice>,
        words: &[Words],
        message_id: &str,
    ) -> Result<Option<ToldOutcome>, Refusal> {
        let language = person.language();
        let words = words.iter().find(|words| words.language() == language);
        let words = words.ok_or(Refusal::Broken)?;
        let Some(email) = person.read::<Email>() else {
            return Ok(Some(ToldOutcome::NoAddress));
        };
        let Some(mailer) = &self.post.mailer else {
            return Ok(Some(ToldOutcome::TryLater(Trouble::NotConfigured.into())));
        };
        let body = filled(words, "");
        let message = match mailer.write(&letter(email.expose(), words, &body, message_id)) {
            Ok(message) => message,
            Err(LetterError::Address) => return Ok(Some(ToldOutcome::NoAddress)),
            Err(LetterError::Header) => return Err(Refusal::Broken),
        };
        let ready = match connection.offer(&message) {
            Ok(ready) => ready,
            Err(outcome) => return Ok(Some(outcome.into())),
        };
        if !self.leaves(activity, line, pinned)? {
            return Ok(None);
        }
        Ok(Some(ready.hand_over().into()))
    }

    /// Notes that a letter leaves, with the words of its incident before the first; `false` where
    /// another message has sent it.
    fn leaves(&self, activity: &str, line: &str, pinned: &Pinned) -> Result<bool, Refusal> {
        let keys = self.keys();
        let told = told_lines(keys.folder(), activity)?;
        pinned.check(&told)?;
        if told.contains(line) {
            return Ok(false);
        }
        let first = match told.contains(&pinned.line) {
            true => String::new(),
            false => format!("{}\n", pinned.line),
        };
        let lines = format!("{first}{line}\n");
        ledger::append(keys.folder(), &file_name(activity), &lines)
            .map_err(|error| storage(error.into()))?;
        Ok(true)
    }

    /// The lines of letters that have left, or may have, and of their words.
    fn told(&self, activity: &str) -> Result<BTreeSet<String>, Refusal> {
        told_lines(self.keys().folder(), activity)
    }
}

/// What is in the box of a reader; nothing where it is closed.
type Read = Result<Option<Particulars>, Refusal>;

/// The words of an incident, which are those of its first letter.
struct Pinned {
    start: String,
    line: String,
}

impl Pinned {
    fn of(incident: &str, words: &[Words]) -> Pinned {
        let mut texts: Vec<[&str; 3]> = words
            .iter()
            .map(|each| [each.language.as_str(), &each.subject, &each.body])
            .collect();
        texts.sort_unstable();
        let texts: Vec<&[u8]> = texts.iter().flatten().map(|text| text.as_bytes()).collect();
        let hash = sha256(&encode("fairdraw/1/incident", &texts));
        let start = format!("words {incident} ");
        Pinned {
            line: format!("{start}{hash}"),
            start,
        }
    }

    /// Refuses other words than those of the letters that have left.
    fn check(&self, told: &BTreeSet<String>) -> Result<(), Refusal> {
        let mut before = told.iter().filter(|line| line.starts_with(&self.start));
        let same = before.all(|line| *line == self.line);
        same.then_some(()).ok_or(Refusal::OtherWords)
    }
}

fn told_lines(folder: &Path, activity: &str) -> Result<BTreeSet<String>, Refusal> {
    let lines = disk::read(folder, &file_name(activity)).map_err(|error| storage(error.into()))?;
    let lines = lines.unwrap_or_default();
    let lines = String::from_utf8_lossy(&lines);
    Ok(lines.lines().map(str::to_owned).collect())
}

/// The line of a reader's box that is never opened again.
fn closed_line(item: &str) -> String {
    format!("closed {item}")
}

/// Beside the ledger of openings; row ids and codes, nothing of a person.
fn file_name(activity: &str) -> String {
    format!("{activity}.told")
}

fn read(plain: &Private) -> Result<OpenedContact<WinnerNotice>, Refusal> {
    let contact = Contact::decode(&plain.0).ok_or(Refusal::Broken)?;
    Ok(OpenedContact::new(contact))
}

fn written(plain: &Private) -> Result<OpenedParticulars<FeedbackReply>, Refusal> {
    let particulars = Particulars::decode(&plain.0).ok_or(Refusal::Broken)?;
    Ok(OpenedParticulars::new(particulars))
}

/// The body with the name, or the answer, in its place.
fn filled(words: &Words, name: &str) -> Zeroizing<String> {
    Zeroizing::new(words.body.replace(NAME_HERE, name))
}

fn letter<'a>(to: &'a str, words: &'a Words, body: &'a str, message_id: &'a str) -> Letter<'a> {
    Letter {
        to,
        subject: &words.subject,
        body,
        message_id,
        date: Timestamp(words.date),
        language: words.language(),
        html: None,
        leave: None,
    }
}
