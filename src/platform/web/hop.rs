//! The step from the edge to Rocket, over this machine's own network.
//!
//! Invariant: Rocket behind an edge believes nobody but that edge: each start has a secret of its
//! own, which the edge puts before the visitor's address. A request with the secret has the
//! visitor's address for its peer from then on, and [`super::guard`] refuses every other one.
//!
//! Not here: the edge ([`crate::platform::edge`]).

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use rocket::fairing::{Fairing, Info, Kind};
use rocket::request::Request;
use rocket::{Build, Data, Rocket};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::platform::ids;

/// What begins with this is between the edge and Rocket, and never comes from or goes outside.
pub const OURS: &str = "x-fairdraw-";
/// The secret and the visitor's address.
pub const THROUGH: &str = "x-fairdraw-through";
/// Whether somebody forwarded the request to the edge, whom it may believe or not.
pub const FORWARDED: &str = "x-fairdraw-forwarded";
/// An answer that asks for the waiting page.
pub const CROWDED: &str = "x-fairdraw-crowded";

/// The secret of one start.
#[derive(Clone)]
pub struct Hop(Zeroizing<String>);

/// Whether a request came through the edge.
struct Through(bool);

impl Hop {
    /// A new secret of 160 bits.
    pub fn fresh() -> Hop {
        Hop(Zeroizing::new(ids::code(32)))
    }

    /// What the edge says about a visitor.
    pub fn line(&self, visitor: IpAddr) -> Zeroizing<String> {
        Zeroizing::new(format!("{} {visitor}", self.0.as_str()))
    }

    /// Makes a Rocket believe the edge with this secret, and nobody else.
    pub fn stand_before(self, rocket: Rocket<Build>) -> Rocket<Build> {
        rocket.manage(self.clone()).attach(self)
    }

    fn visitor(&self, line: &str) -> Option<IpAddr> {
        let (secret, visitor) = line.split_once(' ')?;
        let is_ours = secret.as_bytes().ct_eq(self.0.as_bytes());
        bool::from(is_ours).then(|| visitor.parse().ok())?
    }
}

impl fmt::Debug for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hop(redacted)")
    }
}

#[rocket::async_trait]
impl Fairing for Hop {
    fn info(&self) -> Info {
        Info {
            name: "the step from the edge",
            kind: Kind::Request,
        }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        let line = request.headers().get_one(THROUGH);
        let visitor = line.and_then(|line| self.visitor(line));
        request.local_cache(|| Through(visitor.is_some()));
        if let Some(visitor) = visitor {
            request.set_remote(SocketAddr::new(visitor, 0));
        }
    }
}

/// Whether there is an edge before Rocket and this request did not come through it.
pub(super) fn is_past_the_edge(request: &Request<'_>) -> bool {
    request.rocket().state::<Hop>().is_some() && !request.local_cache(|| Through(false)).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_secret_of_this_start_names_a_visitor() {
        let (hop, other) = (Hop::fresh(), Hop::fresh());
        let visitor: IpAddr = "2001:db8::7".parse().expect("an address");
        assert_eq!(hop.visitor(&hop.line(visitor)), Some(visitor));
        assert_eq!(hop.visitor(&other.line(visitor)), None);
        for line in ["", " ", "203.0.113.7", " 203.0.113.7"] {
            assert_eq!(hop.visitor(line), None, "{line}");
        }
        assert_eq!(format!("{hop:?}"), "Hop(redacted)");
    }
}
