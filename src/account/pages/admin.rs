//! The administration: who works here. Its first page is the desk's.

use rocket::{State, get, post};

use crate::account::guard::{Admin, Confirmed, Door, Here};
use crate::account::name::StaffName;
use crate::account::setup;
use crate::account::token::Token;
use crate::account::wire::elsewhere::ProviderView;
use crate::account::wire::factor::SecondView;
use crate::account::wire::{self, AccountView, InviteView, LinkView, StaffListView, StaffView};
use crate::account::{self, Error, StaffId, elsewhere, factor, session};
use crate::audit::Actor;
use crate::branch::{self, Branch};
use crate::platform::db::{Db, Tx};
use crate::platform::text::Language;
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};

#[get("/admin/staff")]
pub(super) async fn list(lang: Language, _admin: Admin, db: &State<Db>) -> AppResult<Page> {
    let accounts = db.read("list staff", account::list).await?;
    let accounts = accounts
        .iter()
        .map(|account| AccountView::of(lang, account))
        .collect();
    Ok(Page::new(lang, "account/list", StaffListView { accounts }))
}

#[get("/admin/staff/new")]
pub(super) async fn invite_page(lang: Language, _admin: Admin, db: &State<Db>) -> AppResult<Page> {
    let branches = branches(db).await?;
    let empty = FormFields::default();
    Ok(invite_form(lang, &empty, &branches, Mistakes::new()))
}

async fn branches(db: &Db) -> Result<Vec<Branch>, branch::Error> {
    db.read("list branches", branch::all).await
}

#[post("/admin/staff/new", data = "<form>")]
pub(super) async fn invite(
    lang: Language,
    admin: Admin,
    db: &State<Db>,
    _confirmed: Confirmed,
    here: Here<'_>,
    form: FormFields,
) -> AppResult<Page> {
    let mut mistakes = Mistakes::new();
    let name = wire::read_name(lang, &form, &mut mistakes);
    let branches = branches(db).await?;
    let granted = wire::read_grants(lang, &form, &branches, &mut mistakes);
    let (Some(name), Some((roles, reach))) = (name, granted) else {
        return Ok(invite_form(lang, &form, &branches, mistakes).again());
    };
    let (token, actor) = (Token::fresh(), admin.0.actor());
    let (link, invited) = (token.clone(), name.clone());
    let made = db
        .write("invite staff", move |tx| {
            account::invite(tx, &actor, &invited, &roles, &reach, &link)
        })
        .await;
    match made {
        Err(Error::NameTaken) => {
            wire::name_taken(lang, &mut mistakes);
            return Ok(invite_form(lang, &form, &branches, mistakes).again());
        }
        made => made?,
    };
    Ok(link_page(lang, db, &here, &name, &token))
}

fn invite_form(lang: Language, form: &FormFields, branches: &[Branch], mistakes: Mistakes) -> Page {
    let view = InviteView {
        name: form.value("name").to_owned(),
        chosen: wire::ticked_codes(form),
        roles: wire::role_choices(lang),
        branches: wire::branch_choices(lang, branches),
        chosen_branches: form
            .values("branch")
            .into_iter()
            .map(str::to_owned)
            .collect(),
        mistakes,
    };
    Page::new(lang, "account/invite", view)
}

#[get("/admin/staff/<id>?<done>")]
pub(super) async fn one(
    door: Door<'_>,
    _admin: Admin,
    id: &str,
    done: Option<&str>,
) -> AppResult<Page> {
    let done = done.and_then(|code| wire::done_words(door.lang, code));
    Ok(staff_page(&door, StaffId::from(id), done, Mistakes::new()).await?)
}

async fn staff_page(
    door: &Door<'_>,
    id: StaffId,
    done: Option<String>,
    mistakes: Mistakes,
) -> Result<Page, Error> {
    let (lang, now) = (door.lang, door.db.clock().now());
    let branches = branches(&door.db).await?;
    let (account, sessions, second, linked) = door
        .db
        .read("find staff", move |tx| {
            let account = account::find(tx, &id)?;
            let (sessions, second) = (session::list(tx, &id)?, factor::state(tx, &id)?);
            Ok::<_, Error>((account, sessions, second, elsewhere::linked(tx, &id)?))
        })
        .await?;
    let provider = door.provider.as_deref();
    let view = StaffView {
        elsewhere: provider.map(|provider| ProviderView::of(lang, provider, linked)),
        second: SecondView::of(lang, second),
        chosen: wire::role_codes(&account.roles),
        roles: wire::role_choices(lang),
        branches: wire::branch_choices(lang, &branches),
        chosen_branches: wire::branch_ids(&account.reach),
        reach: wire::reach_line(lang, &account.reach, &branches),
        sessions: sessions.len(),
        locked_until: (account.locked_until > now).then_some(account.locked_until.0),
        account: AccountView::of(lang, &account),
        done,
        mistakes,
    };
    Ok(Page::new(lang, "account/staff", view))
}

#[post("/admin/staff/<id>/role", data = "<form>")]
pub(super) async fn set_role(
    door: Door<'_>,
    admin: Admin,
    _confirmed: Confirmed,
    id: &str,
    form: FormFields,
) -> AppResult<Reply> {
    let (lang, db) = (door.lang, &door.db);
    let mut mistakes = Mistakes::new();
    let branches = branches(db).await?;
    let granted = wire::read_grants(lang, &form, &branches, &mut mistakes);
    let Some((roles, reach)) = granted else {
        let page = staff_page(&door, StaffId::from(id), None, mistakes).await?;
        return Ok(page.again().at(format!("/admin/staff/{id}")).into());
    };
    let change = move |tx: &mut Tx, actor: &Actor, staff: &StaffId| {
        account::set_roles(tx, actor, staff, &roles, &reach)
    };
    Ok(carry_out(lang, &admin, db, id, "role", change).await?)
}

#[post("/admin/staff/<id>/disable")]
pub(super) async fn disable(
    lang: Language,
    admin: Admin,
    db: &State<Db>,
    _confirmed: Confirmed,
    id: &str,
) -> AppResult<Reply> {
    Ok(carry_out(lang, &admin, db, id, "disabled", account::disable).await?)
}

#[post("/admin/staff/<id>/enable")]
pub(super) async fn enable(
    lang: Language,
    admin: Admin,
    db: &State<Db>,
    _confirmed: Confirmed,
    id: &str,
) -> AppResult<Reply> {
    Ok(carry_out(lang, &admin, db, id, "enabled", account::enable).await?)
}

/// A lost telephone. The owner is told when signing in.
#[post("/admin/staff/<id>/second-step", data = "<form>")]
pub(super) async fn reset_factor(
    door: Door<'_>,
    admin: Admin,
    _confirmed: Confirmed,
    id: &str,
    form: FormFields,
) -> AppResult<Reply> {
    let (lang, db) = (door.lang, &door.db);
    let mut mistakes = Mistakes::new();
    let Some(reason) = wire::factor::read_reason(lang, &form, &mut mistakes) else {
        let page = staff_page(&door, StaffId::from(id), None, mistakes).await?;
        let typed = page.again().at(format!("/admin/staff/{id}"));
        return Ok(typed.into());
    };
    let change =
        move |tx: &mut Tx, actor: &Actor, staff: &StaffId| factor::reset(tx, actor, staff, &reason);
    Ok(carry_out(lang, &admin, db, id, "reset", change).await?)
}

#[post("/admin/staff/<id>/end-sessions")]
pub(super) async fn end_sessions(
    lang: Language,
    admin: Admin,
    db: &State<Db>,
    _confirmed: Confirmed,
    id: &str,
) -> AppResult<Reply> {
    Ok(carry_out(lang, &admin, db, id, "sessions", account::end_sessions).await?)
}

/// Changes an account and shows it again, with what was done.
async fn carry_out<F>(
    lang: Language,
    admin: &Admin,
    db: &Db,
    id: &str,
    done: &'static str,
    change: F,
) -> Result<Reply, Error>
where
    F: Fn(&mut Tx, &Actor, &StaffId) -> Result<(), Error> + Send + 'static,
{
    let (actor, staff) = (admin.0.actor(), StaffId::from(id));
    db.write("change staff", move |tx| change(tx, &actor, &staff))
        .await?;
    Ok(Reply::go(lang, &format!("/admin/staff/{id}?done={done}")))
}

#[post("/admin/staff/<id>/link")]
pub(super) async fn renew_link(
    lang: Language,
    admin: Admin,
    db: &State<Db>,
    _confirmed: Confirmed,
    here: Here<'_>,
    id: &str,
) -> AppResult<Page> {
    let (token, actor, staff) = (Token::fresh(), admin.0.actor(), StaffId::from(id));
    let link = token.clone();
    let account = db
        .write("renew link", move |tx| {
            account::renew_link(tx, &actor, &staff, &link)?;
            account::find(tx, &staff)
        })
        .await?;
    let name = StaffName::parse(&account.name).map_err(|_| Error::Unknown)?;
    Ok(link_page(lang, db, &here, &name, &token))
}

/// The one time that a link is shown.
fn link_page(lang: Language, db: &Db, here: &Here<'_>, name: &StaffName, token: &Token) -> Page {
    let view = LinkView {
        name: name.as_str().to_owned(),
        address: format!("{}{}", here.origin(), lang.url(&setup::path(token))),
        ends_at: db.clock().now().plus(setup::INVITATION).0,
    };
    Page::new(lang, "account/link", view).at("/admin/staff")
}
