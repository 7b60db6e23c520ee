//! The edge: what stands between the network and Rocket, because Rocket waits for ever.
//!
//! It takes connections (plain or TLS), reads each request whole within its time and bounds,
//! refuses what two readers could read differently, what another site's page sent and what is for
//! another host, says who the visitor is, and hands the request to Rocket on this machine's own
//! network, framed anew. Every answer leaves through it and carries its headers. Where more people
//! come than can be served it shows the waiting page. Invariant: nothing slow, half or unframed
//! that a visitor does reaches Rocket or holds up another visitor.
//!
//! ADR 0027 says why it is in this process and how it is cut. Not here: pages (`platform::web` and
//! the domains); how often somebody may try ([`crate::platform::web::throttle`]).

mod address;
mod asked;
mod body;
mod bounds;
mod figures;
mod front;
mod headers;
mod hosts;
mod inside;
mod line;
mod listen;
mod settings;
mod source;
#[cfg(test)]
mod tests;
mod tls;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rocket::fairing::AdHoc;
use rocket::figment::Figment;
use rocket::{Build, Rocket, Shutdown};
use rustix::process::{Resource, Rlimit};
use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use self::bounds::Bounds;
use self::front::Front;
use self::hosts::Hosts;
use self::inside::Inside;
use self::listen::Intake;
use self::tls::Tls;
use crate::platform::draining::Draining;
use crate::platform::watch::Watch;
use crate::platform::web::hop::Hop;
use crate::platform::web::site::Site;

pub use self::figures::Figures;
pub use self::settings::{EdgeSettings, Network, NotANetwork};
pub use self::tls::TlsError;

/// Connections that wait in the system's queue.
const QUEUE: u32 = 1_024;

/// Between the end of the connections to Rocket and its own.
const BETWEEN_ENDS: Duration = Duration::from_millis(50);

/// Why there is no edge.
#[derive(Debug, thiserror::Error)]
pub enum EdgeError {
    /// The address or the port is taken, or not ours.
    #[error("cannot listen on {0}")]
    Listen(SocketAddr, #[source] io::Error),
    /// The certificate or its key.
    #[error("TLS cannot be spoken")]
    Tls(#[from] TlsError),
    /// Rocket did not start; it has its reasons.
    #[error("the site cannot be started: {0}")]
    Inside(Box<rocket::Error>),
    /// Signals cannot be heard.
    #[error("signals cannot be heard")]
    Signals(#[source] io::Error),
}

/// What the edge is told about the site behind it.
pub struct Plan {
    /// What the operator set.
    pub settings: EdgeSettings,
    /// The frame of the pages that the edge shows itself.
    pub site: Site,
    /// The beginnings of addresses, without a language, that take long forms.
    pub long_forms: &'static [&'static str],
    /// Addresses, without a language, below which a form may come from anywhere: one part follows,
    /// a secret that says by itself what may be done and no cookie counts (RFC 8058).
    pub one_click: &'static [&'static str],
    /// Whether the server is about to stop.
    pub draining: Draining,
    /// What is counted.
    pub figures: Arc<Figures>,
    /// What is noticed of attacks, and held against networks.
    pub watch: Watch,
}

/// An edge that listens and has not yet begun to answer.
pub struct Edge {
    plan: Plan,
    listener: TcpListener,
    redirect: Option<TcpListener>,
    tls: Option<Tls>,
    address: SocketAddr,
}

impl Edge {
    /// Takes the addresses and reads the certificate.
    pub async fn listen(plan: Plan, address: IpAddr, port: u16) -> Result<Edge, EdgeError> {
        let settings = &plan.settings;
        let tls = match settings.has_tls() {
            true => Some(Tls::open(&settings.certificate, &settings.key)?),
            false => None,
        };
        let listener = bound(SocketAddr::new(address, port))?;
        let redirect = match settings.redirect_port {
            0 => None,
            port => Some(bound(SocketAddr::new(address, port))?),
        };
        let address = listener
            .local_addr()
            .map_err(|error| EdgeError::Listen(SocketAddr::new(address, port), error))?;
        Ok(Edge {
            plan,
            listener,
            redirect,
            tls,
            address,
        })
    }

    /// Where it listens, with the port that the system picked where none was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Starts Rocket behind itself and answers until it is told to stop, by a signal or through
    /// [`Draining`]; then finishes what is under way.
    pub async fn run(self, rocket: Rocket<Build>) -> Result<(), EdgeError> {
        let hop = Hop::fresh();
        let (started, port) = oneshot::channel();
        let started = std::sync::Mutex::new(Some(started));
        let rocket = hop.clone().stand_before(rocket);
        let rocket = rocket.attach(AdHoc::on_liftoff(
            "tells the edge its port",
            move |rocket| {
                Box::pin(async move {
                    let here = (rocket.config().port, rocket.shutdown());
                    let started = started.lock().ok().and_then(|mut started| started.take());
                    if let Some(started) = started {
                        // The edge may have given up meanwhile.
                        let _ = started.send(here);
                    }
                })
            },
        ));
        let mut inside = tokio::spawn(rocket.launch());
        let (port, shutdown): (u16, Shutdown) = tokio::select! {
            biased;
            Ok(here) = port => here,
            ended = &mut inside => return outcome(ended),
        };
        let draining = self.plan.draining.clone();
        let settings = self.plan.settings.clone();
        let intake = self.intake(hop, port);
        let serving = intake.clone().open(self.listener, self.redirect);
        let mut signals = Signals::heard().map_err(EdgeError::Signals)?;
        tokio::select! {
            () = draining.begun() => {}
            () = signals.next() => draining.begin(),
            ended = &mut inside => return outcome(ended),
        }
        let finishing = async {
            sleep(Duration::from_secs(settings.notice_seconds)).await;
            serving.close();
            let patience = Duration::from_secs(settings.drain_seconds);
            // Who is not ready by then is cut off, streams among them.
            let _ = timeout(patience, intake.emptied()).await;
        };
        tokio::select! {
            () = finishing => {}
            () = signals.next() => {}
        }
        intake.let_go();
        // Rocket would wait out its grace for connections that are just ending.
        sleep(BETWEEN_ENDS).await;
        shutdown.notify();
        outcome(inside.await)
    }

    fn intake(&self, hop: Hop, port: u16) -> Arc<Intake> {
        let Plan {
            settings,
            site,
            long_forms,
            one_click,
            figures,
            watch,
            ..
        } = &self.plan;
        let front = Front {
            hosts: Hosts::of(settings, site.public_origin.as_deref()),
            settings: settings.clone(),
            site: site.clone(),
            long_forms,
            one_click,
            bounds: Arc::new(Bounds::of(settings, files())),
            figures: figures.clone(),
            watch: watch.clone(),
            hop,
            inside: Arc::new(Inside::at(port)),
        };
        Arc::new(Intake::of(Arc::new(front), self.tls.clone()))
    }
}

/// The settings of a Rocket that stands behind an edge: it listens where only this machine can
/// reach it, and hears no signal, because the edge ends first.
pub fn inside(figment: Figment) -> Figment {
    figment
        .merge(("address", "127.0.0.1"))
        .merge(("port", 0))
        .merge(("keep_alive", 60))
        .merge(("ip_header", false))
        .merge(("ident", false))
        .merge(("shutdown.ctrlc", false))
        .merge(("shutdown.signals", Vec::<String>::new()))
}

/// Whether certificate and key can be read and belong together; nothing to say without them.
pub fn try_certificate(settings: &EdgeSettings) -> Result<(), TlsError> {
    if settings.has_tls() {
        Tls::open(&settings.certificate, &settings.key)?;
    }
    Ok(())
}

/// Lets this process open as many files as the system allows it: a connection is one. Says how
/// many that are.
pub fn raise_files() -> usize {
    let limit = rustix::process::getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if let Err(error) = rustix::process::setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the number of open files stays as it was");
    }
    files()
}

/// How many files may be open at once.
fn files() -> usize {
    let limit = rustix::process::getrlimit(Resource::Nofile).current;
    limit
        .and_then(|files| usize::try_from(files).ok())
        .unwrap_or(usize::MAX)
}

fn bound(address: SocketAddr) -> Result<TcpListener, EdgeError> {
    let listening = || -> io::Result<TcpListener> {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(QUEUE)
    };
    listening().map_err(|error| EdgeError::Listen(address, error))
}

type Ended = Result<Result<Rocket<rocket::Ignite>, rocket::Error>, tokio::task::JoinError>;

fn outcome(ended: Ended) -> Result<(), EdgeError> {
    match ended {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(EdgeError::Inside(Box::new(error))),
        // The runtime is on its way down.
        Err(_) => Ok(()),
    }
}

/// The two signals by which a server is told to stop.
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    fn heard() -> io::Result<Signals> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
