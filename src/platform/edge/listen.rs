//! Taking connections, and the life of each.
//!
//! Invariant: a connection ends: by its handshake, by the next head of a request, by its age, by a
//! visitor who does not read, or by the stop of the server, whichever comes first.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::{HttpService, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use super::asked::{self, Ends};
use super::bounds::{Seat, Share};
use super::figures::Figures;
use super::front::Front;
use super::headers::dress;
use super::line::{Line, Told};
use super::tls::Tls;
use crate::platform::clock;
use crate::platform::draining::Draining;
use crate::platform::web::Area;

/// Longest head of a request, its cookies among it.
const LONGEST_HEAD: usize = 32 * 1024;
/// Headers of a request.
const MOST_HEADERS: usize = 100;
/// For the head of a request while connections are scarce.
const HURRY: Duration = Duration::from_secs(3);
/// After the system had no file for a connection.
const BREATH: Duration = Duration::from_millis(100);
/// Complaints about that are this far apart.
const BETWEEN_COMPLAINTS: Duration = Duration::from_secs(60);
/// How often the certificate's files are looked at.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// What an address does with its connections.
#[derive(Clone, Copy)]
enum Purpose {
    Serve,
    Redirect,
}

/// Where connections come in.
pub(super) struct Intake {
    front: Arc<Front>,
    tls: Option<Tls>,
    closing: Draining,
}

/// The way to close an intake.
pub(super) struct Open(Draining);

impl Open {
    /// Takes no more connections and ends each of those there when it is at rest.
    pub(super) fn close(&self) {
        self.0.begin();
    }
}

impl Intake {
    pub(super) fn of(front: Arc<Front>, tls: Option<Tls>) -> Intake {
        Intake {
            front,
            tls,
            closing: Draining::default(),
        }
    }

    /// Begins to take connections.
    pub(super) fn open(
        self: Arc<Self>,
        listener: TcpListener,
        redirect: Option<TcpListener>,
    ) -> Open {
        let open = Open(self.closing.clone());
        if let Some(redirect) = redirect {
            tokio::spawn(self.clone().accept(redirect, Purpose::Redirect));
        }
        if let Some(tls) = self.tls.clone() {
            let closing = self.closing.clone();
            tokio::spawn(async move {
                while timeout(BETWEEN_LOOKS, closing.begun()).await.is_err() {
                    tls.look();
                }
            });
        }
        tokio::spawn(self.accept(listener, Purpose::Serve));
        open
    }

    /// Waits until no connection is left.
    pub(super) async fn emptied(&self) {
        self.front.bounds.emptied().await;
    }

    /// Nothing more is asked of Rocket.
    pub(super) fn let_go(&self) {
        self.front.inside.let_go();
    }

    async fn accept(self: Arc<Self>, listener: TcpListener, purpose: Purpose) {
        let mut complained: Option<Duration> = None;
        loop {
            let next = async {
                let seat = self.front.bounds.seat().await;
                (seat, listener.accept().await)
            };
            let (seat, accepted) = tokio::select! {
                () = self.closing.begun() => return,
                next = next => next,
            };
            match accepted {
                Ok((stream, peer)) => self.clone().take(stream, peer, seat, purpose),
                Err(error) if is_of_one(&error) => {}
                Err(error) => {
                    Figures::add(&self.front.figures.accept_errors);
                    let now = clock::monotonic();
                    let is_new = complained
                        .is_none_or(|before| now.saturating_sub(before) >= BETWEEN_COMPLAINTS);
                    if is_new {
                        complained = Some(now);
                        tracing::error!(kind = %error.kind(), "connections cannot be taken");
                    }
                    sleep(BREATH).await;
                }
            }
        }
    }

    fn take(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        mut seat: Seat,
        purpose: Purpose,
    ) {
        let figures = &self.front.figures;
        let peer = peer.ip().to_canonical();
        // A proxy of ours brings everybody's connections.
        let share = match self.front.settings.trusts(peer) {
            true => Share::Free,
            false => seat.count_for(peer),
        };
        if share == Share::Gone {
            Figures::add(&figures.over_one);
            return;
        }
        let Ok(here) = stream.local_addr() else {
            return;
        };
        Figures::add(&figures.connections);
        let ends = Ends {
            here: here.ip().to_canonical(),
            peer,
        };
        tokio::spawn(async move {
            self.live(stream, ends, purpose, share).await;
            Figures::add(&self.front.figures.ended);
            drop(seat);
        });
    }

    async fn live(&self, stream: TcpStream, ends: Ends, purpose: Purpose, share: Share) {
        // A small answer leaves at once.
        let _ = stream.set_nodelay(true);
        let settings = &self.front.settings;
        let told = Arc::new(Told {
            is_short: share == Share::Scarce,
            ..Told::default()
        });
        let patience = Duration::from_secs(settings.body_seconds);
        let line = Line::over(stream, told.clone(), patience, settings.bytes_per_second);
        let front = &self.front;
        match (purpose, &self.tls) {
            (Purpose::Redirect, _) => {
                let redirect = |request| {
                    let answer = redirected(front, ends, request);
                    async move { Ok::<_, Infallible>(answer) }
                };
                self.speak(line, &told, service_fn(redirect)).await;
            }
            (Purpose::Serve, None) => {
                let answer = |request| front.clone().answer(ends, told.clone(), request);
                self.speak(line, &told, service_fn(answer)).await;
            }
            (Purpose::Serve, Some(tls)) => {
                let limit = Duration::from_secs(settings.handshake_seconds);
                let Ok(Ok(line)) = timeout(limit, tls.shake_hands(line)).await else {
                    Figures::add(&front.figures.handshakes_failed);
                    return;
                };
                let answer = |request| front.clone().answer(ends, told.clone(), request);
                self.speak(line, &told, service_fn(answer)).await;
            }
        }
    }

    /// HTTP over a connection, until it ends.
    async fn speak<L, S, B>(&self, line: L, told: &Told, service: S)
    where
        L: AsyncRead + AsyncWrite + Unpin,
        S: HttpService<Incoming, ResBody = B, Error = Infallible>,
        B: Body + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let settings = &self.front.settings;
        let usual = Duration::from_secs(settings.header_seconds);
        let head = match told.is_short || self.front.bounds.are_scarce() {
            true => usual.min(HURRY),
            false => usual,
        };
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head)
            .max_header_size(LONGEST_HEAD)
            .max_headers(MOST_HEADERS)
            .serve_connection(TokioIo::new(line), service);
        let mut connection = pin!(connection);
        let mut age = pin!(sleep(Duration::from_secs(settings.connection_seconds)));
        let mut closing = pin!(self.closing.begun());
        let (mut is_old, mut is_over) = (false, false);
        loop {
            tokio::select! {
                // What went wrong is the visitor's affair.
                _ = connection.as_mut() => return,
                () = &mut age, if !is_old => is_old = true,
                () = &mut closing, if !is_over => {
                    is_over = true;
                    // Browsers open connections ahead and say nothing on them.
                    if !told.heard.load(Ordering::Relaxed) {
                        return;
                    }
                }
            }
            connection.as_mut().graceful_shutdown();
        }
    }
}

/// Whether a connection was gone before it was taken; others are not concerned.
fn is_of_one(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted
    )
}

/// Sends a visitor of plain http on to https. A form is not sent on: it has come in clear, and the
/// page it came from is not ours.
fn redirected(front: &Front, ends: Ends, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = StatusCode::BAD_REQUEST;
    let (parts, body) = request.into_parts();
    let asked = asked::described(&parts, !body.is_end_stream());
    let checked = asked::checked(asked, &parts, ends, &front.hosts);
    if let (Ok(asked), Some(origin)) = (checked, &front.site.public_origin)
        && asked.is_read()
        && let Ok(place) = HeaderValue::try_from(format!("{origin}{}", asked.target))
    {
        *answer.status_mut() = StatusCode::PERMANENT_REDIRECT;
        answer.headers_mut().insert(header::LOCATION, place);
    }
    // Browsers take HSTS from https alone.
    dress(answer.headers_mut(), Area::Public, false);
    let close = HeaderValue::from_static("close");
    answer.headers_mut().insert(header::CONNECTION, close);
    answer
}
