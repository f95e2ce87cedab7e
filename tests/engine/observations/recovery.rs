//! What moves, ends or is renewed is served again, without anybody touching the gateway.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::engine::observation::{Moment, Observation, Presets};
use crate::engine::project::finish;
use crate::engine::stack::Stack;

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[
    Observation {
        name: "recovery::a_service_with_a_new_address_is_found_again",
        proves: &["WS-15"],
        on: Presets::Only(&["relay"]),
        moment: Moment::Disturbing,
        look: a_service_with_a_new_address_is_found_again,
    },
    Observation {
        name: "recovery::the_gateway_starts_before_its_services",
        proves: &["WS-15"],
        on: Presets::Only(&["relay"]),
        moment: Moment::Disturbing,
        look: the_gateway_starts_before_its_services,
    },
    Observation {
        name: "recovery::a_renewed_certificate_is_served_without_a_failed_handshake",
        proves: &["WS-12"],
        on: Presets::Only(&["relay"]),
        moment: Moment::Disturbing,
        look: a_renewed_certificate_is_served_without_a_failed_handshake,
    },
    Observation {
        name: "recovery::a_reboot_without_the_unsealed_folder",
        proves: &["WS-16"],
        on: Presets::Only(&["relay", "web-api"]),
        moment: Moment::Disturbing,
        look: a_reboot_without_the_unsealed_folder,
    },
];

/// nginx asks Docker's name server again after 5 s (`valid=5s`), and a second more is the bound.
const FOUND_AGAIN: Duration = Duration::from_secs(6);
/// `ssl_certificate_cache valid=10s`, and five seconds more are the bound.
const RENEWED: Duration = Duration::from_secs(15);
/// Hands are shaken for so long with the renewed certificate.
const AFTERWARDS: Duration = Duration::from_secs(1);

const HOST: &str = "relay.example.com";

/// Another container takes the old address, so that the service comes back at a new one.
fn a_service_with_a_new_address_is_found_again(stack: &Stack) {
    let client = stack.client();
    let network = stack.addresses("api").into_keys().next().expect("a network");
    let before = stack.addresses("api")[&network];
    let full = format!("{}_{network}", stack.preset());
    finish(&mut stack.docker(&["rm", "-f", &stack.container("api")]), "");
    let image = stack.service("api")["image"].as_str().expect("an image").to_owned();
    let mut squatter = stack.docker(&["run", "-d", "--name", "squatter", "--network", &full]);
    squatter.args(["--ip", &before.to_string(), "--entrypoint", "sleep", &image, "300"]);
    finish(&mut squatter, "");
    finish(&mut stack.compose(&["up", "-d", "--no-build", "--wait", "--no-deps", "api"]), "");
    let healthy = Instant::now();
    let served = until(FOUND_AGAIN, || client.get(HOST, "/health").status == 200);
    finish(&mut stack.docker(&["rm", "-f", "squatter"]), "");
    assert_ne!(stack.addresses("api")[&network], before, "the address stayed the same");
    assert!(served, "not served {} s after it was healthy", healthy.elapsed().as_secs());
}

/// Alone it is healthy and says when to come again; the service is served once it is there.
fn the_gateway_starts_before_its_services(stack: &Stack) {
    let client = stack.client();
    finish(&mut stack.docker(&["rm", "-f", &stack.container("api")]), "");
    finish(&mut stack.docker(&["rm", "-f", &stack.container("gateway")]), "");
    finish(&mut stack.compose(&["up", "-d", "--no-build", "--wait", "--no-deps", "gateway"]), "");
    let alone = client.get(HOST, "/health");
    assert_eq!(alone.status, 503);
    assert!(alone.header("Retry-After").is_some(), "no Retry-After");
    finish(&mut stack.compose(&["up", "-d", "--no-build", "--wait", "api"]), "");
    assert!(until(FOUND_AGAIN, || client.get(HOST, "/health").status == 200), "not served");
}

/// The runbook's commands for a certificate, with somebody shaking hands all the time.
fn a_renewed_certificate_is_served_without_a_failed_handshake(stack: &Stack) {
    let client = stack.client();
    let before = client.certificate(HOST).expect("a certificate");
    let done = AtomicBool::new(false);
    let (shaken, failed, renewed) = thread::scope(|scope| {
        let shaking = scope.spawn(|| {
            let (mut shaken, mut failed) = (0, Vec::new());
            while !done.load(Ordering::Relaxed) {
                match client.certificate(HOST) {
                    Ok(_) => shaken += 1,
                    Err(error) => failed.push(error.to_string()),
                }
                thread::sleep(Duration::from_millis(50));
            }
            (shaken, failed)
        });
        forget_the_leaf(stack);
        finish(&mut stack.shell("portcullis certs issue --env production"), "");
        finish(&mut stack.shell("portcullis secrets unseal --env production"), "");
        let renewed = until(RENEWED, || client.certificate(HOST).is_ok_and(|now| now != before));
        // Where the cache had just ended, the new one is there at once.
        thread::sleep(AFTERWARDS);
        done.store(true, Ordering::Relaxed);
        let (shaken, failed) = shaking.join().expect("handshakes");
        (shaken, failed, renewed)
    });
    assert!(renewed, "the old certificate is still served");
    assert!(shaken > 5, "only {shaken} handshakes");
    assert_eq!(failed, Vec::<String>::new(), "of {shaken} handshakes");
}

/// The machine restarts, and what was in memory is gone: the runbook's commands bring the stack back.
fn a_reboot_without_the_unsealed_folder(stack: &Stack) {
    let folder = stack.town.on_machine("/run/portcullis");
    stack.engine.stop();
    fs::remove_dir_all(folder).expect("the unsealed folder");
    stack.engine.begin();
    let commands = stack.runbook("After a reboot");
    assert!(commands.contains("secrets unseal"), "{commands}");
    finish(&mut stack.shell(&commands), "");
    for service in stack.running() {
        let state = &stack.inspect(service)["State"];
        assert_eq!(state["Health"]["Status"], "healthy", "{service}: {state}");
    }
}

/// As if it ended within thirty days.
fn forget_the_leaf(stack: &Stack) {
    let bundle = stack.root().join("secrets/production.yaml");
    let text = fs::read_to_string(&bundle).expect("the bundle");
    let leaf = "tls_leaf_relay_example_com";
    assert!(text.contains(leaf), "no leaf in the bundle");
    fs::write(&bundle, super::secrets::without_entry(&text, leaf)).expect("a bundle");
}

/// Asks again and again; whether it came true in time.
fn until(patience: Duration, mut asked: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    loop {
        if asked() {
            return true;
        }
        if begun.elapsed() > patience {
            return false;
        }
        thread::sleep(Duration::from_millis(100));
    }
}
