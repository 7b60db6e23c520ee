//! The second step of signing in: the code, setting a telephone up, recovery codes.
//!
//! Invariant: until the second step is right the browser holds no session; the page carries what the
//! passphrase has brought, sealed by the vault.

use super::entrance::{go_on, lead_to_sign_in};
use crate::account::factor::{self, Half, RecoveryCodes, Setting, Typed};
use crate::account::guard::Door;
use crate::account::passkey::{self, Occasion};
use crate::account::sign_in::{self, Outcome};
use crate::account::token::Token;
use crate::account::wire::factor::{CodeView, FactorView, RecoveryView};
use crate::account::wire::passkey::AskedView;
use crate::account::wire::{self, Why};
use crate::account::{self, Error, StaffId};
use crate::platform::watch::Sign;
use crate::platform::web::error::AppResult;
use crate::platform::web::form::{FormFields, Mistakes};
use crate::platform::web::page::{Page, Reply};

/// Where both steps are sent.
const SIGN_IN: &str = "/staff/sign-in";

/// After the right passphrase: the code, or the set-up where there is none.
pub(super) async fn ask(door: &Door<'_>, half: Half, next: &str) -> Result<Page, Error> {
    let staff = half.staff.clone();
    let kept = door
        .db
        .read("find second step", move |tx| factor::of(tx, &staff))
        .await?;
    if kept.is_none() {
        let setting = Setting::fresh(half, factor::mark(None));
        return set_up_page(door, &setting, SIGN_IN, next, Mistakes::new()).await;
    }
    let sealed = half.seal(&door.vault, door.db.clock().now()).await?;
    code_page(door, &half.staff, sealed, next, Mistakes::new()).await
}

async fn code_page(
    door: &Door<'_>,
    staff: &StaffId,
    half: String,
    next: &str,
    mistakes: Mistakes,
) -> Result<Page, Error> {
    let passkey = ask_for_passkey(door, staff, &Occasion::half(&half)).await?;
    let view = CodeView {
        half,
        next: next.to_owned(),
        passkey,
        mistakes,
    };
    let page = Page::new(door.lang, "account/code", view);
    Ok(page.no_store().at(SIGN_IN))
}

/// What the browser is asked in the place of a code, where that is possible.
pub(super) async fn ask_for_passkey(
    door: &Door<'_>,
    staff: &StaffId,
    occasion: &Occasion,
) -> Result<Option<AskedView>, Error> {
    let Some(party) = door.relying_party() else {
        return Ok(None);
    };
    let asked = passkey::ask(&door.db, &door.vault, &party, staff, occasion).await?;
    Ok(asked.map(AskedView::from))
}

/// Compares the code or the passkey that was sent with what is kept; nothing is taken yet.
pub(super) async fn compare(
    door: &Door<'_>,
    staff: &StaffId,
    occasion: &Occasion,
    form: &FormFields,
) -> Result<Typed, Error> {
    let (db, vault) = (&door.db, &door.vault);
    match (wire::passkey::answered(form), door.relying_party()) {
        (None, _) => factor::compare(db, vault, staff, form.value("proof_code")).await,
        (Some(sent), Some(party)) => {
            passkey::compare(db, vault, &party, (staff, occasion), sent).await
        }
        (Some(_), None) => Ok(Typed::Nothing),
    }
}

/// The words for it where it was wrong.
pub(super) fn refused(door: &Door<'_>, form: &FormFields) -> Mistakes {
    match wire::passkey::answered(form) {
        Some(_) => wire::passkey::refused(door.lang),
        None => wire::factor::code_refused(door.lang),
    }
}

/// The page with the secret; `action` is where its form goes.
pub(super) async fn set_up_page(
    door: &Door<'_>,
    setting: &Setting,
    action: &str,
    next: &str,
    mistakes: Mistakes,
) -> Result<Page, Error> {
    let staff = setting.half.staff.clone();
    let (account, state) = door
        .db
        .read("find second step", move |tx| {
            let account = account::find(tx, &staff)?;
            Ok::<_, Error>((account, factor::state(tx, &staff)?))
        })
        .await?;
    let sealed = setting.seal(&door.vault, door.db.clock().now()).await?;
    let address = wire::factor::otpauth(&door.config.library_zh, &account.name, &setting.secret());
    let view = FactorView {
        action: action.to_owned(),
        setting: sealed,
        next: next.to_owned(),
        qr: crate::platform::web::qr::QrView::of(&address),
        address,
        secret: factor::grouped(&setting.secret()),
        name: account.name,
        reset_at: state.reset_at.map(|at| at.0),
        replaces: action != SIGN_IN,
        mistakes,
    };
    let back = match view.replaces {
        true => "/staff/account",
        false => SIGN_IN,
    };
    let page = Page::new(door.lang, "account/factor", view);
    Ok(page.no_store().at(back))
}

/// The second step of signing in was sent.
pub(super) async fn give_code(door: &Door<'_>, form: &FormFields) -> AppResult<Reply> {
    let (lang, next) = (door.lang, form.value("next"));
    let now = door.db.clock().now();
    let half = match Half::open(&door.vault, now, form.value("half")).await {
        Err(Error::StepGone) => return Ok(begin_anew(door, next)),
        half => half?,
    };
    let staff = half.staff.clone();
    let occasion = Occasion::half(form.value("half"));
    let typed = compare(door, &staff, &occasion, form).await?;
    let by_recovery = matches!(typed, Typed::Recovery(_));
    let (token, earlier) = (Token::fresh(), door.jar.token().map(|token| token.hash()));
    let opened = token.hash();
    let tried = door.db.write("sign in", move |tx| {
        sign_in::second_step(tx, &half, &typed, &opened, earlier.as_ref())
    });
    if tried.await? == Outcome::Refused {
        let (half, mistakes) = (form.value("half").to_owned(), refused(door, form));
        let page = code_page(door, &staff, half, next, mistakes).await?;
        return Ok(page.again().noticed(Sign::SecondStep).into());
    }
    door.jar.give(&token);
    if by_recovery {
        return Ok(Reply::go(lang, "/staff/account?done=recovery"));
    }
    Ok(go_on(lang, wire::next(next)))
}

fn begin_anew(door: &Door<'_>, next: &str) -> Reply {
    lead_to_sign_in(door.lang, wire::next(next), Some(Why::Slow))
}

/// The first code of a new telephone was sent, by somebody who is not in yet.
pub(super) async fn set_up(door: &Door<'_>, form: &FormFields) -> AppResult<Reply> {
    let next = form.value("next");
    let now = door.db.clock().now();
    let setting = match Setting::open(&door.vault, now, form.value("setting")).await {
        Err(Error::StepGone) => return Ok(begin_anew(door, next)),
        setting => setting?,
    };
    let typed = form.value("proof_code");
    let Some((sealed, step)) = setting.prove(&door.vault, typed, now).await? else {
        let mistakes = wire::factor::code_differs(door.lang);
        let page = set_up_page(door, &setting, SIGN_IN, next, mistakes).await?;
        return Ok(page.again().into());
    };
    let (token, earlier) = (Token::fresh(), door.jar.token().map(|token| token.hash()));
    let (opened, half) = (token.hash(), setting.half.clone());
    let kept = door
        .db
        .write("set up second step", move |tx| {
            let codes = RecoveryCodes::fresh();
            let proof = (sealed.as_slice(), step);
            factor::set_up(tx, &half, proof, &codes, &opened, earlier.as_ref())?;
            Ok::<_, Error>(codes)
        })
        .await;
    let codes = match kept {
        Err(Error::StepGone) => return Ok(begin_anew(door, next)),
        codes => codes?,
    };
    door.jar.give(&token);
    let next = wire::next(next).unwrap_or_else(|| door.lang.url("/staff"));
    Ok(recovery_page(door, &setting.half.staff, &codes, next)
        .await?
        .into())
}

/// The one time that recovery codes are shown.
pub(super) async fn recovery_page(
    door: &Door<'_>,
    staff: &StaffId,
    codes: &RecoveryCodes,
    next: String,
) -> Result<Page, Error> {
    let staff = staff.clone();
    let account = door
        .db
        .read("find account", move |tx| account::find(tx, &staff))
        .await?;
    let view = RecoveryView {
        name: account.name,
        codes: codes.grouped(),
        made_at: door.db.clock().now().0,
        next,
    };
    let page = Page::new(door.lang, "account/recovery", view);
    Ok(page.no_store().at("/staff/account"))
}
