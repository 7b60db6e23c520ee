//! Forged requests, before the whole application: everything that a page of another site, or a
//! program, can say about where a request comes from, against every address that changes something.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;

use fairdraw::platform::web::Area;
use rocket::http::Method;

use crate::support::Engine;
use crate::support::app::TestApp;
use crate::support::edge::EdgeServer;

const START: &str = "2024-07-01T09:00:00+08:00";
const FORM: &str = "application/x-www-form-urlencoded";
const FOREIGN: &str = "https://evil.example";

/// What a request says of the page that it comes from.
#[derive(Clone, Copy, Debug)]
struct Said<'a> {
    site: Option<&'a str>,
    origin: Option<&'a str>,
}

impl Said<'_> {
    /// Whether a page of another site may have sent it.
    fn is_foreign(self, area: Area) -> bool {
        match (self.site, self.origin) {
            (_, Some(FOREIGN)) | (Some("same-site" | "cross-site"), _) => true,
            (Some(_), _) => false,
            // A browser that says nothing is not known; where people sign in, forms are not taken from it.
            (None, None | Some("null")) => area != Area::Public,
            (None, Some(_)) => false,
        }
    }
}

/// Sends a request with an empty body and hears the status alone.
fn status(edge: &EdgeServer, method: &str, path: &str, kind: Option<&str>, said: Said<'_>) -> u16 {
    let place = edge.place;
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n");
    if method != "GET" && method != "HEAD" {
        head += "Content-Length: 0\r\n";
    }
    let said = [
        ("Content-Type", kind),
        ("Sec-Fetch-Site", said.site),
        ("Origin", said.origin),
    ];
    for (name, value) in said {
        if let Some(value) = value {
            head += &format!("{name}: {value}\r\n");
        }
    }
    let mut stream = TcpStream::connect(place).expect("it listens");
    write!(stream, "{head}\r\n").expect("it is open");
    let mut line = [0; 12];
    stream.read_exact(&mut line).expect("an answer");
    let line = String::from_utf8_lossy(&line);
    line[9..].parse().expect("a status")
}

#[test]
fn whatever_a_foreign_page_says_is_refused_and_what_our_own_pages_say_is_taken() {
    let app = TestApp::with(Engine::Sqlite, START, |_| ());
    let edge = EdgeServer::start(&app.app, |_| ());
    let own = format!("http://{}", edge.place);
    let sites = ["same-origin", "same-site", "cross-site", "none"].map(Some);
    let origins = [Some(own.as_str()), Some(FOREIGN), Some("null"), None];
    let multipart = "multipart/form-data; boundary=x";
    let kinds = [FORM, multipart, "text/plain", "application/json"].map(Some);
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
    let (mut asked, mut refused) = (0, 0);
    for (path, area) in [
        ("/entry", Area::Public),
        ("/en/nowhere", Area::Public),
        ("/members/sign-in", Area::Members),
        ("/en/members/nowhere", Area::Members),
        ("/staff/sign-out", Area::Staff),
        ("/en/admin/staff/new", Area::Staff),
    ] {
        for site in sites.into_iter().chain([None]) {
            for origin in origins {
                for kind in kinds.into_iter().chain([None]) {
                    for method in methods {
                        let said = Said { site, origin };
                        let reads = matches!(method, "GET" | "HEAD");
                        let foreign = !reads && said.is_foreign(area);
                        let status = status(&edge, method, path, kind, said);
                        assert_eq!(
                            status == 403,
                            foreign,
                            "{method} {path} {kind:?} {said:?}: {status}"
                        );
                        asked += 1;
                        refused += usize::from(foreign);
                    }
                }
            }
        }
    }
    println!("{asked} requests, {refused} refused");
}

/// How a browser without JavaScript sends a form of ours: today's, one that hides the origin
/// because the page says so, and one that knows no `Sec-Fetch-Site`.
fn honest(own: &str, area: Area) -> Vec<Said<'_>> {
    let of = |site, origin| Said { site, origin };
    let mut said = vec![
        of(Some("same-origin"), Some(own)),
        of(Some("same-origin"), Some("null")),
        of(Some("same-origin"), None),
        of(None, Some(own)),
    ];
    // Public pages ask browsers for `no-referrer`, which older ones answer with this.
    if area == Area::Public {
        said.extend([of(None, Some("null")), of(None, None)]);
    }
    said
}

const FORGED: [Said<'static>; 7] = {
    const fn of(site: Option<&'static str>, origin: Option<&'static str>) -> Said<'static> {
        Said { site, origin }
    }
    [
        of(Some("cross-site"), Some(FOREIGN)),
        of(Some("cross-site"), Some("null")),
        of(Some("cross-site"), None),
        of(Some("same-site"), Some("https://other.lib.example.tw")),
        of(Some("same-site"), None),
        of(Some("same-origin"), Some(FOREIGN)),
        of(None, Some(FOREIGN)),
    ]
};

/// The one form that mail programs send from anywhere (RFC 8058), by a secret in its address.
fn is_one_click(path: &str) -> bool {
    path.trim_start_matches("/en") == "/newsletter/unsubscribe/1"
}

#[test]
fn every_form_is_taken_from_our_own_pages_and_from_nowhere_else() {
    let app = TestApp::with(Engine::Sqlite, START, |_| ());
    let edge = EdgeServer::start(&app.app, |_| ());
    let own = format!("http://{}", edge.place);
    let rocket = app.app.rocket(rocket::Config::figment());
    let forms = rocket.routes().filter(|route| route.method == Method::Post);
    let forms: BTreeSet<String> = forms
        .map(|route| {
            let parts = route.uri.path().split('/');
            let parts = parts.map(|part| if part.starts_with('<') { "1" } else { part });
            parts.collect::<Vec<_>>().join("/")
        })
        .collect();
    assert!(forms.len() > 150, "{}", forms.len());
    for path in &forms {
        let area = Area::of_path(path);
        for said in honest(&own, area) {
            let status = status(&edge, "POST", path, Some(FORM), said);
            assert_ne!(status, 403, "{path} {said:?}");
        }
        for said in FORGED {
            let status = status(&edge, "POST", path, Some(FORM), said);
            assert_eq!(
                status == 403,
                !is_one_click(path),
                "{path} {said:?} {status}"
            );
        }
    }
    println!("{} forms", forms.len());
}
