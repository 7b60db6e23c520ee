//! Writing, trying out, scheduling and stopping issues; topics.
//!
//! Whoever may run activities may do all of it: publishing an activity reaches as many people and
//! can be taken back as little.

use std::sync::Arc;

use rocket::{Route, State, get, post, routes};

use crate::account::guard::Librarian;
use crate::audit::Actor;
use crate::identity::email::Email;
use crate::newsletter::issues::{self, IssueId, Stage};
use crate::newsletter::wire::public::email;
use crate::newsletter::wire::staff::{
    self as wire, ListView, PreviewView, SendPage, SendView, TopicsView, WriteView,
};
use crate::newsletter::{Error, TopicId, plain_letters, subscribers, topics};
use crate::platform::clock::Timestamp;
use crate::platform::config::Config;
use crate::platform::db::{Db, Tx};
use crate::platform::mail::MailFacts;
use crate::platform::text::{self, Language};
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::vault::guard::Visit;

pub(super) fn routes() -> Vec<Route> {
    routes![
        list, topic_list, save_topic, write_page, write, edit, save, preview, send_page, send
    ]
}

#[get("/staff/newsletters")]
async fn list(lang: Language, _staff: Librarian, db: &State<Db>) -> AppResult<Page> {
    let (issues, people) = db
        .read("list issues", |tx| {
            let mut found = Vec::new();
            for issue in issues::all(tx)? {
                let progress = issues::progress(tx, &issue)?;
                found.push((issue, progress));
            }
            Ok::<_, Error>((found, subscribers::count(tx)?))
        })
        .await?;
    let view = ListView::of(lang, &issues, people);
    Ok(Page::new(lang, "newsletter/list", view))
}

#[get("/staff/newsletters/topics?<edit>")]
async fn topic_list(
    lang: Language,
    _staff: Librarian,
    edit: Option<&str>,
    db: &State<Db>,
) -> AppResult<Page> {
    let all = db.read("list topics", topics::all).await?;
    let empty = FormFields::default();
    let view = TopicsView::of(&all, edit.unwrap_or(""), &empty, Mistakes::new());
    Ok(Page::new(lang, "newsletter/topics", view))
}

#[post("/staff/newsletters/topics", data = "<form>")]
async fn save_topic(
    lang: Language,
    staff: Librarian,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let by = staff.0.actor();
    let id = TopicId::from(form.value("topic"));
    if form.value("do") == "retire" {
        let write = move |tx: &mut Tx<'_>| topics::retire(tx, &by, &id);
        db.write("retire topic", write).await?;
        return Ok(Reply::done(lang, "/staff/newsletters/topics"));
    }
    let name = match wire::topic_name(lang, &form) {
        Ok(name) => name,
        Err(mistakes) => {
            let all = db.read("list topics", topics::all).await?;
            let view = TopicsView::of(&all, id.as_str(), &form, mistakes);
            return Ok(Page::new(lang, "newsletter/topics", view).again().into());
        }
    };
    db.write("save topic", move |tx| match id.as_str() {
        "" => topics::make(tx, &by, name.clone()).map(drop),
        _ => topics::rename(tx, &by, &id, &name),
    })
    .await?;
    Ok(Reply::done(lang, "/staff/newsletters/topics"))
}

#[get("/staff/newsletters/new")]
async fn write_page(lang: Language, _staff: Librarian, db: &State<Db>) -> AppResult<Page> {
    let offered = db.read("list topics", topics::offered).await?;
    let view = WriteView::of(lang, &offered, None);
    Ok(Page::new(lang, "newsletter/write", view))
}

#[post("/staff/newsletters/new", data = "<form>")]
async fn write(
    lang: Language,
    staff: Librarian,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let offered = db.read("list topics", topics::offered).await?;
    let empty = WriteView::of(lang, &offered, None);
    let again = |mistakes| {
        let page = Page::new(lang, "newsletter/write", empty.again(&form, mistakes));
        Ok(page.again().into())
    };
    let text = match wire::text_of(lang, &form, &offered) {
        Ok(text) => text,
        Err(mistakes) => return again(mistakes),
    };
    let by = staff.0.actor();
    let written = db.write("write issue", move |tx| {
        issues::write(tx, &by, text.clone())
    });
    match written.await {
        Ok(id) => Ok(Reply::go(lang, &format!("/staff/newsletters/{id}/preview"))),
        Err(Error::Moved) => again(at(lang, "slug", "newsletter-slug-taken")),
        Err(error) => Err(error.into()),
    }
}

fn at(lang: Language, field: &str, id: &str) -> Mistakes {
    let mut mistakes = Mistakes::new();
    mistakes.add(field, text::message(lang, id, &[]));
    mistakes
}

#[get("/staff/newsletters/<id>", rank = 3)]
async fn edit(lang: Language, _staff: Librarian, id: &str, db: &State<Db>) -> AppResult<Reply> {
    let of = IssueId::from(id);
    let (issue, offered) = db
        .read("read issue", move |tx| {
            Ok::<_, Error>((issues::by_id(tx, &of)?, topics::offered(tx)?))
        })
        .await?;
    if issue.stage != Stage::Draft {
        let path = format!("/staff/newsletters/{id}/send");
        return Ok(Reply::go(lang, &path));
    }
    let view = WriteView::of(lang, &offered, Some(&issue));
    Ok(Page::new(lang, "newsletter/write", view).into())
}

#[post("/staff/newsletters/<id>", rank = 3, data = "<form>")]
async fn save(
    lang: Language,
    staff: Librarian,
    id: &str,
    form: FormFields,
    db: &State<Db>,
) -> AppResult<Reply> {
    let of = IssueId::from(id);
    let (issue, offered) = db
        .read("read issue", move |tx| {
            Ok::<_, Error>((issues::by_id(tx, &of)?, topics::offered(tx)?))
        })
        .await?;
    let whole = WriteView::of(lang, &offered, Some(&issue));
    let again = |mistakes| {
        let page = Page::new(lang, "newsletter/write", whole.again(&form, mistakes));
        Ok(page.again().into())
    };
    let text = match wire::text_of(lang, &form, &offered) {
        Ok(text) => text,
        Err(mistakes) => return again(mistakes),
    };
    let version = form.value("version").parse().unwrap_or(0);
    let (of, by) = (issue.id.clone(), staff.0.actor());
    let saved = db.write("save issue", move |tx| {
        issues::change(tx, &by, &of, version, text.clone())
    });
    match saved.await {
        Ok(()) => Ok(Reply::go(lang, &format!("/staff/newsletters/{id}/preview"))),
        Err(Error::Moved) => again(at(lang, "slug", "newsletter-moved")),
        Err(error) => Err(error.into()),
    }
}

#[get("/staff/newsletters/<id>/preview")]
async fn preview(
    lang: Language,
    _staff: Librarian,
    id: &str,
    db: &State<Db>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let of = IssueId::from(id);
    let issue = db
        .read("read issue", move |tx| issues::by_id(tx, &of))
        .await?;
    let now = db.clock().now();
    let plain = plain_letters(config, &issue, now)?;
    let view = PreviewView::of(lang, &issue, plain);
    Ok(Page::new(lang, "newsletter/preview", view))
}

/// What the pages of sending stand on.
struct Sending<'a> {
    visit: Visit<'a>,
    id: &'a str,
    mailer: &'a MailFacts,
}

impl Sending<'_> {
    async fn page(&self, form: &FormFields, mistakes: Mistakes) -> AppResult<Page> {
        let of = IssueId::from(self.id);
        let Visit {
            lang, db, config, ..
        } = self.visit;
        let (issue, topics, progress) = db
            .read("read issue", move |tx| {
                let issue = issues::by_id(tx, &of)?;
                let progress = issues::progress(tx, &issue)?;
                Ok::<_, Error>((issue, topics::all(tx)?, progress))
            })
            .await?;
        let page = SendPage {
            issue,
            topics,
            progress,
            per_minute: config.newsletter_per_minute,
            has_server: self.mailer.is_configured(),
        };
        let view = SendView::of(lang, &page, form, mistakes);
        Ok(Page::new(lang, "newsletter/send", view))
    }

    async fn try_out(&self, by: Actor, form: &FormFields, to: &Email) -> Result<(), Error> {
        let to = subscribers::seal(self.visit.vault, to)?;
        let of = IssueId::from(self.id);
        let language = match form.value("language") {
            tag if tag == Language::En.tag() => Language::En,
            _ => Language::ZhTw,
        };
        let work = move |tx: &mut Tx<'_>| issues::try_out(tx, &by, &of, &to, language);
        self.visit.db.write("try issue", work).await
    }

    async fn act(&self, by: Actor, form: &FormFields, at: Timestamp) -> Result<(), Error> {
        let of = IssueId::from(self.id);
        let version = form.value("version").parse().unwrap_or(0);
        let what = form.value("do").to_owned();
        let work = move |tx: &mut Tx<'_>| match what.as_str() {
            "now" | "schedule" => issues::schedule(tx, &by, &of, version, at),
            "take_back" => issues::take_back(tx, &by, &of),
            "stop" => issues::stop(tx, &by, &of),
            _ => Err(Error::Unknown),
        };
        self.visit.db.write("send issue", work).await
    }
}

#[get("/staff/newsletters/<id>/send")]
async fn send_page(
    visit: Visit<'_>,
    _staff: Librarian,
    id: &str,
    mailer: &State<Arc<MailFacts>>,
) -> AppResult<Page> {
    let sending = Sending { visit, id, mailer };
    let empty = FormFields::default();
    sending.page(&empty, Mistakes::new()).await
}

#[post("/staff/newsletters/<id>/send", data = "<form>")]
async fn send(
    visit: Visit<'_>,
    staff: Librarian,
    id: &str,
    form: FormFields,
    mailer: &State<Arc<MailFacts>>,
) -> AppResult<Reply> {
    let sending = Sending { visit, id, mailer };
    let lang = visit.lang;
    let by = staff.0.actor();
    let back = format!("/staff/newsletters/{id}/send");
    let done = match form.value("do") {
        "try" => {
            let mut mistakes = Mistakes::new();
            match email(lang, &form, &mut mistakes) {
                Some(to) => sending.try_out(by, &form, &to).await,
                None => {
                    let page = sending.page(&form, mistakes).await?;
                    return Ok(page.at(back).again().into());
                }
            }
        }
        "schedule" => match wire::moment(lang, &form, visit.now) {
            Ok(at) => sending.act(by, &form, at).await,
            Err(mistakes) => {
                let page = sending.page(&form, mistakes).await?;
                return Ok(page.at(back).again().into());
            }
        },
        "now" | "take_back" | "stop" => sending.act(by, &form, visit.now).await,
        _ => return Err(AppError::not_found()),
    };
    match done {
        Ok(()) => Ok(Reply::done(lang, &back)),
        Err(Error::Moved) => {
            let page = sending.page(&form, at(lang, "change", "newsletter-moved"));
            Ok(page.await?.at(back).again().into())
        }
        Err(error) => Err(error.into()),
    }
}
