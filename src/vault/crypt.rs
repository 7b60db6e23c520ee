//! Sealing, deriving, locking: the arithmetic of the vault.
//!
//! Invariant: every seal is bound to what it belongs to (activity, item, fields, person, notice),
//! so that no sealed box opens in the place of another; lengths are multiples of [`BLOCK`].
//!
//! | what | how |
//! |---|---|
//! | K_tag | HKDF-SHA-256(S_A, info `fairdraw/1\|A\|dedup`) |
//! | K_list | HKDF-SHA-256(S_A, info `fairdraw/1\|A\|list`): who is on a list, in tags that no entry has |
//! | notify key pair | DeriveKeyPair(HKDF(S_A ‖ L_A, info `fairdraw/1\|A\|notify`)), L_A = 32 zero bytes with one operator |
//! | answers key pair | DeriveKeyPair(HKDF(S_A, info `fairdraw/1\|A\|answers`)) |
//! | share for a provider | the notify key pair under the HPKE info `fairdraw/1\|A\|provider\|<id>` |
//! | K_copy | HKDF(S_A, info `fairdraw/1\|A\|copy`) |
//! | own copy | HKDF(K_copy ‖ TH("own-copy", secret), info E("fairdraw/1/own-copy", A, entry)) |
//!
//! A box of version 1 has an encapsulation of its own; one of version 2 shares it with the boxes of
//! the same minute (`sealer`), and its key is exported from that context for it alone.
//!
//! Not here: where keys live (`keys`), who may open what (`keeper`).

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hpke::aead::AeadCtxR;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use lucky_draw::encode::{Hash, encode};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::field::{FieldKind, FieldSet};
use super::keys::Key;
use super::leak_control;
use crate::platform::ids;

/// DHKEM(X25519, HKDF-SHA256) of RFC 9180.
type Sealing = hpke::kem::X25519HkdfSha256;
type SealingKdf = hpke::kdf::HkdfSha256;
type SealingAead = hpke::aead::ChaCha20Poly1305;

/// Plaintexts are padded to a multiple of this many bytes.
pub(super) const BLOCK: usize = 512;

const ALONE: u8 = 1;
const OF_AN_EPOCH: u8 = 2;
/// Bytes before the encapsulated key: version and field set.
const HEADER: usize = 1 + 2;
/// Bytes of the salt of a box of version 2: one key for each box, even for the same row sealed
/// anew within an epoch.
pub(super) const SALT: usize = 16;

/// Where the ciphertext, or the salt before it, begins: what lies before may be shared by the boxes
/// of an epoch.
pub(super) const OWN_BYTES: usize = HEADER + 32;

/// Bytes of a box beside the padded text: version, field set, encapsulated key, salt, 16-byte tag.
#[cfg(feature = "leak-control")]
pub(super) fn overhead(sealed: &[u8]) -> usize {
    let salt = if sealed.first() == Some(&OF_AN_EPOCH) {
        SALT
    } else {
        0
    };
    OWN_BYTES + salt + 16
}

/// What a sealed box belongs to; opening under any other binding fails.
#[derive(Clone, Copy)]
pub(super) struct Binding<'a> {
    /// The activity.
    pub(super) activity: &'a str,
    /// The row; empty for answers that belong to nobody.
    pub(super) item: &'a str,
    /// The person's tag; none for answers.
    pub(super) tag: Option<&'a Hash>,
    /// The notice that the person was shown; none for answers.
    pub(super) notice: Option<&'a Hash>,
}

impl Binding<'_> {
    /// What the key of a box of version 2 is exported for.
    fn export_context(&self, fields: FieldSet, salt: &[u8]) -> Vec<u8> {
        encode("fairdraw/2/entry-key", &[&self.aad(fields), salt])
    }

    fn aad(&self, fields: FieldSet) -> Vec<u8> {
        let bytes = |hash: Option<&Hash>| hash.map_or(Vec::new(), |hash| hash.0.to_vec());
        encode(
            "fairdraw/1/sealed",
            &[
                self.activity.as_bytes(),
                self.item.as_bytes(),
                &fields.0.to_be_bytes(),
                &bytes(self.tag),
                &bytes(self.notice),
            ],
        )
    }
}

/// For what a box is sealed; none opens as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope<'a> {
    /// Contacts: those of winners are opened.
    Notify,
    /// Answers.
    Answers,
    /// A contact for one benefit provider that the person ticked.
    Provider(&'a str),
}

impl Scope<'_> {
    pub(super) fn info(self, activity: &str) -> String {
        match self {
            Scope::Notify => format!("fairdraw/1|{activity}|notify"),
            Scope::Answers => format!("fairdraw/1|{activity}|answers"),
            Scope::Provider(id) => format!("fairdraw/1|{activity}|provider|{id}"),
        }
    }

    /// Whether a box with these fields can be of this scope.
    fn takes(self, fields: FieldSet) -> bool {
        let answers =
            fields.has(FieldKind::LinkedAnswers) || fields.has(FieldKind::UnlinkedAnswers);
        answers == (self == Scope::Answers)
    }
}

/// The private key of a scope. It lives for one message to the keeper, and as long as it does the
/// arithmetic of an epoch is done once for all of its boxes.
pub(super) struct Opener<'s> {
    activity: &'s str,
    scope: Scope<'s>,
    private: <Sealing as Kem>::PrivateKey,
    /// By the encapsulated key.
    epochs: HashMap<[u8; 32], AeadCtxR<SealingAead, SealingKdf, Sealing>>,
}

impl Opener<'_> {
    /// Opens a box that [`seal`] or a `Sealer` made under the same binding.
    pub(super) fn open(&mut self, binding: &Binding, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let sealed = leak_control::stripped(sealed);
        let fields = fields(sealed)?;
        if !self.scope.takes(fields) {
            return None;
        }
        let (encapsulated, rest) = sealed.get(HEADER..)?.split_first_chunk::<32>()?;
        let plain = if sealed.first() == Some(&OF_AN_EPOCH) {
            let (salt, ciphertext) = rest.split_at_checked(SALT)?;
            let mut key = Zeroizing::new([0; 32]);
            let purpose = binding.export_context(fields, salt);
            let context = match self.epochs.entry(*encapsulated) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => {
                    let context = context(&self.private, self.scope, self.activity, encapsulated)?;
                    new.insert(context)
                }
            };
            context.export(&purpose, key.as_mut_slice()).ok()?;
            entry_cipher(&key)
                .decrypt(&Nonce::default(), payload(ciphertext, &binding.aad(fields)))
                .ok()?
        } else {
            let mut alone = context(&self.private, self.scope, self.activity, encapsulated)?;
            alone.open(rest, &binding.aad(fields)).ok()?
        };
        unpad(Zeroizing::new(plain))
    }
}

/// The receiver's side of an encapsulation.
fn context(
    private: &<Sealing as Kem>::PrivateKey,
    scope: Scope,
    activity: &str,
    encapsulated: &[u8; 32],
) -> Option<AeadCtxR<SealingAead, SealingKdf, Sealing>> {
    let encapsulated = <Sealing as Kem>::EncappedKey::from_bytes(encapsulated).ok()?;
    let info = scope.info(activity);
    hpke::setup_receiver(&OpModeR::Base, private, &encapsulated, info.as_bytes()).ok()
}

/// The secret of one activity, S_A, and what is derived from it.
pub(super) struct ActivitySecret<'a> {
    pub(super) activity: &'a str,
    pub(super) secret: Key,
    /// L_A; zeros where no librarians hold shares of it.
    pub(super) librarians: Key,
}

impl ActivitySecret<'_> {
    /// K of `draw-protocol` 4.2.
    pub(super) fn tag_key(&self) -> Key {
        derive(&[self.secret.as_slice()], self.info("dedup").as_bytes())
    }

    /// The key of tags that say who is on a list of the activity.
    pub(super) fn list_key(&self) -> Key {
        derive(&[self.secret.as_slice()], self.info("list").as_bytes())
    }

    /// The public key of a scope.
    pub(super) fn public(&self, scope: Scope) -> [u8; 32] {
        let (_, public) = Sealing::derive_keypair(self.pair(scope).as_slice());
        public.to_bytes().into()
    }

    /// The key of one entrant's own copy (`decisions` D1).
    pub(super) fn own_copy(&self, entry: &str, own_copy_input: &Hash) -> Key {
        let copy = derive(&[self.secret.as_slice()], self.info("copy").as_bytes());
        let info = encode(
            "fairdraw/1/own-copy",
            &[self.activity.as_bytes(), entry.as_bytes()],
        );
        derive(&[copy.as_slice(), own_copy_input.as_ref()], &info)
    }

    /// What opens boxes of one scope.
    pub(super) fn opener<'s>(&'s self, scope: Scope<'s>) -> Opener<'s> {
        let (private, _) = Sealing::derive_keypair(self.pair(scope).as_slice());
        Opener {
            activity: self.activity,
            scope,
            private,
            epochs: HashMap::new(),
        }
    }

    /// The input of DeriveKeyPair.
    fn pair(&self, scope: Scope) -> Key {
        match scope {
            Scope::Notify | Scope::Provider(_) => derive(
                &[self.secret.as_slice(), self.librarians.as_slice()],
                self.info("notify").as_bytes(),
            ),
            Scope::Answers => derive(&[self.secret.as_slice()], self.info("answers").as_bytes()),
        }
    }

    fn info(&self, what: &str) -> String {
        format!("fairdraw/1|{}|{what}", self.activity)
    }
}

/// HKDF-SHA-256 without salt over the joined parts.
pub(super) fn derive(parts: &[&[u8]], info: &[u8]) -> Key {
    let input = Zeroizing::new(parts.concat());
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(None, &input)
        .expand(info, key.as_mut_slice())
        .expect("32 bytes are within the limits of HKDF");
    key
}

/// Seals to a public key: RFC 9180 base mode. Only the holder of the activity's secret opens it.
/// Nothing when the public key is not a point.
pub(super) fn seal(
    public: &[u8; 32],
    scope: Scope,
    binding: &Binding,
    fields: FieldSet,
    plain: &[u8],
) -> Option<Vec<u8>> {
    let public = <Sealing as Kem>::PublicKey::from_bytes(public).ok()?;
    let (encapsulated, ciphertext) = hpke::single_shot_seal::<SealingAead, SealingKdf, Sealing>(
        &OpModeS::Base,
        &public,
        scope.info(binding.activity).as_bytes(),
        &pad(plain),
        &binding.aad(fields),
    )
    .ok()?;
    Some(boxed(
        ALONE,
        fields,
        &[&encapsulated.to_bytes(), &ciphertext],
    ))
}

/// One encapsulation, from which keys for many boxes are exported.
pub(super) struct Epoch {
    encapsulated: [u8; 32],
    context: hpke::aead::AeadCtxS<SealingAead, SealingKdf, Sealing>,
}

impl Epoch {
    /// A new encapsulation to a public key; nothing when that is not a point.
    pub(super) fn begin(public: &[u8; 32], scope: Scope, activity: &str) -> Option<Epoch> {
        let public = <Sealing as Kem>::PublicKey::from_bytes(public).ok()?;
        let (encapsulated, context) = hpke::setup_sender::<SealingAead, SealingKdf, Sealing>(
            &OpModeS::Base,
            &public,
            scope.info(activity).as_bytes(),
        )
        .ok()?;
        Some(Epoch {
            encapsulated: encapsulated.to_bytes().into(),
            context,
        })
    }

    /// Seals one box under a key that is exported for it alone and used once.
    pub(super) fn seal(&self, binding: &Binding, fields: FieldSet, plain: &[u8]) -> Vec<u8> {
        let salt = ids::random::<SALT>();
        let mut key = Zeroizing::new([0; 32]);
        let purpose = binding.export_context(fields, &salt);
        self.context
            .export(&purpose, key.as_mut_slice())
            .expect("32 bytes are within the limits of HKDF");
        let ciphertext = entry_cipher(&key)
            .encrypt(
                &Nonce::default(),
                payload(&pad(plain), &binding.aad(fields)),
            )
            .expect("the text is within the limits of the cipher");
        boxed(
            OF_AN_EPOCH,
            fields,
            &[&self.encapsulated, &salt, &ciphertext],
        )
    }
}

fn boxed(version: u8, fields: FieldSet, parts: &[&[u8]]) -> Vec<u8> {
    let mut sealed =
        Vec::with_capacity(HEADER + parts.iter().map(|part| part.len()).sum::<usize>());
    sealed.push(version);
    sealed.extend_from_slice(&fields.0.to_be_bytes());
    for part in parts {
        sealed.extend_from_slice(part);
    }
    sealed
}

/// The cipher of a box of version 2: its key is used once, so the nonce is zero.
fn entry_cipher(key: &Key) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new_from_slice(key.as_slice()).expect("the key has 32 bytes")
}

fn payload<'a>(msg: &'a [u8], aad: &'a [u8]) -> Payload<'a, 'a> {
    Payload { msg, aad }
}

/// The fields inside a sealed box, read from its header; opening proves them.
pub(super) fn fields(sealed: &[u8]) -> Option<FieldSet> {
    match sealed {
        [ALONE | OF_AN_EPOCH, high, low, ..] => Some(FieldSet(u16::from_be_bytes([*high, *low]))),
        _ => None,
    }
}

/// XChaCha20-Poly1305 under a random nonce, which stands in front.
pub(super) fn lock(key: &Key, aad: &[u8], plain: &[u8]) -> Vec<u8> {
    let nonce = ids::random::<24>();
    let ciphertext = cipher(key)
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad })
        .expect("the text is within the limits of the cipher");
    [nonce.as_slice(), &ciphertext].concat()
}

/// Opens what [`lock`] made under the same key and associated data.
pub(super) fn unlock(key: &Key, aad: &[u8], locked: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, ciphertext) = locked.split_first_chunk::<24>()?;
    let payload = Payload {
        msg: ciphertext,
        aad,
    };
    let plain = cipher(key).decrypt(&XNonce::from(*nonce), payload);
    Some(Zeroizing::new(plain.ok()?))
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new_from_slice(key.as_slice()).expect("the key has 32 bytes")
}

/// Length as a big-endian `u32`, text, zeros up to a multiple of [`BLOCK`].
pub(super) fn pad(plain: &[u8]) -> Zeroizing<Vec<u8>> {
    let length = u32::try_from(plain.len()).expect("a text is shorter than 4 GiB");
    let padded = (plain.len() + 4).next_multiple_of(BLOCK);
    let mut bytes = Zeroizing::new(Vec::with_capacity(padded));
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(plain);
    bytes.resize(padded, 0);
    bytes
}

/// Undoes [`pad`].
pub(super) fn unpad(padded: Zeroizing<Vec<u8>>) -> Option<Zeroizing<Vec<u8>>> {
    let (length, rest) = padded.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    Some(Zeroizing::new(rest.get(..length)?.to_vec()))
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;
    use proptest::prelude::*;

    use super::*;

    fn spring() -> ActivitySecret<'static> {
        ActivitySecret {
            activity: "spring",
            secret: Zeroizing::new([7; 32]),
            librarians: Zeroizing::new([0; 32]),
        }
    }

    /// Computed with Python's `hmac` and an X25519 written from RFC 7748, not with this code.
    #[test]
    fn derivations_are_those_of_the_table_above() {
        let secret = spring();
        let hex = |bytes: &[u8]| HEXLOWER.encode(bytes);
        assert_eq!(
            hex(secret.tag_key().as_slice()),
            "033a78e9ce63b6a4982534aaf7beb17abafcb113564b562281d25a2435a2c1b3"
        );
        assert_eq!(
            hex(&secret.public(Scope::Notify)),
            "4291504967254fc0e16c479246b5c558cdba7ddeec15042fb7c7581de883c957"
        );
        assert_eq!(
            hex(&secret.public(Scope::Answers)),
            "958d6a0a18241edd93e4187074d539cd9d51fa7926978aa999e141abc417252e"
        );
        let receipt = lucky_draw::ticket::Secret::parse("7GQ4X2MN8R3TK9WPABCD");
        let input = receipt.expect("a secret").own_copy_input();
        assert_eq!(
            hex(secret.own_copy("entry1", &input).as_slice()),
            "4b93d7ce6108e95de011529b19865a4b131e45774bb297227ab6d01260840252"
        );
    }

    #[test]
    fn padding_is_undone_exactly_and_nothing_else_is() {
        for length in [0, 1, BLOCK - 5, BLOCK - 4, BLOCK - 3, 3 * BLOCK] {
            let plain = vec![b'x'; length];
            let padded = pad(&plain);
            assert_eq!(padded.len() % BLOCK, 0);
            assert_eq!(unpad(padded).expect("unpads").as_slice(), plain);
        }
        assert!(unpad(Zeroizing::new(vec![0, 0, 2, 0, 1])).is_none());
        assert!(unpad(Zeroizing::new(vec![0, 0])).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn a_contact_in_any_other_place_does_not_open(
            item in "[a-z0-9]{1,20}", other in "[a-z0-9]{1,20}",
            tag in any::<[u8; 32]>(), notice in any::<[u8; 32]>(), bit in 0usize..256,
            set in 1u16..128, plain in proptest::collection::vec(any::<u8>(), 0..700),
        ) {
            let secret = spring();
            let flipped = |mut bytes: [u8; 32]| {
                bytes[bit / 8] ^= 1 << (bit % 8);
                Hash(bytes)
            };
            let (tag, notice) = (Hash(tag), Hash(notice));
            let (other_tag, other_notice) = (flipped(tag.0), flipped(notice.0));
            let place = Binding {
                activity: "spring", item: &item, tag: Some(&tag), notice: Some(&notice),
            };
            let public = secret.public(Scope::Notify);
            let sealed = seal(&public, Scope::Notify, &place, FieldSet(set), &plain).expect("sealed");
            let opens = |place: &Binding, sealed: &[u8]| {
                secret.opener(Scope::Notify).open(place, sealed)
            };
            let opened = opens(&place, &sealed).expect("opens in its place");
            prop_assert_eq!(opened.as_slice(), plain.as_slice());

            prop_assume!(item != other);
            let elsewhere = [
                Binding { activity: "autumn", ..place },
                Binding { item: &other, ..place },
                Binding { tag: Some(&other_tag), ..place },
                Binding { tag: None, ..place },
                Binding { notice: Some(&other_notice), ..place },
                Binding { notice: None, ..place },
                Binding { tag: Some(&notice), notice: Some(&tag), ..place },
            ];
            for (number, elsewhere) in elsewhere.iter().enumerate() {
                prop_assert!(opens(elsewhere, &sealed).is_none(), "place {}", number);
            }
            let mut relabelled = sealed.clone();
            relabelled[1..3].copy_from_slice(&(set ^ 1).to_be_bytes());
            prop_assert!(opens(&place, &relabelled).is_none(), "another field set");
            let wrong_scope = secret.opener(Scope::Answers).open(&place, &sealed);
            prop_assert!(wrong_scope.is_none(), "another purpose");
            // Sealed to the key of answers, and called a contact.
            let answers = secret.public(Scope::Answers);
            let astray = seal(&answers, Scope::Notify, &place, FieldSet(set), &plain).expect("sealed");
            prop_assert!(opens(&place, &astray).is_none(), "another key");
        }
    }
}
