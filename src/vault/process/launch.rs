//! Starting the vault's process: the program, what it is told first, what it answers.
//!
//! Invariant: the settings of the vault come from the process that starts it, in the first frame;
//! after that no frame changes them. They hold the password of the mail server and are not printed.

use std::io;
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::frame;
use crate::platform::channel::{Address, Channel, Identity, PublicKey};
use crate::platform::clock::{self, Timestamp};
use crate::platform::config::Config;
use crate::platform::confine::Protection;
use crate::platform::mail::MailSettings;
use crate::vault::wire::OpeningPolicy;
use crate::vault::{KeyError, OpenError};

/// Changes with every change of a message; both sides are the same file, unless somebody replaced
/// it between two starts.
const VERSION: u32 = 3;

/// The hidden command by which the program becomes the vault.
pub(super) const COMMAND: &str = "__vault";

/// The first words of a web side that comes to the vault of its site.
#[derive(Serialize, Deserialize)]
struct Greeting {
    version: u32,
    site: String,
}

/// What the vault is told before anything else.
#[derive(Clone)]
pub struct Start {
    /// The key folder.
    pub keys: PathBuf,
    /// The name of the signing key: no spaces, no `+`.
    pub site: String,
    /// The way to the mail server; nothing: no mail leaves.
    pub mail: Option<MailSettings>,
    /// What the operator allows.
    pub policy: OpeningPolicy,
    /// Where web sides come to; nothing for a vault that serves the one that started it.
    pub doors: Option<Doors>,
}

/// Where the vault of a site awaits its web sides, and whom it lets in.
#[derive(Clone)]
pub struct Doors {
    /// Sockets and ports.
    pub listen: Vec<Address>,
    /// Whether the group of a socket may use it beside its owner.
    pub with_group: bool,
    /// What is shown to other machines.
    pub identity: Identity,
    /// The keys of other machines that are let in.
    pub peers: Vec<PublicKey>,
    /// Hour of the day in which the vault starts anew after a key was destroyed; 24: never by itself.
    pub quiet_hour: u8,
}

impl Start {
    /// Keys and name alone: no mail, nothing beyond winners.
    pub fn plain(keys: &Path, site: &str) -> Start {
        Start {
            keys: keys.to_owned(),
            site: site.to_owned(),
            mail: None,
            policy: OpeningPolicy::default(),
            doors: None,
        }
    }

    /// What the operator's file says.
    pub fn of(config: &Config) -> Start {
        Start {
            keys: config.keys(),
            site: config.site.clone(),
            mail: Some(MailSettings::of(config)),
            policy: OpeningPolicy {
                named_openings_per_year: config.named_openings_per_year.into(),
                held_rows_per_year: config.held_rows_per_year.into(),
                breach_mail: config.breach_mail,
                incidents_per_year: config.breach_incidents_per_year.into(),
            },
            doors: None,
        }
    }
}

/// [`Start`] as it travels.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Told {
    version: u32,
    keys: String,
    site: String,
    mail: Option<ToldMail>,
    #[zeroize(skip)]
    policy: OpeningPolicy,
    doors: Option<ToldDoors>,
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct ToldDoors {
    listen: Vec<String>,
    with_group: bool,
    identity: [u8; 32],
    peers: Vec<String>,
    quiet_hour: u8,
}

impl ToldDoors {
    fn of(doors: &Doors) -> ToldDoors {
        ToldDoors {
            listen: doors.listen.iter().map(ToString::to_string).collect(),
            with_group: doors.with_group,
            identity: *doors.identity.seed(),
            peers: doors.peers.iter().map(ToString::to_string).collect(),
            quiet_hour: doors.quiet_hour,
        }
    }

    fn read(&self) -> Option<Doors> {
        let listen = self.listen.iter().map(|text| Address::parse(text));
        let peers = self.peers.iter().map(|text| PublicKey::parse(text));
        Some(Doors {
            listen: listen.collect::<Option<_>>()?,
            with_group: self.with_group,
            identity: Identity::of_seed(self.identity)?,
            peers: peers.collect::<Option<_>>()?,
            quiet_hour: self.quiet_hour,
        })
    }
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct ToldMail {
    smtp_url: String,
    sender: String,
    library_zh: String,
    library_en: String,
    reply_to: String,
    site: String,
    alarm_to: Vec<String>,
}

/// The answer to [`Start`].
#[derive(Serialize, Deserialize)]
enum Answer {
    Ready {
        vkey: String,
        process: u32,
        /// When it started, in epoch milliseconds of its clock.
        since: i64,
        /// What, how and why of each [`Protection`].
        standing: Vec<(String, String, String)>,
    },
    InUse,
    NoKek,
    Damaged(String),
    Failed(String),
    /// The two programs are of versions that do not understand each other.
    OtherVersion,
    /// The vault is of this site and not of the one that was named.
    OtherSite(String),
}

/// What a started vault told about itself.
#[derive(Clone, Debug)]
pub(in crate::vault) struct Started {
    pub(in crate::vault) vkey: String,
    /// Its number among the processes of this machine.
    pub(in crate::vault) process: u32,
    pub(in crate::vault) standing: Vec<Protection>,
    /// When it started, by its own clock.
    pub(in crate::vault) since: Timestamp,
}

/// Why no vault could be started.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The system gave no process or no stream.
    #[error("the vault's process cannot be started")]
    System(#[from] io::Error),
    /// The process started and said why it cannot go on.
    #[error("{0}")]
    Refused(String),
}

/// The file of this very program, also after it was replaced by a newer one.
pub fn program() -> PathBuf {
    PathBuf::from("/proc/self/exe")
}

/// A vault that was started, as whoever speaks to it takes it over.
pub struct Launched {
    /// The process; nothing when it has ended already.
    pub child: Option<Child>,
    /// The way to it.
    pub stream: UnixStream,
    /// What it answered, for [`read`].
    pub answer: Vec<u8>,
}

/// Starts the vault and tells it what it may do; its standard input is the other end of the stream.
///
/// A vault that cannot open its keys is no failure here: its answer says why.
pub fn launch(program: &Path, start: &Start) -> Result<Launched, LaunchError> {
    let told = frame::encode(&Told::of(start)?)?;
    let (mut stream, theirs) = UnixStream::pair()?;
    let child = Command::new(program)
        .arg0("fairdraw")
        .arg(COMMAND)
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::null())
        .spawn()?;
    let mut child = Some(child);
    let answer = frame::write(&mut stream, 0, &told).and_then(|()| frame::read(&mut stream));
    let answer = match answer {
        Ok(Some((0, answer))) => answer.to_vec(),
        _ => Vec::new(),
    };
    if read(&answer).is_err() {
        let _ = stream.shutdown(Shutdown::Both);
        child.as_mut().map(Child::wait);
        child = None;
    }
    Ok(Launched {
        child,
        stream,
        answer,
    })
}

/// Reads what a vault answered to its start.
pub(in crate::vault) fn read(answer: &[u8]) -> Result<Started, OpenError> {
    if answer.is_empty() {
        let why = "the vault's process ended before it answered".to_owned();
        return Err(LaunchError::Refused(why).into());
    }
    match frame::decode(answer).map_err(LaunchError::from)? {
        Answer::Ready {
            vkey,
            process,
            since,
            standing,
        } => Ok(Started {
            vkey,
            process,
            since: Timestamp(since),
            standing: standing
                .into_iter()
                .filter_map(|(what, how, why)| Protection::read(&what, &how, &why))
                .collect(),
        }),
        Answer::InUse => Err(KeyError::InUse.into()),
        Answer::NoKek => Err(KeyError::NoKek.into()),
        Answer::Damaged(name) => Err(KeyError::Damaged(name).into()),
        Answer::Failed(why) => Err(LaunchError::Refused(why).into()),
        Answer::OtherVersion => {
            let why = "the vault is of another version; install the same on both".to_owned();
            Err(LaunchError::Refused(why).into())
        }
        Answer::OtherSite(site) => {
            Err(LaunchError::Refused(format!("the vault is that of the site {site}")).into())
        }
    }
}

/// What protects a vault that was started; why it was not, where it was not.
pub fn standing_of(answer: &[u8]) -> Result<Vec<Protection>, OpenError> {
    Ok(read(answer)?.standing)
}

/// A web side's first words to the vault of its site, and what that answers, for [`read`].
pub(super) fn greet(channel: &mut Channel, site: &str) -> Result<Vec<u8>, LaunchError> {
    let greeting = Greeting {
        version: VERSION,
        site: site.to_owned(),
    };
    channel.end.patience(Some(GREETING))?;
    frame::write(&mut channel.writer, 0, &frame::encode(&greeting)?)?;
    let answer = match frame::read(&mut channel.reader)? {
        Some((0, answer)) => answer.to_vec(),
        _ => Vec::new(),
    };
    channel.end.patience(None)?;
    Ok(answer)
}

/// How long the first words may take.
const GREETING: Duration = Duration::from_secs(5);

/// Hears the first words of a web side and answers them; `false` where it cannot be served.
pub(super) fn welcome(
    channel: &mut Channel,
    site: &str,
    (vkey, since): (&str, Timestamp),
    standing: &[Protection],
) -> io::Result<bool> {
    channel.end.patience(Some(GREETING))?;
    let wrong = || io::Error::from(io::ErrorKind::InvalidData);
    let (number, body) =
        frame::read_at_most(&mut channel.reader, LONGEST_GREETING)?.ok_or_else(wrong)?;
    let greeting: Greeting = frame::decode(&body)?;
    if number != 0 {
        return Err(wrong());
    }
    let answer = if greeting.version != VERSION {
        Answer::OtherVersion
    } else if greeting.site != site {
        Answer::OtherSite(site.to_owned())
    } else {
        ready((vkey.to_owned(), since), standing)
    };
    let is_ready = matches!(answer, Answer::Ready { .. });
    frame::write(&mut channel.writer, 0, &frame::encode(&answer)?)?;
    channel.end.patience(None)?;
    Ok(is_ready)
}

/// The name of a site and a version.
const LONGEST_GREETING: usize = 1 << 10;

fn ready((vkey, since): (String, Timestamp), standing: &[Protection]) -> Answer {
    Answer::Ready {
        vkey,
        since: since.0,
        process: std::process::id(),
        standing: standing.iter().map(Protection::written).collect(),
    }
}

impl Told {
    fn of(start: &Start) -> Result<Told, LaunchError> {
        let keys = start
            .keys
            .to_str()
            .ok_or_else(|| LaunchError::Refused("the key folder's name is not UTF-8".to_owned()))?;
        Ok(Told {
            version: VERSION,
            keys: keys.to_owned(),
            site: start.site.clone(),
            mail: start.mail.as_ref().map(|mail| ToldMail {
                smtp_url: mail.smtp_url.to_string(),
                sender: mail.sender.clone(),
                library_zh: mail.library_zh.clone(),
                library_en: mail.library_en.clone(),
                reply_to: mail.reply_to.clone(),
                site: mail.site.clone(),
                alarm_to: mail.alarm_to.clone(),
            }),
            policy: start.policy,
            doors: start.doors.as_ref().map(ToldDoors::of),
        })
    }
}

/// Reads what the vault is told first.
pub(super) fn told(stream: &mut UnixStream) -> io::Result<Start> {
    let wrong = |why: &'static str| io::Error::new(io::ErrorKind::InvalidData, why);
    let (number, body) = frame::read(stream)?.ok_or_else(|| wrong("nobody started this vault"))?;
    let mut told: Told = frame::decode(&body)?;
    if (number, told.version) != (0, VERSION) {
        return Err(wrong("the vault and who started it are of two versions"));
    }
    let mail = told.mail.take().map(|mut mail| MailSettings {
        smtp_url: std::mem::take(&mut mail.smtp_url).into(),
        sender: std::mem::take(&mut mail.sender),
        library_zh: std::mem::take(&mut mail.library_zh),
        library_en: std::mem::take(&mut mail.library_en),
        reply_to: std::mem::take(&mut mail.reply_to),
        site: std::mem::take(&mut mail.site),
        alarm_to: std::mem::take(&mut mail.alarm_to),
    });
    let doors = told.doors.as_ref().map(ToldDoors::read);
    if matches!(doors, Some(None)) {
        return Err(wrong("the places where web sides come to cannot be read"));
    }
    Ok(Start {
        keys: PathBuf::from(std::mem::take(&mut told.keys)),
        site: std::mem::take(&mut told.site),
        mail,
        policy: told.policy,
        doors: doors.flatten(),
    })
}

/// Tells who started the vault how it stands, or why it cannot go on.
pub(super) fn tell(
    stream: &mut UnixStream,
    outcome: Result<((String, Timestamp), &[Protection]), &OpenError>,
) -> io::Result<()> {
    let answer = match outcome {
        Ok((told, standing)) => ready(told, standing),
        Err(OpenError::Keys(KeyError::InUse)) => Answer::InUse,
        Err(OpenError::Keys(KeyError::NoKek)) => Answer::NoKek,
        Err(OpenError::Keys(KeyError::Damaged(name))) => Answer::Damaged(name.clone()),
        Err(error) => Answer::Failed(words(error)),
    };
    frame::write(stream, 0, &frame::encode(&answer)?)
}

/// An error with its causes; none of them is about a person or holds a secret.
fn words(error: &OpenError) -> String {
    let mut words = error.to_string();
    let mut layer = std::error::Error::source(error);
    while let Some(cause) = layer {
        words += &format!(": {cause}");
        layer = cause.source();
    }
    words
}

/// How long a process gets to end by itself.
const FAREWELL: Duration = Duration::from_secs(5);

/// Waits until a vault has ended by itself, as it does with its stream, and ends it when it takes
/// too long. Whoever opens the folder next finds it free.
pub fn see_off(child: &mut Child) {
    let until = clock::monotonic() + FAREWELL;
    while let Ok(None) = child.try_wait() {
        if clock::monotonic() >= until {
            let _ = child.kill();
            let _ = child.wait();
            return;
        }
        thread::sleep(Duration::from_millis(2));
    }
}
