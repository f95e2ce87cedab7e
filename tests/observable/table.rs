//! One line for each control that mends: where to leave it out, and who notices.

use std::collections::BTreeSet;

use portcullis::secrets::{Kind, Known, OpenBundle, OpenSecret, SecretValue, due, faults};
use portcullis::stack::{
    AddressRange, Bytes, CorsRule, Exception, Gateway, OriginRule, Place, Position, Route, Seconds,
    Sourced, Stack, TlsVersion,
};
use time::macros::date;

use crate::beginning::Beginning::{self, Careless, Features, Loosened, Wavestack};
use crate::judges;
use crate::observer::Observer::{self, ComposeLint, Judge, Line, Nginx, ReadBack, Secrets};

/// The control's id, the stack that shows its mending, the observer.
pub type Case = (&'static str, Beginning, Observer);

/// Every control with a `mend` stands here once.
pub const CASES: &[Case] = &[
    ("egress", Wavestack, ReadBack),
    ("default-deny", Wavestack, Nginx("auth::what_is_not_declared_is_not_there")),
    ("host-network", Careless, ComposeLint("CL-0008")),
    ("link-isolation", Wavestack, ReadBack),
    ("published-ports", Careless, ReadBack),
    ("trusted-proxies", Loosened(trust_everybody), Nginx("balancer::nobody_elses_word_counts")),
    ("unknown-host", Wavestack, Nginx("hosts::an_unknown_name_is_refused_in_the_handshake")),
    ("upstream-steering", Wavestack, Nginx("identity::services_cannot_redirect_inside")),
    ("hsts", Features, Nginx("bodies::a_route_has_its_own_limit")),
    ("misdirected-requests", Wavestack, Nginx("hosts::another_name_than_the_connections_421")),
    ("tls-ciphers", Wavestack, Nginx("tls::weak_suites_are_refused")),
    ("tls-version", Loosened(speak_old_tls), Nginx("tls::old_versions_are_refused")),
    ("closed-paths", Wavestack, Nginx("auth::validators_are_closed_from_outside")),
    ("identity-headers", Wavestack, Nginx("identity::public_routes_carry_none")),
    ("body-limits", Loosened(take_any_body), Nginx("bodies::a_body_over_the_limit_413")),
    ("client-timeouts", Wavestack, Nginx("patience::a_slow_header_is_cut")),
    ("injection-guard", Wavestack, Nginx("paths::obvious_injections_are_refused")),
    ("method-guard", Wavestack, Nginx("errors::unknown_methods_405")),
    ("path-guard", Wavestack, Nginx("paths::ambiguous_paths_are_refused")),
    ("error-bodies", Wavestack, Nginx("errors::a_services_failures_are_masked")),
    ("security-headers", Wavestack, Nginx("bodies::a_route_has_its_own_limit")),
    ("server-tokens", Wavestack, Nginx("bodies::a_route_has_its_own_limit")),
    ("cors", Loosened(let_everybody_read), Nginx("cors::an_unlisted_origin_is_told_nothing")),
    ("connection-limit", Wavestack, Nginx("limits::the_51st_connection_429")),
    ("limit-status", Wavestack, Nginx("limits::the_strict_routes_let_six_through")),
    ("rate-limits", Loosened(count_nothing), Nginx("limits::every_route_counts_per_address")),
    ("audit-log", Wavestack, Nginx("logs::changes_are_audited")),
    ("error-log-hygiene", Wavestack, Nginx("logs::failures_hide_the_query")),
    ("log-hygiene", Wavestack, Nginx("logs::no_secret_is_logged")),
    ("log-level", Wavestack, ReadBack),
    ("logging", Careless, ComposeLint("CL-0014")),
    ("secret-length", Features, Secrets(keys_that_are_too_short)),
    ("secret-rotation", Features, Secrets(keys_that_are_never_due)),
    ("apparmor", Careless, ComposeLint("CL-0009")),
    ("capabilities", Careless, ComposeLint("CL-0024")),
    ("capabilities-dropped", Wavestack, ComposeLint("CL-0006")),
    ("control-socket", Careless, ComposeLint("CL-0001")),
    ("cpu", Features, ComposeLint("CL-0026")),
    ("host-ipc", Careless, ComposeLint("CL-0010")),
    ("host-pid", Careless, ComposeLint("CL-0010")),
    ("init", Wavestack, ReadBack),
    ("memory", Features, ComposeLint("CL-0026")),
    ("no-new-privileges", Wavestack, ComposeLint("CL-0003")),
    ("pids", Features, ReadBack),
    ("privileged", Careless, ComposeLint("CL-0002")),
    ("read-only-root", Wavestack, ComposeLint("CL-0007")),
    ("seccomp", Careless, ComposeLint("CL-0009")),
    ("tmpfs-options", Careless, ComposeLint("CL-0022")),
    ("tmpfs-size", Careless, ReadBack),
    ("ulimits", Wavestack, ReadBack),
    ("user", Wavestack, ReadBack),
    ("writable-paths", Wavestack, ReadBack),
    ("dockerfile-health", Wavestack, Judge(judges::trivy, "HEALTHCHECK")),
    (
        "dockerfile-locked-install",
        Wavestack,
        Line("services/core-app/Dockerfile", "--frozen-lockfile"),
    ),
    ("dockerfile-no-secrets", Wavestack, Line("services/core-app/Dockerfile.dockerignore", ".env")),
    ("dockerfile-user", Wavestack, Judge(judges::trivy, "DS-0002")),
    ("volume-owner", Wavestack, Line("services/clipper/Dockerfile", "\"install\", \"-d\"")),
    ("health-times", Careless, ReadBack),
    ("restart", Wavestack, ReadBack),
    ("start-order", Careless, ReadBack),
    ("stop-grace", Wavestack, ReadBack),
];

fn trust_everybody(stack: &mut Stack) {
    for range in ["0.0.0.0/0", "::/0"] {
        let range = AddressRange::parse(range).expect("a range");
        stack.gateway.trusted_proxies.push(written(range));
    }
}

/// OpenSSL speaks TLS 1.0 below its first security level only, which the suites choose.
fn speak_old_tls(stack: &mut Stack) {
    stack.exceptions.push(Exception {
        control: "tls-ciphers".to_owned(),
        place: Place::Gateway,
        reason: "a client of 2005".to_owned(),
        until: String::new(),
        written: Vec::new(),
    });
    stack.gateway.tls.ciphers = written(["ALL", "@SECLEVEL=0"].map(str::to_owned).to_vec());
    stack.gateway.tls.minimum = written(TlsVersion::V1_0);
}

fn take_any_body(stack: &mut Stack) {
    routes(&mut stack.gateway).for_each(|route| route.body = written(Bytes(0)));
}

fn let_everybody_read(stack: &mut Stack) {
    let any = || CorsRule { origins: OriginRule::Any };
    routes(&mut stack.gateway).for_each(|route| route.cors = written(any()));
}

fn count_nothing(stack: &mut Stack) {
    routes(&mut stack.gateway).for_each(|route| route.rates = written(Vec::new()));
}

fn routes(gateway: &mut Gateway) -> impl Iterator<Item = &mut Route> {
    gateway.hosts.values_mut().flat_map(|host| host.routes.values_mut())
}

fn written<T>(value: T) -> Sourced<T> {
    Sourced::written(value, Position::default())
}

/// What stands in the way of unsealing where every secret has three characters.
fn keys_that_are_too_short(stack: &Stack) -> BTreeSet<String> {
    let short = |_: &_| OpenSecret {
        known: known(Seconds(0)),
        value: SecretValue::from("abc"),
        previous: Vec::new(),
    };
    let secrets = stack.secrets.keys().map(|name| (name.clone(), short(name))).collect();
    let open = OpenBundle { environment: stack.environment.clone(), secrets };
    // Every fault is a way of being kept from a weak key; one less is what is noticed.
    let refused: BTreeSet<_> = faults(stack, &open).into_iter().map(|fault| fault.secret).collect();
    let accepted = stack.secrets.keys().filter(|name| !refused.contains(*name));
    accepted.map(|name| format!("{name} may be three characters long")).collect()
}

/// Stored secrets that `secrets list` never calls due.
fn keys_that_are_never_due(stack: &Stack) -> BTreeSet<String> {
    let never = stack
        .secrets
        .iter()
        .filter(|(_, secret)| due(&known(*secret.rotate_after), *secret.rotate_after).is_none());
    never.map(|(name, _)| format!("{name} is never due")).collect()
}

fn known(rotate_after: Seconds) -> Known {
    Known {
        kind: Kind::Provided,
        created: date!(2026 - 01 - 01),
        rotated: date!(2026 - 01 - 01),
        rotate_after,
        recipients: String::new(),
        public: String::new(),
        has_previous: false,
    }
}
