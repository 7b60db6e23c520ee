//! More people, or more of one address, than can be served at once.

use super::*;

#[test]
fn an_address_has_no_more_connections_than_its_share() {
    let edge = running(Site::default(), |settings| {
        settings.connections_per_address = 3;
    });
    let ask = "GET /from HTTP/1.1\r\nHost: localhost\r\n";
    let mut held: Vec<Wire> = (0..3).map(|_| edge.wire()).collect();
    held[0].say(ask, "");
    let came = held[0].hear();
    assert_eq!((came.status, came.header("Connection")), (200, ""));
    while counted(&edge.figures.connections) < 3 {
        std::thread::yield_now();
    }
    assert!(edge.wire().is_closed());
    let refused = counted(&edge.figures.over_one);
    assert_eq!(refused, 1);
    // The last places of an address are for one answer each, so that a hall of people moves on.
    held[2].say(ask, "");
    let came = held[2].hear();
    assert_eq!((came.status, came.header("Connection")), (200, "close"));
    assert!(held[2].is_closed());
    held.clear();
    // The places come free as soon as the edge has seen the ends.
    let mut answered = false;
    for _ in 0..1_000 {
        let mut wire = edge.wire();
        let said = write!(wire.0.get_mut(), "{ask}\r\n");
        let mut line = String::new();
        answered = said.is_ok() && matches!(wire.0.read_line(&mut line), Ok(read) if read > 0);
        if answered {
            break;
        }
    }
    assert!(answered);
}

#[test]
fn who_comes_while_all_turns_are_taken_waits_on_a_page_that_keeps_what_was_typed() {
    let edge = running(Site::default(), |settings| settings.under_way = 1);
    let mut first = edge.under_way("/wait");
    let waiting = edge.get("/en/from?a=b&c");
    assert_eq!(waiting.status, 503);
    let seconds: u64 = waiting.header("Retry-After").parse().expect("seconds");
    assert!((5..=10).contains(&seconds));
    assert_eq!(waiting.header("Refresh"), waiting.header("Retry-After"));
    assert_eq!(waiting.header("Cache-Control"), "no-store");
    assert!(
        waiting.body.contains("Many people are here"),
        "{}",
        waiting.body
    );
    let typed = "name=%E7%8E%8B%22%3E%3Cb%3E&q_1=a&q_1=b%0D%0Ac&empty=";
    let kept = edge.post("/send?x=%22%3E&y", "", typed);
    assert_eq!((kept.status, kept.header("Refresh")), (503, ""));
    for part in [
        "<form method=\"post\" action=\"/send?x=%22%3E&amp;y\">",
        "name=\"name\" value=\"王&quot;&gt;&lt;b&gt;\"",
        "name=\"q_1\" value=\"a\"",
        "name=\"q_1\" value=\"b\nc\"",
        "name=\"empty\" value=\"\"",
        "再送一次",
    ] {
        assert!(kept.body.contains(part), "{part} in {}", kept.body);
    }
    // A form of another site is refused before it could be kept.
    let foreign = edge.post("/send", "Sec-Fetch-Site: cross-site\r\n", typed);
    assert_eq!(foreign.status, 403);
    // The page has its stylesheet, and staff have turns of their own.
    let asset = crate::platform::templates::assets::url("site.css");
    assert_eq!(edge.get(&asset).status, 200);
    assert_eq!(edge.get("/staff").body, "staff");
    edge.bell.add_permits(1);
    assert_eq!(first.hear().body, "waited");
    let sent = edge.post("/send", "", typed);
    assert_eq!((sent.status, sent.header("Location")), (303, "/receipt"));
    // The site itself may ask for the page.
    for word in ["crowded", "full"] {
        let crowded = edge.post("/send", "", &format!("name={word}&more=%26"));
        assert_eq!(
            (crowded.status, crowded.header("X-Fairdraw-Crowded")),
            (503, "")
        );
        assert!(crowded.body.contains("name=\"more\" value=\"&amp;\""));
    }
    let broken = edge.post("/send", "Content-Encoding: x\r\n", "");
    assert_eq!(broken.status, 303);
}

#[test]
fn one_address_does_not_keep_the_forms_of_others_out() {
    let edge = running(Site::default(), |settings| settings.bodies_mib = 1);
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    let most = 256 << 10;
    let head =
        format!("POST /long/send HTTP/1.1\r\nHost: localhost\r\n{kind}Content-Length: {most}\r\n");
    let mut other = edge.wire();
    let mut came = None;
    for _ in 0..1_000 {
        // A long form that stops before its last letter; where the whole one is read before it, this
        // one is refused, and both come again.
        let mut held = edge.wire();
        held.say(&head, &"a".repeat(most - 1));
        let mut wire = edge.wire();
        wire.say(&head, &"a".repeat(most));
        let answer = wire.hear();
        if answer.status == 503 {
            came = Some((held, answer));
            break;
        }
    }
    let (mut held, came) = came.expect("the share of this address is taken");
    assert_eq!(came.header("Connection"), "close");
    // From another address of this machine the same form is taken.
    let socket = TcpSocket::new_v4().expect("a socket");
    socket
        .bind("127.0.0.9:0".parse().expect("an address"))
        .expect("free");
    let stream = rocket::async_test(async {
        let stream = socket.connect(edge.address).await.expect("it listens");
        stream.into_std().expect("of the system")
    });
    stream.set_nonblocking(false).expect("it waits");
    let mut wire = Wire(BufReader::new(Box::new(stream)));
    wire.say(&head, &"a".repeat(most));
    assert_eq!(wire.hear().status, 200);
    other.say("GET /from HTTP/1.1\r\nHost: localhost\r\n", "");
    assert_eq!(
        other.hear().status,
        200,
        "who asks for a page needs no room"
    );
    held.write("a");
    assert_eq!(
        held.hear().status,
        200,
        "and the first one is not forgotten"
    );
}

#[test]
fn no_page_gives_a_passphrase_back() {
    let edge = running(Site::default(), |settings| settings.under_way_staff = 1);
    let secrets = [
        "passphrase=a+long+one",
        "passphrase_again=a+long+one",
        "share=ABCD",
    ];
    for secret in secrets {
        let mut first = edge.under_way("/staff/wait");
        let ours = "Sec-Fetch-Site: same-origin\r\n";
        let said = edge.post("/staff/send", ours, secret);
        assert_eq!(said.status, 503, "{secret}");
        assert!(!said.body.contains("type=\"hidden\""), "{secret}");
        assert!(!said.body.contains("a long one") && !said.body.contains("ABCD"));
        let kept = edge.post("/staff/send", ours, "name=a");
        assert!(kept.body.contains("name=\"name\" value=\"a\""));
        edge.bell.add_permits(1);
        assert_eq!(first.hear().body, "waited");
    }
}
