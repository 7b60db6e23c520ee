//! What crosses the boundary of discussions: a post in, pages out.
//!
//! Invariant: nothing typed is lost; what waits for staff is on a page of staff alone.

use jiff::civil::Date;
use lucky_draw::encode::sha256;
use serde::Serialize;

use crate::activity::Facts;
use crate::activity::wire::Heading;
use crate::identity::found::{self, What};
use crate::identity::{date, typed};
use crate::platform::clock::Timestamp;
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};

use super::{Appears, Author, Discussion, LONGEST, LONGEST_REASON, Post, PostState, takes_posts};

/// A field that people do not see and programs fill.
pub(super) const TRAP: &str = "website";
/// Questions on a page, with everything that answers them.
const PER_PAGE: usize = 20;

/// A piece of a text; `mark` says what was found in it, and is empty for everything else.
#[derive(Serialize)]
pub(super) struct Piece {
    text: String,
    mark: String,
}

/// A text in pieces, line by line.
type Lines = Vec<Vec<Piece>>;

/// A text with what was found marked; a finding ends with its line.
fn marked(lang: Language, text: &str, today: Date) -> Lines {
    text.lines()
        .map(|line| {
            let mut pieces = Vec::new();
            let mut from = 0;
            let mut push = |text: &str, mark: String| {
                if !text.is_empty() {
                    let text = text.to_owned();
                    pieces.push(Piece { text, mark });
                }
            };
            for one in found::find(line, today) {
                push(line.get(from..one.at.start).unwrap_or(""), String::new());
                push(
                    line.get(one.at.clone()).unwrap_or(""),
                    what_words(lang, one.what),
                );
                from = one.at.end;
            }
            push(line.get(from..).unwrap_or(""), String::new());
            pieces
        })
        .collect()
}

fn plain(text: &str) -> Lines {
    let piece = |line: &str| Piece {
        text: line.to_owned(),
        mark: String::new(),
    };
    text.lines().map(|line| vec![piece(line)]).collect()
}

fn what_words(lang: Language, what: What) -> String {
    let id = match what {
        What::IdNumber => "discussion-found-id",
        What::Phone => "discussion-found-phone",
        What::Email => "discussion-found-email",
        What::Address => "discussion-found-address",
    };
    text::message(lang, id, &[])
}

/// Whether something in a text tells who somebody is.
pub(super) fn tells_of_somebody(text: &str, now: Timestamp) -> bool {
    let today = date::day_of(now);
    text.lines()
        .any(|line| !found::find(line, today).is_empty())
}

/// Names a text, so that "post it all the same" holds for the text that was shown and no other.
pub(super) fn fingerprint(text: &str) -> String {
    sha256(text.as_bytes()).to_string()
}

/// Reads a post, or says what is wrong with it.
pub(super) fn read(lang: Language, form: &FormFields) -> Result<String, Mistakes> {
    let mut mistakes = Mistakes::new();
    if !form.value(TRAP).trim().is_empty() {
        mistakes.add(TRAP, text::message(lang, "discussion-trap-filled", &[]));
    }
    let words = typed::lines(form.value("text"));
    let length = typed::length(&words);
    if words.is_empty() {
        mistakes.add("text", text::message(lang, "discussion-text-missing", &[]));
    } else if length > LONGEST {
        mistakes.add("text", too_long(lang, length, LONGEST));
    }
    match mistakes.is_empty() {
        true => Ok(words),
        false => Err(mistakes),
    }
}

/// Reads the reason of a takedown, which everybody reads.
pub(super) fn reason(lang: Language, typed: &str, now: Timestamp) -> Result<String, String> {
    let words = typed::line(typed);
    let length = typed::length(&words);
    if words.is_empty() {
        return Err(text::message(lang, "discussion-reason-missing", &[]));
    }
    if length > LONGEST_REASON {
        return Err(too_long(lang, length, LONGEST_REASON));
    }
    if tells_of_somebody(&words, now) {
        return Err(text::message(lang, "discussion-reason-person", &[]));
    }
    Ok(words)
}

fn too_long(lang: Language, length: usize, longest: usize) -> String {
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let args = [
        ("length", number(length).into()),
        ("longest", number(longest).into()),
    ];
    text::message(lang, "discussion-text-long", &args)
}

/// A post on a page.
#[derive(Serialize)]
pub(super) struct PostView {
    id: String,
    position: i64,
    is_library: bool,
    is_down: bool,
    reason: String,
    posted_at: i64,
    lines: Lines,
    /// What it answers, in the first words; for staff.
    about: String,
    answers: Vec<PostView>,
}

impl PostView {
    fn new(post: &Post, lines: Lines) -> PostView {
        PostView {
            id: post.id.to_string(),
            position: post.position,
            is_library: post.author == Author::Library,
            is_down: post.state == PostState::TakenDown,
            reason: post.reason.clone(),
            posted_at: post.posted_at.0,
            lines,
            about: String::new(),
            answers: Vec::new(),
        }
    }

    fn public(post: &Post) -> PostView {
        PostView::new(post, plain(&post.text))
    }
}

/// Questions, the latest first, each with its answers in order.
fn threads(posts: &[Post]) -> Vec<PostView> {
    let questions = posts.iter().rev().filter(|post| post.question.is_none());
    questions
        .map(|question| {
            let answers = posts.iter();
            let own = answers.filter(|post| post.question.as_ref() == Some(&question.id));
            PostView {
                answers: own.map(PostView::public).collect(),
                ..PostView::public(question)
            }
        })
        .collect()
}

/// The discussion, for everybody.
#[derive(Serialize)]
pub(super) struct DiscussionView {
    slug: String,
    title: String,
    is_open: bool,
    after_approval: bool,
    purges_at: i64,
    threads: Vec<PostView>,
    total: usize,
    this_page: usize,
    last_page: usize,
    /// What happened to the post that was just sent: `waiting`, `shown`, or nothing.
    posted: String,
    #[serde(flatten)]
    form: WriteView,
}

/// The box to write in.
#[derive(Serialize, Default)]
pub(super) struct WriteView {
    /// The question that is answered; empty for a question.
    pub(super) question: String,
    /// Its first words.
    pub(super) about: String,
    pub(super) text: String,
    pub(super) trap: String,
    pub(super) longest: usize,
    pub(super) token: String,
    pub(super) message: String,
    pub(super) mistakes: Mistakes,
}

impl DiscussionView {
    pub(super) fn new(
        lang: Language,
        facts: &Facts,
        discussion: &Discussion,
        posts: &[Post],
        (page, posted): (usize, &str),
        form: WriteView,
    ) -> DiscussionView {
        let all = threads(posts);
        let total = all.len();
        let last_page = total.div_ceil(PER_PAGE).max(1);
        let this_page = page.clamp(1, last_page);
        let shown = all.into_iter().skip((this_page - 1) * PER_PAGE);
        DiscussionView {
            slug: facts.slug.clone(),
            title: facts.title.pick(lang).to_owned(),
            is_open: takes_posts(facts, discussion),
            after_approval: discussion.appears == Appears::AfterApproval,
            purges_at: facts.purges_at.0,
            threads: shown.take(PER_PAGE).collect(),
            total,
            this_page,
            last_page,
            posted: match posted {
                "waiting" | "shown" => posted.to_owned(),
                _ => String::new(),
            },
            form,
        }
    }
}

/// The first words of a post, to say which one is meant.
pub(super) fn first_words(text: &str) -> String {
    const WORDS: usize = 30;
    let line = text.lines().next().unwrap_or("");
    match line.chars().count() > WORDS {
        true => line.chars().take(WORDS).chain(['…']).collect(),
        false => line.to_owned(),
    }
}

/// Before a post in which somebody was found: really?
#[derive(Serialize)]
pub(super) struct ReallyView {
    slug: String,
    title: String,
    lines: Lines,
    what: Vec<String>,
    sure: String,
    #[serde(flatten)]
    form: WriteView,
}

impl ReallyView {
    pub(super) fn new(
        lang: Language,
        facts: &Facts,
        words: &str,
        now: Timestamp,
        form: WriteView,
    ) -> ReallyView {
        let lines = marked(lang, words, date::day_of(now));
        let mut what: Vec<String> = lines
            .iter()
            .flatten()
            .filter(|piece| !piece.mark.is_empty())
            .map(|piece| piece.mark.clone())
            .collect();
        what.dedup();
        ReallyView {
            slug: facts.slug.clone(),
            title: facts.title.pick(lang).to_owned(),
            what,
            sure: fingerprint(words),
            lines,
            form,
        }
    }
}

/// The discussion for staff: its switch, what waits, and what everybody reads.
#[derive(Serialize)]
pub(super) struct DeskView {
    heading: Heading,
    /// `off`, `after_approval` or `at_once`.
    choice: &'static str,
    waiting: Vec<PostView>,
    shown: Vec<PostView>,
    token: String,
    /// What was typed, for the post of this id: a reason, or an answer.
    pub(super) typed_for: String,
    pub(super) reason: String,
    pub(super) text: String,
    pub(super) message: String,
    pub(super) mistakes: Mistakes,
}

impl DeskView {
    pub(super) fn new(
        lang: Language,
        facts: &Facts,
        discussion: Option<Discussion>,
        (waiting, shown): (&[Post], &[Post]),
        token: String,
        now: Timestamp,
    ) -> DeskView {
        let today = date::day_of(now);
        let seen = |post: &Post| {
            let asked = post.question.as_ref();
            let about = shown.iter().find(|other| Some(&other.id) == asked);
            PostView {
                about: about.map_or_else(String::new, |other| first_words(&other.text)),
                ..PostView::new(post, marked(lang, &post.text, today))
            }
        };
        DeskView {
            heading: Heading::of(lang, facts),
            choice: match discussion {
                Some(own) if own.is_open => own.appears.code(),
                _ => "off",
            },
            waiting: waiting.iter().map(seen).collect(),
            shown: threads(shown),
            token,
            typed_for: String::new(),
            reason: String::new(),
            text: String::new(),
            message: String::new(),
            mistakes: Mistakes::new(),
        }
    }
}
