//! Fairdraw behind nginx, HAProxy and Caddy, with the samples that it ships.

use std::net::Ipv4Addr;
use std::path::Path;

use crate::support::Engine;
use crate::support::app::Came;
use crate::support::proxy::{Kind, Proxy};
use crate::support::vault::{self, Program};
use crate::support::wire::Wire;

const NAME: &str = "draw.lib.example.tw";
const ORIGIN: &str = "Origin: https://draw.lib.example.tw\r\n";
const SETTINGS: &str = ",public_origin=\"https://draw.lib.example.tw\",\
     edge={trusted_proxies=[\"127.0.0.1\"],under_way_staff=1}";

#[test]
fn behind_nginx() {
    behind(Kind::Nginx);
}

#[test]
fn behind_haproxy() {
    behind(Kind::Haproxy);
}

#[test]
fn behind_caddy() {
    behind(Kind::Caddy);
}

/// Somebody in a network of their own, on the other side of the proxy.
struct Visitor<'a> {
    from: Ipv4Addr,
    proxy: &'a Proxy,
}

impl Visitor<'_> {
    fn wire(&self) -> Wire {
        let chain = self.proxy.certificate.chain();
        let wire = Wire::tls(self.from, self.proxy.https, NAME, Path::new(&chain));
        wire.expect("the proxy shows its certificate")
    }

    fn get(&self, path: &str) -> Came {
        let mut wire = self.wire();
        wire.write(format!("GET {path} HTTP/1.1\r\nHost: {NAME}\r\n\r\n"));
        wire.hear().expect("an answer")
    }

    fn post(&self, path: &str, headers: &str, body: &str) -> Came {
        let mut wire = self.wire();
        wire.write(format!(
            "POST {path} HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n{headers}\r\n{body}",
            body.len()
        ));
        wire.hear().expect("an answer")
    }
}

fn behind(kind: Kind) {
    let (database, _) = vault::open_now(Engine::Sqlite);
    let program = Program::start_set(&database, None, SETTINGS);
    let proxy = Proxy::start(kind, program.place());
    let at = |network| Visitor {
        from: Ipv4Addr::new(127, 7, network, 1),
        proxy: &proxy,
    };
    it_is_https(&at(1));
    a_visitor_is_known_by_their_own_address(&at(2), &at(3));
    what_is_too_long_has_our_page(&at(4));
    who_has_to_wait_keeps_what_was_typed(&at);
    slow_clients_are_closed(&at(5));
    assert_eq!(at(1).get("/activities").status, 200);
}

fn it_is_https(visitor: &Visitor<'_>) {
    let page = visitor.get("/activities");
    assert_eq!(page.status, 200);
    assert_eq!(page.header("Strict-Transport-Security"), "max-age=63072000");
    assert!(!page.header("Content-Security-Policy").is_empty());
    let mut plain = Wire::plain(visitor.from, visitor.proxy.http);
    plain.write(format!("GET /a?b=c HTTP/1.1\r\nHost: {NAME}\r\n\r\n"));
    let led = plain.hear().expect("an answer");
    assert_eq!(led.status, 308);
    let place = led.header("Location");
    assert!(
        place.starts_with("https://") && place.ends_with("/a?b=c"),
        "{place}"
    );
    // Forms: from our own https pages and from nowhere else, http included.
    let send = |headers: &str| visitor.post("/staff/sign-in", headers, "name=a").status;
    assert_eq!(send(ORIGIN), 422);
    assert_eq!(send("Origin: http://draw.lib.example.tw\r\n"), 403);
    assert_eq!(send("Origin: https://evil.example\r\n"), 403);
    assert_eq!(send(""), 403);
}

/// So many tries the door for staff takes of one network at once.
const TRIES: usize = 30;

fn a_visitor_is_known_by_their_own_address(one: &Visitor<'_>, other: &Visitor<'_>) {
    let attempt = |visitor: &Visitor<'_>, claimed: usize| {
        let claim = format!(
            "{ORIGIN}X-Forwarded-For: 198.51.{claimed}.1\r\nX-Real-IP: 198.51.{claimed}.1\r\n\
             Forwarded: for=198.51.{claimed}.1\r\n"
        );
        visitor
            .post("/staff/setup/nobody-has-this-link", &claim, "name=a")
            .status
    };
    // Whatever they claim, their own network runs out of tries, and nobody else's does.
    for claimed in 0..TRIES {
        assert_ne!(attempt(one, claimed), 429, "{claimed}");
    }
    assert_eq!(attempt(one, TRIES + 1), 429);
    assert_ne!(attempt(other, 0), 429);
}

fn what_is_too_long_has_our_page(visitor: &Visitor<'_>) {
    let long = format!("name={}", "a".repeat(300 << 10));
    let refused = visitor.post("/a/summer-2024/enter", "", &long);
    assert_eq!(refused.status, 413);
    assert!(refused.text().contains("內容太長"), "{}", refused.text());
    let fits = format!("name={}", "a".repeat(200 << 10));
    let taken = visitor.post("/a/summer-2024/enter", "", &fits);
    assert!(matches!(taken.status, 200 | 422), "{}", taken.status);
}

fn who_has_to_wait_keeps_what_was_typed<'a>(at: &(impl Fn(u8) -> Visitor<'a> + Sync)) {
    // One after the other is answered, and comparing a passphrase takes a while.
    let (name, secret) = ("name=%E6%9E%97%22", "&passphrase=not+the+right+one+at+all");
    let bodies = [name.to_owned(), format!("{name}{secret}")];
    let answers: Vec<(bool, Came)> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..16_u8)
            .map(|n| {
                let is_secret = n % 2 == 1;
                let body = bodies[usize::from(is_secret)].as_str();
                let send = move || at(100 + n).post("/en/staff/sign-in", ORIGIN, body);
                (is_secret, scope.spawn(send))
            })
            .collect();
        let answers = senders.into_iter();
        answers
            .map(|(is_secret, sender)| (is_secret, sender.join().expect("answered")))
            .collect()
    });
    let page = |secret: bool| {
        let mut waiting = answers.iter();
        let waiting = waiting.find(|(own, answer)| *own == secret && answer.status == 503);
        let (_, waiting) = waiting.expect("sixteen at once are too many");
        assert!(!waiting.header("Retry-After").is_empty());
        assert_eq!(waiting.header("Cache-Control"), "no-store");
        waiting.text()
    };
    let kept = page(false);
    for part in [
        "<form method=\"post\" action=\"/en/staff/sign-in\">",
        "name=\"name\" value=\"林&quot;\"",
        "Send it again",
    ] {
        assert!(kept.contains(part), "{part} in {kept}");
    }
    // A passphrase is given back by no page.
    let secret = page(true);
    assert!(!secret.contains("not the right") && !secret.contains("<form method=\"post\" action"));
    assert!(answers.iter().any(|(_, answer)| answer.status == 422));
}

fn slow_clients_are_closed(visitor: &Visitor<'_>) {
    let half = format!("GET / HTTP/1.1\r\nHost: {NAME}\r\n");
    let body = format!(
        "POST /entry HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 400\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\ncode="
    );
    for begun in ["", &half, &body] {
        let mut wire = visitor.wire();
        wire.write(begun);
        assert!(wire.is_closed(), "{begun}");
    }
}
