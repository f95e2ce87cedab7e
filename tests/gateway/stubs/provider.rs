//! A stand-in of an OpenID Connect provider: discovery, keys, authorization, tokens (ES256).
//!
//! It lives in the same process as its one client, so its endpoints are functions; what they take and
//! give is what goes over the wire.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

/// Its name; every endpoint is below it.
pub const ISSUER: &str = "https://login.example.com/";
/// The one client that it knows.
pub const CLIENT: &str = "gateway";

/// The provider of this process.
pub static PROVIDER: LazyLock<Provider> = LazyLock::new(Provider::new);

/// Keys, and the codes that were given out and not yet redeemed.
pub struct Provider {
    key: EcdsaKeyPair,
    codes: Mutex<BTreeMap<String, Grant>>,
}

/// What a person agreed to.
struct Grant {
    challenge: String,
    redirect: String,
    claims: Value,
}

impl Provider {
    fn new() -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
        let key = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).expect("a key");
        Self { key, codes: Mutex::default() }
    }

    /// `.well-known/openid-configuration` (OpenID Connect Discovery 1.0, section 4).
    pub fn discovery(&self) -> Value {
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": format!("{ISSUER}authorize"),
            "token_endpoint": format!("{ISSUER}token"),
            "jwks_uri": format!("{ISSUER}keys"),
            "id_token_signing_alg_values_supported": ["ES256"],
        })
    }

    /// The public key (RFC 7517 and RFC 7518, section 6.2).
    pub fn keys(&self) -> Value {
        let point = self.key.public_key().as_ref();
        let (x, y) = point[1..].split_at(32);
        let [x, y] = [x, y].map(|part| BASE64URL.encode(part));
        json!({ "keys": [{ "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "x": x, "y": y }] })
    }

    /// A person signs in at the address where the browser was sent; where the browser goes next.
    pub fn person(&self, sent_to: &str, name: &str, groups: &[&str]) -> String {
        let query = sent_to.strip_prefix(&format!("{ISSUER}authorize?")).expect("its own endpoint");
        let asked: BTreeMap<&str, &str> =
            query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        assert_eq!((asked["client_id"], asked["response_type"]), (CLIENT, "code"));
        assert_eq!(asked["code_challenge_method"], "S256");
        let claims = json!({
            "iss": ISSUER, "aud": CLIENT, "sub": name, "email": format!("{name}@example.com"),
            "groups": groups, "nonce": asked["nonce"],
        });
        let redirect = asked["redirect_uri"].to_owned();
        let grant = Grant { challenge: asked["code_challenge"].to_owned(), redirect, claims };
        let mut codes = self.codes.lock().expect("codes");
        let code = format!("code{}", codes.len());
        let next = format!("{}?code={code}&state={}", grant.redirect, asked["state"]);
        codes.insert(code, grant);
        next
    }

    /// The ID token for a code, once it is proven who asked for it (RFC 7636, section 4.6).
    pub fn token(&self, code: &str, verifier: &str, redirect: &str) -> Option<String> {
        let codes = self.codes.lock().expect("codes");
        let grant = codes.get(code)?;
        let proven = BASE64URL.encode(digest(&SHA256, verifier.as_bytes())) == grant.challenge;
        (proven && redirect == grant.redirect).then(|| self.signed(&grant.claims))
    }

    fn signed(&self, claims: &Value) -> String {
        let [head, body] = [&json!({ "alg": "ES256", "typ": "JWT" }), claims]
            .map(|part| BASE64URL.encode(part.to_string()));
        let text = format!("{head}.{body}");
        let signature = self.key.sign(&SystemRandom::new(), text.as_bytes()).expect("a signature");
        format!("{text}.{}", BASE64URL.encode(signature.as_ref()))
    }
}
