//! A software authenticator: makes passkeys and signs with them as the chip of a telephone does.
//!
//! Invariant: it answers what a page asks, from the page's own words; what a test changes of it is
//! what a broken or a hostile browser would send.

use data_encoding::BASE64URL_NOPAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::app::Answer;

/// The device was touched.
const TOUCHED: u8 = 1;
/// The person was verified by it.
const VERIFIED: u8 = 4;
/// A new key is in the answer.
const NEW_KEY: u8 = 64;

/// One passkey, and the browser that asks for it.
#[derive(Clone)]
pub struct Authenticator {
    key: SigningKey,
    id: Vec<u8>,
    /// Where the browser believes to be.
    pub origin: String,
    /// Whether the person gives finger or PIN.
    pub verifies: bool,
    /// How often it has signed; nothing where it does not count, as passkeys that are kept in step
    /// over several devices.
    pub counter: Option<u32>,
}

impl Authenticator {
    /// A device in a browser at an origin; another number is another device.
    pub fn new(origin: &str, number: u8) -> Authenticator {
        Authenticator {
            key: SigningKey::from_slice(&[number.max(1); 32]).expect("a key"),
            id: vec![number; 32],
            origin: origin.to_owned(),
            verifies: true,
            counter: Some(0),
        }
    }

    /// Makes a passkey as the page asks for.
    pub fn make(&mut self, page: &Answer) -> String {
        self.make_for(&asked(page, "create"))
    }

    /// Makes a passkey as these options ask for.
    pub fn make_for(&mut self, options: &Value) -> String {
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = point.as_bytes()[1..].split_at(32);
        // COSE: {1: EC2, 3: ES256, -1: P-256, -2: x, -3: y}.
        let mut cose = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        cose.extend_from_slice(x);
        cose.extend_from_slice(&[0x22, 0x58, 0x20]);
        cose.extend_from_slice(y);
        let site = options["rp"]["id"].as_str().expect("a site");
        let mut data = self.data(site, NEW_KEY);
        data.extend_from_slice(&[0; 16]);
        let length = u16::try_from(self.id.len()).expect("short");
        data.extend_from_slice(&length.to_be_bytes());
        data.extend_from_slice(&self.id);
        data.extend_from_slice(&cose);
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": data}.
        let mut attested = vec![0xa3, 0x63];
        attested.extend_from_slice(b"fmt\x64none\x67attStmt\xa0\x68authData\x59");
        let length = u16::try_from(data.len()).expect("short");
        attested.extend_from_slice(&length.to_be_bytes());
        attested.extend_from_slice(&data);
        self.answer(json!({
            "clientDataJSON": base64(&self.said("webauthn.create", options)),
            "attestationObject": base64(&attested),
            "transports": ["internal"],
        }))
    }

    /// Signs what the page asks.
    pub fn sign(&mut self, page: &Answer) -> String {
        self.sign_for(&asked(page, "get"))
    }

    /// Signs what these options ask.
    pub fn sign_for(&mut self, options: &Value) -> String {
        let site = options["rpId"].as_str().expect("a site").to_owned();
        self.counter = self.counter.map(|counter| counter + 1);
        let data = self.data(&site, 0);
        let said = self.said("webauthn.get", options);
        let signed = [data.as_slice(), &Sha256::digest(&said)].concat();
        let signature: Signature = self.key.sign(&signed);
        self.answer(json!({
            "clientDataJSON": base64(&said),
            "authenticatorData": base64(&data),
            "signature": base64(signature.to_der().as_bytes()),
            "userHandle": null,
        }))
    }

    /// What of it stands in no row.
    pub fn traces(&self) -> Vec<Vec<u8>> {
        let point = self.key.verifying_key().to_sec1_point(false);
        let x = point.as_bytes()[1..33].to_vec();
        let mut traces = Vec::new();
        for bytes in [self.id.clone(), x] {
            traces.push(base64(&bytes).into_bytes());
            traces.push(data_encoding::HEXLOWER.encode(&bytes).into_bytes());
            traces.push(bytes);
        }
        traces
    }

    fn data(&self, site: &str, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(site).to_vec();
        let verified = if self.verifies { VERIFIED } else { 0 };
        data.push(TOUCHED | verified | flags);
        data.extend_from_slice(&self.counter.unwrap_or(0).to_be_bytes());
        data
    }

    fn said(&self, kind: &str, options: &Value) -> Vec<u8> {
        let said = json!({
            "type": kind,
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": false,
        });
        said.to_string().into_bytes()
    }

    fn answer(&self, response: Value) -> String {
        let answer = json!({
            "id": base64(&self.id),
            "rawId": base64(&self.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        });
        answer.to_string()
    }
}

/// What a page asks the browser.
pub fn asked(page: &Answer, does: &str) -> Value {
    let options = page.attribute(&format!("button[data-passkey={does}]"), "data-options");
    let options: Value = serde_json::from_str(&options).expect("JSON");
    options["publicKey"].clone()
}

fn base64(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}
