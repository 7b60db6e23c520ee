//! The whole application behind its edge, in this process, on a port of this machine.
//!
//! Invariant: it stops when its handle is dropped.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use fairdraw::app::App;
use fairdraw::platform::draining::Draining;
use fairdraw::platform::edge::{self, Edge, EdgeError, EdgeSettings, Plan};

use super::app::{Asked, Came, Door};
use super::wire::Wire;

/// A running edge.
pub struct EdgeServer {
    pub place: SocketAddr,
    draining: Draining,
    thread: Option<JoinHandle<Result<(), EdgeError>>>,
}

impl EdgeServer {
    /// Starts one before `app`, with some settings changed.
    pub fn start(app: &App, change: impl FnOnce(&mut EdgeSettings)) -> EdgeServer {
        let mut plan = Plan {
            draining: Draining::default(),
            figures: Arc::default(),
            ..app.plan()
        };
        change(&mut plan.settings);
        let draining = plan.draining.clone();
        let figment = rocket::Config::figment().merge(("log_level", "off"));
        let rocket = app.rocket(edge::inside(figment));
        let (listening, place) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async move {
                let edge = Edge::listen(plan, Ipv4Addr::LOCALHOST.into(), 0).await?;
                listening.send(edge.address()).expect("the test waits");
                edge.run(rocket).await
            })
        });
        EdgeServer {
            place: place.recv().expect("the edge listens"),
            draining,
            thread: Some(thread),
        }
    }
}

impl Drop for EdgeServer {
    fn drop(&mut self) {
        self.draining.begin();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Door for EdgeServer {
    fn ask(&self, asked: Asked<'_>) -> Came {
        let mut head = format!(
            "{} {} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n",
            asked.method,
            asked.path,
            self.place,
            asked.body.len()
        );
        for (name, value) in &asked.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !asked.cookies.is_empty() {
            let all = asked.cookies.iter();
            let all: Vec<String> = all.map(|(name, value)| format!("{name}={value}")).collect();
            head += &format!("Cookie: {}\r\n", all.join("; "));
        }
        let mut wire = Wire::plain(Ipv4Addr::LOCALHOST, self.place);
        wire.write(format!("{head}\r\n"));
        wire.write(asked.body);
        wire.hear().expect("the edge answers")
    }
}

/// A certificate for `draw.lib.example.tw`, its key, and both in one file, as a renewal leaves them.
pub struct Certificate {
    folder: tempfile::TempDir,
}

impl Certificate {
    /// A folder that only its owner may enter, with a first certificate.
    pub fn fresh() -> Certificate {
        let folder = tempfile::tempdir().expect("a folder");
        let certificate = Certificate { folder };
        certificate.renew();
        certificate
    }

    /// Puts a new certificate and key in the place of those before.
    pub fn renew(&self) {
        let [new, key] = ["new.pem", "new-key.pem"].map(|name| self.folder.path().join(name));
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"])
            .args(["-pkeyopt", "ec_paramgen_curve:P-256"])
            .args(["-subj", "/CN=draw.lib.example.tw"])
            .args(["-addext", "subjectAltName=DNS:draw.lib.example.tw"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .arg("-keyout")
            .arg(&key)
            .arg("-out")
            .arg(&new)
            .output()
            .expect("openssl is there");
        assert!(made.status.success(), "openssl makes a certificate");
        let read = |path: &Path| std::fs::read(path).expect("written");
        let both = [read(&new), read(&key)].concat();
        std::fs::write(self.file("fullchain-and-key.pem"), both).expect("written");
        std::fs::rename(&new, self.chain()).expect("renamed");
        std::fs::rename(&key, self.key()).expect("renamed");
    }

    /// The certificate.
    pub fn chain(&self) -> PathBuf {
        self.file("fullchain.pem")
    }

    /// Its key.
    pub fn key(&self) -> PathBuf {
        self.file("key.pem")
    }

    /// Where they lie.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
