//! Webhooks: whoever calls is known by a signature, which only the application can check.

use crate::gateway::bench::Bench;
use crate::gateway::client::Request;
use crate::gateway::facts::PROTECTED;
use crate::gateway::suite::checks;

checks![Quick: no_signature_401, a_signed_call_passes, a_well_formed_number_is_kept, an_ill_formed_number_is_replaced, a_hook_has_its_limit];

const HOOK: &str = "/hooks/provider";

fn signed(bench: &Bench) -> Request {
    bench.client().post(HOOK, "event").header("X-Signature", "sha256=0")
}

fn no_signature_401(bench: &Bench) {
    for request in [
        bench.client().post(HOOK, "event"),
        bench.client().post(HOOK, "event").header("X-Signature", "").token("good-ann"),
    ] {
        let reply = request.send();
        reply.assert_error(401, "unauthorized").assert_secured();
        assert!(bench.seen(&reply).is_empty());
    }
}

fn a_signed_call_passes(bench: &Bench) {
    let reply = signed(bench).header("X-User-Id", "evil").send();
    let seen = bench.service_saw(reply.assert_passed());
    assert_eq!((seen.header("X-Signature"), seen.header("X-User-Id")), (Some("sha256=0"), None));
    assert_eq!((seen.body, bench.seen(&reply).len()), (b"event".to_vec(), 1));
}

/// The application recognises a repeated delivery by it.
fn a_well_formed_number_is_kept(bench: &Bench) {
    for (headers, number) in [
        (&[("X-Request-Id", "evt_1-2.3:4")][..], "evt_1-2.3:4"),
        (&[("Idempotency-Key", "key-77")], "key-77"),
        (&[("Idempotency-Key", "\"quoted-77\"")], "quoted-77"),
        (&[("Idempotency-Key", "key-78"), ("X-Request-Id", "req-78")], "req-78"),
    ] {
        let request = headers
            .iter()
            .fold(signed(bench), |request, (name, value)| request.header(name, value));
        let reply = request.send();
        assert_eq!(reply.assert_passed().header("X-Request-Id"), Some(number));
        let seen =
            bench.stubs.seen(|seen| seen.target == HOOK && seen.all("X-Request-Id") == [number]);
        assert_eq!(seen.len(), 1, "{number}");
        assert_eq!(bench.log_of(number)["path"], HOOK);
    }
}

fn an_ill_formed_number_is_replaced(bench: &Bench) {
    let long = "x".repeat(129);
    for number in ["", "a b", "a,b", "\"", "\"open", "<script>", "a\\b", &long] {
        for name in ["X-Request-Id", "Idempotency-Key"] {
            let reply = signed(bench).header(name, number).send();
            assert_ne!(reply.assert_passed().request_id(), number);
        }
    }
    // Nowhere else does a client name its request.
    for name in ["X-Request-Id", "Idempotency-Key"] {
        let reply = bench.client().get(PROTECTED).token("good-ann").header(name, "mine").send();
        assert_ne!(reply.assert_passed().request_id(), "mine");
    }
}

fn a_hook_has_its_limit(bench: &Bench) {
    let call =
        |size: usize| bench.client().post(HOOK, vec![b'x'; size]).header("X-Signature", "s").send();
    call(256 << 10).assert_passed();
    call((256 << 10) + 1).assert_error(413, "payload_too_large");
}
