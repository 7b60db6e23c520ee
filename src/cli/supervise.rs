//! `fairdraw` in service: the process that watches over the vault and the web side.
//!
//! Invariant: it holds no key, opens no database and listens on no address. It alone starts the
//! other two, tells the vault what the operator allows, and ends only when both have ended. It
//! cannot be confined like them: whoever is confined starts nobody (ADR 0019).

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::platform::clock;
use crate::platform::confine;
use crate::platform::control::{self, Wish};
use crate::vault::{self, Launched, Start};

use super::ends::{Ends, Signals, TOO_MANY};
use super::{Stop, serve};

/// The hidden command by which the program becomes the web side.
pub(super) const WEB: &str = "__web";

/// How long the web side may finish jobs and a letter under way, after the edge has had its time for
/// load balancers and for requests.
const PATIENCE: Duration = Duration::from_secs(30);

/// Starts vault and web side and keeps them running until it is told to stop.
pub(super) fn run() -> Result<(), Stop> {
    let _ = confine::dumps_off();
    let (_, config) = super::configured()?;
    let temporary = serve::temporary(&config)?;
    let start = match config.vault() {
        Some(_) => None,
        None => {
            super::move_keys(&config)?;
            serve::are_keys_apart(&config)?;
            Some(Start::of(&config))
        }
    };
    let shared = Arc::new(Shared {
        start,
        data: config.data().to_owned(),
        patience: PATIENCE
            + Duration::from_secs(config.edge.notice_seconds + config.edge.drain_seconds),
        vault: Mutex::new(None),
        is_restart: AtomicBool::new(false),
        has_given_up: AtomicBool::new(false),
    });
    let outcome = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(watch(&shared, &temporary));
    shared.see_off_vault();
    outcome
}

/// What the thread that hears wishes and the one that waits for ends both know.
struct Shared {
    /// What a vault of our own is told; nothing where the site's one vault is elsewhere.
    start: Option<Start>,
    data: PathBuf,
    /// How long the web side may take to end.
    patience: Duration,
    vault: Mutex<Option<Child>>,
    is_restart: AtomicBool,
    has_given_up: AtomicBool,
}

/// Starts the web side again and again; the vault is started when the web side asks for one.
async fn watch(shared: &Arc<Shared>, temporary: &Path) -> Result<(), Stop> {
    let (mut signals, mut ends) = (Signals::heard()?, Ends::default());
    loop {
        let mut web = start_web(shared, temporary)?;
        let (mut is_over, mut deadline) = (false, None);
        let status = loop {
            if let Some(status) = web.try_wait()? {
                break status;
            }
            if signals.stopped().await {
                is_over = shared.tell(&web, &mut deadline);
            }
            if deadline.is_none() && shared.is_restart.load(Ordering::SeqCst) {
                shared.tell(&web, &mut deadline);
            }
            if deadline.is_some_and(|deadline| clock::monotonic() >= deadline) {
                let _ = web.kill();
            }
        };
        shared.see_off_vault();
        if is_over {
            return Ok(());
        }
        if shared.has_given_up.load(Ordering::SeqCst) {
            return Err(Stop::Failed("the vault cannot be kept running".into()));
        }
        if shared.is_restart.swap(false, Ordering::SeqCst) {
            continue;
        }
        if let Some(outcome) = is_final(status) {
            return outcome;
        }
        if ends.note() {
            return Err(Stop::Failed("the web side ends again and again".into()));
        }
        tracing::error!(%status, "the web side ended by itself and is started again");
    }
}

/// A web side that came to an end of its own has said why; one that was killed is started again.
fn is_final(status: ExitStatus) -> Option<Result<(), Stop>> {
    match status.code()? {
        0 => Some(Ok(())),
        code => Some(Err(Stop::Ended(u8::try_from(code).unwrap_or(1)))),
    }
}

fn start_web(shared: &Arc<Shared>, temporary: &Path) -> Result<Child, Stop> {
    let (ours, theirs) = UnixStream::pair()?;
    let web = Command::new(vault::program())
        .arg0("fairdraw")
        .arg(WEB)
        .env("TMPDIR", temporary)
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .spawn()?;
    let shared = shared.clone();
    thread::Builder::new()
        .name("wishes".to_owned())
        .spawn(move || {
            if let Err(error) = shared.hear(ours) {
                tracing::warn!(%error, "the web side cannot be heard");
            }
        })?;
    Ok(web)
}

impl Shared {
    /// Asks the web side to finish; the second time it is ended.
    fn tell(&self, web: &Child, deadline: &mut Option<Duration>) -> bool {
        let signal = match deadline {
            None => Signal::TERM,
            Some(_) => Signal::KILL,
        };
        *deadline = Some(clock::monotonic() + self.patience);
        let _ = kill_process(Pid::from_child(web), signal);
        true
    }

    /// Answers the wishes of one web side until it is gone.
    fn hear(&self, mut stream: UnixStream) -> io::Result<()> {
        while let Some(wish) = control::next_wish(&mut stream)? {
            match wish {
                Wish::Vault { failures } if usize::from(failures) >= TOO_MANY => {
                    self.has_given_up.store(true, Ordering::SeqCst);
                    return Ok(());
                }
                Wish::Vault { .. } => match self.start_vault() {
                    Ok(started) => {
                        let its = started.stream.as_fd();
                        control::answer(&mut stream, &started.answer, Some(its))?;
                    }
                    Err(error) => {
                        tracing::error!(%error, "the vault's process cannot be started");
                        control::answer(&mut stream, &[], None)?;
                    }
                },
                Wish::Restart => {
                    self.is_restart.store(true, Ordering::SeqCst);
                    control::answer(&mut stream, &[], None)?;
                }
                Wish::Trim => {
                    let words = self.trim();
                    control::answer(&mut stream, words.as_bytes(), None)?;
                }
            }
        }
        Ok(())
    }

    /// Ends what is left of the last vault and starts another.
    fn start_vault(&self) -> Result<Launched, vault::LaunchError> {
        let mut vault = self.vault.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mut last) = vault.take() {
            let _ = last.kill();
            let _ = last.wait();
        }
        let start = self.start.as_ref().ok_or_else(|| {
            vault::LaunchError::Refused("the vault of this site is elsewhere".to_owned())
        })?;
        let mut launched = vault::launch(&vault::program(), start)?;
        *vault = launched.child.take();
        Ok(launched)
    }

    /// The web side is gone and with it the stream, at whose end the vault ends.
    fn see_off_vault(&self) {
        let mut vault = self.vault.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mut child) = vault.take() {
            vault::see_off(&mut child);
        }
    }

    /// Gives unused blocks back to the disk, so that it may forget what stood there.
    fn trim(&self) -> String {
        let trim = |folder: &PathBuf| {
            let done = Command::new("fstrim").arg(folder).output();
            match done {
                Ok(done) if done.status.success() => "trimmed",
                Ok(_) => "refused by the system",
                Err(_) => "no fstrim",
            }
        };
        let keys = self.start.as_ref().map(|start| trim(&start.keys));
        format!(
            "data: {}; keys: {}",
            trim(&self.data),
            keys.unwrap_or("elsewhere")
        )
    }
}
