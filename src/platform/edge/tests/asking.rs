//! What a request may say, who it may come from, and what every answer carries.

use super::*;

#[test]
fn every_answer_carries_the_headers_also_those_of_the_edge() {
    let edge = usual();
    let asset = crate::platform::templates::assets::url("site.css");
    let bad_host = "GET / HTTP/1.1\r\nHost: evil.example\r\n";
    let answers = [
        edge.get("/from"),
        edge.get("/no-such-page"),
        edge.get("/panic"),
        edge.get(&asset),
        edge.ask(bad_host, ""),
        edge.ask("TRACE / HTTP/1.1\r\nHost: localhost\r\n", ""),
        edge.post("/send", "Sec-Fetch-Site: cross-site\r\n", "name=a"),
        edge.post("/send", "", &"a".repeat(65 << 10)),
        edge.post("/send", "", "name=crowded"),
    ];
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 404, 500, 200, 421, 405, 403, 413, 503]);
    for answer in &answers {
        for (name, value) in [
            (
                "Content-Security-Policy",
                "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; report-uri /csp-report",
            ),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Strict-Transport-Security", ""),
            ("Server", ""),
        ] {
            assert_eq!(answer.header(name), value, "{name} of {}", answer.status);
        }
        assert!(!answer.header("Permissions-Policy").is_empty());
    }
    assert_eq!(
        edge.get("/en/staff").header("Referrer-Policy"),
        "same-origin"
    );
    let https = running(named("https://draw.example.org"), |_| ());
    for path in ["/from", "/no-such-page"] {
        let answer = https.get(path);
        let strict = answer.header("Strict-Transport-Security");
        assert_eq!(strict, "max-age=63072000", "{path}");
    }
}

#[test]
fn a_form_is_taken_from_our_own_pages_only() {
    let edge = usual();
    let send = |path: &str, headers: &str| edge.post(path, headers, "name=a").status;
    assert_eq!(send("/send", "Sec-Fetch-Site: same-origin\r\n"), 303);
    assert_eq!(send("/send", ""), 303);
    assert_eq!(send("/send", "Origin: https://draw.example.org\r\n"), 303);
    assert_eq!(send("/send", "Origin: https://evil.example\r\n"), 403);
    assert_eq!(
        send("/no-such-page", "Origin: https://evil.example\r\n"),
        403
    );
    let refused = edge.post("/en/send", "Sec-Fetch-Site: cross-site\r\n", "name=a");
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("Nothing was sent."));
    assert_eq!(refused.header("Content-Language"), "en");
    // Staff: a request that says nothing about its page is refused too, however it is spelled.
    for path in ["/staff/send", "/en/staff/send", "/%73taff/send"] {
        assert_eq!(send(path, ""), 403, "{path}");
        assert_eq!(send(path, "Origin: null\r\n"), 403, "{path}");
    }
    assert_eq!(send("/staff/send", "Sec-Fetch-Site: none\r\n"), 200);
}

#[test]
fn one_click_of_a_mail_program_is_taken_at_its_own_address_and_nowhere_else() {
    let edge = usual();
    let send = |path: &str, headers: &str| {
        edge.post(path, headers, "List-Unsubscribe=One-Click")
            .status
    };
    let foreign = [
        "",
        "Origin: null\r\n",
        "Origin: https://mail.example\r\n",
        "Origin: https://mail.example\r\nSec-Fetch-Site: cross-site\r\n",
    ];
    for headers in foreign {
        for path in ["/leave/a-token_1", "/en/leave/a-token_1"] {
            assert_eq!(send(path, headers), 200, "{path} {headers}");
        }
    }
    let foreign = "Origin: https://mail.example\r\n";
    for path in [
        "/leave/",
        "/leave",
        "/leave/a/b",
        "/leave/a%2Fb",
        "/leave/%61",
        "/leave/..",
        "/leave//a",
        "/%6Ceave/a",
        "/LEAVE/a",
        "/en/en/leave/a",
        "/staff/leave/a",
        "/send",
        "/leavex/a",
    ] {
        let status = send(path, foreign);
        assert!(matches!(status, 400 | 403 | 404), "{path}: {status}");
    }
    let other = edge.ask(
        "PUT /leave/a HTTP/1.1\r\nHost: localhost\r\nOrigin: https://mail.example\r\n",
        "",
    );
    assert_ne!(other.status, 200);
}

#[test]
fn a_method_hidden_in_a_form_is_refused() {
    let edge = usual();
    for method in ["delete", "put", "get", "patch", "post", "nonsense"] {
        let body = format!("_method={method}&name=a");
        assert_eq!(edge.post("/send", "", &body).status, 400, "{method}");
        assert_eq!(edge.post("/send", "", &format!("&{body}")).status, 400);
    }
    let head = "X-HTTP-Method-Override: DELETE\r\n";
    assert_eq!(edge.post("/send", head, "name=a").status, 303);
    let other = edge.ask("PUT /send HTTP/1.1\r\nHost: localhost\r\n", "");
    assert_eq!((other.status, other.header("Allow")), (405, "POST"));
}

#[test]
fn a_request_that_two_could_read_differently_is_refused_or_read_in_one_way() {
    let edge = running(Site::default(), |settings| settings.header_seconds = 1);
    let host = "Host: localhost\r\n";
    for head in [
        "GET /from HTTP/1.1\r\n".to_owned(),
        format!("GET /from HTTP/1.1\r\n{host}{host}"),
        format!("GET /from HTTP/1.1\r\n{host}Host: evil.example\r\n"),
        format!("GET http://evil.example/from HTTP/1.1\r\n{host}"),
        format!("OPTIONS * HTTP/1.1\r\n{host}"),
        format!("POST /send HTTP/1.1\r\n{host}Content-Length: 3\r\nContent-Length: 4\r\n"),
        format!("POST /send HTTP/1.1\r\n{host}Content-Length: +3\r\n"),
        format!("POST /send HTTP/1.1\r\n{host}Transfer-Encoding: gzip\r\n"),
        format!("POST /send HTTP/1.1\r\n{host}Transfer-Encoding: chunked, identity\r\n"),
        format!("POST /send HTTP/1.0\r\n{host}Transfer-Encoding: chunked\r\n"),
        format!("GET /from HTTP/1.1\r\n{host}Content-Length: 5\r\n"),
        format!("GET /from HTTP/1.1\r\n{host} folded: x\r\n"),
        "GET /from HTTP/1.1\r\nHost : localhost\r\n".to_owned(),
    ] {
        let came = edge.ask(&head, "abcde");
        assert_eq!(came.status, 400, "{head}");
    }
    // Absolute form with the same host is the same request.
    let head = format!("GET http://localhost/from HTTP/1.1\r\n{host}");
    assert_eq!(edge.ask(&head, "").status, 200);
    // Length and chunks together: the chunks count, and nothing comes after them.
    let mut wire = edge.wire();
    wire.write(
        "POST /send HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n\
         6\r\nname=a\r\n0\r\n\r\nGET /panic HTTP/1.1\r\nHost: localhost\r\n\r\n",
    );
    let came = wire.hear();
    assert_eq!((came.status, came.header("Connection")), (303, "close"));
    assert!(wire.is_closed());
    // h2c and upgrades are not spoken.
    let upgrade = "GET /from HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n\
                   Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n";
    assert_eq!(edge.ask(upgrade, "").status, 200);
    let mut wire = edge.wire();
    wire.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    assert!(wire.is_closed());
}

#[test]
fn a_line_that_ends_without_its_first_half_hides_nothing() {
    let edge = usual();
    let host = "Host: localhost\r\n";
    // What would be one line to whoever thinks that only both halves end it.
    for head in [
        format!("POST /send HTTP/1.1\r\n{host}X: a\nContent-Length: 3\r\nContent-Length: 5\r\n"),
        format!("POST /send HTTP/1.1\r\n{host}X: a\nTransfer-Encoding: gzip\r\n"),
        format!("GET /from HTTP/1.1\r\n{host}X: a\nHost: evil.example\r\n"),
        format!("GET /from HTTP/1.1\r\n{host}X: a\nContent-Length: 5\r\n"),
    ] {
        assert_eq!(edge.ask(&head, "abcde").status, 400, "{head}");
    }
    // A hidden way of framing is seen, and whatever was behind it is not answered.
    let mut wire = edge.wire();
    wire.write(
        "POST /send HTTP/1.1\r\nHost: localhost\r\nX: a\nTransfer-Encoding: chunked\r\n\
         Content-Length: 60\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n\
         6\r\nname=a\r\n0\r\n\r\nGET /panic HTTP/1.1\r\nHost: localhost\r\n\r\n",
    );
    let came = wire.hear();
    assert_eq!((came.status, came.header("Connection")), (303, "close"));
    assert!(wire.is_closed());
}

#[test]
fn nobody_names_another_visitor_but_a_trusted_proxy() {
    let claims = "X-Real-IP: 198.51.100.1\r\nX-Forwarded-For: 198.51.100.1\r\n\
                  Forwarded: for=198.51.100.1\r\nX-Fairdraw-Through: x 198.51.100.1\r\n";
    let head = format!("GET /from HTTP/1.1\r\nHost: localhost\r\n{claims}");
    assert_eq!(usual().ask(&head, "").body, "127.0.0.1");
    let proxy = |settings: &mut EdgeSettings| {
        let here = Network::try_from("127.0.0.1".to_owned()).expect("an address");
        settings.trusted_proxies.push(here);
    };
    let edge = running(Site::default(), proxy);
    assert_eq!(edge.ask(&head, "").body, "198.51.100.1");
    let two = "GET /from HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 1.2.3.4, 198.51.100.1\r\n";
    assert_eq!(edge.ask(two, "").body, "198.51.100.1");
}

#[test]
fn rocket_itself_answers_nobody_who_comes_past_the_edge() {
    let edge = usual();
    for claim in ["", "X-Fairdraw-Through: 0 127.0.0.1\r\n"] {
        let mut wire = Wire::to(SocketAddr::from((Ipv4Addr::LOCALHOST, edge.inside)));
        wire.say(
            &format!("GET /from HTTP/1.1\r\nHost: localhost\r\n{claim}"),
            "",
        );
        assert_eq!(wire.hear().status, 421);
    }
}

#[test]
fn no_page_of_ours_links_to_another_site() {
    let edge = usual();
    for (path, home) in [
        ("//evil.example/", "/en"),
        ("//evil.example", "/en"),
        ("/en//evil.example/x", "/"),
        ("/en/\\evil.example", "/"),
        ("/en/\\/evil.example?a", "/"),
    ] {
        let came = edge.get(path);
        assert_eq!(came.status, 404, "{path}");
        assert!(!came.body.contains("evil"), "{path}: {}", came.body);
        let other = format!("<li><a href=\"{home}\" lang=");
        assert!(came.body.contains(&other), "{path}: {}", came.body);
    }
    let send = edge.post("/en//evil.example/", "", "name=a");
    assert_eq!(send.status, 404);
    assert!(!send.body.contains("evil"));
}
