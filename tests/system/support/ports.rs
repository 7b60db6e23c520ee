//! Ports of this machine that stay a test's own, also while nothing listens on them.
//!
//! Invariant: the system gives the port to nobody else as long as the value lives. A port that was
//! only free a moment ago is somebody's soon on a machine where thousands of connections are made,
//! and a server that was killed cannot come back to it then.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::os::fd::OwnedFd;

use rustix::net::{
    AddressFamily, SocketFlags, SocketType, bind, getsockname, socket_with, sockopt,
};

/// A port of 127.0.0.1 on which its owner's programs may listen, one after the other.
pub struct HeldPort {
    port: u16,
    _socket: OwnedFd,
}

impl HeldPort {
    /// One that nobody has.
    pub fn new() -> HeldPort {
        // Bound and not listening: whoever asks for this address and says, as servers do, that it may
        // have been in use gets it, and the system picks it for nobody.
        let family = AddressFamily::INET;
        let socket = socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC, None);
        let socket = socket.expect("a socket");
        sockopt::set_socket_reuseaddr(&socket, true).expect("a setting of every socket");
        bind(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = getsockname(&socket).expect("it is bound");
        let address = SocketAddr::try_from(address).expect("an address of the internet");
        HeldPort {
            port: address.port(),
            _socket: socket,
        }
    }

    /// Its number.
    pub fn number(&self) -> u16 {
        self.port
    }
}
