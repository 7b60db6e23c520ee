//! One conversation with the mail server, cut at the moment that matters.
//!
//! Invariant: before [`Ready::hand_over`] no byte of the letter has left; in it, only a broken
//! connection after the whole letter was written is uncertain.

use std::cell::Cell;
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{
    Certificate, SmtpConnection, TlsParameters, TlsParametersBuilder,
};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Severity;

use super::route::{Protection, Route};
use super::{MailerError, Outcome, Trouble, Written};

/// For the connection and for every answer before the letter.
const PATIENCE: Duration = Duration::from_secs(10);
/// For the answer to the letter: servers look for viruses in that time, and an answer given up
/// too early makes the letter uncertain. Shorter than a job's lease.
const PATIENCE_FOR_THE_ANSWER: Duration = Duration::from_secs(120);

/// For saying goodbye.
const LAST_PATIENCE: Duration = Duration::from_secs(5);

const PEM: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// A server that listens to us.
pub struct Connection {
    smtp: SmtpConnection,
}

/// A server that accepted sender and recipient and waits for the letter itself.
pub struct Ready {
    smtp: SmtpConnection,
    source: Vec<u8>,
}

/// Reads a certificate authority of the operator's own.
pub(super) fn certificate(pem: &[u8]) -> Result<Certificate, MailerError> {
    let is_pem = pem.windows(PEM.len()).any(|window| window == PEM);
    match Certificate::from_pem(pem) {
        Ok(certificate) if is_pem => Ok(certificate),
        _ => Err(MailerError::Certificate),
    }
}

pub(super) fn connect(
    route: &Route,
    authority: Option<&[u8]>,
    hello: &ClientId,
) -> Result<Connection, Trouble> {
    let tls = match route.protection {
        Protection::Clear => None,
        Protection::Whole | Protection::StartTls => Some(tls(route, authority)?),
    };
    let at_once = tls
        .as_ref()
        .filter(|_| route.protection == Protection::Whole);
    let place = (route.host.as_str(), route.port);
    let mut smtp = SmtpConnection::connect(place, Some(PATIENCE), hello, at_once, None)
        .map_err(|error| trouble(&error, at_once.is_some()))?;
    if let (Protection::StartTls, Some(tls)) = (route.protection, &tls) {
        smtp.starttls(tls, hello)
            .map_err(|error| trouble(&error, true))?;
    }
    if let Some((user, password)) = &route.sign_in {
        let credentials = Credentials::new(user.clone(), password.to_string());
        let signed_in = smtp.auth(DEFAULT_MECHANISMS, &credentials);
        signed_in.map_err(|error| match error.status() {
            Some(code) if code.severity == Severity::TransientNegativeCompletion => {
                Trouble::Reply(code.into())
            }
            _ => Trouble::SignIn,
        })?;
    }
    Ok(Connection { smtp })
}

fn tls(route: &Route, authority: Option<&[u8]>) -> Result<TlsParameters, Trouble> {
    let mut parameters = TlsParametersBuilder::new(route.host.clone());
    if let Some(pem) = authority {
        let certificate = certificate(pem).or(Err(Trouble::Tls))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    parameters.build().or(Err(Trouble::Tls))
}

/// What an error before the letter means; `tls` where a handshake was under way.
fn trouble(error: &lettre::transport::smtp::Error, tls: bool) -> Trouble {
    match error.status() {
        Some(code) => Trouble::Reply(code.into()),
        None if error.is_tls() || error.is_client() => Trouble::Tls,
        // rustls shakes hands with the first byte, and its refusal looks like a broken stream.
        None if tls && is_handshake(error) => Trouble::Tls,
        None => Trouble::Unreachable,
    }
}

fn is_handshake(error: &lettre::transport::smtp::Error) -> bool {
    let mut layer = std::error::Error::source(error);
    while let Some(cause) = layer {
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            return io.kind() == std::io::ErrorKind::InvalidData;
        }
        layer = cause.source();
    }
    false
}

impl Connection {
    /// Names sender and recipient. Err is what became of the letter: not sent.
    pub fn offer(mut self, letter: &Written) -> Result<Ready, Outcome> {
        let envelope = letter.0.envelope();
        self.say(Mail::new(envelope.from().cloned(), Vec::new()))?;
        for recipient in envelope.to() {
            self.say(Rcpt::new(recipient.clone(), Vec::new()))?;
        }
        Ok(Ready {
            source: letter.0.formatted(),
            smtp: self.smtp,
        })
    }

    fn say(&mut self, command: impl std::fmt::Display) -> Result<(), Outcome> {
        match self.smtp.command(command) {
            Ok(_) => Ok(()),
            Err(error) => {
                self.smtp.abort();
                Err(refusal(&error).unwrap_or(Outcome::TryLater(Trouble::Unreachable)))
            }
        }
    }
}

impl Ready {
    /// Sends the letter. What the server took cannot be taken back.
    pub fn hand_over(mut self) -> Outcome {
        if let Err(error) = self.smtp.command(Data) {
            self.smtp.abort();
            return refusal(&error).unwrap_or(Outcome::TryLater(Trouble::Unreachable));
        }
        if self
            .smtp
            .set_timeout(Some(PATIENCE_FOR_THE_ANSWER))
            .is_err()
        {
            self.smtp.abort();
            return Outcome::TryLater(Trouble::Unreachable);
        }
        // The final dot is written only after the last part was asked for, so a stream that
        // breaks earlier cannot have made a whole letter.
        let written = Cell::new(false);
        let mut parts = Some(self.source.as_slice()).into_iter();
        let parts = std::iter::from_fn(|| {
            let part = parts.next();
            written.set(part.is_none());
            part
        });
        let answer = self.smtp.message_iter(parts);
        let outcome = match &answer {
            Ok(reply) if reply.code().severity == Severity::PositiveCompletion => Outcome::Sent,
            Ok(_) => Outcome::Uncertain,
            Err(error) => match refusal(error) {
                Some(outcome) => outcome,
                None if written.get() => Outcome::Uncertain,
                None => Outcome::TryLater(Trouble::Unreachable),
            },
        };
        // The letter's fate is settled; how the server says goodbye changes nothing.
        part(self.smtp);
        outcome
    }
}

/// Says goodbye without waiting long for the answer.
fn part(mut smtp: SmtpConnection) {
    let _ = smtp.set_timeout(Some(LAST_PATIENCE));
    smtp.abort();
}

/// What a reply code means; `None` where there was no reply.
fn refusal(error: &lettre::transport::smtp::Error) -> Option<Outcome> {
    let code = error.status()?;
    Some(match code.severity {
        Severity::PermanentNegativeCompletion => Outcome::Refused { code: code.into() },
        _ => Outcome::TryLater(Trouble::Reply(code.into())),
    })
}
