//! Views of one's own account, and the file of what is held.

use lucky_draw::ticket::TicketNumber;
use serde::Serialize;

use crate::account;
use crate::account::elsewhere::Linked;
use crate::account::token::TokenHash;
use crate::account::wire::elsewhere::ProviderView;
use crate::activity::Facts;
use crate::activity::wire::stage_words;
use crate::entry::receipt::Found;
use crate::identity::date;
use crate::identity::email::Email;
use crate::member::Member;
use crate::member::factor::State;
use crate::member::session::Opened;
use crate::member::terms::Terms;
use crate::newsletter::Topic;
use crate::newsletter::consent::Consent;
use crate::newsletter::subscribers::Choice;
use crate::platform::clock::Timestamp;
use crate::platform::openid::Provider;
use crate::platform::text::{self, Language};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::qr::QrView;

/// A choice on a form.
#[derive(Serialize)]
struct OptionView {
    value: &'static str,
    label: &'static str,
}

/// One session in a list.
#[derive(Serialize)]
struct SessionView {
    here: bool,
    opened_at: i64,
    seen_at: i64,
}

/// A receipt of the account and what it leads to.
pub(in crate::member) struct KeptEntry {
    pub(in crate::member) facts: Facts,
    /// Nothing once the data of the activity is deleted.
    pub(in crate::member) found: Option<Found>,
    /// The receipt code in groups.
    pub(in crate::member) code: String,
    /// The receipt, sealed for the next page.
    pub(in crate::member) pass: String,
}

/// The subscription of the member's address, or what it could be.
#[derive(Default)]
pub(in crate::member) struct News {
    /// Topics that are offered to whoever is not subscribed.
    pub(in crate::member) offered: Vec<Topic>,
    /// Topics of the subscription.
    pub(in crate::member) chosen: Vec<Topic>,
    /// Since when.
    pub(in crate::member) since: Option<Timestamp>,
    /// The words that were agreed to, or would be.
    pub(in crate::member) consent: Option<(i64, Consent)>,
    /// Where it is changed and left.
    pub(in crate::member) path: String,
}

/// One entry in the list.
#[derive(Serialize)]
struct EntryRow {
    title: String,
    slug: String,
    stage: String,
    stage_kind: &'static str,
    /// Ticket numbers.
    numbers: Vec<String>,
    taken_hour: Option<i64>,
    withdrawn: bool,
    /// Which notice was agreed to; 0 where that is not known.
    notice_version: i64,
    pass: String,
}

impl EntryRow {
    fn of(lang: Language, kept: &KeptEntry) -> EntryRow {
        let (stage, stage_kind) = stage_words(lang, kept.facts.stage);
        let found = kept.found.as_ref();
        EntryRow {
            title: kept.facts.title.pick(lang).to_owned(),
            slug: kept.facts.slug.clone(),
            stage,
            stage_kind,
            numbers: found.map(numbers).unwrap_or_default(),
            taken_hour: found.map(|found| found.entry.taken_hour.0),
            withdrawn: found.is_some_and(|found| found.entry.withdrawn),
            notice_version: found.map_or(0, |found| found.notice_version),
            pass: kept.pass.clone(),
        }
    }
}

fn numbers(found: &Found) -> Vec<String> {
    let tickets = found.tickets.iter();
    tickets
        .map(|(_, ticket)| TicketNumber(ticket.index).to_string())
        .collect()
}

/// The subscription on the page.
#[derive(Serialize)]
struct NewsView {
    offered: Vec<TopicView>,
    chosen: Vec<String>,
    ticked: Vec<String>,
    path: String,
    version: i64,
    words: String,
    agreed: bool,
}

#[derive(Serialize)]
struct TopicView {
    value: String,
    label: String,
}

impl NewsView {
    fn of(lang: Language, news: &News, form: &FormFields) -> NewsView {
        let (version, words) = match &news.consent {
            Some((version, consent)) => (*version, consent.words.clone()),
            None => (0, String::new()),
        };
        let offered = news.offered.iter().map(|topic| TopicView {
            value: topic.id.0.clone(),
            label: topic.name.pick(lang).to_owned(),
        });
        NewsView {
            offered: offered.collect(),
            chosen: news
                .chosen
                .iter()
                .map(|topic| topic.name.pick(lang).to_owned())
                .collect(),
            ticked: form
                .values("topics")
                .into_iter()
                .map(str::to_owned)
                .collect(),
            path: news.path.clone(),
            version,
            words,
            agreed: form.has("agree"),
        }
    }
}

/// Reads the topics of a new subscription.
pub(in crate::member) fn choice(
    lang: Language,
    form: &FormFields,
    facts: &OwnFacts<'_>,
) -> Result<Choice, Mistakes> {
    let mut mistakes = Mistakes::new();
    let ticked = form.values("topics");
    let offered = facts.news.offered.iter();
    let topics: Vec<_> = offered
        .filter(|topic| ticked.contains(&topic.id.as_str()))
        .map(|topic| topic.id.clone())
        .collect();
    let mut missing = |field: &str, id: &str| mistakes.add(field, text::message(lang, id, &[]));
    if topics.is_empty() {
        missing("topics", "newsletter-topics-missing");
    }
    if !form.has("agree") {
        missing("agree", "newsletter-agree-missing");
    }
    match mistakes.is_empty() {
        true => Ok(Choice {
            topics,
            language: facts.member.language,
        }),
        false => Err(mistakes),
    }
}

/// Words that were agreed to, and when.
#[derive(Serialize)]
struct ConsentView {
    title: String,
    version: i64,
    at: i64,
    words: String,
    lang: &'static str,
}

/// What the page of an account is made of.
pub(in crate::member) struct OwnFacts<'a> {
    pub(in crate::member) member: &'a Member,
    pub(in crate::member) email: &'a str,
    pub(in crate::member) terms: &'a Terms,
    pub(in crate::member) sessions: &'a [Opened],
    pub(in crate::member) here: &'a TokenHash,
    pub(in crate::member) entries: &'a [KeptEntry],
    pub(in crate::member) news: &'a News,
    pub(in crate::member) second: State,
    pub(in crate::member) linked: Option<&'a Linked>,
}

/// One's own account.
#[derive(Serialize)]
pub(in crate::member) struct OwnView {
    /// With its first letter and its domain.
    masked: String,
    made_at: i64,
    languages: Vec<OptionView>,
    language: &'static str,
    entries: Vec<EntryRow>,
    news: NewsView,
    sessions: Vec<SessionView>,
    /// Since when there is a second step.
    set_at: Option<i64>,
    recovery_left: i64,
    elsewhere: Option<ProviderView>,
    has_passphrase: bool,
    consents: Vec<ConsentView>,
    email: String,
    done: String,
    mistakes: Mistakes,
}

impl OwnView {
    pub(in crate::member) fn of(
        lang: Language,
        facts: &OwnFacts<'_>,
        done: Option<&str>,
        (form, mistakes): (&FormFields, Mistakes),
    ) -> OwnView {
        let sessions = facts.sessions.iter().map(|opened| SessionView {
            here: opened.token == *facts.here,
            opened_at: opened.opened_at.0,
            seen_at: opened.seen_at.0,
        });
        OwnView {
            masked: masked(facts.email),
            made_at: facts.member.made_at.0,
            languages: vec![
                OptionView {
                    value: Language::ZhTw.tag(),
                    label: "中文",
                },
                OptionView {
                    value: Language::En.tag(),
                    label: "English",
                },
            ],
            language: facts.member.language.tag(),
            entries: facts
                .entries
                .iter()
                .map(|kept| EntryRow::of(lang, kept))
                .collect(),
            news: NewsView::of(lang, facts.news, form),
            sessions: sessions.collect(),
            set_at: facts.second.set_at.map(|at| at.0),
            recovery_left: facts.second.recovery_left,
            elsewhere: None,
            has_passphrase: !facts.member.passphrase.is_none(),
            consents: consents(lang, facts),
            email: form.value("email").to_owned(),
            done: done
                .and_then(|code| done_words(lang, code))
                .unwrap_or_default(),
            mistakes,
        }
    }
}

impl OwnView {
    /// The same with the provider elsewhere.
    pub(in crate::member) fn beside(
        mut self,
        lang: Language,
        provider: Option<&Provider>,
        linked: Option<Linked>,
    ) -> OwnView {
        self.elsewhere = provider.map(|provider| ProviderView::of(lang, provider, linked));
        self
    }
}

/// What the member agreed to: to the account, and to the newsletter.
fn consents(lang: Language, facts: &OwnFacts<'_>) -> Vec<ConsentView> {
    let mut consents = vec![ConsentView {
        title: text::message(lang, "member-terms-title", &[]),
        version: facts.terms.version,
        at: facts.member.made_at.0,
        words: facts.terms.words.clone(),
        lang: facts.terms.language.tag(),
    }];
    if let (Some(since), Some((version, consent))) = (facts.news.since, &facts.news.consent) {
        consents.push(ConsentView {
            title: text::message(lang, "member-news-consent", &[]),
            version: *version,
            at: since.0,
            words: consent.words.clone(),
            lang: consent.language.tag(),
        });
    }
    consents
}

/// A telephone is set up.
#[derive(Serialize)]
pub(in crate::member) struct TelephoneView {
    /// The secret, sealed.
    setting: String,
    qr: Option<QrView>,
    /// In groups of four.
    secret: String,
    mistakes: Mistakes,
}

impl TelephoneView {
    pub(in crate::member) fn of(
        library: &str,
        email: &str,
        secret: &str,
        setting: String,
        mistakes: Mistakes,
    ) -> TelephoneView {
        let address = account::wire::factor::otpauth(library, &masked(email), secret);
        TelephoneView {
            setting,
            qr: QrView::of(&address),
            secret: account::factor::grouped(secret),
            mistakes,
        }
    }
}

/// New recovery codes, shown once.
#[derive(Serialize)]
pub(in crate::member) struct RecoveryView {
    pub(in crate::member) codes: Vec<String>,
    pub(in crate::member) made_at: i64,
}

/// An address with its first letter and its domain.
pub(in crate::member) fn masked(email: &str) -> String {
    Email::parse(email).map_or_else(|_| String::new(), |email| email.masked())
}

fn done_words(lang: Language, code: &str) -> Option<String> {
    let id = match code {
        "begun" => "member-done-begun",
        "passphrase" => "member-done-passphrase",
        "moving" => "member-done-moving",
        "language" => "member-done-language",
        "session" => "member-done-session",
        "others" => "member-done-others",
        "receipt" => "member-done-receipt",
        "step_off" => "member-done-step-off",
        "subscribed" => "member-done-subscribed",
        "linked" => "member-done-linked",
        "unlinked" => "member-done-unlinked",
        _ => return None,
    };
    Some(text::message(lang, id, &[]))
}

/// Reads the language of letters.
pub(in crate::member) fn language(form: &FormFields) -> Option<Language> {
    let tag = form.value("language");
    Language::ALL
        .into_iter()
        .find(|language| language.tag() == tag)
}

/// What is held of a member, as a file.
#[derive(Serialize)]
struct HeldFile<'a> {
    written_at: String,
    email: &'a str,
    language: &'static str,
    made_at: String,
    consents: Vec<HeldConsent>,
    entries: Vec<HeldEntry<'a>>,
    newsletter_topics: Vec<&'a str>,
    /// Since when codes of a telephone are asked for.
    second_step_since: Option<String>,
    /// The provider elsewhere to which the account is linked.
    linked_to: Option<&'a str>,
    linked_since: Option<String>,
    sessions: Vec<HeldSession>,
}

#[derive(Serialize)]
struct HeldConsent {
    what: String,
    version: i64,
    agreed_at: String,
    words: String,
}

#[derive(Serialize)]
struct HeldEntry<'a> {
    activity: &'a str,
    slug: &'a str,
    receipt_code: &'a str,
    tickets: Vec<String>,
    /// The hour; nothing once the data of the activity is deleted.
    entered_at: Option<String>,
    notice_version: Option<i64>,
    withdrawn: bool,
}

#[derive(Serialize)]
struct HeldSession {
    opened_at: String,
    seen_at: String,
}

/// The file of what is held, as JSON.
pub(in crate::member) fn held_file(
    lang: Language,
    facts: &OwnFacts<'_>,
    now: Timestamp,
) -> Vec<u8> {
    let moment = date::input_value;
    let sessions = facts.sessions.iter().map(|opened| HeldSession {
        opened_at: moment(opened.opened_at),
        seen_at: moment(opened.seen_at),
    });
    let consents = consents(lang, facts).into_iter().map(|each| HeldConsent {
        what: each.title,
        version: each.version,
        agreed_at: moment(Timestamp(each.at)),
        words: each.words,
    });
    let entries = facts.entries.iter().map(|kept| {
        let found = kept.found.as_ref();
        HeldEntry {
            activity: kept.facts.title.pick(lang),
            slug: &kept.facts.slug,
            receipt_code: &kept.code,
            tickets: found.map(numbers).unwrap_or_default(),
            entered_at: found.map(|found| moment(found.entry.taken_hour)),
            notice_version: found.map(|found| found.notice_version),
            withdrawn: found.is_some_and(|found| found.entry.withdrawn),
        }
    });
    let topics = facts.news.chosen.iter().map(|topic| topic.name.pick(lang));
    let file = HeldFile {
        written_at: moment(now),
        email: facts.email,
        language: facts.member.language.tag(),
        made_at: moment(facts.member.made_at),
        consents: consents.collect(),
        entries: entries.collect(),
        newsletter_topics: topics.collect(),
        second_step_since: facts.second.set_at.map(moment),
        linked_to: facts.linked.map(|linked| linked.issuer.as_str()),
        linked_since: facts.linked.map(|linked| moment(linked.linked_at)),
        sessions: sessions.collect(),
    };
    serde_json::to_vec_pretty(&file).expect("these views are JSON")
}
