//! `fairdraw demo`: a library in a temporary folder with activities in every state.
//!
//! Invariant: everything is made by the same verbs that staff and patrons use; only time is moved.
//! People are made up, ID numbers are synthetic, the beacon rounds are real recorded ones. The
//! demo's clock goes on from a fixed day, so that it looks the same whenever it is run; every page
//! says so.

mod made_up;
mod stagehand;

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use lucky_draw::beacon::{Beacon, Chain, QUICKNET};
use lucky_draw::ticket::Secret;
use zeroize::Zeroizing;

use crate::account::name::StaffName;
use crate::account::passphrase::{self, Passphrase};
use crate::account::{self, Role};
use crate::app::App;
use crate::audit::StaffId;
use crate::draw::beacon::{HttpRelays, Relays, Trouble};
use crate::platform::clock::{Clock, Timestamp};
use crate::platform::ids;
use crate::{journal, purge};

use super::{Stop, serve};
use stagehand::Stagehand;

/// What can be set on the command line.
#[derive(Args)]
pub(super) struct Arguments {
    /// Entries in the finished draw; the others have fewer.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(50..=200_000))]
    entries: u32,
    /// Stop after preparing: print the lines and delete everything.
    #[arg(long)]
    prepare_only: bool,
}

/// 2026-09-03T10:00+08:00, two days after the younger of the recorded rounds.
const TODAY: Timestamp = Timestamp(1_788_400_800_000);

/// Before everything that the demo lives through: what comes by itself is set up at this moment.
const LONG_AGO: Timestamp = Timestamp(1_748_736_000_000);

/// Real quicknet rounds and their signatures.
const RECORDED: [(u64, &str); 2] = [
    (
        20_905_307,
        "8a60486975062d9f06633c284cf1a7b46fb343f56f329f180530ca40a9e86320244f4fbfc37ae866cf25ef499665a31f",
    ),
    (
        31_799_517,
        "b7a6d29a93f17085866bf67bed95be9c3b46fd74e7cab12bbf91340f27d99ecc83bc5d46ff4b2b4c6f28aa975bf69fcc",
    ),
];

/// Recorded rounds first, the real relays for others.
struct RecordedRounds {
    relays: HttpRelays,
}

impl Relays for RecordedRounds {
    fn fetch(&self, chain: &Chain, round: u64) -> Result<Beacon, Trouble> {
        match RECORDED.iter().find(|(known, _)| *known == round) {
            Some((_, signature)) if chain.hash == QUICKNET.hash => {
                Beacon::from_hex(chain, round, signature).map_err(|_| Trouble::Unreadable)
            }
            _ => self.relays.fetch(chain, round),
        }
    }
}

/// Prepares the library, prints where to look, and serves it until it is told to stop.
pub(super) fn run(arguments: &Arguments) -> Result<(), Stop> {
    let folder = Folder::fresh()?;
    let (figment, mut config) = super::configured()?;
    config.data = folder.0.join("data");
    config.keys = folder.0.join("keys");
    config.database_url = String::new();
    config.public_origin = String::new();
    // Whoever looks around has no telephone ready.
    config.staff_second_factor = false;
    let clock = Clock::standing_at(LONG_AGO);
    let relays = RecordedRounds {
        relays: HttpRelays::over_https(&config.relays)?,
    };
    let vault = super::vault(&config)?;
    let app = App::open_with(config, clock.clone(), Arc::new(relays), vault)?;
    let library = Library::prepare(&app, arguments.entries)?;
    clock.run_from(TODAY);
    purge::jobs::ensure(&app.db)?;
    journal::jobs::ensure(&app.db)?;
    println!("url: {}", serve::origin(&app.config, &figment));
    for (role, name, passphrase) in &library.staff {
        println!("{role}: {name} {}", passphrase.as_str());
    }
    println!("second-step: off in the demo; a real site asks staff for a code as well");
    println!("open: /a/{}", library.open);
    println!("drawn: /d/{}", library.drawn);
    println!("purged: /d/{}", library.purged);
    println!("sessions: /a/{}", library.sessions);
    println!("pools: /a/{}", library.pools);
    println!("shared: /a/{}", library.shared);
    println!("seats: /a/{}", library.seats.0);
    println!("offered: {}", library.seats.1.grouped());
    println!("news: /news/{}", library.news);
    if arguments.prepare_only {
        return Ok(());
    }
    eprintln!(
        "This is a demonstration in {}; it is deleted when you stop it (Ctrl-C).",
        folder.0.display()
    );
    serve::launch(&app, figment, || Ok(()))
}

/// A temporary folder that goes with the demo.
struct Folder(PathBuf);

impl Folder {
    fn fresh() -> Result<Folder, std::io::Error> {
        let path = std::env::temp_dir().join(format!("fairdraw-demo-{}", ids::code(8)));
        std::fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        remove(&self.0);
    }
}

fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_dir_all(path) {
        tracing::warn!(%error, "the demo's folder could not be removed");
    }
}

/// What the demo prints.
struct Library {
    /// What each is printed as, the name for signing in, the passphrase.
    staff: Vec<(&'static str, &'static str, Zeroizing<String>)>,
    open: String,
    drawn: String,
    purged: String,
    sessions: String,
    pools: String,
    shared: String,
    /// Where places are given, and the receipt code of somebody who is offered one.
    seats: (String, Secret),
    /// An issue of the newsletter that was sent.
    news: &'static str,
}

impl Library {
    fn prepare(app: &App, entries: u32) -> Result<Library, Stop> {
        let (by, secret) = member(app, "demo", Role::Admin)?;
        let mut staff = vec![("staff", "demo", secret)];
        let total = u64::from(entries) + u64::from(entries / 2) + 538;
        let bar = ProgressBar::new(total).with_style(
            ProgressStyle::with_template("preparing the library {bar:24} {pos}/{len} entries")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        let mut hand = Stagehand::new(app, by, bar.clone());
        let purged = hand.whole_life(entries / 2)?;
        let drawn = hand.finished_draw(entries)?;
        let sessions = hand.three_sessions()?;
        let open = hand.present_day()?;
        let pools = hand.two_pools()?;
        let shared = hand.shared_draw()?;
        let seats = hand.story_hour()?;
        let news = hand.newsletter()?;
        let mut officers = None;
        for (printed, name, role) in [
            ("librarian", "librarian", Role::Librarian),
            ("drawofficer", "draw-officer", Role::DrawOfficer),
            ("officer", "officer", Role::PrivacyOfficer),
            ("accountant", "accountant", Role::Accountant),
            ("auditor", "auditor", Role::Auditor),
        ] {
            let (id, secret) = member(app, name, role)?;
            if role == Role::PrivacyOfficer {
                officers = Some(id);
            }
            staff.push((printed, name, secret));
        }
        if let Some(officer) = officers {
            hand.keeping(&drawn, &officer)?;
        }
        bar.finish_and_clear();
        Ok(Library {
            staff,
            open,
            drawn,
            purged,
            sessions,
            pools,
            shared,
            seats,
            news,
        })
    }
}

/// Somebody who works here, with a passphrase made for this demo.
fn member(app: &App, name: &str, role: Role) -> Result<(StaffId, Zeroizing<String>), Stop> {
    let secret = Zeroizing::new(ids::code(20));
    let name = StaffName::parse(name).expect("the demo's names are names");
    let long_enough = Passphrase::parse(&secret, &name).expect("20 random characters are enough");
    let hash = passphrase::hash(&long_enough);
    let id = app.db.write_now("demo: staff", |tx| {
        account::create_staff(tx, &name, &hash, &[role])
    })?;
    Ok((id, secret))
}
