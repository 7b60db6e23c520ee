//! A page: a template, what fills it, and how it may be kept.
//!
//! Invariant: a page that cannot be rendered is an error page with status 500, never half a page.
//!
//! Not here: the templates' engine ([`crate::platform::templates`]).

use std::io::Cursor;

use minijinja::context;
use minijinja::value::{Serde, Value};
use rocket::http::{Header, Method, Status};
use rocket::request::Request;
use rocket::response::{self, Redirect, Responder, Response};
use serde::Serialize;

use super::Area;
use super::error::AppError;
use super::site::{Site, Viewer};
use crate::platform::templates;
use crate::platform::text::Language;
use crate::platform::watch::{Near, Sign, Watch};

/// An HTML page in one language.
///
/// Templates see `page`, `site`, `test_clock` and `lang` beside their own context.
#[derive(Debug)]
pub struct Page {
    language: Language,
    template: &'static str,
    context: Value,
    status: Status,
    no_store: bool,
    path: Option<String>,
    done: bool,
    sign: Option<Sign>,
}

impl Page {
    /// `template` without its ending: `entry/form` is `templates/entry/form.html.j2`.
    pub fn new(language: Language, template: &'static str, context: impl Serialize) -> Page {
        Page {
            language,
            template,
            context: Value::from(Serde(context)),
            status: Status::Ok,
            no_store: false,
            path: None,
            done: false,
            sign: None,
        }
    }

    /// Forbids keeping a copy. Every page with a form, a secret or a person needs it; pages of
    /// staff and answers to POST have it anyway.
    pub fn no_store(mut self) -> Page {
        self.no_store = true;
        self
    }

    /// Another status than 200; a form shown again after mistakes is 422.
    pub fn status(mut self, status: Status) -> Page {
        self.status = status;
        self
    }

    /// A form shown again because of its mistakes: 422, not kept.
    pub fn again(self) -> Page {
        self.status(Status::UnprocessableEntity).no_store()
    }

    /// Where this page is found by GET, without a language; needed where it answers a POST to
    /// another address, so that the switch of language leads somewhere.
    pub fn at(mut self, path: impl Into<String>) -> Page {
        self.path = Some(path.into());
        self
    }

    /// Says above the page that what was sent is done; for an answer to POST that is a page itself.
    pub fn done(mut self) -> Page {
        self.done = true;
        self
    }

    /// What led to this page may be a sign of an attack, and is counted.
    pub fn noticed(mut self, sign: Sign) -> Page {
        self.sign = Some(sign);
        self
    }

    fn render(&self, request: &Request<'_>) -> Result<String, templates::TemplateError> {
        let place = Place::of(request);
        let whole = frame(&place, self.language, self.path.as_deref(), self.done);
        let name = format!("{}.html.j2", self.template);
        templates::render_value(
            self.language,
            &name,
            context! { ..whole, ..self.context.clone() },
        )
    }
}

impl<'r> Responder<'r, 'static> for Page {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        if let Some(sign) = self.sign {
            notice(request, sign);
        }
        match self.render(request) {
            Ok(html) => {
                let private = self.no_store
                    || request.method() == Method::Post
                    || Area::of(request) == Area::Staff;
                Ok(html_answer(self.language, self.status, html, private))
            }
            Err(error) => AppError::broken(error).respond_to(request),
        }
    }
}

/// Counts a sign of an attack for the network of a request.
pub(super) fn notice(request: &Request<'_>, sign: Sign) {
    let near = request.remote().map(|peer| Near::of(peer.ip()));
    if let (Some(watch), Some(near)) = (request.rocket().state::<Watch>(), near) {
        watch.notice(sign, near);
    }
}

/// The query of an address whose page says that what was sent is done.
const DONE: &str = "done";

/// Where a page is shown: the part of a request that its frame depends on.
pub struct Place<'a> {
    /// How the page was asked for.
    pub method: Method,
    /// The path of its address, with the language.
    pub path: &'a str,
    /// What follows the question mark.
    pub query: Option<&'a str>,
    /// The frame's settings.
    pub site: Option<&'a Site>,
    pub(super) area: Area,
    pub(super) viewer: Option<&'a Viewer>,
}

impl<'a> Place<'a> {
    /// Of a request that Rocket answers.
    pub(super) fn of(request: &'a Request<'_>) -> Place<'a> {
        Place {
            method: request.method(),
            path: request.uri().path().as_str(),
            query: request.uri().query().map(|query| query.as_str()),
            site: Site::of(request),
            area: Area::of(request),
            viewer: Viewer::of(request),
        }
    }

    /// Of a request that the edge answers itself, whoever sent it.
    pub fn before_sign_in(
        method: Method,
        path: &'a str,
        query: Option<&'a str>,
        site: &'a Site,
    ) -> Place<'a> {
        Place {
            method,
            path,
            query,
            site: Some(site),
            area: Area::of_path(path),
            viewer: None,
        }
    }

    /// The language of the address.
    pub fn language(&self) -> Language {
        Language::of_path(self.path).0
    }
}

/// What the layout needs to know about the request.
pub(super) fn frame(
    place: &Place<'_>,
    language: Language,
    path: Option<&str>,
    done: bool,
) -> Value {
    let (_, own) = Language::of_path(place.path);
    // An address typed with a slash at its end is the same page.
    let own = match own.trim_end_matches('/') {
        "" => "/",
        trimmed => trimmed,
    };
    let path = path.unwrap_or(own);
    let is_read = matches!(place.method, Method::Get | Method::Head);
    let came_back = is_read && place.query.is_some_and(|query| query == DONE);
    // A filter in the address of a list stays in the other language.
    let query = match place.query {
        Some(query) if is_read && !came_back => format!("?{query}"),
        _ => String::new(),
    };
    let address = |language: Language| format!("{}{query}", language.url(path));
    let site = place.site;
    let origin = site
        .and_then(|site| site.public_origin.as_deref())
        .unwrap_or("");
    let alternates: Vec<Value> = Language::ALL
        .iter()
        .map(|&each| context! { tag => each.tag(), url => format!("{origin}{}", address(each)) })
        .collect();
    let viewer = place.viewer
        .map(|viewer| context! { name => viewer.name.clone(), prepares => viewer.prepares, draws => viewer.draws, library => viewer.library, admin => viewer.admin, custody => viewer.custody });
    context! {
        page => context! {
            path => path,
            staff => place.area == Area::Staff,
            origin => origin,
            alternates => alternates,
            other_language => language.other().tag(),
            other_language_url => address(language.other()),
            viewer => viewer,
            done => done || came_back,
        },
        site => site.cloned().unwrap_or_default().view(language),
        test_clock => site.and_then(|site| site.test_clock.as_ref()).map(|now| now()),
    }
}

pub(super) fn html_answer(
    language: Language,
    status: Status,
    html: String,
    private: bool,
) -> Response<'static> {
    let keep = if private { "no-store" } else { "no-cache" };
    Response::build()
        .status(status)
        .header(rocket::http::ContentType::HTML)
        .header(Header::new("Content-Language", language.tag()))
        .header(Header::new("Cache-Control", keep))
        .header(Header::new("Vary", "Cookie"))
        .sized_body(html.len(), Cursor::new(html))
        .finalize()
}

/// A page, or the way to one.
#[derive(Debug)]
pub enum Reply {
    /// Shown at this address.
    Page(Page),
    /// 303 to another page of ours, after a POST that did its work.
    Go(Redirect),
}

impl Reply {
    /// 303 to `path`, which says that what was sent is done.
    pub fn done(language: Language, path: &str) -> Reply {
        Reply::go(language, &format!("{path}?{DONE}"))
    }

    /// 303 to `path`, given without a language.
    pub fn go(language: Language, path: &str) -> Reply {
        Reply::Go(Redirect::to(language.url(path)))
    }
}

impl From<Page> for Reply {
    fn from(page: Page) -> Reply {
        Reply::Page(page)
    }
}

impl<'r> Responder<'r, 'static> for Reply {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        match self {
            Reply::Page(page) => page.respond_to(request),
            Reply::Go(redirect) => {
                let mut response = redirect.respond_to(request)?;
                response.set_header(Header::new("Cache-Control", "no-store"));
                Ok(response)
            }
        }
    }
}
