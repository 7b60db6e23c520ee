//! Colleagues with roles of their own, who sign in as people do.

use fairdraw::account::name::StaffName;
use fairdraw::account::passphrase::{self, Passphrase};
use fairdraw::account::{self, Role};
use rocket::http::Status;

use super::app::{Person, TestApp};

/// The passphrase of everybody in tests.
pub const PASSPHRASE: &str = "correct horse battery staple";

/// Gives the library one more colleague, who signs in at once.
pub fn colleague<'a>(app: &'a TestApp, name: &str, roles: &[Role]) -> Person<'a> {
    let staff = StaffName::parse(name).expect("a name");
    let chosen = Passphrase::parse(PASSPHRASE, &staff).expect("a passphrase");
    let hash = passphrase::hash(&chosen);
    app.app
        .db
        .write_now("employ", |tx| {
            account::create_staff(tx, &staff, &hash, roles)
        })
        .expect("the account is made");
    sign_in(app, name)
}

/// A colleague opens another browser.
pub fn sign_in<'a>(app: &'a TestApp, name: &str) -> Person<'a> {
    let person = app.visitor();
    let page = person.get("/staff/sign-in");
    let done = person.send(
        &page,
        "/staff/sign-in",
        &[("name", name), ("passphrase", PASSPHRASE)],
    );
    assert_eq!(done.status, Status::SeeOther, "{}", done.mistakes());
    person
}
