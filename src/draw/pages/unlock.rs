//! Two of three librarians: making their shares before publishing, and unlocking with two of them.
//!
//! Invariant: shares are on one page, once, and nowhere else; every making, giving and locking is in
//! the record. Two different members of staff have to give their shares.
//!
//! Not here: how shares open ([`crate::vault`]).

use rocket::{Route, State, get, post, routes};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::account::guard::{Confirmed, Librarian};
use crate::activity::wire::Heading;
use crate::activity::{self, ActivityId, Facts, Stage, Unlock, draft};
use crate::audit::{self, Act, Filter};
use crate::draw::{self, DrawId, Error};
use crate::platform::db::Db;
use crate::platform::text::{self, Language};
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};
use crate::vault::{self, Lock, Refusal, Vault};

/// One of two shares was given.
const SHARE_GIVEN: &str = "vault.share_given";

pub(super) fn routes() -> Vec<Route> {
    routes![shares, change_shares, lock, unlock]
}

#[derive(Serialize)]
struct SharesView {
    heading: Heading,
    /// Whether librarians can still be chosen.
    is_draft: bool,
    has_contacts: bool,
    has_shares: bool,
    mistakes: Mistakes,
}

#[derive(Serialize)]
struct NewSharesView {
    heading: Heading,
    shares: Vec<ShareView>,
}

#[derive(Serialize)]
struct ShareView {
    number: usize,
    /// Four groups each, the hyphen between them at the end of the first.
    lines: [String; 2],
}

#[derive(Serialize)]
struct LockView {
    heading: Heading,
    draw: String,
    /// `none`, `locked`, `half` or `open`.
    lock: &'static str,
    /// Until when the second share is taken, once the first was given.
    until: Option<i64>,
    mistakes: Mistakes,
}

impl SharesView {
    fn of(language: Language, facts: &Facts, unlock: Unlock) -> SharesView {
        SharesView {
            heading: Heading::of(language, facts),
            is_draft: facts.stage == Stage::Draft,
            has_contacts: facts.kind.asks_person(),
            has_shares: unlock == Unlock::TwoOfThree,
            mistakes: Mistakes::new(),
        }
    }
}

impl LockView {
    fn of(language: Language, facts: &Facts, draw: &DrawId, lock: Lock) -> LockView {
        LockView {
            heading: Heading::of(language, facts),
            draw: draw.0.clone(),
            lock: match lock {
                Lock::None => "none",
                Lock::Locked => "locked",
                Lock::Half => "half",
                Lock::Open => "open",
            },
            until: None,
            mistakes: Mistakes::new(),
        }
    }
}

impl LockView {
    /// The page again, with what is wrong with the share; the share itself is typed anew.
    fn wrong(mut self, language: Language, id: &str) -> Reply {
        self.mistakes.add("share", text::message(language, id, &[]));
        Page::new(language, "draw/unlock", self).again().into()
    }
}

fn path(id: &ActivityId) -> String {
    format!("/staff/activities/{id}/shares")
}

async fn read_shares(db: &Db, id: &ActivityId) -> Result<(Facts, Unlock), Error> {
    let id = id.clone();
    db.read("read librarians", move |tx| {
        let facts = activity::by_id(tx, &id)?;
        let unlock = activity::unlock(tx, &id)?;
        Ok((facts, unlock))
    })
    .await
}

#[get("/staff/activities/<id>/shares")]
async fn shares(lang: Language, _staff: Librarian, id: &str, db: &State<Db>) -> AppResult<Page> {
    let (facts, unlock) = read_shares(db, &ActivityId::from(id)).await?;
    let view = SharesView::of(lang, &facts, unlock);
    Ok(Page::new(lang, "draw/shares", view).no_store())
}

#[post("/staff/activities/<id>/shares", data = "<form>")]
async fn change_shares(
    lang: Language,
    staff: Librarian,
    id: &str,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Reply> {
    let id = ActivityId::from(id);
    let (facts, unlock) = read_shares(db, &id).await?;
    let makes = form.value("action") == "make";
    if makes && !form.has("sure") {
        let mut view = SharesView::of(lang, &facts, unlock);
        let words = text::message(lang, "unlock-sure-empty", &[]);
        view.mistakes.add("sure", words);
        return Ok(Page::new(lang, "draw/shares", view).again().into());
    }
    let (vault, by, of) = (vault.inner().clone(), staff.0.id.clone(), id.clone());
    // The draft is counted as changed first, so that nobody publishes with the key of before.
    let made = db
        .write("choose librarians", move |tx| {
            if makes {
                draft::save_unlock(tx, &by, &of, Unlock::TwoOfThree)?;
                Ok::<_, Error>(Some(vault.create_shares(of.as_str())?))
            } else {
                draft::save_unlock(tx, &by, &of, Unlock::One)?;
                vault.drop_shares(of.as_str())?;
                Ok(None)
            }
        })
        .await?;
    let Some(made) = made else {
        return Ok(Reply::go(lang, &path(&id)));
    };
    let numbered = made.texts.into_iter().zip(1..);
    let view = NewSharesView {
        heading: Heading::of(lang, &facts),
        shares: numbered
            .map(|(text, number)| ShareView {
                number,
                lines: halves(&text),
            })
            .collect(),
    };
    let page = Page::new(lang, "draw/new_shares", view).no_store();
    Ok(page.at(path(&id)).into())
}

/// A share in two lines of four groups.
fn halves(share: &str) -> [String; 2] {
    let middle = share
        .match_indices('-')
        .nth(3)
        .map_or(share.len(), |(at, _)| at + 1);
    let (first, second) = share.split_at(middle);
    [first.to_owned(), second.to_owned()]
}

async fn read_draw(db: &Db, draw: &str) -> Result<(Facts, DrawId), Error> {
    let draw = DrawId::from(draw);
    db.read("read draw", move |tx| {
        let plan = draw::by_id(tx, &draw)?;
        let facts = activity::by_id(tx, &plan.activity)?;
        Ok((facts, plan.id))
    })
    .await
}

#[get("/staff/draws/<draw>/unlock")]
async fn lock(
    lang: Language,
    _staff: Librarian,
    draw: &str,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Page> {
    let (facts, draw) = read_draw(db, draw).await?;
    let view = lock_view(lang, (db, vault), &facts, &draw).await?;
    Ok(Page::new(lang, "draw/unlock", view).no_store())
}

async fn lock_view(
    lang: Language,
    (db, vault): (&Db, &Vault),
    facts: &Facts,
    draw: &DrawId,
) -> AppResult<LockView> {
    let lock = vault.how_locked(facts.id.as_str(), db.clock().now())?;
    let mut view = LockView::of(lang, facts, draw, lock);
    if lock == Lock::Half {
        let filter = Filter {
            activity: facts.id.0.clone(),
            ..Filter::default()
        };
        let given = db
            .read("find share", move |tx| {
                let mut newest = audit::list(tx, &filter, 1)?.records.into_iter();
                Ok::<_, Error>(newest.find(|record| record.act == SHARE_GIVEN))
            })
            .await?;
        view.until = given.map(|record| record.at.plus(vault::SHARES_TOGETHER).0);
    }
    Ok(view)
}

#[post("/staff/draws/<draw>/unlock", data = "<form>")]
async fn unlock(
    lang: Language,
    staff: Librarian,
    draw: &str,
    _confirmed: Confirmed,
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Reply> {
    let (facts, draw) = read_draw(db, draw).await?;
    let locks = form.value("action") == "lock";
    let share = Zeroizing::new(form.value("share").to_owned());
    if !locks && share.trim().is_empty() {
        let view = lock_view(lang, (db, vault), &facts, &draw).await?;
        return Ok(view.wrong(lang, "unlock-share-empty"));
    }
    let before = vault.how_locked(facts.id.as_str(), db.clock().now())?;
    let (keeper, by, activity) = (vault.inner().clone(), staff.0.clone(), facts.id.clone());
    let done = db
        .write("give share", move |tx| {
            let lock = if locks {
                keeper.lock(activity.as_str())?
            } else {
                keeper.unlock(activity.as_str(), &share, by.id.as_str(), tx.now())?
            };
            let act = Act {
                actor: &by.actor(),
                act: match lock {
                    Lock::Half => SHARE_GIVEN,
                    Lock::Open => "vault.unlocked",
                    Lock::None | Lock::Locked => "vault.locked",
                },
                activity: activity.as_str(),
                object: "",
                purpose: "",
                reason: "",
            };
            audit::record(tx, &act)?;
            Ok::<_, Error>(lock)
        })
        .await;
    match done {
        Err(Error::Vault(vault::Error::Refused(Refusal::NotAShare))) => {
            let view = lock_view(lang, (db, vault), &facts, &draw).await?;
            Ok(view.wrong(lang, "vault-not-a-share"))
        }
        // What is not in the record is not unlocked.
        Err(error) => {
            vault.lock(facts.id.as_str())?;
            Err(error.into())
        }
        // Half it was and half it is: the same share, or another one by the same person.
        Ok(Lock::Half) if before == Lock::Half => {
            let view = lock_view(lang, (db, vault), &facts, &draw).await?;
            Ok(view.wrong(lang, "unlock-share-same"))
        }
        Ok(_) => Ok(Reply::go(lang, &format!("/staff/draws/{draw}/unlock"))),
    }
}
