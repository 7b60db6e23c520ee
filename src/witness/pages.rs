//! The HTTP side of a witness: `POST /add-checkpoint`, and a plain page that says who this is.
//!
//! Invariant: the statuses are those of C2SP tlog-witness; no answer is an HTML page. Requests do not
//! pass [`crate::platform::web::guard`]: a witness knows no session, so a forged request gains
//! nothing, and it answers whoever asks with the same words.

use std::io::Cursor;

use rocket::data::ToByteUnit;
use rocket::http::{ContentType, Header, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::{Build, Data, Rocket, Route, State, catch, catchers, get, post, routes};

use super::{Refusal, Witness};

/// Longest body that is read, in KiB: 63 hashes and a checkpoint with many signatures.
const LONGEST_BODY: u64 = 32;

/// A server that is a witness and nothing else; its root is the submission prefix.
pub fn rocket(config: rocket::Config, witness: Witness) -> Rocket<Build> {
    rocket::custom(config)
        .manage(witness)
        .mount("/", routes())
        .register("/", catchers![otherwise])
}

/// What Rocket itself refuses.
#[catch(default)]
fn otherwise(status: Status, _: &Request<'_>) -> Plain {
    Plain::of(status, format!("{}\n", status.reason_lossy()))
}

fn routes() -> Vec<Route> {
    routes![about, add_checkpoint]
}

/// A plain text with its status.
struct Plain {
    status: Status,
    kind: ContentType,
    text: String,
}

impl Plain {
    fn of(status: Status, text: impl Into<String>) -> Plain {
        Plain {
            status,
            kind: ContentType::Plain,
            text: text.into(),
        }
    }
}

impl<'r> Responder<'r, 'static> for Plain {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build()
            .status(self.status)
            .header(self.kind)
            .header(Header::new("Cache-Control", "no-store"))
            .header(Header::new("X-Content-Type-Options", "nosniff"))
            .sized_body(self.text.len(), Cursor::new(self.text))
            .ok()
    }
}

#[get("/")]
async fn about(witness: &State<Witness>) -> Plain {
    let asked = witness.inner().clone();
    let logs = rocket::tokio::task::spawn_blocking(move || asked.logs()).await;
    let Ok(Ok(logs)) = logs else {
        return Plain::of(Status::InternalServerError, "the notebook cannot be read\n");
    };
    let mut text = format!("fairdraw witness\n{}\n", witness.vkey());
    for (origin, size) in logs {
        text.push_str(&format!("{origin} {size}\n"));
    }
    Plain::of(Status::Ok, text)
}

#[post("/add-checkpoint", data = "<body>")]
async fn add_checkpoint(body: Data<'_>, witness: &State<Witness>) -> Plain {
    let body = match body.open(LONGEST_BODY.kibibytes()).into_string().await {
        Ok(body) if body.is_complete() => body.into_inner(),
        Ok(_) => return Plain::of(Status::PayloadTooLarge, "the request is too long\n"),
        Err(_) => return refused(&Refusal::Malformed),
    };
    let witness = witness.inner().clone();
    let answer = rocket::tokio::task::spawn_blocking(move || witness.add_checkpoint(&body)).await;
    match answer {
        Ok(Ok(line)) => Plain::of(Status::Ok, line),
        Ok(Err(refusal)) => refused(&refusal),
        Err(_) => Plain::of(Status::InternalServerError, "the witness was interrupted\n"),
    }
}

fn refused(refusal: &Refusal) -> Plain {
    let status = match refusal {
        Refusal::Malformed | Refusal::OldAboveNew => Status::BadRequest,
        Refusal::UnknownLog => Status::NotFound,
        Refusal::Unsigned => Status::Forbidden,
        Refusal::Proof => Status::UnprocessableEntity,
        Refusal::Clock => Status::ServiceUnavailable,
        Refusal::Notebook(error) => {
            let cause = std::error::Error::source(error).map(ToString::to_string);
            tracing::error!(%error, cause, "a checkpoint could not be cosigned");
            Status::InternalServerError
        }
        Refusal::Conflict { size } => {
            return Plain {
                kind: ContentType::new("text", "x.tlog.size"),
                ..Plain::of(Status::Conflict, format!("{size}\n"))
            };
        }
    };
    Plain::of(status, format!("{refusal}\n"))
}
