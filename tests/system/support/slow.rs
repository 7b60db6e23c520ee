//! Clients that begin and do not go on, and somebody else who reads a page meanwhile.

use std::io::{ErrorKind, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use fairdraw::platform::clock;

use super::wire::Wire;

/// How a slow client begins: not at all, within a head, within a body.
pub const BEGINNINGS: [&str; 3] = [
    "",
    "GET / HTTP/1.1\r\nHost: localhost\r\nX-A: b",
    "POST /entry HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4096\r\n\
     Content-Type: application/x-www-form-urlencoded\r\n\r\ncode=",
];

/// Whether the other side has not closed; reads what came on a connection that does not block.
pub fn is_open(stream: &mut TcpStream) -> bool {
    let mut space = [0; 4_096];
    loop {
        match stream.read(&mut space) {
            Ok(0) => return false,
            Ok(_) => {}
            Err(error) => return error.kind() == ErrorKind::WouldBlock,
        }
    }
}

/// How long one page takes somebody else, on a connection of their own.
pub fn one_page(place: SocketAddr) -> Duration {
    let before = clock::monotonic();
    let mut wire = Wire::plain(Ipv4Addr::new(127, 0, 1, 1), place);
    wire.write(format!(
        "GET /activities HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n\r\n"
    ));
    let came = wire.hear().expect("an answer");
    assert_eq!(came.status, 200);
    clock::monotonic().saturating_sub(before)
}
