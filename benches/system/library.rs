//! A library with a draw that is open for entry, and the forms of the people of a town.

use std::path::Path;

use fairdraw::activity::stage::Draft;
use fairdraw::activity::{self, draft::Details};
use fairdraw::activity::{Activity, ActivityId, AskedField, Field, Kind, LocalText, draft};
use fairdraw::audit::StaffId;
use fairdraw::draw::{self, PlanDetails, PrizeDetails, SourceDetails, Terms, tax::RuleBook};
use fairdraw::identity::national_id;
use fairdraw::platform::clock::{Clock, DAY, HOUR, Timestamp};
use fairdraw::platform::config::Config;
use fairdraw::platform::db::{Db, Target};
use fairdraw::policy;
use fairdraw::vault::Vault;

/// The name of the site's signing key.
pub const SITE: &str = "localhost";

/// The address of the draw's activity.
pub const SLUG: &str = "rush";

/// What a draw is to be.
pub struct Wanted {
    /// The address of its activity.
    pub slug: &'static str,
    /// How many prizes there are.
    pub prizes: u32,
    /// What decides it; the usual source if it is empty.
    pub sources: Vec<SourceDetails>,
}

/// Makes the tables and a published draw that takes entries now.
pub fn set_out(target: Target, keys: &Path, site: &str, clock: &Clock) -> ActivityId {
    let db = Db::open(target, clock.clone()).expect("the database opens");
    let vault = Vault::open(keys, site).expect("a key folder");
    let wanted = Wanted {
        slug: SLUG,
        prizes: 1_000,
        sources: Vec::new(),
    };
    publish(&db, &vault, &wanted)
}

/// When a draw that is set out at `now` closes, is frozen and takes place.
pub fn moments(now: Timestamp) -> [Timestamp; 3] {
    let draws_at = now.plus(12 * DAY);
    [now.plus(10 * DAY), draws_at.plus(-HOUR), draws_at]
}

/// A published draw that takes entries now.
pub fn publish(db: &Db, vault: &Vault, wanted: &Wanted) -> ActivityId {
    let by = StaffId::fresh();
    let now = db.clock().now();
    let [closes_at, freezes_at, draws_at] = moments(now);
    let words = |zh: &str, en: &str| LocalText::new(zh, en);
    let details = Details {
        slug: wanted.slug.to_owned(),
        kind: Kind::Draw,
        title: words("秋日閱讀抽獎", "Autumn reading draw"),
        text: words("讀完一本書就可以參加。", "Read a book and take part."),
        rules: words("本館館員不參加。", "Staff do not take part."),
        opens_at: now.plus(-HOUR),
        closes_at,
        freezes_at,
        draws_at,
        claim_days: 14,
        retention_days: 60,
        answers_linked: false,
    };
    let id = db
        .write_now("create", |tx| Activity::<Draft>::create(tx, &by, &details))
        .expect("a draft is made")
        .id
        .clone();
    let version = |id: &ActivityId| {
        let facts = db.read_now("read", |tx| activity::by_id(tx, id));
        facts.expect("it is there").version
    };
    let fields = [
        Field::Name,
        Field::NationalId,
        Field::Phone,
        Field::Email,
        Field::Address,
    ];
    let asked: Vec<AskedField> = fields
        .into_iter()
        .map(|field| AskedField {
            field,
            required: true,
            purpose: match field {
                Field::NationalId => words("一人一份", "One entry a person"),
                other => policy::usual_purpose(other),
            },
        })
        .collect();
    let at = version(&id);
    db.write_now("ask", |tx| draft::save_asked(tx, &by, &id, at, &asked))
        .expect("the fields are saved");
    let at = version(&id);
    let plan = plan(wanted);
    db.write_now("plan", |tx| draw::save_plan(tx, &by, &id, None, at, &plan))
        .expect("the plan is saved");
    let keys = vault
        .create_activity(id.as_str())
        .expect("the vault makes keys");
    db.write_now("publish", |tx| {
        let draft: Activity<Draft> = Activity::at(activity::by_id(tx, &id)?)?;
        let asked = activity::asked_fields(tx, &id)?;
        let codes = policy::codes::Codes::usual(draft.kind);
        let notice = policy::notice(&draft, &asked, &codes, &Config::default());
        let terms = Terms {
            keys: keys.clone(),
            notice,
            tax: RuleBook::default(),
        };
        draw::publish(tx, vault, &by, draft, &terms).map(drop)
    })
    .expect("nothing is missing");
    id
}

fn plan(wanted: &Wanted) -> PlanDetails {
    let usual = PlanDetails::suggested();
    PlanDetails {
        prizes: vec![PrizeDetails {
            slug: String::new(),
            name: LocalText::new("圖書禮券", "Book voucher"),
            units: wanted.prizes,
            value_twd: 500,
        }],
        reserves: 10,
        wins_per_person: 1,
        tickets_per_person: 1,
        sources: match wanted.sources.is_empty() {
            true => usual.sources.clone(),
            false => wanted.sources.clone(),
        },
        ..usual
    }
}

/// What the person of a number types, as the body of a form without its token.
pub fn form(person: u64) -> String {
    let id = national_id::synthetic_citizen(person);
    format!(
        "name=%E7%8E%8B%E5%B0%8F%E6%98%8E&national_id={}&phone=0912-345-678\
         &email=person{person}%40mailbox.example&postal_code=106&county=%E8%87%BA%E5%8C%97%E5%B8%82\
         &district=%E5%A4%A7%E5%AE%89%E5%8D%80&address=%E5%BB%BA%E5%9C%8B%E5%8D%97%E8%B7%AF%E4%BA%8C\
         %E6%AE%B5{person}%E8%99%9F&consent=yes",
        id.as_str()
    )
}

/// The value of a hidden field of a page.
pub fn hidden(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let rest = page.split(&mark).nth(1).unwrap_or_default();
    rest.split('"').next().unwrap_or_default().to_owned()
}
