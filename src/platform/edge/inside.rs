//! The way from the edge to Rocket: kept connections over this machine's own network.
//!
//! Invariant: a connection carries one request at a time and is kept only when its answer was read
//! to the end.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

type Sender = SendRequest<Full<Bytes>>;

/// Why Rocket gave no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum InsideError {
    #[error("there is no connection to the inside")]
    Unreachable(#[from] io::Error),
    #[error("the inside ended without an answer")]
    NoAnswer(#[from] hyper::Error),
}

/// Where Rocket listens, and the connections to it that rest.
pub(super) struct Inside {
    address: SocketAddr,
    resting: Mutex<Vec<Sender>>,
}

impl Inside {
    /// Rocket at a port of this machine.
    pub(super) fn at(port: u16) -> Inside {
        Inside {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            resting: Mutex::default(),
        }
    }

    /// Sends a request and waits for the head of its answer.
    pub(super) async fn ask(
        self: &Arc<Self>,
        mut request: Request<Full<Bytes>>,
    ) -> Result<Response<Answered>, InsideError> {
        loop {
            let (mut sender, is_fresh) = match self.rested().await {
                Some(sender) => (sender, false),
                None => (self.connect().await?, true),
            };
            match sender.try_send_request(request).await {
                Ok(response) => {
                    return Ok(response.map(|body| Answered {
                        body,
                        sender: Some(sender),
                        is_over: false,
                        inside: self.clone(),
                    }));
                }
                Err(mut failed) => match failed.take_message() {
                    // It ended while it rested, and nothing was sent.
                    Some(unsent) if !is_fresh => request = unsent,
                    _ => return Err(failed.into_error().into()),
                },
            }
        }
    }

    /// Ends the connections that rest, so that Rocket need not wait for them.
    pub(super) fn let_go(&self) {
        self.all().clear();
    }

    async fn rested(&self) -> Option<Sender> {
        loop {
            let next = self.all().pop();
            let mut sender = next?;
            if sender.ready().await.is_ok() {
                return Some(sender);
            }
        }
    }

    async fn connect(&self) -> Result<Sender, InsideError> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            // What went wrong is told to whoever waits for the answer.
            let _ = connection.await;
        });
        sender.ready().await?;
        Ok(sender)
    }

    fn all(&self) -> std::sync::MutexGuard<'_, Vec<Sender>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body of an answer, on its way through.
pub(super) struct Answered {
    body: Incoming,
    sender: Option<Sender>,
    is_over: bool,
    inside: Arc<Inside>,
}

impl Body for Answered {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        self.is_over |= matches!(frame, Poll::Ready(None));
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answered {
    fn drop(&mut self) {
        let Some(sender) = self.sender.take() else {
            return;
        };
        // A connection whose answer was left unread ends with it.
        if (self.is_over || self.body.is_end_stream()) && !sender.is_closed() {
            self.inside.all().push(sender);
        }
    }
}
