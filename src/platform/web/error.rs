//! The one error page: what happened, whether anything was saved, what to do next.
//!
//! Invariant: a person never sees the `Display` of an error. The chain of causes is logged once,
//! with a reference that the page shows. Rocket's own errors (no route, too large, a panic) come
//! through the same responder.
//!
//! Not here: which errors there are; each domain has its own, with [`Fault`].

use std::error::Error;
use std::time::Duration;

use minijinja::{Value, context};
use rocket::Route;
use rocket::catcher::{BoxFuture, Catcher};
use rocket::http::{ContentType, Header, Method, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};

use super::page::{Place, frame, html_answer, notice};
use super::reference::Reference;
use super::{Area, form, hop};
use crate::platform::fault::{Fault, Kind};
use crate::platform::templates;
use crate::platform::text::{self, Language, dates};
use crate::platform::watch::Sign;

/// How the codes of errors end that mean: too many people at once, nothing was done.
const CROWDED: &str = ".crowded";

/// The code of an error after which nobody knows whether something was stored.
const UNDECIDED: &str = "db.undecided";

/// What a handler answers with.
pub type AppResult<T> = Result<T, AppError>;

/// Why a request was not answered as asked; shown as a page in the visitor's language.
#[derive(Debug)]
pub struct AppError {
    status: Status,
    code: &'static str,
    cause: Option<Box<dyn Error + Send + Sync>>,
    wait: Option<Wait>,
    sign: Option<Sign>,
}

#[derive(Clone, Copy, Debug)]
struct Wait {
    seconds: u64,
    until_ms: i64,
}

impl<F: Fault> From<F> for AppError {
    fn from(fault: F) -> AppError {
        AppError {
            status: status_of(fault.kind()),
            code: fault.code(),
            cause: Some(Box::new(fault)),
            wait: None,
            sign: None,
        }
    }
}

impl AppError {
    /// There is no such page or thing.
    pub fn not_found() -> AppError {
        AppError::plain(status_of(Kind::NotFound))
    }

    /// It was there and has been removed on purpose.
    pub fn gone() -> AppError {
        AppError::plain(status_of(Kind::Gone))
    }

    /// The person may not do this.
    pub fn forbidden() -> AppError {
        AppError::plain(status_of(Kind::Forbidden))
    }

    /// Something changed meanwhile.
    pub fn conflict() -> AppError {
        AppError::plain(status_of(Kind::Conflict))
    }

    /// It works again later.
    pub fn unavailable() -> AppError {
        AppError::plain(status_of(Kind::Unavailable))
    }

    /// Too many tries; the page names the time from which it works again.
    pub fn too_many(now_ms: i64, wait: Duration) -> AppError {
        // Rounded up to a whole minute, because the page shows hours and minutes.
        let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        let until_ms = now_ms.saturating_add(millis).saturating_add(59_999);
        AppError {
            wait: Some(Wait {
                seconds: wait.as_secs() + 1,
                until_ms,
            }),
            ..AppError::plain(status_of(Kind::TooMany))
        }
    }

    /// Our own mistake; `cause` is logged and not shown.
    pub fn broken(cause: impl Error + Send + Sync + 'static) -> AppError {
        AppError {
            cause: Some(Box::new(cause)),
            ..AppError::plain(status_of(Kind::Broken))
        }
    }

    /// The status of the answer.
    pub fn status(&self) -> Status {
        self.status
    }

    /// From when on a refused request works again, in epoch milliseconds, where that is known: for
    /// a page that keeps what was typed.
    pub fn until_ms(&self) -> Option<i64> {
        self.wait.map(|wait| wait.until_ms)
    }

    /// More people are here than can be served at once. The edge shows the waiting page instead,
    /// which keeps what was typed, and sends it again when the person says so.
    pub fn crowded() -> AppError {
        AppError {
            code: "web.crowded",
            ..AppError::unavailable()
        }
    }

    /// What was refused may be a sign of an attack, and is counted.
    pub fn noticed(self, sign: Sign) -> AppError {
        AppError {
            sign: Some(sign),
            ..self
        }
    }

    /// The page of a status that no handler chose.
    pub fn plain(status: Status) -> AppError {
        AppError {
            status,
            code: general_code(status),
            cause: None,
            wait: None,
            sign: None,
        }
    }

    /// As the page that the edge shows without asking Rocket.
    pub fn shown(&self, place: &Place<'_>) -> Shown {
        let reference = Reference::fresh();
        self.log(None, reference.as_str());
        let html = self.render(place, reference.as_str(), None);
        Shown {
            status: match html {
                Some(_) => self.status.code,
                None => Status::InternalServerError.code,
            },
            html: html.unwrap_or_else(|| last_words(reference.as_str())),
            reference,
            retry_after: self.retry_after(),
        }
    }

    fn log(&self, route: Option<&Route>, reference: &str) {
        let mut causes = String::new();
        let mut next: Option<&dyn Error> = self.cause.as_deref().map(|cause| cause as &dyn Error);
        while let Some(cause) = next {
            causes.push_str(if causes.is_empty() { "" } else { ": " });
            causes.push_str(&cause.to_string());
            next = cause.source();
        }
        // The route and never the address, which may hold a receipt code.
        let route = route.map_or("-", |route| route.uri.as_str());
        let (status, code) = (self.status.code, self.code);
        if status >= 500 {
            tracing::error!(reference, status, code, route, causes, "request failed");
        } else {
            tracing::info!(reference, status, code, route, causes, "request refused");
        }
    }

    fn render(&self, place: &Place<'_>, reference: &str, again: Option<Value>) -> Option<String> {
        let language = place.language();
        let (what, next) = self.words(language, place.area);
        let view = context! {
            title => self.title(language),
            what => what,
            saved => text::message(language, self.saved_id(place.method), &[]),
            again => again,
            next => next,
            reference => reference,
            status => self.status.code,
        };
        let whole = context! { ..frame(place, language, None, false), ..view };
        match templates::render_value(language, "error.html.j2", whole) {
            Ok(html) => Some(html),
            Err(error) => {
                let cause = error.source().map(ToString::to_string);
                tracing::error!(reference, cause, "the error page cannot be rendered");
                None
            }
        }
    }

    /// Where what was sent can be sent again from this page: the address, and every field.
    ///
    /// Whoever works here looks first when nobody knows whether it was stored: there twice may be
    /// two. What patrons send counts once, however often it comes.
    fn again(&self, request: &Request<'_>) -> Option<Value> {
        let is_to_be_looked_at = self.code == UNDECIDED && Area::of(request) == Area::Staff;
        let waits = self.status == Status::ServiceUnavailable && !is_to_be_looked_at;
        let fields = form::sent(request).filter(|_| waits && request.method() == Method::Post)?;
        Some(form::again(request.uri().to_string(), &fields))
    }

    /// The heading: that of the code where it has one, else of the status.
    fn title(&self, language: Language) -> String {
        let own = format!("{}.title", self.code.replace(['.', '_'], "-"));
        text::find(language, &own, &[])
            .unwrap_or_else(|| text::message(language, general_id(self.status), &[]))
    }

    /// What happened and what to do: the words of the code where it has its own, else of the status.
    fn words(&self, language: Language, area: Area) -> (String, String) {
        let own = self.code.replace(['.', '_'], "-");
        let general = general_id(self.status);
        let what = text::find(language, &own, &[])
            .unwrap_or_else(|| text::message(language, &format!("{general}.what"), &[]));
        if let Some(wait) = self.wait {
            let time = dates::time(wait.until_ms);
            let next = text::message(language, "error-wait", &[("time", time.into())]);
            return (what, next);
        }
        let next = match area {
            Area::Staff => text::find(language, &format!("{own}.staff"), &[]),
            Area::Public | Area::Members => None,
        };
        let next = next
            .or_else(|| text::find(language, &format!("{own}.next"), &[]))
            .unwrap_or_else(|| text::message(language, &format!("{general}.next"), &[]));
        (what, next)
    }
}

impl<'r> Responder<'r, 'static> for AppError {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        if let Some(sign) = self.sign {
            notice(request, sign);
        }
        let place = Place::of(request);
        let reference = Reference::of(request);
        self.log(request.route(), reference);
        let again = self.again(request);
        let mut response = match self.render(&place, reference, again) {
            Some(html) => html_answer(place.language(), self.status, html, true),
            None => last_resort(reference),
        };
        if let Some(seconds) = self.retry_after() {
            response.set_header(Header::new("Retry-After", seconds.to_string()));
        }
        if self.code.ends_with(CROWDED) {
            response.set_header(Header::new(hop::CROWDED, "1"));
        }
        Ok(response)
    }
}

impl AppError {
    fn saved_id(&self, method: Method) -> &'static str {
        match (method, self.status.code, self.code) {
            (Method::Get | Method::Head, ..) => "error-saved-nothing",
            // A crash may come after the data was stored, and so may a broken connection or an
            // answer that did not come.
            (_, 500 | 502 | 504, _) | (.., UNDECIDED) => "error-saved-unsure",
            _ => "error-saved-not-sent",
        }
    }

    fn retry_after(&self) -> Option<u64> {
        match (self.wait, self.status) {
            (Some(wait), _) => Some(wait.seconds),
            (None, Status::ServiceUnavailable) => Some(30),
            (None, Status::TooManyRequests) => Some(60),
            _ => None,
        }
    }
}

/// An error as the edge sends it.
pub struct Shown {
    /// The status.
    pub status: u16,
    /// The whole page.
    pub html: String,
    /// The name of the request, which the page shows.
    pub reference: Reference,
    /// Seconds after which it may be tried again, where that is known.
    pub retry_after: Option<u64>,
}

/// The only place where a kind becomes a status.
fn status_of(kind: Kind) -> Status {
    match kind {
        Kind::Invalid => Status::UnprocessableEntity,
        Kind::NotFound => Status::NotFound,
        Kind::Conflict => Status::Conflict,
        Kind::Gone => Status::Gone,
        Kind::Forbidden => Status::Forbidden,
        Kind::Unauthorized => Status::Unauthorized,
        Kind::TooMany => Status::TooManyRequests,
        Kind::Unavailable => Status::ServiceUnavailable,
        Kind::Broken => Status::InternalServerError,
    }
}

/// The message of a status; its attributes `what` and `next` are the rest of the page.
fn general_id(status: Status) -> &'static str {
    match status.code {
        401 => "error-unauthorized",
        403 => "error-forbidden",
        404 | 405 => "error-not-found",
        408 => "error-slow",
        409 => "error-conflict",
        410 => "error-gone",
        413 => "error-too-large",
        421 => "error-misdirected",
        422 => "error-invalid",
        429 => "error-too-many",
        400..=499 => "error-bad-request",
        503 => "error-unavailable",
        _ => "error-broken",
    }
}

fn general_code(status: Status) -> &'static str {
    match status.code {
        401 => "web.unauthorized",
        403 => "web.forbidden",
        404 | 405 => "web.not_found",
        408 => "web.slow",
        409 => "web.conflict",
        410 => "web.gone",
        413 => "web.too_large",
        421 => "web.misdirected",
        422 => "web.invalid",
        429 => "web.too_many",
        400..=499 => "web.bad_request",
        503 => "web.unavailable",
        _ => "web.broken",
    }
}

fn last_words(reference: &str) -> String {
    format!("系統暫時無法使用。 Sorry, something went wrong on our side. {reference}\n")
}

/// For the case that the error page itself is broken.
fn last_resort(reference: &str) -> Response<'static> {
    let text = last_words(reference);
    Response::build()
        .status(Status::InternalServerError)
        .header(ContentType::Plain)
        .header(Header::new("Cache-Control", "no-store"))
        .sized_body(text.len(), std::io::Cursor::new(text))
        .finalize()
}

/// Catchers for what Rocket itself refuses; the last one stands for every other status.
pub(super) fn catchers() -> Vec<Catcher> {
    const NAMED: [u16; 12] = [400, 401, 403, 404, 408, 409, 410, 413, 422, 429, 500, 503];
    let mut catchers: Vec<Catcher> = NAMED
        .into_iter()
        .map(|code| Catcher::new(code, caught))
        .collect();
    catchers.push(Catcher::new(None, caught));
    catchers
}

fn caught<'r>(status: Status, request: &'r Request<'_>) -> BoxFuture<'r> {
    Box::pin(async move {
        // Rocket says 422 for a part of an address that does not parse: no such page.
        let status = match (request.method(), status) {
            (Method::Get | Method::Head, Status::UnprocessableEntity) => Status::NotFound,
            _ => status,
        };
        // And 404 for a page that is there, asked for with a method that it does not take.
        let allowed = allowed_methods(request);
        if status != Status::NotFound || allowed.is_empty() {
            return AppError::plain(status).respond_to(request);
        }
        let mut response = AppError::plain(Status::MethodNotAllowed).respond_to(request)?;
        response.set_header(Header::new("Allow", allowed.join(", ")));
        Ok(response)
    })
}

/// The methods in which there is something at the address of a request; none where there is no
/// page, or where the request's own method would do.
fn allowed_methods(request: &Request<'_>) -> Vec<&'static str> {
    let here = |method: Method| {
        let mut routes = request.rocket().routes();
        routes.any(|route| route.method == method && leads_to(route.uri.path(), request))
    };
    let mut allowed = Vec::new();
    if here(Method::Get) {
        allowed.extend(["GET", "HEAD"]);
    }
    if here(Method::Post) {
        allowed.push("POST");
    }
    if allowed.contains(&request.method().as_str()) {
        allowed.clear();
    }
    allowed
}

/// Whether a route's path, such as `/d/<id>/notes/<name>`, is that of the request.
fn leads_to(route: &str, request: &Request<'_>) -> bool {
    let mut asked = request.uri().path().segments();
    for part in route.split('/').filter(|part| !part.is_empty()) {
        if part.ends_with("..>") {
            return true;
        }
        match asked.next() {
            Some(given) if part.starts_with('<') || part == given => {}
            _ => return false,
        }
    }
    asked.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_sent_something_undecided_is_told_what_to_do_and_staff_something_else() {
        for (language, again, list) in [
            (Language::ZhTw, "再送一次", "清單"),
            (Language::En, "Send it again", "the list"),
        ] {
            let error = AppError {
                code: UNDECIDED,
                ..AppError::unavailable()
            };
            assert_eq!(error.saved_id(Method::Post), "error-saved-unsure");
            let (_, patron) = error.words(language, Area::Public);
            let (_, staff) = error.words(language, Area::Staff);
            assert!(patron.contains(again) && !patron.contains(list), "{patron}");
            assert!(staff.contains(list) && !staff.contains(again), "{staff}");
        }
    }
}
