//! Signing in by a provider elsewhere: OpenID Connect, the authorization code flow with PKCE.
//!
//! Invariant: what comes back counts only for the browser that set out ([`Trip`]), once, and soon;
//! an ID token counts only with a signature by a key of the provider, made for this site alone, in
//! time, and for this very trip. Of a person nothing is asked but who it is there and, where it is
//! wanted, the e-mail address; neither is kept here, nor does an error name it.
//!
//! Not here: who may come in with it (`account`, `member`), the browser's cookie (`account::guard`).

mod asking;
mod settings;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use data_encoding::BASE64URL_NOPAD;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClaimName, CoreClaimType,
    CoreClient, CoreClientAuthMethod, CoreGrantType, CoreIdToken, CoreIdTokenClaims,
    CoreJsonWebKey, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AdditionalProviderMetadata, AuthType, AuthenticationContextClass, AuthorizationCode,
    ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, DiscoveryError, EndUserEmail,
    HttpRequest, HttpResponse, IdTokenVerifier, IssuerUrl, LanguageTag, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata, RedirectUrl, RequestTokenError, Scope,
    SignatureVerificationError, TokenResponse, UserInfoError,
};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use ureq::Agent;
use zeroize::Zeroizing;

pub use settings::{OpenIdSettings, Secret};

use super::clock::{Clock, HOUR, MINUTE, Timestamp};
use super::fault::{Fault, Kind};
use super::ids;
use super::text::Language;
use asking::Silence;

/// How long somebody may be away.
pub const TRIP: i64 = 15 * MINUTE;
/// After so long the provider is asked anew what it is and which keys it has.
const KNOWN_FOR: i64 = HOUR;
/// So many questions to one provider at a time.
const AT_ONCE: usize = 4;
/// By how much the clock of the provider may be behind ours.
const CLOCKS: i64 = MINUTE;
/// Longest `sub` (OpenID Connect Core, section 2).
const LONGEST_SUBJECT: usize = 255;

/// Signatures that anybody can check and only the provider can make; never those with a shared
/// secret, nor none.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// What a provider says about itself beside the usual.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct AboutIssuer {
    /// Whether it names itself when it sends somebody back (RFC 9207).
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for AboutIssuer {}

type About = ProviderMetadata<
    AboutIssuer,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// Why somebody did not come back as anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The provider does not answer, or too many ask it at the moment.
    #[error("the provider cannot be reached")]
    Away,
    /// What it says about itself, its keys or its tokens cannot be used.
    #[error("what the provider answers cannot be used: {0}")]
    Unusable(&'static str),
    /// The person left it, or may not use it for this site.
    #[error("the provider sent the person back without signing in")]
    Left,
    /// It does not take what it gave out a moment ago.
    #[error("the provider refused the code")]
    Refused,
    /// It was another browser that set out, or it is too long ago.
    #[error("nobody set out from this browser")]
    Strayed,
    /// Another provider sent the person back.
    #[error("another provider answered")]
    OtherIssuer,
    /// The token is none for this trip.
    #[error("the ID token does not count: {0}")]
    Token(&'static str),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Error::Away | Error::Unusable(_) => Kind::Unavailable,
            Error::Left | Error::Strayed => Kind::Gone,
            Error::Refused | Error::OtherIssuer | Error::Token(_) => Kind::Forbidden,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Away => "openid.away",
            Error::Unusable(_) => "openid.unusable",
            Error::Left => "openid.left",
            Error::Refused => "openid.refused",
            Error::Strayed => "openid.strayed",
            Error::OtherIssuer => "openid.other_issuer",
            Error::Token(_) => "openid.token",
        }
    }
}

impl Error {
    /// Whether it may be an attack; an outage and a person who turns back are none.
    pub fn is_suspicious(self) -> bool {
        matches!(
            self,
            Error::Strayed | Error::OtherIssuer | Error::Refused | Error::Token(_)
        )
    }
}

/// The providers of a site.
#[derive(Debug, Clone, Default)]
pub struct Providers {
    /// That of staff.
    pub staff: Option<Arc<Provider>>,
    /// That of members.
    pub members: Option<Arc<Provider>>,
}

/// A provider, and what is known of it.
pub struct Provider {
    settings: OpenIdSettings,
    secret: Zeroizing<String>,
    clock: Clock,
    agent: Agent,
    known: Mutex<Option<Known>>,
    turns: Semaphore,
}

#[derive(Clone)]
struct Known {
    about: Arc<About>,
    since: Timestamp,
}

/// What is wanted of the provider.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Where it sends the person back to.
    pub back: String,
    /// In which language it is asked to speak.
    pub language: Language,
    /// Whether the e-mail address is asked for.
    pub email: bool,
    /// Whether the person has to sign in there anew.
    pub anew: bool,
}

/// What a browser keeps while its person is away, sealed.
#[derive(Clone)]
pub struct Trip {
    state: Zeroizing<String>,
    nonce: Zeroizing<String>,
    verifier: Zeroizing<String>,
    back: String,
    begun_at: Timestamp,
    anew: bool,
    email: bool,
}

/// What a browser brings back from the provider.
#[derive(Clone, Default)]
pub struct Brought {
    /// Which trip it says it is.
    pub state: String,
    /// What the provider gives an ID token for.
    pub code: String,
    /// Who the provider says it is.
    pub iss: String,
    /// Why there is no code.
    pub error: String,
}

/// Somebody of whom the provider says who it is.
pub struct Person {
    /// The provider.
    pub issuer: String,
    /// The person there.
    pub subject: Zeroizing<String>,
    /// The e-mail address, where the provider has made sure of it.
    pub verified_email: Option<Zeroizing<String>>,
    /// Whether the provider asked for two factors.
    pub with_two_factors: bool,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Provider")
    }
}

impl Trip {
    fn fresh(wanted: &Wanted, now: Timestamp) -> Trip {
        let secret = || Zeroizing::new(BASE64URL_NOPAD.encode(&*ids::secret::<32>()));
        Trip {
            state: secret(),
            nonce: secret(),
            verifier: secret(),
            back: wanted.back.clone(),
            begun_at: now,
            anew: wanted.anew,
            email: wanted.email,
        }
    }

    /// As words without blanks in them.
    pub fn words(&self) -> Zeroizing<String> {
        Zeroizing::new(format!(
            "{} {} {} {} {} {} {}",
            *self.state,
            *self.nonce,
            *self.verifier,
            self.back,
            self.begun_at.0,
            u8::from(self.anew),
            u8::from(self.email)
        ))
    }

    /// Reads [`Trip::words`], and takes them from the front.
    pub fn read<'w>(words: &mut impl Iterator<Item = &'w str>) -> Option<Trip> {
        let mut word = || words.next().map(str::to_owned);
        Some(Trip {
            state: word()?.into(),
            nonce: word()?.into(),
            verifier: word()?.into(),
            back: word()?,
            begun_at: Timestamp(word()?.parse().ok()?),
            anew: word()? == "1",
            email: word()? == "1",
        })
    }

    fn is_that_of(&self, brought: &Brought) -> bool {
        bool::from(self.state.as_bytes().ct_eq(brought.state.as_bytes()))
    }
}

impl Provider {
    /// The provider of the settings, where they name one. Nothing is asked yet.
    pub fn of(settings: &OpenIdSettings, clock: &Clock) -> Option<Arc<Provider>> {
        if !settings.is_on() {
            return None;
        }
        let mut settings = settings.clone();
        Some(Arc::new(Provider {
            secret: settings.client_secret.take(),
            agent: asking::agent(&settings.issuer),
            clock: clock.clone(),
            known: Mutex::default(),
            turns: Semaphore::new(AT_ONCE),
            settings,
        }))
    }

    /// Who the provider is.
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// What people call it.
    pub fn name(&self, language: Language) -> &str {
        self.settings.name(language)
    }

    /// Whether it can tell that it asked for two factors.
    pub fn tells_factors(&self) -> bool {
        !self.settings.multi_factor_acr.is_empty() || !self.settings.multi_factor_amr.is_empty()
    }

    /// Asks the provider who it is and where it signs people in.
    ///
    /// # Errors
    /// [`Error::Away`], [`Error::Unusable`].
    pub fn look(&self) -> Result<(), Error> {
        self.about().map(drop)
    }

    /// Where the browser is sent, and what it keeps meanwhile.
    pub async fn set_out(self: &Arc<Self>, wanted: Wanted) -> Result<(String, Trip), Error> {
        self.in_turn(move |own| own.set_out_now(&wanted)).await
    }

    /// Who came back.
    pub async fn come_back(
        self: &Arc<Self>,
        trip: Trip,
        brought: Brought,
    ) -> Result<Person, Error> {
        self.in_turn(move |own| own.come_back_now(&trip, brought))
            .await
    }

    async fn in_turn<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Provider) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        // Who waits for a provider that is slow holds nobody else up.
        let _turn = self.turns.try_acquire().map_err(|_| Error::Away)?;
        let own = self.clone();
        let working = tokio::task::spawn_blocking(move || work(&own));
        working.await.map_err(|_| Error::Away)?
    }

    fn set_out_now(&self, wanted: &Wanted) -> Result<(String, Trip), Error> {
        let about = self.about()?;
        let trip = Trip::fresh(wanted, self.clock.now());
        let back = RedirectUrl::new(trip.back.clone());
        let back = back.map_err(|_| Error::Unusable("our own address"))?;
        let client = self.client(&about).set_redirect_uri(back);
        let (state, nonce) = (trip.state.to_string(), trip.nonce.to_string());
        let verifier = PkceCodeVerifier::new(trip.verifier.to_string());
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new(state),
                || Nonce::new(nonce),
            )
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_ui_locale(LanguageTag::new(wanted.language.tag().to_owned()));
        if wanted.email {
            request = request.add_scope(Scope::new("email".to_owned()));
        }
        if wanted.anew {
            request = request
                .add_prompt(CoreAuthPrompt::Login)
                .set_max_age(Duration::ZERO);
        }
        for value in &self.settings.multi_factor_acr {
            let value = AuthenticationContextClass::new(value.clone());
            request = request.add_auth_context_value(value);
        }
        let (address, ..) = request.url();
        Ok((address.into(), trip))
    }

    fn come_back_now(&self, trip: &Trip, brought: Brought) -> Result<Person, Error> {
        let now = self.clock.now();
        if !trip.is_that_of(&brought) || now >= trip.begun_at.plus(TRIP) {
            return Err(Error::Strayed);
        }
        let about = self.about()?;
        let names_itself = about
            .additional_metadata()
            .authorization_response_iss_parameter_supported;
        if brought.iss != self.settings.issuer && (names_itself || !brought.iss.is_empty()) {
            return Err(Error::OtherIssuer);
        }
        if !brought.error.is_empty() || brought.code.is_empty() {
            return Err(Error::Left);
        }
        let answer = self.exchange(&about, trip, brought.code)?;
        let token = answer.id_token().ok_or(Error::Token("there is none"))?;
        let claims = self.claims(&about, token, trip)?;
        let mut person = self.person(&claims, trip)?;
        if trip.email && claims.email().is_none() {
            person.verified_email = self.email(&about, &claims, &answer)?;
        }
        Ok(person)
    }

    /// The address from where the provider keeps it, when the token does not have it: the standard
    /// says so, and many do.
    fn email(
        &self,
        about: &About,
        claims: &CoreIdTokenClaims,
        answer: &CoreTokenResponse,
    ) -> Result<Option<Zeroizing<String>>, Error> {
        let client = self.client(about);
        let subject = Some(claims.subject().clone());
        let Ok(request) = client.user_info(answer.access_token().clone(), subject) else {
            return Ok(None);
        };
        let told: Result<CoreUserInfoClaims, _> = request.request(&|request| self.ask(request));
        let told = told.map_err(|error| match error {
            UserInfoError::Request(Silence::Away) => Error::Away,
            UserInfoError::ClaimsVerification(_) => Error::Token("of another person"),
            _ => Error::Unusable("what it tells of a person"),
        })?;
        Ok(verified(told.email(), told.email_verified()))
    }

    /// What is known of the provider, asked anew when it is old.
    fn about(&self) -> Result<Arc<About>, Error> {
        let now = self.clock.now();
        let known = self.known().clone();
        if let Some(known) = known.filter(|known| now < known.since.plus(KNOWN_FOR)) {
            return Ok(known.about);
        }
        let issuer = IssuerUrl::new(self.settings.issuer.clone());
        let issuer = issuer.map_err(|_| Error::Unusable("the issuer"))?;
        let about = About::discover(&issuer, &|request| self.ask(request)).map_err(of_discovery)?;
        let here = settings::is_here(&self.settings.issuer);
        let is_safe = |address: &str| here || address.starts_with("https://");
        let token = about
            .token_endpoint()
            .ok_or(Error::Unusable("no token endpoint"))?;
        if !is_safe(about.authorization_endpoint()) || !is_safe(token) {
            return Err(Error::Unusable("an endpoint without https"));
        }
        Ok(self.keep(about))
    }

    fn keep(&self, about: About) -> Arc<About> {
        let about = Arc::new(about);
        *self.known() = Some(Known {
            about: about.clone(),
            since: self.clock.now(),
        });
        about
    }

    /// What is known, with the keys of this moment.
    fn with_new_keys(&self, about: &About) -> Result<Arc<About>, Error> {
        let keys = CoreJsonWebKeySet::fetch(about.jwks_uri(), &|request| self.ask(request));
        Ok(self.keep(about.clone().set_jwks(keys.map_err(of_discovery)?)))
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Option<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, request: HttpRequest) -> Result<HttpResponse, Silence> {
        asking::ask(&self.agent, request)
    }

    fn exchange(
        &self,
        about: &About,
        trip: &Trip,
        code: String,
    ) -> Result<CoreTokenResponse, Error> {
        let back = RedirectUrl::new(trip.back.clone());
        let back = back.map_err(|_| Error::Unusable("our own address"))?;
        let client = self.client(about).set_redirect_uri(back);
        let request = client.exchange_code(AuthorizationCode::new(code));
        let request = request.map_err(|_| Error::Unusable("no token endpoint"))?;
        let verifier = PkceCodeVerifier::new(trip.verifier.to_string());
        let answer = request
            .set_pkce_verifier(verifier)
            .request(&|request| self.ask(request));
        answer.map_err(|error| match error {
            RequestTokenError::ServerResponse(_) => Error::Refused,
            RequestTokenError::Request(Silence::Away) => Error::Away,
            RequestTokenError::Request(Silence::TooLong) => Error::Unusable("too long"),
            _ => Error::Unusable("the answer to the code"),
        })
    }

    /// What the token says, once everything about it is right. Where its key is not known the keys
    /// are asked for once more: providers change them.
    fn claims(
        &self,
        about: &About,
        token: &CoreIdToken,
        trip: &Trip,
    ) -> Result<CoreIdTokenClaims, Error> {
        let nonce = Nonce::new(trip.nonce.to_string());
        let first = token.claims(&self.verifier(about), &nonce).cloned();
        let outcome = match first {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey
                | SignatureVerificationError::AmbiguousKeyId(_)
                | SignatureVerificationError::CryptoError(_),
            )) => {
                let about = self.with_new_keys(about)?;
                token.claims(&self.verifier(&about), &nonce).cloned()
            }
            other => other,
        };
        outcome.map_err(of_token)
    }

    fn person(&self, claims: &CoreIdTokenClaims, trip: &Trip) -> Result<Person, Error> {
        // The crate leaves `azp` to its users.
        let party = claims.authorized_party();
        if party.is_some_and(|party| party.as_str() != self.settings.client_id) {
            return Err(Error::Token("made for another party"));
        }
        let since = trip.begun_at.plus(-CLOCKS).unix();
        let signed_in = claims.auth_time().map(|at| at.timestamp());
        if trip.anew && signed_in.is_none_or(|at| at < since) {
            return Err(Error::Token("of an earlier sign-in"));
        }
        let subject = Zeroizing::new(claims.subject().as_str().to_owned());
        if subject.is_empty() || subject.len() > LONGEST_SUBJECT {
            return Err(Error::Token("without a person"));
        }
        Ok(Person {
            issuer: self.settings.issuer.clone(),
            subject,
            verified_email: verified(claims.email(), claims.email_verified()),
            with_two_factors: self.asked_for_two(claims),
        })
    }

    fn asked_for_two(&self, claims: &CoreIdTokenClaims) -> bool {
        let (acr, amr) = (claims.auth_context_ref(), claims.auth_method_refs());
        let of_acr = &self.settings.multi_factor_acr;
        let of_amr = &self.settings.multi_factor_amr;
        acr.is_some_and(|acr| of_acr.iter().any(|known| known == acr.as_str()))
            || amr.is_some_and(|all| {
                let mut all = all.iter();
                all.any(|one| of_amr.iter().any(|known| known == one.as_str()))
            })
    }

    fn verifier(&self, about: &About) -> IdTokenVerifier<'static, CoreJsonWebKey> {
        let client = ClientId::new(self.settings.client_id.clone());
        let (issuer, keys) = (about.issuer().clone(), about.jwks().clone());
        let now = moment(self.clock.now());
        IdTokenVerifier::new_public_client(client, issuer, keys)
            .set_allowed_algs(SIGNATURES)
            .set_time_fn(move || now.into())
    }

    fn client(&self, about: &About) -> Client {
        let secret = Some(&self.secret).filter(|secret| !secret.is_empty());
        let methods = about.token_endpoint_auth_methods_supported();
        let only_in_body = methods.is_some_and(|methods| {
            methods.contains(&CoreClientAuthMethod::ClientSecretPost)
                && !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
        });
        CoreClient::from_provider_metadata(
            about.clone(),
            ClientId::new(self.settings.client_id.clone()),
            secret.map(|secret| ClientSecret::new(secret.to_string())),
        )
        .set_auth_type(match only_in_body {
            true => AuthType::RequestBody,
            false => AuthType::BasicAuth,
        })
    }
}

type Client = CoreClient<
    openidconnect::EndpointSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointNotSet,
    openidconnect::EndpointMaybeSet,
    openidconnect::EndpointMaybeSet,
>;

/// The address, where the provider has made sure of it.
fn verified(email: Option<&EndUserEmail>, is_verified: Option<bool>) -> Option<Zeroizing<String>> {
    let email = email.filter(|_| is_verified == Some(true))?;
    Some(Zeroizing::new(email.as_str().to_owned()))
}

fn moment(at: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(at.0).unwrap_or_default())
}

/// Without what the provider wrote: it may be anything.
fn of_discovery(error: DiscoveryError<Silence>) -> Error {
    match error {
        DiscoveryError::Request(Silence::Away) => Error::Away,
        DiscoveryError::Request(Silence::TooLong) => Error::Unusable("too long"),
        DiscoveryError::Response(..) => Error::Unusable("no document about the provider there"),
        DiscoveryError::Validation(_) => Error::Unusable("it names itself otherwise"),
        _ => Error::Unusable("the document about the provider"),
    }
}

fn of_token(error: ClaimsVerificationError) -> Error {
    Error::Token(match error {
        ClaimsVerificationError::Expired(_) => "expired",
        ClaimsVerificationError::InvalidAudience(_) => "made for another site",
        ClaimsVerificationError::InvalidIssuer(_) => "of another provider",
        ClaimsVerificationError::InvalidNonce(_) => "of another trip",
        ClaimsVerificationError::SignatureVerification(error) => match error {
            SignatureVerificationError::NoSignature => "not signed",
            SignatureVerificationError::DisallowedAlg(_)
            | SignatureVerificationError::UnsupportedAlg(_) => "signed in a way that is not taken",
            _ => "not signed by the provider",
        },
        _ => "not readable",
    })
}
