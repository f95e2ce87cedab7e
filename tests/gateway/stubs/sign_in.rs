//! A stand-in of oauth2-proxy, for a request that asks for it by `X-Stub: sign-in`: its paths, statuses,
//! headers and cookies, and a sign-in at the provider that is checked to the signature.
//!
//! As there: `auth` answers 202 or 401 and never 403; a person outside the groups is refused at the callback,
//! without a session; the address to come back to is made of `X-Forwarded-Host`.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;

use super::Seen;
use super::provider::{CLIENT, ISSUER, PROVIDER};

/// The cookie of a session, as `OAUTH2_PROXY_COOKIE_NAME` says.
pub const SESSION: &str = "__Host-gateway";
/// The group that may pass.
pub const GROUP: &str = "desk";
/// What every cookie of it says.
const COOKIE: &str = "Path=/; Secure; HttpOnly; SameSite=Lax";

/// Sessions by their cookie, and sign-ins that have begun by their CSRF cookie.
static STATE: LazyLock<Mutex<State>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct State {
    sessions: BTreeMap<String, Value>,
    begun: BTreeMap<String, Begun>,
}

/// What is kept between start and callback.
struct Begun {
    verifier: String,
    nonce: String,
    back: String,
}

/// Status and header lines; nothing where the request is not for this stand-in.
pub fn answer(request: &Seen) -> Option<(u16, Vec<String>)> {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let step = path.strip_prefix("/oauth2/")?;
    let session = cookie(request, SESSION);
    let ordered = request.header("X-Stub") == Some("sign-in");
    match step {
        "auth" => session.map(|session| auth(&session)),
        "start" if ordered => Some(start(request)),
        "callback" if ordered => Some(callback(request, query)),
        "sign_out" if ordered => {
            STATE.lock().expect("state").sessions.remove(&session.unwrap_or_default());
            let gone = format!("Set-Cookie: {SESSION}=; Max-Age=0; {COOKIE}");
            Some((302, vec!["Location: /".to_owned(), gone]))
        }
        _ => None,
    }
}

fn auth(session: &str) -> (u16, Vec<String>) {
    let state = STATE.lock().expect("state");
    let Some(claims) = state.sessions.get(session) else { return (401, Vec::new()) };
    let text = |name: &str| claims[name].as_str().unwrap_or_default().to_owned();
    let lines =
        [("User", text("sub")), ("Email", text("email")), ("Groups", groups(claims).join(","))];
    (202, lines.map(|(name, value)| format!("X-Auth-Request-{name}: {value}")).to_vec())
}

fn start(request: &Seen) -> (u16, Vec<String>) {
    let [id, verifier, nonce] = [(); 3].map(|()| random());
    let challenge = BASE64URL.encode(digest(&SHA256, verifier.as_bytes()));
    let authorize = PROVIDER.discovery()["authorization_endpoint"].as_str().expect("it").to_owned();
    let to = format!(
        "{authorize}?response_type=code&client_id={CLIENT}&redirect_uri={}&state={id}&nonce={nonce}\
         &code_challenge={challenge}&code_challenge_method=S256",
        redirect(request)
    );
    let back = request.header("X-Auth-Request-Redirect").unwrap_or("/").to_owned();
    let begun = Begun { verifier, nonce, back };
    STATE.lock().expect("state").begun.insert(id.clone(), begun);
    (302, vec![format!("Location: {to}"), format!("Set-Cookie: {SESSION}_csrf={id}; {COOKIE}")])
}

fn callback(request: &Seen, query: &str) -> (u16, Vec<String>) {
    let given: BTreeMap<&str, &str> =
        query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let mut state = STATE.lock().expect("state");
    let csrf = cookie(request, &format!("{SESSION}_csrf")).unwrap_or_default();
    let Some(begun) = state.begun.get(&csrf).filter(|_| given.get("state") == Some(&&*csrf)) else {
        return (403, Vec::new());
    };
    let code = given.get("code").copied().unwrap_or_default();
    let Some(token) = PROVIDER.token(code, &begun.verifier, &redirect(request)) else {
        return (500, Vec::new());
    };
    let allowed = verified(&token, &begun.nonce).filter(|claims| groups(claims).contains(&GROUP));
    let Some(claims) = allowed else { return (403, Vec::new()) };
    let (id, back) = (random(), begun.back.clone());
    let session = format!("Set-Cookie: {SESSION}={id}; {COOKIE}");
    state.sessions.insert(id, claims);
    (302, vec![format!("Location: {back}"), session])
}

/// The claims of a token that the provider signed for this client and this sign-in.
fn verified(token: &str, nonce: &str) -> Option<Value> {
    let (text, signature) = token.rsplit_once('.')?;
    let (_, body) = text.split_once('.')?;
    let key = &PROVIDER.keys()["keys"][0];
    let mut point = vec![4];
    for part in ["x", "y"] {
        point.extend(BASE64URL.decode(key[part].as_str()?).ok()?);
    }
    let signature = BASE64URL.decode(signature).ok()?;
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
    key.verify(text.as_bytes(), &signature).ok()?;
    let claims: Value = serde_json::from_slice(&BASE64URL.decode(body).ok()?).ok()?;
    (claims["iss"] == ISSUER && claims["aud"] == CLIENT && claims["nonce"] == nonce)
        .then_some(claims)
}

fn groups(claims: &Value) -> Vec<&str> {
    claims["groups"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn redirect(request: &Seen) -> String {
    format!("https://{}/oauth2/callback", request.header("X-Forwarded-Host").unwrap_or_default())
}

fn cookie(request: &Seen, name: &str) -> Option<String> {
    let mut pairs = request.header("Cookie")?.split("; ").filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

fn random() -> String {
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).expect("randomness");
    BASE64URL.encode(bytes)
}
