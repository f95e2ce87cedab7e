//! `./bench load`: 500 WebSockets and 200 requests a second through the gateway of the preset ai-camera on a real
//! engine, while the service behind both is recreated every ten seconds.
//!
//! Printed, never asserted: the answers by status, what stays open afterwards, the gateway's memory over time, and
//! whether the stack then still passes `portcullis verify`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]
#![allow(unreachable_pub, dead_code)]

#[path = "../../tests/engine/mod.rs"]
mod engine;
mod gateway;
mod tally;
mod visitors;

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use engine::project::{Project, feed, finish};
use engine::stack::{Stack, said};
use engine::workshop::Workshop;
use gateway::Gateway;
use tally::Tally;

/// The preset with a WebSocket, and the service behind it.
const PRESET: &str = "ai-camera";
const SERVICE: &str = "backend";
/// How often the service is recreated.
const PAUSE: Duration = Duration::from_secs(10);
/// How long to wait for the last connections' end.
const PATIENCE: Duration = Duration::from_secs(20);

fn main() {
    // cargo hands `--bench` on.
    let seconds = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(120);
    let workshop = Workshop::open();
    let mut project = workshop.draw(PRESET, PRESET);
    make_room(&mut project);
    workshop.prepare(&[&project]);
    let stack = workshop.settle(project);
    stack.fill();
    stack.up();
    bear(&stack, Duration::from_secs(seconds));
    stack.down();
}

/// The stand-in takes a thread for each connection, which the preset's own limit would not allow.
fn make_room(project: &mut Project) {
    let path = project.root().join("portcullis.yaml");
    let text = fs::read_to_string(&path).expect("the description");
    let roomy = "    port: 8000\n    limits: {memory: 1g, cpus: 2, pids: 2048}\n";
    fs::write(path, text.replace("    port: 8000\n", roomy)).expect("the description");
    finish(&mut project.portcullis(&["generate"]), "");
    project.read_model();
}

fn bear(stack: &Stack, duration: Duration) {
    let gateway = Gateway::of(stack);
    // What nginx keeps open for itself, such as connections to the service, is there before as well.
    visitors::once(&stack.client());
    let before = gateway.descriptors();
    let (tally, over) = (Tally::default(), AtomicBool::new(false));
    let mut memory = Vec::new();
    let mut recreations = 0;
    thread::scope(|scope| {
        visitors::send(scope, stack, &tally, &over);
        let Some(took) = tally.wait_until_open(visitors::SOCKETS) else {
            over.store(true, Ordering::SeqCst);
            return println!("missed: not all visitors got in before the service was touched");
        };
        println!("all visitors are there after {} s", took.as_secs());
        tally.forget();
        let recreating = scope.spawn(|| recreate(stack, &over));
        let start = Instant::now();
        while start.elapsed() < duration {
            memory.push(gateway.resident());
            thread::sleep(Duration::from_secs(2));
        }
        over.store(true, Ordering::SeqCst);
        recreations = recreating.join().expect("the recreation");
    });
    let after = settled(&gateway, before);
    tally.print(duration, recreations);
    gateway::print_memory(&memory);
    let verdict = if after <= before { "held" } else { "missed" };
    println!("{verdict}: {after} files and connections open in the gateway, {before} before");
    verify(stack);
}

/// Removes the service's container and starts another one, again and again; how often.
fn recreate(stack: &Stack, over: &AtomicBool) -> usize {
    let mut times = 0;
    while !over.load(Ordering::SeqCst) {
        let begun = Instant::now();
        let mut up = stack.compose(&["up", "-d", "--no-build", "--no-deps", "--force-recreate"]);
        finish(up.args(["--timeout", "1", SERVICE]), "");
        times += 1;
        while begun.elapsed() < PAUSE && !over.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(100));
        }
    }
    times
}

/// What is open once the visitors have left and the connections to the service have had their end.
fn settled(gateway: &Gateway, before: usize) -> usize {
    let begun = Instant::now();
    while gateway.descriptors() > before && begun.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(500));
    }
    gateway.descriptors()
}

fn verify(stack: &Stack) {
    finish(&mut stack.compose(&["up", "-d", "--no-build", "--wait"]), "");
    let line = "umask 077; echo good-verify >/run/bearer; \
        portcullis verify --url https://127.0.0.1 --url http://127.0.0.1 --bearer /run/bearer";
    let output = feed(&mut stack.shell(line), "");
    let verdict = if output.status.success() { "held" } else { "missed" };
    println!("{verdict}: portcullis verify afterwards");
    if !output.status.success() {
        println!("{}", said(&output));
    }
}
