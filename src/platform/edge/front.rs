//! What happens to one request, in the order in which it happens.
//!
//! Invariant: whatever is decided about a request, its answer leaves through [`Front::answer`] and
//! so carries the headers of [`super::headers`].

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderValue};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode, Uri, Version};
use http_body_util::{Either, Full};
use hyper::body::{Body, Incoming};
use rocket::http::{ContentType, Status};
use tokio::time::timeout;

use super::address::visitor;
use super::asked::{self, Asked, Ends};
use super::body::{self, Missing, Whole};
use super::bounds::{Bounds, Room};
use super::figures::Figures;
use super::headers::dress;
use super::hosts::Hosts;
use super::inside::{Answered, Inside};
use super::line::Told;
use super::settings::EdgeSettings;
use super::source::Source;
use crate::platform::clock::{SECOND, Timestamp};
use crate::platform::ids;
use crate::platform::text::Language;
use crate::platform::watch::{Near, Sign, Watch};
use crate::platform::web::Area;
use crate::platform::web::error::AppError;
use crate::platform::web::form::upload::fields_of;
use crate::platform::web::form::{FormFields, LONGEST, LONGEST_FILE};
use crate::platform::web::hop::{self, Hop};
use crate::platform::web::page::Place;
use crate::platform::web::reference::{self, Reference};
use crate::platform::web::site::Site;
use crate::platform::web::waiting;

/// An answer on its way out.
pub(super) type Answer = Response<Either<Full<Bytes>, Answered>>;

/// What stands before Rocket.
pub(super) struct Front {
    pub(super) settings: EdgeSettings,
    pub(super) hosts: Hosts,
    pub(super) site: Site,
    pub(super) long_forms: &'static [&'static str],
    pub(super) long_files: &'static [&'static str],
    pub(super) one_click: &'static [&'static str],
    pub(super) bounds: Arc<Bounds>,
    pub(super) figures: Arc<Figures>,
    pub(super) watch: Watch,
    pub(super) hop: Hop,
    pub(super) inside: Arc<Inside>,
}

impl Front {
    /// Answers one request.
    pub(super) async fn answer(
        self: Arc<Self>,
        ends: Ends,
        told: Arc<Told>,
        request: Request<Incoming>,
    ) -> Result<Answer, Infallible> {
        let (parts, mut body) = request.into_parts();
        let asked = asked::described(&parts, !body.is_end_stream());
        let (area, is_last) = (asked.area, asked.is_last);
        let visitor = visitor(ends.peer, &parts.headers, &self.settings);
        // Of a proxy's own address nobody knows how many people it stands for.
        let known = Some(visitor).filter(|visitor| !self.settings.trusts(*visitor));
        let mut answer = match asked::checked(asked, &parts, ends, &self.hosts) {
            Ok(asked) => {
                let from = (visitor, known);
                self.admitted(&asked, parts, &mut body, from, &told).await
            }
            Err((asked, status)) => self.refuse(&asked, status, &mut body, &told).await,
        };
        if let (Some(known), Some(sign)) = (known, sign_of(&answer)) {
            self.watch.notice(sign, Near::of(known));
        }
        let headers = answer.headers_mut();
        dress(headers, area, self.site.is_https());
        // A page that the edge made itself, other than an error page, has none yet.
        if !headers.contains_key(reference::HEADER) {
            name(headers, &Reference::fresh());
        }
        if is_last || told.is_short || told.unread.load(Ordering::Relaxed) {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(answer)
    }

    async fn admitted(
        &self,
        asked: &Asked,
        parts: Parts,
        body: &mut Incoming,
        (visitor, known): (IpAddr, Option<IpAddr>),
        told: &Told,
    ) -> Answer {
        let source = Source {
            headers: &parts.headers,
            host: &asked.host,
            public_origin: self.site.public_origin.as_deref(),
            area: asked.area,
        };
        if !asked.is_read() && !source.is_ours() && !self.is_one_click(asked) {
            return self.refuse(asked, Status::Forbidden, body, told).await;
        }
        let (limit, room) = (self.limit(asked), self.bounds.room(known));
        let whole = match body::take(body, limit, room, &self.settings).await {
            Ok(whole) => whole,
            Err(Missing::TooLong) => {
                return self
                    .refuse(asked, Status::PayloadTooLarge, body, told)
                    .await;
            }
            Err(missing) => {
                told.unread.store(true, Ordering::Relaxed);
                return match missing {
                    Missing::NoRoom => self.wait(asked, None),
                    Missing::Slow => self.refused(asked, Status::RequestTimeout),
                    Missing::TooLong | Missing::Broken => self.refused(asked, Status::BadRequest),
                };
            }
        };
        let kind = kind_of(&parts);
        let is_form = kind.as_ref().is_some_and(|kind| kind.is_form());
        if is_form && asked::has_override(&whole.bytes) {
            return self.refused(asked, Status::BadRequest);
        }
        let near = known.map(Near::of).filter(|_| self.may_be_blocked(asked));
        if let Some(until) = near.and_then(|near| self.watch.blocked(near)) {
            return self.blocked(asked, until, kind.map(|kind| (kind, whole.bytes)));
        }
        self.forward(asked, parts, visitor, whole, kind).await
    }

    /// Whether a form to this address may come from another site or a mail program: one of the
    /// listed beginnings and one part after it, of letters, digits, `-` and `_` only, so that no
    /// spelling of another address is taken for it.
    fn is_one_click(&self, asked: &Asked) -> bool {
        let (_, path) = Language::of_path(asked.path());
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        asked.method == Method::POST
            && self.one_click.iter().any(|each| {
                let secret = path.strip_prefix(each).unwrap_or_default();
                !secret.is_empty() && secret.bytes().all(plain)
            })
    }

    /// Whether something is sent that a blocked network may not send: any form of the public, and
    /// the door of staff. Whoever is signed in goes on working, and whoever unsubscribes does.
    fn may_be_blocked(&self, asked: &Asked) -> bool {
        let (_, path) = Language::of_path(asked.path());
        let is_door = DOORS.iter().any(|door| path.starts_with(door));
        let is_form = asked.area != Area::Staff || is_door;
        !asked.is_read() && is_form && !self.is_one_click(asked)
    }

    /// The page for a network that sends nothing for a while; it keeps what was typed.
    fn blocked(
        &self,
        asked: &Asked,
        until: Timestamp,
        typed: Option<(ContentType, Bytes)>,
    ) -> Answer {
        let place = self.place(asked);
        let typed = given_back(typed);
        let Some(html) = waiting::blocked(&place, until, typed.as_ref()) else {
            return self.refused(asked, Status::InternalServerError);
        };
        let left = until.0 - self.watch.now().0;
        let seconds = u64::try_from(left / SECOND + 1).unwrap_or(1);
        page(BLOCKED, place.language(), html, Some(seconds))
    }

    /// How long the body may be.
    fn limit(&self, asked: &Asked) -> usize {
        let (_, path) = Language::of_path(asked.path());
        let is_of = |all: &[&str]| all.iter().any(|each| path.starts_with(each));
        if is_of(self.long_files) {
            LONGEST_FILE
        } else if is_of(self.long_forms) {
            LONGEST
        } else {
            self.settings.body_kib << 10
        }
    }

    async fn forward(
        &self,
        asked: &Asked,
        mut parts: Parts,
        visitor: IpAddr,
        whole: Whole,
        kind: Option<ContentType>,
    ) -> Answer {
        let Some(turn) = self.bounds.turn(asked.lane()) else {
            return self.wait(asked, kind.map(|kind| (kind, whole.bytes)));
        };
        Figures::add(&self.figures.requests);
        let line = self.hop.line(visitor);
        let mut line = HeaderValue::from_str(&line).expect("letters and an address");
        line.set_sensitive(true);
        asked::undress(&mut parts.headers, line);
        parts.uri = Uri::from(asked.target.clone());
        parts.version = Version::HTTP_11;
        let Whole { bytes, room } = whole;
        let request = Request::from_parts(parts, Full::new(bytes.clone()));
        let inside = self.inside.clone();
        // A visitor who leaves does not end the work, so it goes on counting as under way.
        let work = tokio::spawn(async move {
            let answer = inside.ask(request).await;
            drop(turn);
            let _: Room = room;
            answer
        });
        let patience = Duration::from_secs(self.settings.answer_seconds);
        match timeout(patience, work).await {
            Ok(Ok(Ok(answer))) if answer.headers().contains_key(hop::CROWDED) => {
                self.wait(asked, kind.map(|kind| (kind, bytes)))
            }
            Ok(Ok(Ok(answer))) => answer.map(Either::Right),
            Ok(Ok(Err(error))) => {
                tracing::error!(%error, "the site gives no answer");
                self.refused(asked, Status::BadGateway)
            }
            Ok(Err(_)) => self.refused(asked, Status::BadGateway),
            Err(_) => self.refused(asked, Status::GatewayTimeout),
        }
    }

    /// Refuses a request whose body nobody has read.
    async fn refuse(
        &self,
        asked: &Asked,
        status: Status,
        body: &mut Incoming,
        told: &Told,
    ) -> Answer {
        // Who asked first whether to send the body is told no before it is sent.
        let is_read =
            !asked.has_body || !asked.waits && body::throw_away(body, &self.settings).await;
        if !is_read {
            told.unread.store(true, Ordering::Relaxed);
        }
        self.refused(asked, status)
    }

    fn refused(&self, asked: &Asked, status: Status) -> Answer {
        self.figures.refused_with(status);
        let place = self.place(asked);
        let shown = AppError::plain(status).shown(&place);
        let mut answer = page(
            shown.status,
            place.language(),
            shown.html,
            shown.retry_after,
        );
        name(answer.headers_mut(), &shown.reference);
        if status == Status::MethodNotAllowed {
            let allowed = HeaderValue::from_static("GET, HEAD, POST");
            answer.headers_mut().insert(header::ALLOW, allowed);
        }
        answer
    }

    /// The page that waits with the visitor, and keeps what was typed.
    fn wait(&self, asked: &Asked, typed: Option<(ContentType, Bytes)>) -> Answer {
        let status = Status::ServiceUnavailable;
        self.figures.refused_with(status);
        let place = self.place(asked);
        let typed = given_back(typed);
        // Not all at the same moment.
        let [some] = ids::random::<1>();
        let seconds = 5 + u64::from(some % 6);
        let Some(html) = waiting::page(&place, seconds, typed.as_ref()) else {
            return self.refused(asked, Status::InternalServerError);
        };
        let mut answer = page(status.code, place.language(), html, Some(seconds));
        if asked.is_read() {
            let refresh = HeaderValue::from(seconds);
            answer.headers_mut().insert(header::REFRESH, refresh);
        }
        answer
    }

    fn place<'a>(&'a self, asked: &'a Asked) -> Place<'a> {
        let method = asked.method.as_str().parse();
        let method = method.unwrap_or(rocket::http::Method::Get);
        Place::before_sign_in(method, asked.path(), asked.target.query(), &self.site)
    }
}

/// The status of an answer to a network that sends nothing for a while.
const BLOCKED: u16 = 429;

/// Where staff come in.
const DOORS: [&str; 2] = ["/staff/sign-in", "/staff/setup/"];

/// What of a form can be sent again from another page.
fn given_back(typed: Option<(ContentType, Bytes)>) -> Option<FormFields> {
    let typed = typed.and_then(|(kind, bytes)| fields_of(&kind, &bytes));
    let typed = typed.filter(FormFields::may_be_given_back);
    typed.map(FormFields::without_proof)
}

/// What an answer that the edge made itself may be a sign of.
fn sign_of(answer: &Answer) -> Option<Sign> {
    match (answer.body(), answer.status().as_u16()) {
        (Either::Left(_), 403) => Some(Sign::OtherSite),
        (Either::Left(_), 400 | 404 | 405 | 408 | 413 | 417 | 421) => Some(Sign::Refused),
        _ => None,
    }
}

/// The reference of an answer, the same as on an error page.
fn name(headers: &mut HeaderMap, reference: &Reference) {
    if let Ok(value) = HeaderValue::from_str(reference.as_str()) {
        headers.insert(reference::HEADER, value);
    }
}

fn kind_of(parts: &Parts) -> Option<ContentType> {
    let kind = parts.headers.get(header::CONTENT_TYPE)?;
    ContentType::parse_flexible(kind.to_str().ok()?)
}

/// A page that the edge makes itself.
pub(super) fn page(
    status: u16,
    language: Language,
    html: String,
    retry_after: Option<u64>,
) -> Answer {
    let mut answer = Response::new(Either::Left(Full::new(Bytes::from(html))));
    *answer.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = answer.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_LANGUAGE, language.tag()),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(seconds) = retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}
