//! A name server on this machine.

use std::net::{SocketAddr, UdpSocket};

use hickory_resolver::proto::op::{Message, OpCode, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, MX, TXT};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};

/// Name, kind (`TXT`, `MX`, `A`) and value.
pub type Zone = Vec<(String, &'static str, String)>;

/// Answers over UDP until the test ends, as a name server of the world does.
pub fn serve(zone: Zone) -> SocketAddr {
    serve_but(zone, None)
}

/// The same, silent about one name.
pub fn serve_but(zone: Zone, silent: Option<&'static str>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let at = socket.local_addr().expect("bound");
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok((length, from)) = socket.recv_from(&mut bytes) {
            let asked = Message::from_vec(&bytes[..length]).expect("a question");
            if silent.is_some_and(|silent| name(&asked) == silent) {
                continue;
            }
            let said = answer(&zone, &asked).to_vec().expect("written");
            socket.send_to(&said, from).expect("sent");
        }
    });
    at
}

/// The name that is asked for.
fn name(asked: &Message) -> String {
    let name = asked.queries[0].name().to_ascii().to_ascii_lowercase();
    name.trim_end_matches('.').to_owned()
}

fn answer(zone: &Zone, asked: &Message) -> Message {
    let question = asked.queries[0].clone();
    let mut said = Message::response(asked.metadata.id, OpCode::Query);
    let name = name(asked);
    let here = zone.iter().filter(|(of, ..)| *of == name);
    if here.clone().count() == 0 {
        said.metadata.response_code = ResponseCode::NXDomain;
    }
    for (_, kind, value) in here {
        let (of, data) = match *kind {
            "TXT" => {
                let parts = value.as_bytes().chunks(200);
                let parts = parts.map(|part| String::from_utf8_lossy(part).into_owned());
                (RecordType::TXT, RData::TXT(TXT::new(parts.collect())))
            }
            "MX" => {
                let host = Name::from_ascii(value).expect("a name");
                (RecordType::MX, RData::MX(MX::new(10, host)))
            }
            _ => (RecordType::A, RData::A(A::new(192, 0, 2, 1))),
        };
        if of == question.query_type() {
            said.add_answer(Record::from_rdata(question.name().clone(), 60, data));
        }
    }
    said.add_query(question);
    said
}
