//! People who sign in: a page sends them to the sign-in, a program gets an error.

use crate::gateway::bench::Bench;
use crate::gateway::client::{Client, Request};
use crate::gateway::facts::{API, DESK};
use crate::gateway::reply::Reply;
use crate::gateway::stubs::provider::PROVIDER;
use crate::gateway::stubs::sign_in::{GROUP, SESSION};
use crate::gateway::suite::checks;

checks![Quick: a_program_is_refused, a_person_is_sent_to_sign_in, who_is_signed_in_passes, the_sign_in_is_served,
    a_sign_in_that_is_away_closes,
    the_sign_ins_own_question_is_closed, nobody_chooses_the_way_back, a_person_signs_in_and_out, another_group_gets_no_session];

const PAGE: &str = "/desk/page?tab=2";

fn client(bench: &Bench) -> Client {
    bench.client().host(DESK)
}

fn a_program_is_refused(bench: &Bench) {
    for request in [
        client(bench).get(PAGE),
        client(bench).get(PAGE).header("Accept", "application/json"),
        client(bench).get(PAGE).header("Accept", "text/html").header("Sec-Fetch-Mode", "cors"),
        client(bench)
            .post(PAGE, "x")
            .header("Accept", "text/html")
            .header("Sec-Fetch-Mode", "navigate"),
    ] {
        let reply = request.send();
        reply.assert_error(401, "unauthorized").assert_secured();
        assert!(
            bench.seen(&reply).iter().all(|seen| seen.target == "/oauth2/auth"),
            "{:?}",
            bench.seen(&reply)
        );
    }
}

fn a_person_is_sent_to_sign_in(bench: &Bench) {
    let person =
        |request: Request| request.stub("status=302; header=Location~ https~//login.example.com/x");
    for request in [
        client(bench).get(PAGE).header("Sec-Fetch-Mode", "navigate"),
        client(bench).get(PAGE).header("Accept", "text/html,application/xml"),
    ] {
        let reply = person(request).send();
        assert_eq!(
            (reply.status, reply.header("Location")),
            (302, Some("https://login.example.com/x")),
            "{reply:?}"
        );
        let start = bench.service_saw(reply.assert_secured());
        assert_eq!((&*start.service, &*start.target), ("gateway-oidc-desk", "/oauth2/start"));
        assert_eq!(start.header("X-Auth-Request-Redirect"), Some(PAGE));
    }
    // Signed in, but not one of the group: a refusal, not another round.
    let reply =
        person(client(bench).get(PAGE).header("Sec-Fetch-Mode", "navigate").token("forbidden"))
            .send();
    reply.assert_error(403, "forbidden");
}

/// Nobody is sent to a sign-in that does not answer, nor let through by it.
fn a_sign_in_that_is_away_closes(bench: &Bench) {
    for (session, status, code, retry) in [
        ("dead", 503, "unavailable", Some("5")),
        ("broken", 503, "unavailable", Some("5")),
        ("failing", 500, "internal_error", None),
    ] {
        let cookie = format!("session={session}");
        let ask = || client(bench).get(PAGE).header("Cookie", &cookie);
        for request in [ask(), ask().header("Sec-Fetch-Mode", "navigate")] {
            let reply = request.send();
            reply.assert_error(status, code).assert_secured();
            assert_eq!(reply.header("Retry-After"), retry, "{session}");
            assert!(bench.seen(&reply).iter().all(|seen| seen.target == "/oauth2/auth"));
        }
    }
}

fn who_is_signed_in_passes(bench: &Bench) {
    let reply = client(bench)
        .get(PAGE)
        .header("Cookie", "session=good-ann")
        .header("X-Auth-Request-User", "evil")
        .send();
    let seen = bench.service_saw(reply.assert_passed());
    assert_eq!((&*seen.service, &*seen.target), ("partner", PAGE));
    assert_eq!(
        (seen.header("X-Auth-Request-User"), seen.header("X-Auth-Request-Email")),
        (Some("ann"), Some("ann"))
    );
    let asked = bench.validator_saw(&reply);
    assert_eq!(
        (&*asked.service, asked.header("Cookie")),
        ("gateway-oidc-desk", Some("session=good-ann"))
    );
    assert_eq!(
        (asked.header("X-Auth-Request-Redirect"), asked.header("X-Auth-Request-User")),
        (None, None)
    );
}

fn the_sign_in_is_served(bench: &Bench) {
    for path in ["/oauth2/callback?code=1", "/oauth2/start", "/oauth2/sign_out"] {
        let reply = client(bench).get(path).send();
        assert_eq!(bench.service_saw(reply.assert_passed()).service, "gateway-oidc-desk");
        bench.client().host(API).get(path).send().assert_error(404, "not_found");
    }
    let counted = client(bench);
    let replies = counted.burst(40, &counted.get("/oauth2/start"));
    assert!(replies.iter().filter(|reply| reply.status == 429).count() > 9);
}

fn the_sign_ins_own_question_is_closed(bench: &Bench) {
    for path in ["/oauth2/auth", "/oauth2", "/__gw/sign-in/desk", "/__gw/auth/desk"] {
        client(bench)
            .get(path)
            .header("Sec-Fetch-Mode", "navigate")
            .send()
            .assert_error(404, "not_found");
    }
}

/// Otherwise the sign-in would end on somebody else's page.
fn nobody_chooses_the_way_back(bench: &Bench) {
    let evil =
        |request: Request| request.header("X-Auth-Request-Redirect", "https://evil.example/");
    let reply = evil(client(bench).get("/oauth2/start")).send();
    assert_eq!(bench.service_saw(reply.assert_passed()).header("X-Auth-Request-Redirect"), None);
    let reply = evil(client(bench).get(PAGE).header("Sec-Fetch-Mode", "navigate")).send();
    assert_eq!(bench.service_saw(&reply).header("X-Auth-Request-Redirect"), Some(PAGE));
    let reply = evil(client(bench).get(PAGE)).token("good-ann").send();
    assert_eq!(bench.service_saw(reply.assert_passed()).header("X-Auth-Request-Redirect"), None);
}

/// From the page to the provider and back to the page, with the identity that the provider signed.
fn a_person_signs_in_and_out(bench: &Bench) {
    let (sent_to, csrf) = begin(bench);
    let back = PROVIDER.person(&sent_to, "ann", &["staff", GROUP]);
    let public = format!("https://{DESK}{}", bench.facts.https_suffix);
    let path = back.strip_prefix(&public).unwrap_or_else(|| panic!("{back} is not on {public}"));
    assert_eq!(callback(bench, path, "").status, 403, "the browser of somebody else");
    let returned = callback(bench, path, &csrf);
    assert_eq!((returned.status, returned.header("Location")), (302, Some(PAGE)), "{returned:?}");

    let session = kept(&returned);
    let page = |cookie: &str| {
        let names = ["User", "Email", "Groups"].map(|name| format!("X-Auth-Request-{name}"));
        let request = client(bench).get(PAGE).header("Cookie", cookie);
        names.iter().fold(request, |request, name| request.header(name, "root")).send()
    };
    let reply = page(&session);
    let seen = bench.service_saw(reply.assert_passed());
    let told =
        ["User", "Email", "Groups"].map(|name| seen.header(&format!("X-Auth-Request-{name}")));
    assert_eq!(told, [Some("ann"), Some("ann@example.com"), Some("staff,desk")]);

    let out =
        client(bench).get("/oauth2/sign_out").header("Cookie", &session).stub("sign-in").send();
    assert_eq!((out.status, kept(&out)), (302, format!("{SESSION}=")), "{out:?}");
    page(&session).assert_error(401, "unauthorized");
}

/// The provider knows the person; the group is what is missing.
fn another_group_gets_no_session(bench: &Bench) {
    let (sent_to, csrf) = begin(bench);
    let back = PROVIDER.person(&sent_to, "eve", &["interns"]);
    let path = back.find("/oauth2/").map(|at| &back[at..]).expect("the callback");
    let refused = callback(bench, path, &csrf);
    assert_eq!((refused.status, refused.all("Set-Cookie").len()), (403, 0), "{refused:?}");
}

/// Where a browser without a session is sent, and the cookie that it gets on the way.
fn begin(bench: &Bench) -> (String, String) {
    let page = client(bench).get(PAGE).header("Sec-Fetch-Mode", "navigate").stub("sign-in");
    let reply = page.send();
    assert_eq!(reply.status, 302, "{reply:?}");
    (reply.header("Location").expect("an address").to_owned(), kept(&reply))
}

fn callback(bench: &Bench, path: &str, cookie: &str) -> Reply {
    client(bench).get(path).header("Cookie", cookie).stub("sign-in").send()
}

/// The cookie that an answer leaves in the browser, which sends it back without its attributes.
fn kept(reply: &Reply) -> String {
    let cookie = reply.header("Set-Cookie").unwrap_or_default();
    for word in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(cookie.contains(word), "{cookie} lacks {word}");
    }
    cookie.split(';').next().unwrap_or_default().to_owned()
}
