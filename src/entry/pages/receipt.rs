//! `/receipt`: the page after an entry, its files, and the cookie that carries it there.
//!
//! Invariant: the secret travels in an encrypted, short-lived cookie that scripts cannot read, or
//! in a sealed field of a form; never in an address and never in a row.

use std::sync::Arc;

use lucky_draw::bundle::Bundle;
use lucky_draw::ticket::{Secret, TicketNumber};
use rocket::http::uri::Host;
use rocket::http::{ContentType, CookieJar};
use rocket::request::Request;
use rocket::response::{self, Responder};
use rocket::{Route, State, get, post, routes};

use crate::entry::receipt::{self, Found, Receipt};
use crate::entry::token::{PASS_LIFE, Pass, RECEIPT_LIFE};
use crate::entry::wire::receipt::ReceiptView;
use crate::entry::{Error, own};
use crate::platform::clock::SECOND;
use crate::platform::config::Config;
use crate::platform::cookies;
use crate::platform::db::Db;
use crate::platform::text::Language;
use crate::platform::web::download::Download;
use crate::platform::web::error::AppResult;
use crate::platform::web::form::FormFields;
use crate::platform::web::page::{Page, Reply};
use crate::vault::Vault;
use crate::vault::guard::Visit;

const COOKIE: &str = cookies::RECEIPT.name;

pub(super) fn routes() -> Vec<Route> {
    routes![
        show,
        file,
        proof,
        file_by_pass,
        proof_by_pass,
        close,
        closed
    ]
}

/// A page or the way to one, with cookies of our own making.
pub(super) struct Handed {
    reply: Reply,
    cookies: Vec<String>,
}

impl From<Reply> for Handed {
    fn from(reply: Reply) -> Handed {
        Handed {
            reply,
            cookies: Vec::new(),
        }
    }
}

impl From<Page> for Handed {
    fn from(page: Page) -> Handed {
        Reply::from(page).into()
    }
}

impl<'r> Responder<'r, 'static> for Handed {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = self.reply.respond_to(request)?;
        for cookie in self.cookies {
            response.adjoin_raw_header("Set-Cookie", cookie);
        }
        Ok(response)
    }
}

/// Sends the person on to the receipt, at this address, with a pass that opens it for ten minutes.
pub(super) async fn hand_out(
    visit: &Visit<'_>,
    pass: &Pass,
    config: &Config,
    place: &str,
) -> AppResult<Handed> {
    let token = pass.seal(visit.vault, visit.now).await?;
    Ok(Handed {
        reply: Reply::go(visit.lang, place),
        cookies: cookies(&token, RECEIPT_LIFE / SECOND, config),
    })
}

/// One cookie for each language's address, so that the page can be read in the other one too.
fn cookies(value: &str, seconds: i64, config: &Config) -> Vec<String> {
    let secure = if config.public_origin.starts_with("https://") {
        "; Secure"
    } else {
        ""
    };
    Language::ALL
        .map(|lang| {
            let path = lang.url("/receipt");
            format!(
                "{COOKIE}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
            )
        })
        .into()
}

/// What a pass leads to.
struct Held {
    pass: Pass,
    found: Found,
    receipts: Vec<Receipt>,
}

#[get("/receipt?<kept>")]
async fn show(
    kept: Option<&str>,
    lang: Language,
    jar: &CookieJar<'_>,
    host: Option<&Host<'_>>,
    db: &State<Db>,
    vault: &State<Vault>,
    config: &State<Arc<Config>>,
) -> AppResult<Page> {
    let Some(held) = held_by_cookie(jar, db, vault).await? else {
        return Ok(over(lang));
    };
    let url = whole_url(lang, "/entry", config, host);
    let proof = format!("/a/{}/proof", held.found.facts.slug);
    let proof = whole_url(lang, &proof, config, host);
    let (found, secret) = (&held.found, &held.pass.secret);
    let now = db.clock().now();
    let view = ReceiptView::new(lang, found, &held.receipts, secret, &url, now);
    let view = view.checked_at(&proof).kept(kept);
    Ok(Page::new(lang, "entry/receipt", view).no_store())
}

#[get("/receipt/file")]
async fn file(jar: &CookieJar<'_>, db: &State<Db>, vault: &State<Vault>) -> AppResult<Download> {
    let held = held_by_cookie(jar, db, vault).await?;
    file_of(held, FileOf::Secret)
}

#[get("/receipt/proof")]
async fn proof(jar: &CookieJar<'_>, db: &State<Db>, vault: &State<Vault>) -> AppResult<Download> {
    let held = held_by_cookie(jar, db, vault).await?;
    file_of(held, FileOf::Shareable)
}

#[post("/receipt/file", data = "<form>")]
async fn file_by_pass(
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Download> {
    let held = held_by_pass(form.value("pass"), db, vault, PASS_LIFE).await?;
    file_of(held, FileOf::Secret)
}

#[post("/receipt/proof", data = "<form>")]
async fn proof_by_pass(
    form: FormFields,
    db: &State<Db>,
    vault: &State<Vault>,
) -> AppResult<Download> {
    let held = held_by_pass(form.value("pass"), db, vault, PASS_LIFE).await?;
    file_of(held, FileOf::Shareable)
}

/// For a shared computer: the cookie goes at once.
#[post("/receipt/close", data = "<_form>")]
fn close(lang: Language, _form: FormFields, config: &State<Arc<Config>>) -> Handed {
    Handed {
        reply: Reply::go(lang, "/receipt"),
        cookies: cookies("", 0, config),
    }
}

#[get("/receipt/close")]
fn closed(lang: Language) -> Reply {
    Reply::go(lang, "/receipt")
}

async fn held_by_cookie(jar: &CookieJar<'_>, db: &Db, vault: &Vault) -> AppResult<Option<Held>> {
    match jar.get(COOKIE) {
        Some(cookie) => held_by_pass(cookie.value(), db, vault, RECEIPT_LIFE).await,
        None => Ok(None),
    }
}

async fn held_by_pass(token: &str, db: &Db, vault: &Vault, life: i64) -> AppResult<Option<Held>> {
    let Ok(pass) = Pass::open(vault, db.clock().now(), token, life).await else {
        return Ok(None);
    };
    let lookup = vault.lookup(&pass.secret)?;
    let secret = pass.secret.clone();
    let held = db
        .read("rebuild receipt", move |tx| rebuild(tx, &lookup, &secret))
        .await?;
    Ok(held.map(|(found, receipts)| Held {
        pass,
        found,
        receipts,
    }))
}

fn rebuild(
    tx: &mut crate::platform::db::Tx,
    lookup: &lucky_draw::encode::Hash,
    secret: &Secret,
) -> Result<Option<(Found, Vec<Receipt>)>, Error> {
    let Some(found) = receipt::find(tx, lookup)? else {
        return Ok(None);
    };
    if !own::has_receipt(&found) {
        return Ok(None);
    }
    let receipts = receipt::build(tx, &found, secret)?;
    Ok(Some((found, receipts)))
}

/// Which of the two files.
#[derive(Clone, Copy)]
enum FileOf {
    Secret,
    Shareable,
}

impl FileOf {
    fn name(self) -> &'static str {
        match self {
            FileOf::Secret => "secret-receipt",
            FileOf::Shareable => "shareable-proof",
        }
    }

    fn text(self, receipt: &Receipt) -> String {
        match self {
            FileOf::Secret => receipt.secret_file(),
            FileOf::Shareable => receipt.shareable_file(),
        }
    }
}

/// The proof of the one ticket, or a zip with a proof for each: a standard reader takes one proof
/// a file.
fn file_of(held: Option<Held>, of: FileOf) -> AppResult<Download> {
    let held = held.ok_or(Error::PutAway)?;
    let slug = &held.found.facts.slug;
    let kind = of.name();
    if let [receipt] = held.receipts.as_slice() {
        let number = TicketNumber(receipt.index);
        return Ok(Download {
            kind: ContentType::Plain,
            name: format!("{kind}-{slug}-{number}.tlog-proof"),
            bytes: of.text(receipt).into_bytes(),
        });
    }
    if held.receipts.is_empty() {
        return Err(Error::PutAway.into());
    }
    let mut files = Bundle::new();
    for receipt in &held.receipts {
        let number = TicketNumber(receipt.index);
        let name = format!("{kind}-{slug}-{}-{number}.tlog-proof", receipt.slug);
        files.insert(name, of.text(receipt));
    }
    Ok(Download {
        kind: ContentType::ZIP,
        name: format!("{kind}-{slug}.zip"),
        bytes: files.to_zip(),
    })
}

fn over(lang: Language) -> Page {
    Page::new(lang, "entry/receipt_over", ()).no_store()
}

/// The whole address of a page, for a QR code on paper; never one with the receipt code in it.
pub(super) fn whole_url(
    lang: Language,
    path: &str,
    config: &Config,
    host: Option<&Host<'_>>,
) -> String {
    let path = lang.url(path);
    match (config.public_origin.as_str(), host) {
        ("", Some(host)) => format!("http://{host}{path}"),
        (origin, _) => format!("{origin}{path}"),
    }
}
