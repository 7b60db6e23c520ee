//! `/admin/mail`: the domain that mail is sent from, as receivers see it.

use std::sync::Arc;
use std::time::Duration;

use rocket::{State, get};

use crate::account::guard::Admin;
use crate::desk::wire::SenderView;
use crate::platform::config::Config;
use crate::platform::mail::{MailFacts, domain};
use crate::platform::text::Language;
use crate::platform::web::error::{AppError, AppResult};
use crate::platform::web::page::Page;

/// How long somebody waits for name services that are silent.
const PATIENCE: Duration = Duration::from_secs(5);

#[get("/admin/mail")]
pub(super) async fn sender(
    lang: Language,
    _admin: Admin,
    config: &State<Arc<Config>>,
    mailer: &State<Arc<MailFacts>>,
) -> AppResult<Page> {
    let asked = Arc::clone(config);
    let has_server = mailer.is_configured();
    let look = move || domain::look_as_set(&asked, has_server, PATIENCE);
    let looked = rocket::tokio::task::spawn_blocking(look)
        .await
        .map_err(AppError::broken)?;
    let view = SenderView::of(lang, &config.mail_from, &looked);
    Ok(Page::new(lang, "desk/sender", view).no_store())
}
