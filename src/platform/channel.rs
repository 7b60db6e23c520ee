//! A way for bytes between two processes: a stream of this machine, or TLS to another one.
//!
//! Invariant: both directions end together: whoever closes one end makes the other end see the
//! end of the stream, also while somebody is writing to it.
//!
//! Not here: what is said over it (`vault::process`), who may speak (`vault::process::doors`).

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::net::sockopt;

mod address;
mod identity;
mod tls;

pub use address::{Address, Door, Knock};
pub use identity::{Identity, IdentityError, PublicKey};

/// Both directions, and the handle that closes them.
pub struct Channel {
    /// What the other side says.
    pub reader: Box<dyn Read + Send>,
    /// What it is told.
    pub writer: Box<dyn Write + Send>,
    /// Closes both.
    pub end: End,
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Channel")
    }
}

/// The handle that closes a channel; a clone closes the same one.
#[derive(Debug)]
pub enum End {
    /// A stream of this machine.
    Unix(UnixStream),
    /// A connection to another one.
    Tcp(TcpStream),
}

impl End {
    /// Closes both directions.
    pub fn close(&self) {
        let _ = self.shut(Shutdown::Both);
    }

    /// Hears nothing more; what is under way is still told.
    pub fn deafen(&self) {
        let _ = self.shut(Shutdown::Read);
    }

    fn shut(&self, how: Shutdown) -> io::Result<()> {
        match self {
            End::Unix(stream) => stream.shutdown(how),
            End::Tcp(stream) => stream.shutdown(how),
        }
    }

    /// How long a read may wait from now on; nothing: without end.
    pub fn patience(&self, patience: Option<Duration>) -> io::Result<()> {
        match self {
            End::Unix(stream) => stream.set_read_timeout(patience),
            End::Tcp(stream) => stream.set_read_timeout(patience),
        }
    }

    /// Another handle of the same channel.
    pub fn again(&self) -> io::Result<End> {
        Ok(match self {
            End::Unix(stream) => End::Unix(stream.try_clone()?),
            End::Tcp(stream) => End::Tcp(stream.try_clone()?),
        })
    }
}

impl Channel {
    /// Over a stream of this machine.
    pub fn unix(stream: UnixStream) -> io::Result<Channel> {
        Ok(Channel {
            reader: Box::new(stream.try_clone()?),
            end: End::Unix(stream.try_clone()?),
            writer: Box::new(stream),
        })
    }
}

/// How long another machine may take to answer the first words.
const GREETING: Duration = Duration::from_secs(5);
/// A machine that is gone without a word is noticed after about so long.
const SILENCE: Duration = Duration::from_secs(5);

/// A machine that was switched off, or a cable that was pulled, ends the connection soon.
fn watched(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    sockopt::set_socket_keepalive(stream, true)?;
    sockopt::set_tcp_keepidle(stream, SILENCE)?;
    sockopt::set_tcp_keepintvl(stream, Duration::from_secs(2))?;
    sockopt::set_tcp_keepcnt(stream, 3)?;
    sockopt::set_tcp_user_timeout(stream, 10_000)?;
    Ok(())
}
