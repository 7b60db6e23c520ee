//! Connections and bodies that take their time, and the end of the server.

use super::*;

#[test]
fn a_connection_serves_many_requests_and_rests_no_longer_than_it_may() {
    let edge = running(Site::default(), |settings| settings.header_seconds = 1);
    let mut wire = edge.wire();
    for _ in 0..3 {
        wire.say("GET /from HTTP/1.1\r\nHost: localhost\r\n", "");
        assert_eq!(wire.hear().body, "127.0.0.1");
    }
    assert!(wire.is_closed());
    assert_eq!(counted(&edge.figures.connections), 1);
    for begun in [
        "",
        "GET /fr",
        "GET /from HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n",
    ] {
        let mut wire = edge.wire();
        wire.write(begun);
        assert!(wire.is_closed(), "{begun}");
    }
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let edge = running(Site::default(), |settings| settings.body_seconds = 1);
    let head = "POST /send HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n";
    let mut wire = edge.wire();
    wire.say(head, "name=");
    let came = wire.hear();
    assert_eq!((came.status, came.header("Connection")), (408, "close"));
    assert!(came.body.contains("連線太慢或中斷了"));
    assert!(wire.is_closed());
}

#[test]
fn a_body_too_long_has_its_page_and_the_connection_goes_on() {
    let edge = usual();
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    let long = format!("name={}", "a".repeat(65 << 10));
    let head = format!(
        "POST /en/send HTTP/1.1\r\nHost: localhost\r\n{kind}Content-Length: {}\r\n",
        long.len()
    );
    let mut wire = edge.wire();
    wire.say(&head, &long);
    let came = wire.hear();
    assert_eq!((came.status, came.header("Connection")), (413, ""));
    assert!(came.body.contains("Shorten the text"));
    wire.say("GET /from HTTP/1.1\r\nHost: localhost\r\n", "");
    assert_eq!(wire.hear().status, 200);
    // Where long forms are taken it is not too long.
    let head = head.replace("/en/send", "/en/long/send");
    wire.say(&head, &long);
    assert_eq!(wire.hear().body, (long.len() - 5).to_string());
    // Far too long is told before it is sent, and also while it is sent.
    let huge =
        format!("POST /send HTTP/1.1\r\nHost: localhost\r\n{kind}Content-Length: 99999999\r\n");
    for more in ["Expect: 100-continue\r\n", ""] {
        let mut wire = edge.wire();
        wire.say(&format!("{huge}{more}"), "");
        let came = wire.hear();
        assert_eq!((came.status, came.header("Connection")), (413, "close"));
        assert!(wire.is_closed());
    }
    let mut wire = edge.wire();
    let chunks = format!("10000\r\n{}\r\n", "a".repeat(0x10000)).repeat(2);
    wire.say(
        &format!("POST /send HTTP/1.1\r\nHost: localhost\r\n{kind}Transfer-Encoding: chunked\r\n"),
        &format!("{chunks}0\r\n\r\n"),
    );
    assert_eq!(wire.hear().status, 413);
}

#[test]
fn a_stream_passes_while_it_is_made_and_an_answer_that_nobody_reads_ends() {
    let edge = running(Site::default(), |settings| settings.body_seconds = 1);
    let mut wire = edge.wire();
    wire.say("GET /stream HTTP/1.1\r\nHost: localhost\r\n", "");
    assert_eq!(wire.hear().header("Transfer-Encoding"), "chunked");
    let mut line = String::new();
    for expected in ["4\r\n", "one\n"] {
        line.clear();
        wire.0.read_line(&mut line).expect("a line");
        assert_eq!(line, expected);
    }
    edge.bell.add_permits(1);
    let mut rest = String::new();
    for _ in 0..5 {
        wire.0.read_line(&mut rest).expect("a line");
    }
    assert_eq!(rest, "\r\n4\r\ntwo\n\r\n0\r\n");
    drop(wire);
    // A megabyte is read, the rest is left lying.
    let mut lazy = edge.wire();
    lazy.write("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let ended = || counted(&edge.figures.ended);
    while ended() < 2 {
        std::thread::yield_now();
    }
    let mut rest = Vec::new();
    let _ = lazy.0.read_to_end(&mut rest);
    assert!(rest.len() < 8 << 20);
}

#[test]
fn at_a_stop_what_is_under_way_is_finished_and_nothing_new_is_taken() {
    let mut edge = usual();
    let mut busy = edge.under_way("/wait");
    let mut silent = edge.wire();
    edge.draining.begin();
    assert!(silent.is_closed());
    while TcpStream::connect(edge.address).is_ok() {
        std::thread::yield_now();
    }
    edge.bell.add_permits(1);
    let came = busy.hear();
    assert_eq!((came.status, came.body.as_str()), (200, "waited"));
    assert!(busy.is_closed());
    edge.stop().expect("it stops well");
}

#[test]
fn a_port_that_is_taken_is_said() {
    let edge = usual();
    let plan = Plan {
        settings: EdgeSettings::default(),
        site: Site::default(),
        long_forms: &[],
        one_click: &[],
        draining: Draining::default(),
        figures: Arc::default(),
        watch: Watch::new(&Clock::system(), Vec::new()),
    };
    let again = rocket::async_test(Edge::listen(plan, edge.address.ip(), edge.address.port()));
    let error = again.err().expect("it is taken");
    assert_eq!(
        error.to_string(),
        format!("cannot listen on {}", edge.address)
    );
}
