//! A stack is broken and `verify` run on it: orders to a room and its answers, one JSON line each.

use std::fs;
use std::io::{BufRead, BufReader, Lines, Write, stdin};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::gateway::bench::{Bench, copy_tree};
use crate::gateway::facts::{AUTH, stack};
use crate::gateway::room::Room;
use crate::gateway::stubs::http::ECHOES;
use crate::table::{BREAKERS, Break, Turn};
use crate::{inspection, project};

/// Rooms at a time.
const ROOMS: usize = 3;
/// The token that the stand-in of the validator accepts; never to be printed.
const TOKEN: &str = "good-ann.verify";
/// The longest that a run may take.
const LONGEST: Duration = Duration::from_secs(12);

/// What a room shall do.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Order {
    /// The stack's name among the facts.
    stack: String,
    project: PathBuf,
    /// File of the gateway, text before, text after.
    edit: Option<(String, String, String)>,
    turn: Turn,
    inspection: Value,
    load: bool,
}

/// What came of it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Outcome {
    code: i32,
    out: String,
    err: String,
    took: Duration,
}

/// Try the intact stack and every breaker whose promise contains `filter`: how many, and faults.
pub fn of(filter: &str) -> (usize, Vec<String>) {
    let base = intact("wavestack", project::of_the_preset());
    let cases: Vec<_> = BREAKERS.iter().filter(|(id, _)| id.contains(filter)).collect();
    let (next, faults) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for number in 0..ROOMS {
            let (next, faults, cases, base) = (&next, &faults, &cases, &base);
            scope.spawn(move || {
                let mut room = Worker::hire(number);
                if number == 0 {
                    let kept = kept(&room.carry_out(&Order { load: true, ..base.clone() }));
                    faults.lock().unwrap().extend(kept);
                }
                while let Some((id, how)) = cases.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let outcome = room.carry_out(&order(base, id, *how));
                    let fault = broken(id, &outcome);
                    println!(
                        "{} {id}: {how:?} ({} ms)",
                        if fault.is_some() { "FAIL" } else { "ok  " },
                        outcome.took.as_millis()
                    );
                    faults.lock().unwrap().extend(fault);
                }
            });
        }
    });
    let mut faults = faults.into_inner().unwrap();
    faults.extend(other_stack());
    (cases.len() + 2, faults)
}

fn intact(stack: &str, project: PathBuf) -> Order {
    let inspection = inspection::of(&project.join("deploy/production/compose.yaml"));
    Order { stack: stack.to_owned(), project, inspection, ..Order::default() }
}

/// On a stack with every feature nothing is told broken, though not all of it can be seen.
fn other_stack() -> Vec<String> {
    let order = intact("features", project::of_the_features());
    let outcome = Worker::hire(ROOMS).carry_out(&order);
    let mut faults: Vec<String> = results(&outcome)
        .into_iter()
        .filter(|(_, result, _)| result == "broken")
        .map(|(id, _, seen)| format!("{id} is broken on the intact features: {seen}"))
        .collect();
    if outcome.code != 0 || outcome.took > LONGEST {
        let (code, took, err) = (outcome.code, outcome.took, &outcome.err);
        faults.push(format!("the intact features: exit {code} after {took:?}: {err}"));
    }
    println!("the intact features took {} ms", outcome.took.as_millis());
    faults
}

fn order(base: &Order, id: &str, how: Break) -> Order {
    let mut order = Order { load: id == "rate-limits", ..base.clone() };
    match how {
        Break::Text(file, from, to) => {
            order.edit = Some((file.to_owned(), from.to_owned(), to.to_owned()));
        }
        Break::Engine(pointer, value) => {
            let slot = order.inspection.pointer_mut(pointer);
            *slot.unwrap_or_else(|| panic!("nothing at {pointer}")) =
                serde_json::from_str(value).expect("JSON");
        }
        Break::Room(turn) => order.turn = turn,
    }
    order
}

/// What is wrong with the run on the intact stack: every promise must hold, in time.
fn kept(outcome: &Outcome) -> Vec<String> {
    let mut faults = Vec::new();
    for (id, result, seen) in results(outcome) {
        if result != "holds" {
            faults.push(format!("{id} is {result} on the intact stack: {seen}"));
        }
    }
    let told = results(outcome).len();
    if told != portcullis::verify::ALL.len() {
        faults.push(format!("the intact stack makes {told} promises: {}", outcome.err));
    }
    if outcome.code != 0 || outcome.took > LONGEST {
        faults.push(format!("the intact stack: exit {} after {:?}", outcome.code, outcome.took));
    }
    println!("the intact stack took {} ms", outcome.took.as_millis());
    faults.extend(leaks(outcome));
    faults
}

/// What is wrong with a run on a broken stack: that very promise must be told broken.
fn broken(id: &str, outcome: &Outcome) -> Option<String> {
    let told = results(outcome).into_iter().find(|(told, ..)| told == id);
    match told {
        Some((_, result, _)) if result == "broken" && outcome.code == 1 => leaks(outcome),
        Some((_, result, seen)) => Some(format!("{id} is {result}, exit {}: {seen}", outcome.code)),
        None => Some(format!("{id} was not told: {}{}", outcome.err, outcome.out)),
    }
}

fn leaks(outcome: &Outcome) -> Option<String> {
    let all = format!("{}{}", outcome.out, outcome.err);
    ["good-ann", "never-to-be-printed"]
        .into_iter()
        .find(|secret| all.contains(secret))
        .map(|secret| format!("`{secret}` was printed"))
}

/// (id, result, what was seen) of every promise.
fn results(outcome: &Outcome) -> Vec<(String, String, String)> {
    let account: Value = serde_json::from_str(&outcome.out).unwrap_or_default();
    let promises = account["promises"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let one = |promise: &Value| {
        (text(&promise["id"]), text(&promise["result"]), promise["seen"].to_string())
    };
    promises.iter().map(one).collect()
}

/// A room, seen from outside.
struct Worker {
    process: Child,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Worker {
    fn hire(number: usize) -> Self {
        let mut process = Room::spawn(number, &[]);
        let answers = BufReader::new(process.stdout.take().expect("its output")).lines();
        Self { process, answers }
    }

    fn carry_out(&mut self, order: &Order) -> Outcome {
        let stdin = self.process.stdin.as_mut().expect("its input");
        writeln!(stdin, "{}", serde_json::to_string(order).expect("JSON")).expect("a living room");
        let line = self.answers.next().expect("the room ended early").expect("a line");
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("the room says {line}"))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        self.process.wait().ok();
    }
}

/// The life inside a room: orders from standard input until it closes.
pub fn serve(room: Room) {
    ECHOES.store(true, Ordering::Relaxed);
    let (mut room, mut bench) = (Some(room), None);
    for line in stdin().lines().map_while(Result::ok) {
        let order: Order = serde_json::from_str(&line).expect("an order");
        let bench = bench.get_or_insert_with(|| {
            Bench::new(stack(&order.stack), room.take().expect("one stack a room"))
        });
        let outcome = obey(bench, &order);
        println!("{}", serde_json::to_string(&outcome).expect("JSON"));
    }
}

fn obey(bench: &Bench, order: &Order) -> Outcome {
    let tree = bench.room.path("tree");
    copy_tree(&order.project.join("deploy/production/gateway"), &tree);
    if let Some((file, from, to)) = &order.edit {
        let file = tree.join(file);
        let text = fs::read_to_string(&file).expect("the file");
        if !text.contains(from) {
            let err = format!("{} does not hold {from}", file.display());
            return Outcome { code: -1, err, ..Outcome::default() };
        }
        fs::write(file, text.replace(from, to)).expect("the edit");
    }
    certificates(bench, order.turn);
    bench.stubs.restore(&bench.room, bench.facts.services);
    if let Err(err) = bench.start() {
        return Outcome { code: -1, err, ..Outcome::default() };
    }
    // Asked from an address that stands on no list and is not translated on its way.
    let inner = (order.turn == Turn::InnerPort)
        .then(|| TcpListener::bind("0.0.0.0:5432").expect("postgres's port"));
    if order.turn == Turn::ServiceGone {
        bench.stubs.stop("core-app");
    }
    let mut outcome = verify(bench, order);
    // A host that shows another one's certificate may be anybody.
    if order.turn == Turn::OtherCertificate && bench.stubs.mentions(TOKEN) {
        outcome.code = -1;
        outcome.err += "the token went to a host whose certificate is not believed";
    }
    drop(inner);
    bench.stop();
    outcome
}

fn certificates(bench: &Bench, turn: Turn) {
    let tls = bench.room.path("tls");
    for host in bench.facts.hosts {
        let name = if turn == Turn::OtherCertificate { AUTH } else { *host };
        let mut params = rcgen::CertificateParams::new(vec![name.to_owned()]).expect("a name");
        if turn == Turn::EndingCertificate {
            params.not_after = time::OffsetDateTime::now_utc() + time::Duration::days(3);
        }
        bench.trust.issue_as(&tls, host, params);
    }
}

fn verify(bench: &Bench, order: &Order) -> Outcome {
    let given = bench.room.path("given");
    fs::create_dir_all(&given).expect("a folder");
    let file = |name: &str, content: &str| -> String {
        let path: PathBuf = Path::new(&given).join(name);
        fs::write(&path, content).expect("a file");
        path.to_string_lossy().into_owned()
    };
    let authority = file("ca.pem", &bench.trust.authority());
    let token = file("token", TOKEN);
    let inspection = file("inspect.json", &order.inspection.to_string());
    let begun = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_portcullis"))
        .args(["verify", "--url", "https://198.51.100.7:8443", "--url", "http://198.51.100.7:8080"])
        .args(["--cacert", &authority, "--bearer", &token, "--inspect", &inspection])
        .args(["--format", "json"])
        .args((!order.load).then_some("--no-load"))
        .current_dir(&order.project)
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .output()
        .expect("the program");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Outcome {
        code: output.status.code().unwrap_or(-1),
        out: text(&output.stdout),
        err: text(&output.stderr),
        took: begun.elapsed(),
    }
}
