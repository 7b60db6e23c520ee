//! Exim, a mail server that the world uses, as a private daemon of one test.
//!
//! Invariant: it takes mail for anybody and sends nothing on; stopping and starting it keeps port,
//! certificate and maildir, as a server does that was down for a while.

use std::fs;
use std::path::PathBuf;

use super::mail::Mail;
use super::ports::HeldPort;
use super::tether::Tether;

/// A mail server on 127.0.0.1 with STARTTLS.
pub struct SmtpDaemon {
    folder: tempfile::TempDir,
    port: HeldPort,
    /// Seconds from the whole letter to the answer.
    pause: u32,
    running: Option<Tether>,
}

impl SmtpDaemon {
    /// Starts Exim.
    pub fn start() -> SmtpDaemon {
        SmtpDaemon::thoughtful(0)
    }

    /// One that thinks about a whole letter for so many seconds before it takes it, as servers do
    /// that look for spam.
    pub fn thoughtful(seconds: u32) -> SmtpDaemon {
        let mut daemon = SmtpDaemon {
            folder: tempfile::tempdir().expect("the temporary folder is writable"),
            port: HeldPort::new(),
            pause: seconds,
            running: None,
        };
        daemon.come_up();
        daemon
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// The certificate that STARTTLS shows, for `localhost` and 127.0.0.1, as PEM.
    pub fn certificate(&self) -> Vec<u8> {
        fs::read(self.folder.path().join("cert.pem")).expect("the daemon made its certificate")
    }

    /// Ends the daemon; connections are refused until [`SmtpDaemon::come_up`].
    pub fn go_down(&mut self) {
        self.running.take();
    }

    /// Starts it again on the same port with the same folders.
    pub fn come_up(&mut self) {
        let (port, pause) = (self.port().to_string(), self.pause.to_string());
        let folder = self.folder.path().to_string_lossy();
        let (tether, _) = Tether::start("smtp_daemon.sh", &[&port, &folder, &pause]);
        self.running = Some(tether);
    }

    /// What was delivered so far, in no particular order.
    pub fn mails(&self) -> Vec<Mail> {
        let Ok(entries) = fs::read_dir(self.folder.path().join("mail/new")) else {
            return Vec::new();
        };
        entries
            .map(|entry| entry.expect("the maildir can be listed").path())
            .map(|path| fs::read_to_string(path).expect("our mails are UTF-8"))
            .map(|source| Mail::from_source(&source))
            .collect()
    }

    /// Waits until `count` messages are delivered; the daemon delivers after its reply.
    pub fn await_mails(&self, count: usize) -> Vec<Mail> {
        for _ in 0..200 {
            let mails = self.mails();
            if mails.len() >= count {
                return mails;
            }
            std::thread::park_timeout(std::time::Duration::from_millis(50));
        }
        panic!("{} of {count} mails were delivered", self.mails().len());
    }

    /// Queue, log and maildir, for the scan for personal data.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }
}
