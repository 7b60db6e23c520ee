//! Tokens say what they were made for, and nothing else.

use super::town::{START, Town};
use crate::activity::ActivityId;
use crate::entry::token::{CHECK_LIFE, CheckToken, FormToken, PASS_LIFE, Pass, fresh_secret};
use crate::vault::TokenError;
use lucky_draw::encode::sha256;

#[rocket::async_test]
async fn a_token_of_one_kind_or_activity_is_none_of_another() {
    let town = Town::with_draw();
    let (here, there) = (ActivityId::from("here"), ActivityId::from("there"));
    let secret = fresh_secret();
    let form = FormToken::fresh(&here, START)
        .seal(&town.vault, START)
        .await;
    let check = CheckToken {
        activity: here.clone(),
        secret: secret.clone(),
        notice: sha256(b"notice"),
        shown_at: START,
    };
    let check = check.seal(&town.vault, START).await;
    let pass = Pass {
        activity: here.clone(),
        secret: secret.clone(),
    };
    let pass = pass.seal(&town.vault, START).await;
    let [form, check, pass] = [form, check, pass].map(|sealed| sealed.expect("sealed"));

    let read = CheckToken::open(&town.vault, START, &check, &here)
        .await
        .expect("a check token");
    assert_eq!(read.secret.as_str(), secret.as_str());
    assert_eq!(read.notice, sha256(b"notice"));
    let broken = async |text: &str| {
        let check = CheckToken::open(&town.vault, START, text, &here)
            .await
            .err();
        let form = FormToken::open(&town.vault, START, text, &here).await.err();
        let pass = Pass::open(&town.vault, START, text, PASS_LIFE).await.err();
        [form, check, pass].map(|error| error == Some(TokenError::Broken))
    };
    assert_eq!(broken(&form).await, [false, true, true]);
    assert_eq!(broken(&check).await, [true, false, true]);
    assert_eq!(broken(&pass).await, [true, true, false]);
    assert_eq!(broken("").await, [true, true, true]);
    let elsewhere = CheckToken::open(&town.vault, START, &check, &there)
        .await
        .err();
    assert_eq!(elsewhere, Some(TokenError::Broken));
    let late = CheckToken::open(&town.vault, START.plus(CHECK_LIFE + 1), &check, &here).await;
    let late = late.err();
    assert_eq!(late, Some(TokenError::Expired));
    assert!(!check.contains(secret.as_str()), "nobody reads the secret");
}
