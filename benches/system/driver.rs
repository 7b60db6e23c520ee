//! The driver proves itself: a server that stands still for a second is seen to have done so.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rocket::tokio;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::Ground;
use super::load::{closed_loop, get, open_loop};
use super::report::{Line, Report};

const A_SECOND: f64 = 500.0;

pub fn measure(_: &Ground<'_>, report: &mut Report) {
    let requests = Arc::new(vec![get("/"); 1_500]);
    let open = open_loop(stands_still(), 64, A_SECOND, &requests);
    // Of three seconds one was lost: a third of the requests waited, on average for half of it.
    let (p50, p90) = (open.at(200, 5_000), open.at(200, 9_000));
    let closed = closed_loop(stands_still(), 4, &requests);
    report.line(Line {
        target: "0",
        what: "the driver sees a server that stands still for 1 s (open loop, p90)".to_owned(),
        value: format!("{p90:.0} ms"),
        baseline: format!(
            "closed loop p90 {:.1} ms, open loop p50 {p50:.1} ms",
            closed.at(200, 9_000)
        ),
        wanted: "≥ 500 ms".to_owned(),
        holds: p90 >= 500.0,
    });
}

/// A server that answers at once, but not in its second second; its port.
fn stands_still() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = listener.local_addr().expect("it has one").port();
    listener.set_nonblocking(true).expect("for the runtime");
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
            let begun = Instant::now();
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut asked = [0; 4_096];
                    while stream.read(&mut asked).await.is_ok_and(|read| read > 0) {
                        let since = begun.elapsed();
                        if since > Duration::from_secs(1) && since < Duration::from_secs(2) {
                            tokio::time::sleep(Duration::from_secs(2) - since).await;
                        }
                        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
                        if stream.write_all(answer).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
    });
    port
}
