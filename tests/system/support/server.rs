//! A real HTTP server on this machine, and a witness behind one.
//!
//! Invariant: it listens on 127.0.0.1 alone and ends with its handle; a witness that is stopped
//! keeps its folder and comes back on the same port.

use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;

use fairdraw::platform::clock::Clock;
use fairdraw::platform::config::WitnessSetting;
use fairdraw::witness::{Followed, Witness, pages};
use rocket::fairing::AdHoc;
use rocket::{Build, Config, Rocket, Shutdown};

/// A running server.
pub struct Server {
    pub port: u16,
    shutdown: Shutdown,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Launches; returns once it listens.
    pub fn start(rocket: Rocket<Build>) -> Server {
        let (listening, started) = mpsc::channel();
        let rocket = rocket.attach(AdHoc::on_liftoff("says where it listens", move |rocket| {
            Box::pin(async move {
                let here = (rocket.config().port, rocket.shutdown());
                listening.send(here).expect("the test waits for it");
            })
        }));
        let thread = std::thread::spawn(move || {
            let ended = rocket::execute(async move { rocket.launch().await });
            drop(ended.map_err(|error| error.to_string()));
        });
        let (port, shutdown) = started.recv().expect("the server starts");
        Server {
            port,
            shutdown,
            thread: Some(thread),
        }
    }

    /// What is put before a path.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shutdown.clone().notify();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Settings of a server on this machine; port 0 asks for any.
pub fn local(port: u16) -> Config {
    let mut config = Config {
        port,
        log_level: rocket::config::LogLevel::Off,
        ident: rocket::config::Ident::none(),
        ..Config::release_default()
    };
    config.shutdown.ctrlc = false;
    config.shutdown.grace = 0;
    config.shutdown.mercy = 0;
    config
}

/// A witness that can be stopped and started.
pub struct WitnessServer {
    folder: tempfile::TempDir,
    name: &'static str,
    follows: Vec<Followed>,
    clock: Clock,
    vkey: String,
    port: u16,
    server: Option<Server>,
}

impl WitnessServer {
    /// Starts a new witness for these journals, whose clock is `clock`.
    pub fn start(name: &'static str, journals: &[&str], clock: &Clock) -> WitnessServer {
        let mut witness = WitnessServer {
            folder: tempfile::tempdir().expect("a temporary folder"),
            name,
            follows: journals
                .iter()
                .map(|vkey| Followed::parse(vkey).expect("a key"))
                .collect(),
            clock: clock.clone(),
            vkey: String::new(),
            port: 0,
            server: None,
        };
        witness.resume();
        witness
    }

    /// How a library names it.
    pub fn setting(&self) -> WitnessSetting {
        WitnessSetting {
            vkey: self.vkey.clone(),
            url: format!("http://127.0.0.1:{}", self.port),
        }
    }

    /// The machine is switched off.
    pub fn stop(&mut self) {
        self.server = None;
    }

    /// It is switched on again.
    pub fn resume(&mut self) {
        let opened = Witness::open(self.folder(), self.name, &self.follows, self.clock.clone());
        let witness = opened.expect("the witness opens");
        self.vkey = witness.vkey();
        let server = Server::start(pages::rocket(local(self.port), witness));
        self.port = server.port;
        self.server = Some(server);
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}
