//! The keeper: alone with the private keys, it answers one message at a time.
//!
//! Invariant: private keys leave neither this module nor, longer than one message takes, its
//! memory: every message reads the key file anew, so a destroyed key is destroyed at once.
//! Contact data is opened only after the public texts in the message itself were verified.
//!
//! Not here: SQL, audit records and permissions, which are the callers'. Opening is in `open`, keys
//! of no activity and the operator's yearly numbers in `scope`, librarians in `shares`, signatures
//! in `sign`, tags and tokens in `brief`.

mod brief;
mod open;
mod post;
mod promise;
mod reseal;
mod scope;
mod shares;
mod sign;
mod traces;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lucky_draw::encode::Hash;
use lucky_draw::note::Signer;
use lucky_draw::seed::operator_commitment;
use lucky_draw::ticket;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::OpenError;
use super::budget::{Asked, Budget};
use super::crypt::{ActivitySecret, Scope};
use super::keys::{self, KeyError, Keys};
use super::ledger;
use super::tips::Tips;
use super::winner::Facts;
use super::wire::{FileSystem, OpeningPolicy, Private, Refusal, Reply, Request, Shredded};
use crate::platform::clock::{Clock, Timestamp};
use crate::platform::mail::Mailer;

/// Names of the site's own keys; the dot keeps them apart from activities.
const SIGNING: &str = "site.signing";
const LOOKUP: &str = "site.lookup";
const TOKEN: &str = "site.token";
const STAFF: &str = "site.staff";

/// The longest sealed box, checkpoint or token that is looked at, in bytes.
const LONGEST: usize = 1 << 20;
/// The longest note: the result of a draw has a line for each of up to 100,000 winners.
const LONGEST_NOTE: usize = 16 << 20;

const SHRED_METHOD: &str =
    "overwrite 4096 bytes in place, fdatasync, unlink, fsync folder, rotate key-encryption key";

pub(super) struct Keeper {
    signer: Signer,
    journal_signer: Signer,
    keys: Mutex<Keys>,
    /// What verified bundles say, by the hash of the bundle, the last first.
    verified: Mutex<Vec<(Hash, Arc<Facts>)>>,
    unlocked: Mutex<shares::Unlocked>,
    budget: Mutex<Budget>,
    tips: Mutex<Tips>,
    policy: OpeningPolicy,
    /// The machine's own: a year that the web side named would be no bound.
    clock: Clock,
    since: Timestamp,
    /// Whether a key was destroyed since then.
    has_erased: AtomicBool,
    post: post::Post,
}

impl Keeper {
    /// Opens the key folder and makes the site's keys at the first start.
    pub(super) fn open(
        folder: &Path,
        site: &str,
        policy: OpeningPolicy,
    ) -> Result<Keeper, OpenError> {
        let keys = Keys::open(folder)?;
        let seed = keys.obtain(SIGNING)?;
        keys.obtain(LOOKUP)?;
        keys.obtain(TOKEN)?;
        keys.obtain(STAFF)?;
        let signer = Signer::new(site, *seed)?;
        let journal_signer = signer.with_name(&format!("{site}/journal"))?;
        Ok(Keeper {
            signer,
            journal_signer,
            keys: Mutex::new(keys),
            verified: Mutex::default(),
            unlocked: Mutex::default(),
            budget: Mutex::default(),
            tips: Mutex::default(),
            policy,
            since: Clock::system().now(),
            has_erased: AtomicBool::new(false),
            clock: Clock::system(),
            post: post::Post::default(),
        })
    }

    /// When it was opened.
    pub(super) fn since(&self) -> Timestamp {
        self.since
    }

    /// Whether memory may still hold what belonged to a key that is gone, and nobody is about to
    /// be disturbed: it is this hour of the day in Taipei.
    pub(super) fn may_start_anew(&self, quiet_hour: u8) -> bool {
        let hour = crate::platform::text::dates::hour(self.clock.now().0);
        self.has_erased.load(Ordering::SeqCst) && hour == quiet_hour
    }

    /// The same keeper with a way to the mail server.
    pub(super) fn with_mail(mut self, mailer: Option<Mailer>) -> Keeper {
        self.post = post::Post::over(mailer);
        self
    }

    /// A number for somebody who will ask; lines to the mail server belong to one caller.
    pub(super) fn greet_caller(&self) -> u64 {
        self.post.next_caller()
    }

    /// A caller is gone, and with it the lines it held.
    pub(super) fn forget_caller(&self, caller: u64) {
        self.post.drop_lines(caller);
    }

    /// Answers one message of the only caller.
    pub(super) fn answer(&self, request: Request) -> Result<Reply, Refusal> {
        self.answer_to(0, request)
    }

    /// Answers one message of a caller.
    pub(super) fn answer_to(&self, caller: u64, request: Request) -> Result<Reply, Refusal> {
        match request {
            Request::Vkey => Ok(Reply::Text(self.signer.vkey())),
            Request::SignNote { text } => self.sign_note(&text),
            Request::SignCheckpoint { of, text, growth } => {
                self.sign_checkpoint(of, &text, &growth)
            }
            Request::Released { of, signed } => self.released(of, &signed),
            Request::Tip { origin } => self.tip(&origin),
            Request::CreateActivity { activity } => self.create_activity(&activity),
            Request::Promise {
                activity,
                manifests,
            } => self.promise(&activity, &manifests),
            Request::Succeed { activity, manifest } => self.succeed(&activity, &manifest),
            Request::PromisePlaces { activity, places } => self.promise_places(&activity, places),
            Request::PromiseSecret { activity, draw } => {
                let name = secret_name(&activity, &draw)?;
                self.was_never_erased(&activity)?;
                let secret = self.keys().obtain(&name).map_err(storage)?;
                Ok(Reply::Hash(operator_commitment(&secret).0))
            }
            Request::RevealSecret {
                activity,
                draw,
                manifest,
                freeze,
            } => self.reveal_secret(&secret_name(&activity, &draw)?, &manifest, &freeze),
            Request::Each(briefs) => {
                let mut questions = self.questions();
                let each = briefs.into_iter().map(|brief| questions.answer(brief));
                Ok(Reply::Each(each.collect()))
            }
            Request::MatchId {
                activity,
                subject,
                tag,
            } => {
                let shown = self.questions().tag(&activity, &subject, Asked::Match)?;
                Ok(Reply::Holds(shown.0.ct_eq(&tag).into()))
            }
            Request::OpenOwnCopy {
                of,
                activity,
                entry,
                input,
                sealed,
            } => {
                let place = (activity.as_str(), entry.as_str());
                opened(self.questions().open_own_copy(of, place, &input, &sealed)?)
            }
            Request::OpenAnswers { activity, boxes } => self.open_answers(&activity, &boxes),
            Request::ResealAnswers { activity, boxes } => self.reseal_answers(&activity, &boxes),
            Request::OpenWinners {
                activity,
                purpose,
                bundle,
                boxes,
            } => self.open_winners(&activity, &purpose, &bundle, &boxes),
            Request::CreateScope { scope } => self.create_scope(&scope),
            Request::OpenInScope {
                scope,
                purpose,
                boxes,
            } => self.open_in_scope(&scope, &purpose, &boxes),
            Request::CloseReader { of, item } => self.close_reader(of, &item),
            Request::OpenMember { boxes } => self.open_member(&boxes),
            Request::OpenShared {
                activity,
                provider,
                boxes,
            } => self.open_shared(&activity, &provider, &boxes),
            Request::OpenNamed {
                place,
                ground,
                boxes,
            } => self.open_named(&place, &ground, &boxes),
            Request::Rehouse {
                activity,
                to,
                boxes,
            } => self.rehouse(&activity, &to, &boxes),
            Request::CreateShares { activity } => self.create_shares(&activity),
            Request::DropShares { activity } => self.drop_shares(&activity),
            Request::Unlock {
                activity,
                share,
                by,
                now,
            } => self.unlock(&activity, share, by, now),
            Request::Lock { activity } => self.lock(&activity),
            Request::HowLocked { activity, now } => self.how_locked(&activity, now),
            Request::CountOpenings { activity } => {
                let count = ledger::count(self.keys().folder(), checked(&activity)?);
                Ok(Reply::Count(count.map_err(|error| storage(error.into()))?))
            }
            Request::Erase { activity } => self.erase(&activity),
            Request::HoldsKey { activity } => {
                let name = checked(&activity)?;
                Ok(Reply::Holds(self.keys().holds(name).map_err(storage)?))
            }
            Request::WasErased { activity } => {
                let name = checked(&activity)?;
                Ok(Reply::Holds(self.keys().was_erased(name).map_err(storage)?))
            }
            Request::RotateKeys => {
                let mut keys = self.keys();
                keys.rotate().map_err(storage)?;
                Ok(Reply::Count(keys.epoch()))
            }
            Request::FileSystem => Ok(Reply::FileSystem(FileSystem::of(self.keys().folder()))),
            Request::Traces { activity, needles } => self.traces(&activity, &needles),
            Request::Mail(mail) => self.mail(caller, mail).map(Reply::Mail),
        }
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unlocked(&self) -> MutexGuard<'_, shares::Unlocked> {
        self.unlocked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The secret of an activity, read from its file for this one message; without L_A.
    fn secret<'a>(&self, activity: &'a str) -> Result<ActivitySecret<'a>, Refusal> {
        let name = checked(activity)?;
        let secret = self.keys().read(name).map_err(storage)?;
        Ok(ActivitySecret {
            activity,
            secret: secret.ok_or(Refusal::NoKey)?,
            librarians: Zeroizing::new([0; 32]),
        })
    }

    fn create_activity(&self, activity: &str) -> Result<Reply, Refusal> {
        let name = checked(activity)?;
        if scope::is_scope(name) {
            return Err(Refusal::Name);
        }
        self.create(name)
    }

    /// Nothing is made under the name of a key that was destroyed.
    fn was_never_erased(&self, name: &str) -> Result<(), Refusal> {
        match self.keys().was_erased(name).map_err(storage)? {
            true => Err(Refusal::NoKey),
            false => Ok(()),
        }
    }

    fn create(&self, name: &str) -> Result<Reply, Refusal> {
        let activity = name;
        self.was_never_erased(name)?;
        let secret = self.keys().obtain(name).map_err(storage)?;
        let secret = ActivitySecret {
            activity,
            secret,
            librarians: Zeroizing::new([0; 32]),
        };
        Ok(Reply::Keys {
            notify: match self.shared_public(name)? {
                Some(notify) => notify,
                None => secret.public(Scope::Notify),
            },
            answers: secret.public(Scope::Answers),
            tag_key: ticket::tag_key_commitment(&secret.tag_key()).0,
        })
    }

    fn erase(&self, activity: &str) -> Result<Reply, Refusal> {
        let name = checked(activity)?;
        self.unlocked().forget(name);
        // What a verified bundle says holds tags; it is read again where it is still needed.
        self.verified
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        self.budget
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .forget(name);
        self.has_erased.store(true, Ordering::SeqCst);
        let mut keys = self.keys();
        let before = keys.epoch();
        keys.erase(name).map_err(storage)?;
        Ok(Reply::Shredded(Shredded {
            method: SHRED_METHOD.to_owned(),
            file_system: FileSystem::of(keys.folder()),
            kek_epoch_before: before,
            kek_epoch_after: keys.epoch(),
        }))
    }
}

fn private(plain: Option<Zeroizing<Vec<u8>>>) -> Result<Private, Refusal> {
    let mut plain = plain.ok_or(Refusal::Broken)?;
    Ok(Private(std::mem::take(&mut *plain)))
}

fn opened(plain: Option<Zeroizing<Vec<u8>>>) -> Result<Reply, Refusal> {
    private(plain).map(Reply::Opened)
}

/// A file name is made of it, and the separators of derivation texts must not occur in it.
fn checked(activity: &str) -> Result<&str, Refusal> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let fits = (1..=64).contains(&activity.len()) && activity.bytes().all(plain);
    fits.then_some(activity).ok_or(Refusal::Name)
}

/// The name of a draw's own secret among the keys; it belongs to the activity's key and dies with it.
fn secret_name(activity: &str, draw: &str) -> Result<String, Refusal> {
    Ok(keys::belonging(checked(activity)?, checked(draw)?))
}

/// Logged here, because the reason cannot cross the boundary.
fn storage(error: KeyError) -> Refusal {
    tracing::error!(
        error = &error as &dyn std::error::Error,
        "the key folder failed"
    );
    Refusal::Storage
}
