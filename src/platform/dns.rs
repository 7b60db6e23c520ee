//! Questions to the domain name system: texts, mail servers, addresses.
//!
//! Invariant: a name that does not exist, a name without such a record and silence are three answers;
//! silence is never taken for one of the others. All questions of one [`Dns`] together end in time.
//!
//! Not here: what the records mean ([`crate::platform::mail::domain`]).

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{Name, RData, RecordType};

use crate::platform::clock;

/// How long one try of a question may take.
const ONE_TRY: Duration = Duration::from_secs(2);
const PORT: u16 = 53;

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    /// At least one record.
    Found(Vec<T>),
    /// The name exists, and has no such record.
    Nothing,
    /// There is no such name.
    NoName,
    /// No answer that could be used.
    Away,
}

/// Why nobody can be asked: the system names no resolver that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no name service can be asked")]
pub struct NoResolver;

/// Somebody to ask. Waits for answers, so never in the thread of a request.
pub struct Dns {
    runtime: tokio::runtime::Runtime,
    resolver: TokioResolver,
    /// On the clock of [`clock::monotonic`].
    until: Duration,
}

impl Dns {
    /// The resolvers of the system, or the one at this address; all questions together are answered
    /// within `patience` or not at all.
    ///
    /// # Errors
    /// [`NoResolver`] where the system's settings cannot be read.
    pub fn new(address: Option<SocketAddr>, patience: Duration) -> Result<Dns, NoResolver> {
        let mut builder = match address {
            None => TokioResolver::builder_tokio().or(Err(NoResolver))?,
            Some(address) => {
                let ways = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
                let ways = ways.map(|mut way| {
                    way.port = address.port();
                    way
                });
                let server = NameServerConfig::new(address.ip(), true, ways.to_vec());
                let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
                TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
        };
        let options = builder.options_mut();
        options.timeout = ONE_TRY;
        options.attempts = 1;
        let mut threads = tokio::runtime::Builder::new_current_thread();
        let runtime = threads.enable_all().build().or(Err(NoResolver))?;
        Ok(Dns {
            resolver: builder.build().or(Err(NoResolver))?,
            runtime,
            until: clock::monotonic() + patience,
        })
    }

    /// TXT records, each with its strings joined (RFC 7208, 3.3; RFC 6376, 3.6.2.2).
    pub fn texts(&self, name: &str) -> Answer<String> {
        self.ask(name, RecordType::TXT, |data| match data {
            RData::TXT(text) => {
                let bytes = text.txt_data.concat();
                Some(String::from_utf8_lossy(&bytes).into_owned())
            }
            _ => None,
        })
    }

    /// Mail servers, without the dot at the end; an empty name says that no mail is taken (RFC 7505).
    pub fn mail_servers(&self, name: &str) -> Answer<String> {
        self.ask(name, RecordType::MX, |data| match data {
            RData::MX(mx) => Some(mx.exchange.to_ascii().trim_end_matches('.').to_owned()),
            _ => None,
        })
    }

    /// Addresses of both kinds.
    pub fn addresses(&self, name: &str) -> Answer<IpAddr> {
        let old = self.ask(name, RecordType::A, address);
        match old {
            Answer::Nothing => self.ask(name, RecordType::AAAA, address),
            old => old,
        }
    }

    fn ask<T>(
        &self,
        name: &str,
        kind: RecordType,
        read: impl Fn(&RData) -> Option<T>,
    ) -> Answer<T> {
        // With the dot at its end nothing of the system's search list is tried.
        let Ok(name) = Name::from_utf8(format!("{}.", name.trim_end_matches('.'))) else {
            return Answer::NoName;
        };
        let left = self.until.saturating_sub(clock::monotonic());
        let question = async { tokio::time::timeout(left, self.resolver.lookup(name, kind)).await };
        match self.runtime.block_on(question) {
            Ok(Ok(lookup)) => {
                let records = lookup.answers().iter();
                let found: Vec<T> = records.filter_map(|record| read(&record.data)).collect();
                match found.is_empty() {
                    true => Answer::Nothing,
                    false => Answer::Found(found),
                }
            }
            Ok(Err(error)) if error.is_nx_domain() => Answer::NoName,
            Ok(Err(error)) if error.is_no_records_found() => Answer::Nothing,
            Ok(Err(_)) | Err(_) => Answer::Away,
        }
    }
}

fn address(data: &RData) -> Option<IpAddr> {
    match data {
        RData::A(address) => Some(address.0.into()),
        RData::AAAA(address) => Some(address.0.into()),
        _ => None,
    }
}

/// Reads the address of a resolver, `10.0.0.53` or `10.0.0.53:5353`.
pub fn resolver(text: &str) -> Option<SocketAddr> {
    let alone = text.parse().ok().map(|ip: IpAddr| (ip, PORT).into());
    alone.or_else(|| text.parse().ok())
}
