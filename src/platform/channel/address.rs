//! Where a process is met: `unix:/path`, or `tls://host:port?key=…`.
//!
//! Invariant: over the network only whoever shows the key that was named is spoken to.

use std::fmt;
use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Channel, End, GREETING, Identity, PublicKey, tls, watched};

/// Where somebody is met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A socket of this machine.
    Unix(PathBuf),
    /// A machine and its port.
    Tls {
        /// `host:port`.
        place: String,
        /// Who is met there; nothing where this is the place itself.
        key: Option<PublicKey>,
    },
}

impl Address {
    /// Reads `unix:/path`, `tls://host:port` or `tls://host:port?key=…`.
    pub fn parse(text: &str) -> Option<Address> {
        if let Some(path) = text.strip_prefix("unix:") {
            return path.starts_with('/').then(|| Address::Unix(path.into()));
        }
        let rest = text.strip_prefix("tls://")?;
        let (place, key) = match rest.split_once("?key=") {
            Some((place, key)) => (place, Some(PublicKey::parse(key)?)),
            None => (rest, None),
        };
        let (host, port) = place.rsplit_once(':')?;
        let port: u16 = port.parse().ok()?;
        let place = place.to_owned();
        (!host.is_empty() && port > 0).then_some(Address::Tls { place, key })
    }

    /// Connects, and on a network shows `identity` and has the other side show its own.
    pub fn connect(&self, identity: Option<&Identity>) -> io::Result<Channel> {
        match self {
            Address::Unix(path) => Channel::unix(UnixStream::connect(path)?),
            Address::Tls { place, key } => {
                let wrong = |why: &'static str| io::Error::new(io::ErrorKind::InvalidInput, why);
                let key = key.ok_or_else(|| wrong("the address names no key"))?;
                let identity = identity.ok_or_else(|| wrong("this side has no key of its own"))?;
                let stream = reach(place)?;
                watched(&stream)?;
                tls::to(stream, identity, key)
            }
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Unix(path) => write!(f, "unix:{}", path.display()),
            Address::Tls { place, key: None } => write!(f, "tls://{place}"),
            Address::Tls {
                place,
                key: Some(key),
            } => write!(f, "tls://{place}?key={key}"),
        }
    }
}

/// The first address of a name that answers.
fn reach(place: &str) -> io::Result<TcpStream> {
    let mut failed = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in place.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, GREETING) {
            Ok(stream) => return Ok(stream),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

/// A place where others are awaited.
pub enum Door {
    /// A socket of this machine, and the group that may use it beside its owner.
    Unix(UnixListener, Option<u32>),
    /// A port, and whose keys are let in.
    Tls(TcpListener, Arc<(Identity, Vec<PublicKey>)>),
}

impl Door {
    /// Opens a socket that its owner may use, and where `with_group` its group too. A socket that
    /// an earlier process left behind makes room; anything else in its place does not, and neither
    /// does a socket at which somebody listens: whoever is started twice must not cut off the first.
    pub fn unix(path: &Path, with_group: bool) -> io::Result<Door> {
        match fs::symlink_metadata(path) {
            Ok(there) if there.file_type().is_socket() => match UnixStream::connect(path) {
                Ok(_) => return Err(io::ErrorKind::AddrInUse.into()),
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                    fs::remove_file(path)?;
                }
                Err(error) => return Err(error),
            },
            Ok(_) => return Err(io::ErrorKind::AlreadyExists.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let listener = UnixListener::bind(path)?;
        let mode = if with_group { 0o660 } else { 0o600 };
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
        let group = std::os::unix::fs::MetadataExt::gid(&fs::metadata(path)?);
        Ok(Door::Unix(listener, with_group.then_some(group)))
    }

    /// Listens on a port for those who show one of `keys`.
    pub fn tls(place: &str, identity: Identity, keys: Vec<PublicKey>) -> io::Result<Door> {
        let known = Arc::new((identity, keys));
        let addresses: Vec<SocketAddr> = place.to_socket_addrs()?.collect();
        let listener = TcpListener::bind(addresses.as_slice())?;
        Ok(Door::Tls(listener, known))
    }

    /// Waits for somebody, who has shown nothing yet.
    pub fn knock(&self) -> io::Result<Knock> {
        match self {
            Door::Unix(listener, group) => Ok(Knock::Unix(listener.accept()?.0, *group)),
            Door::Tls(listener, known) => Ok(Knock::Tls(listener.accept()?.0, known.clone())),
        }
    }
}

/// Somebody at the door.
pub enum Knock {
    /// A process of this machine.
    Unix(UnixStream, Option<u32>),
    /// Another machine.
    Tls(TcpStream, Arc<(Identity, Vec<PublicKey>)>),
}

impl Knock {
    /// A handle that ends it, also before anything was shown.
    pub fn end(&self) -> io::Result<End> {
        Ok(match self {
            Knock::Unix(stream, _) => End::Unix(stream.try_clone()?),
            Knock::Tls(stream, ..) => End::Tcp(stream.try_clone()?),
        })
    }

    /// Lets in whoever may come: a process of this process's own user, or of the group of the
    /// socket where that was allowed; a machine that shows a key that was named.
    pub fn let_in(self) -> io::Result<Channel> {
        match self {
            Knock::Unix(stream, group) => {
                let peer = rustix::net::sockopt::socket_peercred(&stream)?;
                let own = rustix::process::geteuid().as_raw();
                if !may_come((peer.uid.as_raw(), peer.gid.as_raw()), own, group) {
                    return Err(io::ErrorKind::PermissionDenied.into());
                }
                Channel::unix(stream)
            }
            Knock::Tls(stream, known) => {
                watched(&stream)?;
                tls::from(stream, &known.0, &known.1)
            }
        }
    }
}

/// Whether a process with this user and group may come to a socket of the user `own`, to which
/// `group` may come as well.
fn may_come(peer: (u32, u32), own: u32, group: Option<u32>) -> bool {
    peer.0 == own || group == Some(peer.1)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::unix::process::CommandExt;
    use std::process::{Command, Stdio};
    use std::thread;

    use super::*;

    #[test]
    fn addresses_are_read_and_others_refused() {
        let key = Identity::fresh().public();
        let with = format!("tls://vault.lib.tw:8201?key={key}");
        assert_eq!(
            Address::parse(&with),
            Some(Address::Tls {
                place: "vault.lib.tw:8201".to_owned(),
                key: Some(key)
            })
        );
        assert_eq!(
            Address::parse("unix:/run/fairdraw/vault.sock"),
            Some(Address::Unix("/run/fairdraw/vault.sock".into()))
        );
        assert!(Address::parse("tls://[::]:8201").is_some());
        for wrong in [
            "",
            "unix:relative",
            "tls://:1",
            "tls://host",
            "tls://host:0",
            "tls://host:1?key=short",
            "http://host:1",
        ] {
            assert_eq!(Address::parse(wrong), None, "{wrong}");
        }
    }

    fn echo(door: Door) -> thread::JoinHandle<io::Result<()>> {
        thread::spawn(move || {
            let mut channel = door.knock()?.let_in()?;
            let mut bytes = vec![0; 300_000];
            channel.reader.read_exact(&mut bytes)?;
            channel.writer.write_all(&bytes)?;
            channel.writer.flush()
        })
    }

    fn said_back(mut channel: Channel) -> io::Result<bool> {
        let said: Vec<u8> = (0..300_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        let (mut reader, asked) = (channel.reader, said.clone());
        let hearing = thread::spawn(move || {
            let mut heard = vec![0; asked.len()];
            reader.read_exact(&mut heard).map(|()| heard == asked)
        });
        channel.writer.write_all(&said)?;
        hearing.join().expect("no panic")
    }

    #[test]
    fn two_machines_that_know_each_others_key_speak_and_no_third_one() {
        let (vault, web, stranger) = (Identity::fresh(), Identity::fresh(), Identity::fresh());
        let open = || {
            let door = Door::tls("127.0.0.1:0", vault.clone(), vec![web.public()]);
            let door = door.expect("a port");
            let Door::Tls(listener, ..) = &door else {
                panic!("a port");
            };
            (listener.local_addr().expect("bound").to_string(), door)
        };
        let to = |place: String, key| Address::Tls {
            place,
            key: Some(key),
        };

        let (place, door) = open();
        let answering = echo(door);
        let channel = to(place, vault.public()).connect(Some(&web));
        assert!(said_back(channel.expect("both are known")).expect("all came"));
        answering.join().expect("no panic").expect("let in");

        // A stranger's key is not let in, and a stranger's vault is told nothing.
        let (place, door) = open();
        let answering = echo(door);
        let channel = to(place, vault.public()).connect(Some(&stranger));
        assert!(channel.and_then(said_back).is_err());
        assert!(answering.join().expect("no panic").is_err());
        let (place, door) = open();
        let answering = echo(door);
        assert!(to(place, stranger.public()).connect(Some(&web)).is_err());
        assert!(answering.join().expect("no panic").is_err());
    }

    /// A door in the place of one that is over. Another test that starts a program has every open
    /// socket twice for a moment, between the two calls that do so.
    fn opened(path: &Path, with_group: bool) -> Door {
        loop {
            match Door::unix(path, with_group) {
                Ok(door) => return door,
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => thread::yield_now(),
                Err(error) => panic!("{error}"),
            }
        }
    }

    #[test]
    fn a_socket_is_for_its_owner_and_only_a_socket_makes_room() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("vault.sock");
        for with_group in [false, true] {
            let door = opened(&path, with_group);
            let mode = fs::metadata(&path).expect("there").permissions().mode() & 0o777;
            assert_eq!(mode, if with_group { 0o660 } else { 0o600 });
            let answering = echo(door);
            let channel = Address::Unix(path.clone()).connect(None);
            assert!(said_back(channel.expect("the same user")).expect("all came"));
            answering.join().expect("no panic").expect("let in");
        }
        // Whoever listens is not pushed aside by another one who is started by mistake.
        let first = opened(&path, false);
        let second = Door::unix(&path, false).err().expect("somebody is there");
        assert_eq!(second.kind(), io::ErrorKind::AddrInUse);
        // That look was somebody at the door, who left at once.
        drop(first.knock().expect("the look of the second"));
        let answering = echo(first);
        let channel = Address::Unix(path.clone()).connect(None);
        assert!(said_back(channel.expect("still the first")).expect("all came"));
        answering.join().expect("no panic").expect("let in");
        fs::remove_file(&path).expect("removed");
        fs::write(&path, "something else").expect("written");
        assert!(Door::unix(&path, false).is_err());
    }

    #[test]
    fn the_owner_and_the_named_group_may_come_and_nobody_else() {
        assert!(may_come((7, 8), 7, None));
        assert!(may_come((7, 8), 7, Some(9)));
        assert!(may_come((5, 9), 7, Some(9)));
        assert!(!may_come((5, 9), 7, None), "the group was not named");
        assert!(!may_come((5, 8), 7, Some(9)), "another group");
        assert!(!may_come((0, 0), 7, Some(9)), "not even root");
        if !rustix::process::geteuid().is_root() {
            return; // Nobody else can become another user.
        }
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("vault.sock");
        let all = fs::Permissions::from_mode;
        fs::set_permissions(folder.path(), all(0o755)).expect("ours");
        let own = std::os::unix::fs::MetadataExt::gid(&fs::metadata(folder.path()).expect("there"));
        for (user, group, with_group, is_let_in) in [
            (65_534, 65_534, false, false),
            (65_534, 65_534, true, false),
            (65_534, own, false, false),
            (65_534, own, true, true),
        ] {
            let door = opened(&path, with_group);
            // As if somebody had opened the file to everybody.
            fs::set_permissions(&path, all(0o666)).expect("ours");
            let answering = echo(door);
            let words = "import socket, sys\n\
                s = socket.socket(socket.AF_UNIX)\n\
                s.connect(sys.argv[1])\n\
                s.sendall(bytes(300000))\n\
                left = 300000\n\
                while left:\n\
                \x20   some = s.recv(left)\n\
                \x20   left -= len(some) or sys.exit(1)";
            let mut stranger = Command::new("python3");
            stranger.args(["-c", words]).arg(&path).current_dir("/");
            stranger.uid(user).gid(group).stderr(Stdio::null());
            let heard = stranger.status().expect("Python runs").success();
            assert_eq!(heard, is_let_in, "{user} {group} {with_group}");
            let outcome = answering.join().expect("no panic");
            assert_eq!(outcome.is_ok(), is_let_in, "{outcome:?}");
        }
    }
}
