//! The handle to the keeper: each method is one message and its answer.
//!
//! Invariant: nothing here knows a private key; what comes back open is typed by its purpose.
//!
//! Not here: checkpoints and how far each log was seen (`checkpoints`), opening the contacts of winners (`opening`) and of others (`disclosing`), which is put
//! on record first; the entrant's own copy (`own_copy`); keys of no activity (`scopes`).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lucky_draw::encode::Hash;
use zeroize::Zeroizing;

use super::access::OpenedAnswers;
use super::brief::Gatherer;
use super::process::{ChildLink, Elsewhere, LaunchError, Own, Source, Start, Watched};
use super::wire::{AnswerBox, FileSystem, Private, Refusal, Reply, Request, Shredded};
use super::{ActivityKeys, Error, OpenError, PublicKeys, Sealed, Sealer, keeper};
use crate::platform::channel::{Address, Identity};
use crate::platform::clock::Timestamp;
use crate::platform::confine::Protection;
use crate::platform::control::Control;
use crate::platform::mail::Mailer;

/// A clonable handle to the keeper.
#[derive(Clone)]
pub struct Vault {
    /// Before the link: the thread that asks through it ends first.
    gatherer: Option<Arc<Gatherer>>,
    link: Link,
    site: Arc<str>,
    vkey: Arc<str>,
    sealer: Arc<Sealer>,
}

/// Where the keeper is.
#[derive(Clone)]
enum Link {
    /// In this process: unit tests, and tools that serve nobody.
    Here(Arc<keeper::Keeper>),
    /// In a process of its own.
    Child(Arc<ChildLink>),
}

impl Vault {
    /// Opens the key folder in this process and for it alone; makes the site's keys at the first
    /// start.
    ///
    /// `site` is the name of the signing key: no spaces, no `+`, such as `library.example.tw`.
    pub fn open(keys_folder: &Path, site: &str) -> Result<Vault, OpenError> {
        Vault::here(&Start::plain(keys_folder, site))
    }

    /// [`Vault::open`] with everything that a process of its own would be told.
    pub fn here(start: &Start) -> Result<Vault, OpenError> {
        let mailer = start.mail.as_ref().map(Mailer::new).transpose()?;
        let keeper = keeper::Keeper::open(&start.keys, &start.site, start.policy)?;
        let keeper = keeper.with_mail(mailer);
        let Ok(Reply::Text(vkey)) = keeper.answer(Request::Vkey) else {
            unreachable!("a keeper that opened tells its public key");
        };
        Ok(Vault {
            gatherer: None,
            link: Link::Here(Arc::new(keeper)),
            site: start.site.as_str().into(),
            vkey: vkey.into(),
            sealer: Arc::default(),
        })
    }

    /// Opens the key folder in a process of its own, which is started again when it dies and ends
    /// with the last handle. `program` is this program, usually [`program`](super::program).
    pub fn spawn(program: PathBuf, start: Start) -> Result<Vault, OpenError> {
        let site: Arc<str> = start.site.as_str().into();
        Vault::over(site, Box::new(Own::new(program, start)))
    }

    /// The vault of the process that watches over this one. That process, not this one, has told it
    /// what the operator allows.
    pub fn adopt(site: &str, control: Control) -> Result<Vault, OpenError> {
        Vault::over(site.into(), Box::new(Watched(control)))
    }

    /// The one vault of a site with several web sides, which has a watching process of its own.
    /// What it allows is told there; `identity` is shown where it is on another machine.
    pub fn elsewhere(
        site: &str,
        address: Address,
        identity: Option<Identity>,
    ) -> Result<Vault, OpenError> {
        let source = Elsewhere {
            address,
            identity,
            site: site.to_owned(),
        };
        Vault::over(site.into(), Box::new(source))
    }

    /// When the vault's process started, by its own clock; this one's start where it has none.
    pub fn since(&self) -> Timestamp {
        match &self.link {
            Link::Here(keeper) => keeper.since(),
            Link::Child(link) => link.since(),
        }
    }

    /// Whether the vault answers now; where it has ended, the next one is looked for.
    pub fn is_reachable(&self) -> bool {
        match &self.link {
            Link::Here(_) => true,
            Link::Child(link) => link.is_reachable(),
        }
    }

    fn over(site: Arc<str>, source: Box<dyn Source>) -> Result<Vault, OpenError> {
        let link = Arc::new(ChildLink::new(source)?);
        Ok(Vault {
            site,
            vkey: link.vkey().into(),
            gatherer: Some(Arc::new(
                Gatherer::over(link.clone()).map_err(LaunchError::from)?,
            )),
            link: Link::Child(link),
            sealer: Arc::default(),
        })
    }

    /// What protects the vault's process; nothing for one without a process of its own.
    pub fn standing(&self) -> Vec<Protection> {
        match &self.link {
            Link::Here(_) => Vec::new(),
            Link::Child(link) => link.standing(),
        }
    }

    /// The number of the vault's process; nothing for one without a process of its own.
    pub fn process(&self) -> Option<u32> {
        match &self.link {
            Link::Here(_) => None,
            Link::Child(link) => Some(link.process()),
        }
    }

    /// How often its process was started again since this side runs.
    pub fn restarts(&self) -> u64 {
        match &self.link {
            Link::Here(_) => 0,
            Link::Child(link) => link.restarts(),
        }
    }

    /// Whether it answers now; waits a few seconds for a process that has to be started again.
    pub fn answers(&self) -> bool {
        self.ask(Request::nothing()).is_ok()
    }

    /// What seals contacts; it knows public keys only.
    pub fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// The public key that checks this site's notes, in the form of C2SP signed-note.
    pub fn vkey(&self) -> String {
        self.vkey.to_string()
    }

    /// The name of the site's signing key.
    pub fn site_name(&self) -> &str {
        &self.site
    }

    /// Signs the text of a note; gives the whole signed note.
    pub fn sign_note(&self, text: &str) -> Result<String, Error> {
        let text = text.to_owned();
        self.text(Request::SignNote { text })
    }

    /// Makes the keys of an activity; the same keys again when called again.
    pub fn create_activity(&self, activity: &str) -> Result<ActivityKeys, Error> {
        let activity = activity.to_owned();
        match self.ask(Request::CreateActivity { activity })? {
            Reply::Keys {
                notify,
                answers,
                tag_key,
            } => Ok(ActivityKeys {
                public: PublicKeys { notify, answers },
                tag_key: Hash(tag_key),
            }),
            _ => Err(Error::Answer),
        }
    }

    /// Tells the vault everything that an activity promises to draw, as the texts of its manifests:
    /// only these are signed, and only their winners open. Before the first tag of the activity; may
    /// be repeated until then, and every time takes the place of the time before.
    pub fn promise_draws(&self, activity: &str, manifests: Vec<String>) -> Result<(), Error> {
        self.done(Request::Promise {
            activity: activity.to_owned(),
            manifests,
        })
    }

    /// Tells the vault what takes the place of a promise: the text of a manifest that names it.
    pub fn succeed_draw(&self, activity: &str, manifest: &str) -> Result<(), Error> {
        self.done(Request::Succeed {
            activity: activity.to_owned(),
            manifest: manifest.to_owned(),
        })
    }

    /// TH("opseed", s) of a draw's own secret s (`draw-protocol` 4.3); the same when asked again.
    pub fn promise_secret(&self, activity: &str, draw: &str) -> Result<Hash, Error> {
        self.hash(Request::PromiseSecret {
            activity: activity.to_owned(),
            draw: draw.to_owned(),
        })
    }

    /// The secret of a draw whose signed notes say that it promises it and that its list is final.
    pub fn reveal_secret(
        &self,
        activity: &str,
        draw: &str,
        manifest: &str,
        freeze: &str,
    ) -> Result<Zeroizing<[u8; 32]>, Error> {
        let request = Request::RevealSecret {
            activity: activity.to_owned(),
            draw: draw.to_owned(),
            manifest: manifest.to_owned(),
            freeze: freeze.to_owned(),
        };
        let Reply::Opened(secret) = self.ask(request)? else {
            return Err(Error::Answer);
        };
        let secret = <[u8; 32]>::try_from(secret.0.as_slice()).map_err(|_| Error::Answer)?;
        Ok(Zeroizing::new(secret))
    }

    /// Whether `subject` is the person of `tag`; takes the same time either way.
    pub fn match_id(&self, activity: &str, subject: &str, tag: &Hash) -> Result<bool, Error> {
        self.holds(Request::MatchId {
            activity: activity.to_owned(),
            subject: Private(subject.into()),
            tag: tag.0,
        })
    }

    /// Opens answers for counting ([`ServiceAnalysis`]); one result for each row, in order.
    pub fn open_answers(
        &self,
        activity: &str,
        answers: Vec<Sealed>,
    ) -> Result<Vec<Result<OpenedAnswers, Refusal>>, Error> {
        let items: Vec<String> = answers.iter().map(|row| row.item.clone()).collect();
        let boxes = answers.into_iter().map(|row| AnswerBox {
            item: row.item,
            sealed: row.sealed,
        });
        let request = Request::OpenAnswers {
            activity: activity.to_owned(),
            boxes: boxes.collect(),
        };
        let Reply::OpenedEach(each) = self.ask(request)? else {
            return Err(Error::Answer);
        };
        let opened = items.into_iter().zip(each).map(|(item, plain)| {
            let json = String::from_utf8(std::mem::take(&mut plain?.0));
            let json = json.map_err(|_| Refusal::Broken)?;
            Ok(OpenedAnswers::new(item, Zeroizing::new(json)))
        });
        Ok(opened.collect())
    }

    /// How many contacts of winners were opened so far: distinct rows, for any purpose.
    pub fn openings(&self, activity: &str) -> Result<u64, Error> {
        let activity = activity.to_owned();
        match self.ask(Request::CountOpenings { activity })? {
            Reply::Count(count) => Ok(count),
            _ => Err(Error::Answer),
        }
    }

    /// Destroys the key of an activity and rotates the key-encryption key. May be repeated.
    pub fn erase(&self, activity: &str) -> Result<Shredded, Error> {
        let activity = activity.to_owned();
        match self.ask(Request::Erase { activity })? {
            Reply::Shredded(shredded) => Ok(shredded),
            _ => Err(Error::Answer),
        }
    }

    /// Whether a key file of the activity exists, in whatever state.
    pub fn holds_key(&self, activity: &str) -> Result<bool, Error> {
        let activity = activity.to_owned();
        self.holds(Request::HoldsKey { activity })
    }

    /// Whether the key of the activity was destroyed in this key folder, ever.
    pub fn was_erased(&self, activity: &str) -> Result<bool, Error> {
        let activity = activity.to_owned();
        self.holds(Request::WasErased { activity })
    }

    /// Puts every key under a new key-encryption key and destroys the old one, so that old copies of
    /// key files open nothing any more; answers with the number of the new one.
    pub fn rotate_keys(&self) -> Result<u64, Error> {
        match self.ask(Request::RotateKeys)? {
            Reply::Count(epoch) => Ok(epoch),
            _ => Err(Error::Answer),
        }
    }

    /// The file system that holds the keys.
    pub fn file_system(&self) -> Result<FileSystem, Error> {
        match self.ask(Request::FileSystem)? {
            Reply::FileSystem(system) => Ok(system),
            _ => Err(Error::Answer),
        }
    }

    /// How many files of an erased activity the key folder still has, and one more if any of
    /// `needles`, of 16 bytes or more, occurs in its lists. Pages that hold keys are not looked into.
    pub fn scan_key_folder(&self, activity: &str, needles: &[Vec<u8>]) -> Result<u64, Error> {
        let request = Request::Traces {
            activity: activity.to_owned(),
            needles: needles.iter().cloned().map(Private).collect(),
        };
        match self.ask(request)? {
            Reply::Count(found) => Ok(found),
            _ => Err(Error::Answer),
        }
    }

    /// What puts brief questions together; nothing where the keeper is in this process.
    pub(super) fn gatherer(&self) -> Option<&Gatherer> {
        self.gatherer.as_deref()
    }

    /// Every message takes this way.
    pub(super) fn ask(&self, request: Request) -> Result<Reply, Refusal> {
        match &self.link {
            Link::Here(keeper) => cross(keeper.answer(cross(request))),
            Link::Child(link) => link.ask(request),
        }
    }

    fn text(&self, request: Request) -> Result<String, Error> {
        match self.ask(request)? {
            Reply::Text(text) => Ok(text),
            _ => Err(Error::Answer),
        }
    }

    fn hash(&self, request: Request) -> Result<Hash, Error> {
        match self.ask(request)? {
            Reply::Hash(hash) => Ok(Hash(hash)),
            _ => Err(Error::Answer),
        }
    }

    pub(super) fn done(&self, request: Request) -> Result<(), Error> {
        match self.ask(request)? {
            Reply::Done => Ok(()),
            _ => Err(Error::Answer),
        }
    }

    fn holds(&self, request: Request) -> Result<bool, Error> {
        match self.ask(request)? {
            Reply::Holds(holds) => Ok(holds),
            _ => Err(Error::Answer),
        }
    }
}

/// In tests every message is written out and read back, as between two processes, so that none
/// can come to hold what does not cross.
#[cfg(test)]
use super::tests::crossed as cross;

/// Keeper and caller are one process: a message is handed on as it is.
#[cfg(not(test))]
fn cross<T>(message: T) -> T {
    message
}
