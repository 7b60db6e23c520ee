//! A request as it came: read once, and refused where two readers could read it differently.
//!
//! Invariant: what goes on to Rocket has one host of ours, a path and nothing before it, one of
//! the known methods, no header that is between neighbours, and nothing that claims to come from
//! a proxy or from the edge. Its body is framed anew ([`super::body`]).

use std::net::IpAddr;

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{Method, Uri};
use rocket::http::Status;

use super::bounds::Lane;
use super::headers::OF_ONE_STEP;
use super::hosts::{Hosts, is_address};
use crate::platform::text::Language;
use crate::platform::web::Area;
use crate::platform::web::hop;

/// Headers by which proxies, or whoever pretends to be one, tell of a visitor.
const OF_PROXIES: [HeaderName; 5] = [
    header::FORWARDED,
    header::VIA,
    HeaderName::from_static("x-real-ip"),
    HeaderName::from_static("x-client-ip"),
    HeaderName::from_static("true-client-ip"),
];

/// Headers that ask a server for another method or another address than those of the request.
const OVERRIDES: [HeaderName; 5] = [
    HeaderName::from_static("x-http-method-override"),
    HeaderName::from_static("x-http-method"),
    HeaderName::from_static("x-method-override"),
    HeaderName::from_static("x-original-url"),
    HeaderName::from_static("x-rewrite-url"),
];

/// Addresses that programs watch.
const WATCHED: [&str; 3] = ["/healthz", "/healthz/ready", "/metrics"];

/// Below this are the files of the pages.
const FILES: &str = "/assets/";

/// Both ends of a connection.
#[derive(Clone, Copy)]
pub(super) struct Ends {
    pub(super) here: IpAddr,
    pub(super) peer: IpAddr,
}

/// What is known of a request before its body.
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) target: PathAndQuery,
    pub(super) host: String,
    pub(super) area: Area,
    /// Whether it may have a body, and has one.
    pub(super) has_body: bool,
    /// Whether it waits for our word before it sends the body.
    pub(super) waits: bool,
    /// Whether its body's length was not announced: such a request is the last of its connection,
    /// so that nobody's other reading of it can become the next request.
    pub(super) is_last: bool,
}

impl Asked {
    /// The path, with the language.
    pub(super) fn path(&self) -> &str {
        self.target.path()
    }

    /// Whether a program watches this address.
    fn is_watched(&self) -> bool {
        WATCHED.contains(&self.path())
    }

    /// Whose turn it needs.
    pub(super) fn lane(&self) -> Lane {
        match self.area {
            _ if self.is_watched() || self.path().starts_with(FILES) => Lane::Light,
            Area::Staff => Lane::Staff,
            Area::Public | Area::Members => Lane::Public,
        }
    }

    /// Whether it changes nothing.
    pub(super) fn is_read(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }
}

/// What can be said of a request that is refused: enough for a page in its language.
pub(super) fn described(parts: &Parts, has_body: bool) -> Asked {
    let target = parts.uri.path_and_query().cloned();
    let target = target.filter(|target| is_plain(target.path()));
    let target = target.unwrap_or_else(|| {
        let (language, _) = Language::of_path(parts.uri.path());
        PathAndQuery::from_static(match language {
            Language::ZhTw => "/",
            Language::En => "/en",
        })
    });
    Asked {
        area: Area::of_path(target.path()),
        method: parts.method.clone(),
        target,
        host: String::new(),
        has_body,
        waits: parts.headers.contains_key(header::EXPECT),
        is_last: parts.headers.contains_key(header::TRANSFER_ENCODING),
    }
}

/// Fills in the host, or says with which status the request is refused.
pub(super) fn checked(
    mut asked: Asked,
    parts: &Parts,
    ends: Ends,
    hosts: &Hosts,
) -> Result<Asked, (Asked, Status)> {
    match refusal(&asked, parts, ends, hosts) {
        Ok(host) => {
            asked.host = host;
            Ok(asked)
        }
        Err(status) => Err((asked, status)),
    }
}

fn refusal(asked: &Asked, parts: &Parts, ends: Ends, hosts: &Hosts) -> Result<String, Status> {
    if matches!(parts.method, Method::TRACE | Method::CONNECT) || !KNOWN.contains(&parts.method) {
        return Err(Status::MethodNotAllowed);
    }
    // `*`, and what is no path.
    let path = parts.uri.path();
    if !path.starts_with('/') || parts.uri.path_and_query().is_none() {
        return Err(Status::BadRequest);
    }
    if !is_plain(path) {
        return Err(Status::NotFound);
    }
    let host = host_of(&parts.headers, &parts.uri).ok_or(Status::BadRequest)?;
    // A body where none belongs is somebody's next request.
    if asked.is_read() && asked.has_body {
        return Err(Status::BadRequest);
    }
    let twice = |name: HeaderName| parts.headers.get_all(name).iter().count() > 1;
    if twice(header::CONTENT_LENGTH) || twice(header::CONTENT_TYPE) {
        return Err(Status::BadRequest);
    }
    // What watches the site asks each instance by its address.
    let is_watching = asked.is_watched() && is_address(host, ends.here);
    if !is_watching && !hosts.are_ours(host, ends.here, ends.peer) {
        return Err(Status::MisdirectedRequest);
    }
    Ok(host.to_owned())
}

/// Whether a path has one reading, also as the address of a link. A browser reads what begins with
/// two slashes as the name of another site, and a backslash as a slash; Rocket reads two as one.
fn is_plain(path: &str) -> bool {
    path.starts_with('/') && !path.contains("//") && !path.contains('\\')
}

/// Methods that Rocket may be asked for; it has pages for the first three.
const KNOWN: [Method; 7] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::DELETE,
    Method::PATCH,
    Method::OPTIONS,
];

/// The one host of a request; nothing where there are none, two, or two that differ.
fn host_of<'a>(headers: &'a HeaderMap, uri: &Uri) -> Option<&'a str> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next()?.to_str().ok()?;
    if hosts.next().is_some() {
        return None;
    }
    // `GET http://host/path` names it again.
    match uri.authority() {
        Some(again) if !again.as_str().eq_ignore_ascii_case(host) => None,
        _ => Some(host),
    }
}

/// Takes away what is not for Rocket, and says who the visitor is, and whether somebody forwarded
/// the request.
pub(super) fn undress(headers: &mut HeaderMap, line: HeaderValue) {
    let of_this_step: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .filter(|name| *name != header::HOST && *name != header::COOKIE)
        .collect();
    let is_forwarded = headers.keys().any(is_of_a_proxy);
    let others = [header::EXPECT, header::CONTENT_LENGTH];
    let fixed = OF_ONE_STEP.into_iter().chain(OVERRIDES).chain(others);
    let claims = headers
        .keys()
        .filter(|name| is_of_a_proxy(name) || name.as_str().starts_with(hop::OURS));
    let claims: Vec<_> = claims.cloned().collect();
    for name in fixed.chain(of_this_step).chain(claims) {
        headers.remove(name);
    }
    headers.insert(HeaderName::from_static(hop::THROUGH), line);
    if is_forwarded {
        let yes = HeaderValue::from_static("1");
        headers.insert(HeaderName::from_static(hop::FORWARDED), yes);
    }
}

/// Whether a header tells of a visitor behind somebody else.
fn is_of_a_proxy(name: &HeaderName) -> bool {
    OF_PROXIES.contains(name) || name.as_str().starts_with("x-forwarded")
}

/// Whether a form asks for another method by its first field, as some frameworks let it.
pub(super) fn has_override(body: &[u8]) -> bool {
    let mut fields = body.split(|byte| *byte == b'&');
    let first = fields.find(|field| !field.is_empty());
    first.is_some_and(|field| field == b"_method" || field.starts_with(b"_method="))
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;
    use crate::platform::edge::settings::EdgeSettings;

    #[test]
    fn what_watches_the_site_may_ask_by_its_address() {
        let ask = |path: &str, host: &str| outcome(Request::get(path).header("Host", host), false);
        for path in ["/healthz", "/healthz/ready", "/metrics"] {
            assert!(ask(path, "203.0.113.7:8000").is_ok(), "{path}");
            assert!(ask(path, "203.0.113.8").is_err(), "{path}");
            assert!(ask(path, "evil.example").is_err(), "{path}");
        }
        assert!(ask("/", "203.0.113.7").is_err());
    }

    fn outcome(request: http::request::Builder, has_body: bool) -> Result<String, Status> {
        let (parts, ()) = request.body(()).expect("a request").into_parts();
        let hosts = Hosts::of(&EdgeSettings::default(), Some("https://draw.example.org"));
        let far = "203.0.113.7".parse().expect("an address");
        let ends = Ends {
            here: far,
            peer: far,
        };
        let asked = described(&parts, has_body);
        let checked = checked(asked, &parts, ends, &hosts);
        checked
            .map(|asked| format!("{}{}", asked.host, asked.target))
            .map_err(|(_, status)| status)
    }

    #[test]
    fn a_request_has_one_host_of_ours_and_one_reading() {
        let get = |uri: &str| Request::get(uri).header("Host", "draw.example.org");
        assert_eq!(
            outcome(get("/a?b=c"), false).as_deref(),
            Ok("draw.example.org/a?b=c")
        );
        assert_eq!(
            outcome(get("http://draw.example.org/a"), false).as_deref(),
            Ok("draw.example.org/a")
        );
        let bad = Err(Status::BadRequest);
        assert_eq!(outcome(get("http://evil.example/a"), false), bad);
        assert_eq!(
            outcome(get("/").header("Host", "draw.example.org"), false),
            bad
        );
        assert_eq!(outcome(Request::get("/"), false), bad);
        assert_eq!(outcome(get("*"), false), bad);
        assert_eq!(outcome(get("/"), true), bad);
        for path in [
            "//evil.example/",
            "/en//evil.example",
            "/en/\\evil.example",
            "/a//b",
        ] {
            assert_eq!(outcome(get(path), false), Err(Status::NotFound), "{path}");
        }
        assert_eq!(
            outcome(Request::get("/").header("Host", "evil.example"), false),
            Err(Status::MisdirectedRequest)
        );
        for method in ["TRACE", "CONNECT", "PROPFIND", "get"] {
            let request = get("/").method(method);
            assert_eq!(
                outcome(request, false),
                Err(Status::MethodNotAllowed),
                "{method}"
            );
        }
        assert!(outcome(get("/").method("PUT"), true).is_ok());
    }

    #[test]
    fn what_only_neighbours_and_proxies_say_goes_no_further() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("host", "draw.example.org"),
            ("cookie", "s=1"),
            ("connection", "close, X-Secret, cookie"),
            ("x-secret", "1"),
            ("transfer-encoding", "chunked"),
            ("te", "trailers"),
            ("upgrade", "h2c"),
            ("x-real-ip", "1.2.3.4"),
            ("forwarded", "for=1.2.3.4"),
            ("x-forwarded-for", "1.2.3.4"),
            ("x-forwarded-host", "evil.example"),
            ("x-fairdraw-through", "0 1.2.3.4"),
            ("x-fairdraw-crowded", "1"),
            ("x-http-method-override", "DELETE"),
            ("content-length", "7"),
        ] {
            headers.append(name, value.parse().expect("a header"));
        }
        undress(&mut headers, HeaderValue::from_static("ours"));
        let left: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().expect("text")))
            .collect();
        assert_eq!(
            left,
            [
                ("host", "draw.example.org"),
                ("cookie", "s=1"),
                ("x-fairdraw-through", "ours"),
                ("x-fairdraw-forwarded", "1"),
            ]
        );
    }

    #[test]
    fn what_somebody_forwarded_is_known_to_be_forwarded_and_nothing_else_is() {
        for (name, forwarded) in [
            ("x-real-ip", true),
            ("x-forwarded-host", true),
            ("forwarded", true),
            ("via", true),
            ("x-fairdraw-forwarded", false),
            ("accept", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.append(name, HeaderValue::from_static("1"));
            undress(&mut headers, HeaderValue::from_static("ours"));
            assert_eq!(headers.contains_key(hop::FORWARDED), forwarded, "{name}");
        }
    }

    #[test]
    fn a_form_cannot_ask_for_another_method() {
        for body in ["_method=delete", "_method", "&&_method=put&a=b"] {
            assert!(has_override(body.as_bytes()), "{body}");
        }
        for body in ["", "a=b&_method=put", "_methods=1", "a=_method=put"] {
            assert!(!has_override(body.as_bytes()), "{body}");
        }
    }
}
