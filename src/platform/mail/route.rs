//! The way to the mail server: one URL of the configuration, read once.
//!
//! Invariant: passwords and letters travel in clear only inside this machine, or where the
//! operator asked for it with `?tls=none`.

use std::fmt;
use std::path::PathBuf;

use zeroize::Zeroizing;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protection {
    /// TLS from the first byte (`smtps://`).
    Whole,
    /// STARTTLS before anything else, or nothing is sent (`?tls=required`).
    StartTls,
    /// None: a server on this machine, or `?tls=none`.
    Clear,
}

/// Where the mail server is and how it is spoken to.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) protection: Protection,
    pub(super) sign_in: Option<(String, Zeroizing<String>)>,
    /// A certificate authority of the operator's own, as a PEM file.
    pub(super) authority: Option<PathBuf>,
}

/// Why a mail URL cannot be used; never holds the URL, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// Neither `smtp://` nor `smtps://`.
    #[error("smtp_url starts with smtp:// or smtps://")]
    Scheme,
    /// No host, or characters that no host has.
    #[error(
        "smtp_url names a host after the scheme, and a user needs a password: user:password@host"
    )]
    Host,
    /// The port is not a number.
    #[error("the port in smtp_url is a number from 1 to 65535")]
    Port,
    /// An unknown option.
    #[error("smtp_url knows the options tls=required, tls=none and ca=FILE")]
    Option,
    /// Clear text would leave this machine.
    #[error(
        "mail to another machine needs smtps://, ?tls=required, or ?tls=none to say that clear text is meant"
    )]
    Clear,
}

impl Route {
    /// Reads `smtp://host:port`, `smtps://user:password@host`, with `?tls=required`, `?tls=none`
    /// and `&ca=/path/authority.pem`.
    pub(super) fn parse(url: &str) -> Result<Route, RouteError> {
        let (whole, rest) = match url.split_once("://") {
            Some(("smtp", rest)) => (false, rest),
            Some(("smtps", rest)) => (true, rest),
            _ => return Err(RouteError::Scheme),
        };
        let (place, options) = rest.split_once('?').unwrap_or((rest, ""));
        let place = place.trim_end_matches('/');
        let (sign_in, place) = match place.rsplit_once('@') {
            Some((sign_in, place)) => (Some(parse_sign_in(sign_in)?), place),
            None => (None, place),
        };
        let (host, port) = parse_place(place)?;
        let (asked, authority) = parse_options(options)?;
        let protection = match asked {
            _ if whole => Protection::Whole,
            Some(protection) => protection,
            None if is_this_machine(&host) => Protection::Clear,
            None => return Err(RouteError::Clear),
        };
        let usual = match protection {
            Protection::Whole => 465,
            Protection::StartTls => 587,
            Protection::Clear => 25,
        };
        Ok(Route {
            host,
            port: port.unwrap_or(usual),
            protection,
            sign_in,
            authority,
        })
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} {:?}", self.host, self.port, self.protection)
    }
}

fn parse_sign_in(text: &str) -> Result<(String, Zeroizing<String>), RouteError> {
    let (user, password) = text.split_once(':').ok_or(RouteError::Host)?;
    let user = percent_decoded(user).ok_or(RouteError::Host)?;
    let password = percent_decoded(password).ok_or(RouteError::Host)?;
    Ok((user, Zeroizing::new(password)))
}

fn parse_place(place: &str) -> Result<(String, Option<u16>), RouteError> {
    let (host, port) = match place.strip_prefix('[') {
        // [::1]:2525
        Some(rest) => {
            let (host, rest) = rest.split_once(']').ok_or(RouteError::Host)?;
            (host, rest.strip_prefix(':'))
        }
        None => match place.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    if host.is_empty() || !host.chars().all(is_host) {
        return Err(RouteError::Host);
    }
    let port = match port.map(str::parse::<u16>) {
        None => None,
        Some(Ok(port)) if port > 0 => Some(port),
        Some(_) => return Err(RouteError::Port),
    };
    Ok((host.to_owned(), port))
}

fn parse_options(options: &str) -> Result<(Option<Protection>, Option<PathBuf>), RouteError> {
    let (mut protection, mut authority) = (None, None);
    for option in options.split('&').filter(|option| !option.is_empty()) {
        match option.split_once('=') {
            Some(("tls", "required")) => protection = Some(Protection::StartTls),
            Some(("tls", "none")) => protection = Some(Protection::Clear),
            Some(("ca", path)) => {
                let path = percent_decoded(path).ok_or(RouteError::Option)?;
                authority = Some(PathBuf::from(path));
            }
            _ => return Err(RouteError::Option),
        }
    }
    Ok((protection, authority))
}

fn is_this_machine(host: &str) -> bool {
    let address = host.parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(url: &str) -> Route {
        Route::parse(url).expect("a mail URL")
    }

    #[test]
    fn a_server_on_this_machine_may_be_spoken_to_in_clear() {
        let found = route("smtp://127.0.0.1:2525");
        assert_eq!((found.host.as_str(), found.port), ("127.0.0.1", 2525));
        assert_eq!(found.protection, Protection::Clear);
        assert_eq!(route("smtp://[::1]:2525").port, 2525);
        assert_eq!(route("smtp://localhost").port, 25);
    }

    #[test]
    fn another_machine_needs_tls_or_the_operators_word() {
        assert_eq!(Route::parse("smtp://mail.lib.tw"), Err(RouteError::Clear));
        let found = route("smtp://mail.lib.tw?tls=required&ca=/etc/ca%201.pem");
        assert_eq!(found.protection, Protection::StartTls);
        assert_eq!(found.port, 587);
        assert_eq!(found.authority, Some(PathBuf::from("/etc/ca 1.pem")));
        assert_eq!(
            route("smtp://relay:25?tls=none").protection,
            Protection::Clear
        );
        let found = route("smtps://draws%40lib.tw:p%3Aw%2F@mail.lib.tw");
        assert_eq!(found.port, 465);
        let (user, password) = found.sign_in.clone().expect("a user");
        assert_eq!((user.as_str(), password.as_str()), ("draws@lib.tw", "p:w/"));
        assert!(!format!("{found:?}").contains("p:w/"));
    }

    #[test]
    fn a_slip_in_the_url_is_named() {
        for (url, error) in [
            ("http://mail", RouteError::Scheme),
            ("mail", RouteError::Scheme),
            ("smtp://", RouteError::Host),
            ("smtp://user@localhost", RouteError::Host),
            ("smtp://local host", RouteError::Host),
            ("smtp://localhost:0", RouteError::Port),
            ("smtp://localhost:x", RouteError::Port),
            ("smtp://localhost?tls=maybe", RouteError::Option),
        ] {
            assert_eq!(Route::parse(url), Err(error), "{url}");
        }
    }
}
