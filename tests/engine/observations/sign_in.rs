//! The admin console is for listed addresses, and there for people who signed in.
//!
//! oauth2-proxy's image cannot be had everywhere: the probe stands in, with oauth2-proxy's paths, statuses,
//! headers and cookies. What the gateway does around it is the real thing.

use crate::engine::client::Client;
use crate::engine::observation::{Moment, Observation, Presets};
use crate::engine::reply::Reply;
use crate::engine::stack::Stack;

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[
    Observation {
        name: "sign_in::address_before_person",
        proves: &["AC-7"],
        on: CAMERA,
        moment: Moment::Running,
        look: address_before_person,
    },
    Observation {
        name: "sign_in::only_people_of_the_group",
        proves: &["AC-7"],
        on: CAMERA,
        moment: Moment::Running,
        look: only_people_of_the_group,
    },
    Observation {
        name: "sign_in::nobody_names_himself",
        proves: &["AC-7"],
        on: CAMERA,
        moment: Moment::Running,
        look: nobody_names_himself,
    },
];

const CAMERA: Presets = Presets::Only(&["ai-camera"]);
const CONSOLE: &str = "admin.example.com";
const BROWSER: (&str, &str) = ("Sec-Fetch-Mode", "navigate");
const ANN: (&str, &str) = ("Cookie", "__Host-gateway=good-ann");

/// Somebody at an address of the allow list `office`.
fn office(stack: &Stack) -> Client {
    stack.client().at([203, 0, 113, 7])
}

fn ask(client: &Client, path: &str, headers: &[(&str, &str)]) -> Reply {
    client.ask("GET", CONSOLE, path, headers)
}

/// From anywhere else not even the sign-in is offered, whoever asks.
fn address_before_person(stack: &Stack) {
    for headers in [[].as_slice(), &[BROWSER], &[ANN], &[ANN, BROWSER]] {
        let reply = ask(&stack.client(), "/users", headers);
        assert_eq!((reply.status, reply.header("Location")), (403, None), "{headers:?}: {reply:?}");
        assert!(reply.all("Set-Cookie").is_empty(), "{reply:?}");
    }
    assert_eq!(ask(&office(stack), "/users", &[ANN]).status, 200);
}

/// A person is sent to the provider and comes back with a session, a program is told 401; who is not of
/// the group gets no session; and after the sign-out nobody passes.
fn only_people_of_the_group(stack: &Stack) {
    let client = office(stack);
    let program = ask(&client, "/users", &[]);
    assert_eq!((program.status, program.header("Location")), (401, None), "{program:?}");

    let person = ask(&client, "/users?page=2", &[BROWSER]);
    let to = person.header("Location").unwrap_or_default();
    assert_eq!(person.status, 302, "{person:?}");
    assert!(to.starts_with("https://sso.example.com/authorize?"), "{to}");
    assert!(to.contains("redirect_uri=https://admin.example.com/oauth2/callback&"), "{to}");
    assert!(to.ends_with("state=/users?page=2"), "{to}");
    assert_eq!(person.all("Set-Cookie").len(), 1, "the sign-in's own cookie: {person:?}");

    let intern = ask(&client, "/oauth2/callback?code=intern&state=x", &[BROWSER]);
    assert_eq!((intern.status, intern.all("Set-Cookie").len()), (403, 0), "{intern:?}");
    let callback = ask(&client, "/oauth2/callback?code=1&state=x", &[BROWSER]);
    let cookie = callback.header("Set-Cookie").unwrap_or_default();
    assert_eq!((callback.status, callback.header("Location")), (302, Some("/")), "{callback:?}");
    let session = cookie.split(';').next().unwrap_or_default();
    assert_eq!(ask(&client, "/users", &[("Cookie", session)]).status, 200, "{session}");

    let out = ask(&client, "/oauth2/sign_out", &[("Cookie", session)]);
    let left = out.header("Set-Cookie").unwrap_or_default().split(';').next().unwrap_or_default();
    assert_eq!(out.status, 302, "{out:?}");
    assert_eq!(ask(&client, "/users", &[("Cookie", left)]).status, 401, "{left}");
    assert_eq!(ask(&client, "/oauth2/auth", &[ANN]).status, 404, "the gateway's own question");
}

/// What the console hears of a person is what the sign-in said.
fn nobody_names_himself(stack: &Stack) {
    let client = office(stack);
    let forged = [
        ("X-User-Id", "root"),
        ("X-Auth-Request-User", "root"),
        ("X-Auth-Request-Email", "root@example.com"),
        ("X-Auth-Request-Groups", "root"),
    ];
    let reply = ask(&client, "/users", &[[ANN].as_slice(), &forged].concat());
    let told = String::from_utf8_lossy(&reply.body).into_owned();
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(!told.contains("root"), "{told}");
    for line in [
        "[\"X-User-Id\",\"ann\"]",
        "[\"X-Auth-Request-User\",\"ann\"]",
        "[\"X-Auth-Request-Email\",\"ann@example.com\"]",
        "[\"X-Auth-Request-Groups\",\"staff\"]",
    ] {
        assert_eq!(told.matches(line).count(), 1, "{line}: {told}");
    }
    let without = ask(&client, "/users", &forged);
    assert_eq!(without.status, 401, "{without:?}");
}
