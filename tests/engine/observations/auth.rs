//! Who may ask what, and as whom: asked from the street, with and without credentials.

use std::fs;

use crate::engine::arrived::Arrived;
use crate::engine::client::Client;
use crate::engine::journal;
use crate::engine::observation::{Moment, Observation, Presets, running};
use crate::engine::project::finish;
use crate::engine::reply::Reply;
use crate::engine::stack::Stack;

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[
    running(
        "auth::who_may_not_is_told_so_in_one_form",
        &["WS-1", "RL-3"],
        Presets::Only(BEARERS),
        refusals,
    ),
    running(
        "auth::the_validators_word_is_the_identity",
        &["WS-1", "WS-2"],
        Presets::Only(BEARERS),
        identity,
    ),
    running(
        "auth::nobody_has_an_identity_on_public_routes",
        &["WS-2", "WS-7"],
        Presets::Only(BEARERS),
        public,
    ),
    running(
        "auth::nobody_outside_asks_the_validator",
        &["WS-1"],
        Presets::Only(BEARERS),
        validator,
    ),
    running("auth::nobody_makes_tokens", &["AC-5", "WS-6"], Presets::Only(BEARERS), minting),
    running(
        "auth::a_large_body_passes_the_validator",
        &["WS-1"],
        Presets::Only(&["wavestack", "bulletin"]),
        upload,
    ),
    running(
        "auth::missing_and_wrong_keys_look_alike",
        &["RL-2", "RL-3"],
        Presets::Only(&["relay"]),
        keys,
    ),
    running(
        "auth::signing_in_makes_nobody_somebody",
        &["AC-4"],
        Presets::Only(&["ai-camera"]),
        sign_in,
    ),
    running(
        "auth::keycloaks_desk_is_for_the_office",
        &["WS-14", "WS-17"],
        Presets::Only(&["wavestack"]),
        office,
    ),
    running(
        "auth::webhooks_bring_a_signature",
        &["MY-4", "MY-5"],
        Presets::Only(&["myloware"]),
        webhooks,
    ),
    running("auth::approval_links_need_no_key", &["MY-18"], Presets::Only(&["myloware"]), approval),
    Observation {
        name: "auth::a_replaced_key_opens",
        proves: &["MY-1"],
        on: Presets::Only(&["myloware"]),
        moment: Moment::Disturbing,
        look: replaced,
    },
];

const BEARERS: &[&str] = &["wavestack", "ai-camera"];
const API: &str = "api.example.com";
const GOOD: (&str, &str) = ("Authorization", "Bearer good-ann");
/// What somebody who wants to be another sends along.
const FORGED: &[(&str, &str)] = &[
    ("X-User-Id", "root"),
    ("x-user-id", "root"),
    ("X-USER-ID", "root"),
    ("X_User_Id", "root"),
    ("X.User.Id", "root"),
    ("X-Forwarded-For", "10.0.0.1"),
    ("X-Real-IP", "10.0.0.1"),
];

/// A protected and a public path of the preset, and its validator's.
fn paths(stack: &Stack) -> (&'static str, &'static str, &'static str) {
    match stack.preset() {
        "wavestack" => ("/api/items", "/api/health", "/api/auth/validate"),
        _ => ("/v1/items", "/v1/health", "/internal/session"),
    }
}

fn refusals(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 20]);
    let (protected, ..) = paths(stack);
    let missing = client.get(API, protected);
    missing.assert_error(401, "unauthorized").assert_secured();
    assert_eq!(missing.header("WWW-Authenticate"), Some("Bearer"));
    let with = |value| client.ask("GET", API, protected, &[("Authorization", value)]);
    for wrong in ["Bearer guessed", "Bearer ", "Basic YTpi", "good-ann"] {
        let reply = with(wrong);
        reply.assert_error(401, "unauthorized").assert_secured();
        assert_eq!(reply.header("WWW-Authenticate"), Some("Bearer"), "{wrong}");
    }
    with("Bearer forbidden").assert_error(403, "forbidden").assert_secured();
    // A validator that fails lets nobody through; one that is away says when to come again.
    let failing = with("Bearer failing");
    failing.assert_error(500, "internal_error").assert_secured();
    assert_eq!(failing.header("Retry-After"), None);
    let away = with("Bearer broken");
    away.assert_error(503, "unavailable").assert_secured();
    assert_eq!(away.header("Retry-After"), Some("5"));
    Arrived::of(&with("Bearer good-ann"));
}

fn identity(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 21]);
    let (protected, ..) = paths(stack);
    let seen = Arrived::of(&client.ask("GET", API, protected, &[FORGED, &[GOOD]].concat()));
    assert_eq!(seen.all("X-User-Id"), ["ann"]);
    assert_eq!(seen.all("X-Forwarded-For"), ["198.51.100.21"]);
    assert_eq!(seen.all("X-Real-IP"), ["198.51.100.21"]);
    if stack.preset() == "wavestack" {
        let forged = [("X-Scopes", "admin"), ("x_scopes", "admin"), GOOD];
        let seen = Arrived::of(&client.ask("GET", API, protected, &forged));
        assert_eq!(seen.all("X-Scopes"), ["read write"]);
    }
}

fn public(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 22]);
    let (_, public, _) = paths(stack);
    let seen = Arrived::of(&client.ask("GET", API, public, &[FORGED, &[GOOD]].concat()));
    assert_eq!(seen.all("X-User-Id"), Vec::<&str>::new());
    assert_eq!(seen.all("X-Scopes"), Vec::<&str>::new());
    // Only this very path is public.
    client.get(API, &format!("{public}/more")).assert_error(401, "unauthorized");
}

fn validator(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 23]);
    let (.., validator) = paths(stack);
    let spellings = [validator.to_owned(), format!("{validator}/"), validator.to_uppercase()];
    for path in spellings.iter().map(String::as_str).chain(["/__gw/auth/user", "/__gw/error"]) {
        let reply = client.ask("GET", API, path, &[GOOD]);
        reply.assert_error(404, "not_found").assert_secured();
        journal::assert_kept_out(stack, &reply);
    }
}

fn minting(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 24]);
    let closed: &[&str] = match stack.preset() {
        "wavestack" => &["/api/auth/token", "/api/auth/token/", "/api/auth/TOKEN"],
        _ => &["/v1/auth/token", "/v1/dev/token", "/v1/dev/token/x"],
    };
    for path in closed {
        let reply = client.send("POST", API, path, &[GOOD], b"grant_type=password");
        reply.assert_error(404, "not_found").assert_secured();
        journal::assert_kept_out(stack, &reply);
    }
}

/// Larger than what nginx keeps in memory, and for `bulletin` than what it takes where nothing is said.
fn upload(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 25]);
    let (host, path, size) = match stack.preset() {
        "bulletin" => ("bulletin.example.com", "/desk/issue", 3 << 20),
        _ => (API, "/api/items", 1_000_000),
    };
    let body = vec![b'x'; size];
    let seen = Arrived::of(&client.send("POST", host, path, &[GOOD], &body));
    assert_eq!(seen.size(), size as u64);
    assert_eq!(seen.all("X-User-Id"), ["ann"]);
    let refused = client.send("POST", host, path, &[], &body);
    refused.assert_error(401, "unauthorized");
}

fn keys(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 26]);
    let host = "relay.example.com";
    let key = secret(stack, "relay_api_key");
    assert_one_answer(stack, &client, host, &key);
    // The description says `forward: true`.
    let seen = Arrived::of(&client.ask("GET", host, "/v1/items", &[("X-API-Key", &key)]));
    assert_eq!(seen.all("X-Api-Key"), [key]);
}

/// A new value for one of several keys; the others stay closed to whoever does not have them.
fn replaced(stack: &Stack) {
    let key = "Observed-0123456789-abcdefghijklmnopqrstuvwxyz";
    finish(&mut stack.portcullis(&["secrets", "set", "key_cli"]), &format!("{key}\n"));
    finish(&mut stack.portcullis(&["secrets", "unseal"]), "");
    finish(&mut stack.docker(&["restart", &stack.container("gateway")]), "");
    finish(&mut stack.compose(&["up", "-d", "--no-build", "--wait", "gateway"]), "");
    let client = stack.client().at([198, 51, 100, 32]);
    assert_one_answer(stack, &client, API, key);
    let seen = Arrived::of(&client.ask("GET", API, "/v1/items", &[("X-Api-Key", key)]));
    assert_eq!(seen.all("X-Api-Key"), Vec::<&str>::new(), "it ends at the gateway");
    assert_eq!(client.get(API, "/health").status, 200);
}

/// No key and wrong keys, among them some that are nearly right, get the same answer.
fn assert_one_answer(stack: &Stack, client: &Client, host: &str, key: &str) {
    let path = "/v1/items";
    let shape = |reply: &Reply| {
        let mut names: Vec<_> = reply.headers.iter().map(|(name, _)| name.clone()).collect();
        names.sort();
        names
    };
    let missing = client.get(host, path);
    missing.assert_error(401, "unauthorized").assert_secured();
    let other = if key.starts_with('a') { "b" } else { "a" };
    let rest = &key[1..];
    for wrong in ["", &format!("{other}{rest}"), &format!("{key}x"), rest] {
        let reply = client.ask("GET", host, path, &[("X-API-Key", wrong)]);
        reply.assert_error(401, "unauthorized").assert_secured();
        assert_eq!(shape(&reply), shape(&missing));
        journal::assert_kept_out(stack, &reply);
    }
}

/// The app's sign-in, where the backend itself asks Apple.
fn sign_in(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 27]);
    let forged = [FORGED, &[GOOD]].concat();
    let seen = Arrived::of(&client.send("POST", API, "/v1/auth/apple", &forged, b"{}"));
    assert_eq!(seen.all("X-User-Id"), Vec::<&str>::new());
    assert_eq!(seen.size(), 2);
}

fn office(stack: &Stack) {
    let host = "auth.example.com";
    let outside = stack.client().at([198, 51, 100, 28]);
    for path in ["/admin/master/console/", "/realms/master/account"] {
        let refused = outside.get(host, path);
        assert_eq!(refused.status, 403, "{path}: {refused:?}");
        journal::assert_kept_out(stack, &refused);
        Arrived::of(&outside.at([203, 0, 113, 28]).get(host, path));
    }
    Arrived::of(&outside.get(host, "/realms/wavestack/account"));
    for path in ["/metrics", "/health/ready", "/"] {
        outside.get(host, path).assert_error(404, "not_found");
    }
    // Keycloak is not found under the API's name.
    outside.get(API, "/realms/wavestack/account").assert_error(404, "not_found");
}

fn webhooks(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 29]);
    let path = "/v1/webhooks/kieai";
    let body = b"{\"b\": 1,\n \"a\": 2}";
    client.send("POST", API, path, &[], body).assert_error(401, "unauthorized");
    let id = "provider-0001-abcdef";
    let signed = [("X-Signature", "sha256=00"), ("X-Request-Id", id)];
    let seen = Arrived::of(&client.send("POST", API, path, &signed, body));
    assert_eq!(seen.all("X-Signature"), ["sha256=00"]);
    assert_eq!(seen.all("X-Request-Id"), [id]);
    assert_eq!(seen.size(), body.len() as u64);
    let large = vec![b'x'; 300 * 1024];
    assert_eq!(client.send("POST", API, path, &signed, &large).status, 413);
    // Elsewhere the sender's number counts for nothing.
    let seen = Arrived::of(&client.ask("GET", API, "/health", &[("X-Request-Id", id)]));
    assert_ne!(seen.all("X-Request-Id"), [id]);
}

fn approval(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 30]);
    let statuses = many(&client, API, "/v1/hitl/approve/abc", 30);
    assert!(statuses[..11].iter().all(|status| *status == 200), "{statuses:?}");
    assert!(statuses[11..].iter().filter(|status| **status == 429).count() > 9, "{statuses:?}");
    client.at([198, 51, 100, 31]).get(API, "/v1/items").assert_error(401, "unauthorized");
}

fn many(client: &Client, host: &str, path: &str, count: usize) -> Vec<u16> {
    (0..count).map(|_| client.get(host, path).status).collect()
}

/// An unsealed secret, wherever below the folder of the environment it lies.
pub fn secret(stack: &Stack, name: &str) -> String {
    let folder = format!("/run/portcullis/{}/production", stack.preset());
    let mut waiting = vec![stack.town.on_machine(&folder)];
    while let Some(folder) = waiting.pop() {
        for path in fs::read_dir(&folder).expect("a folder").flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                waiting.push(path);
            } else if path.file_name().is_some_and(|file| file == name) {
                return fs::read_to_string(path).expect("a secret").trim().to_owned();
            }
        }
    }
    panic!("{name} is not unsealed")
}
