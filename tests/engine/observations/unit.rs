//! The unit that the runbook prints: systemd takes it, and its commands stop the stack and bring it back.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::engine::observation::{Moment, Observation, Presets};
use crate::engine::project::{feed, finish};
use crate::engine::stack::{Stack, said};

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[Observation {
    name: "unit::starts_and_stops_the_stack_with_the_machine",
    proves: &["WS-16"],
    on: Presets::Only(&["minimal"]),
    moment: Moment::Disturbing,
    look: starts_and_stops_the_stack_with_the_machine,
}];

/// Time to be healthy again, with questions every ten seconds.
const HEALTHY: Duration = Duration::from_secs(90);
const UNIT: &str = "/run/units/portcullis-minimal-production.service";

/// Printed by the runbook's own command, with the folder of units and `systemctl` replaced: the tests'
/// machine has no systemd of its own.
fn starts_and_stops_the_stack_with_the_machine(stack: &Stack) {
    let commands = stack.runbook("Start with the machine");
    let commands = commands.replace("/etc/systemd/system", "/run/units");
    let program = Path::new(env!("CARGO_BIN_EXE_portcullis")).parent().expect("a folder").display();
    let around = format!("unset -f portcullis; PATH={program}:$PATH; systemctl() {{ :; }}");
    finish(&mut stack.shell(&format!("{around}; mkdir -p /run/units; {commands}")), "");
    let text = fs::read_to_string(stack.town.on_machine(UNIT)).expect("the unit");
    accepted(stack, &text);
    let unit = Unit::read(&text);

    finish(&mut unit.command(stack, "ExecStop"), "");
    assert!(!runs(stack), "it was not stopped");
    stack.engine.stop();
    fs::remove_dir_all(stack.town.on_machine("/run/portcullis")).expect("the unsealed folder");
    stack.engine.begin();
    assert!(!runs(stack), "the engine started it before anybody unsealed");
    finish(&mut unit.command(stack, "ExecStart"), "");
    let begun = Instant::now();
    while !healthy(stack) {
        assert!(begun.elapsed() < HEALTHY, "not healthy: {}", stack.inspect("app")["State"]);
        thread::sleep(Duration::from_millis(300));
    }
}

/// `systemd-analyze` reads the whole unit, where the machine has it; it does not know Docker's here.
fn accepted(stack: &Stack, text: &str) {
    if !Path::new("/usr/bin/systemd-analyze").exists() {
        return;
    }
    let known = text.lines().filter(|line| !line.starts_with("Requires=docker.service"));
    let known = known.collect::<Vec<_>>().join("\n") + "\n";
    fs::write(stack.town.on_machine(UNIT), known).expect("the unit");
    let output = feed(&mut stack.shell(&format!("systemd-analyze verify --man=no {UNIT}")), "");
    let words = said(&output);
    let ours = words.lines().filter(|line| line.contains("portcullis-minimal")).collect::<Vec<_>>();
    assert!(output.status.success() && ours.is_empty(), "{words}");
}

fn runs(stack: &Stack) -> bool {
    !finish(&mut stack.docker(&["ps", "--quiet"]), "").stdout.is_empty()
}

fn healthy(stack: &Stack) -> bool {
    let state = |service: &&str| stack.inspect(service)["State"]["Health"]["Status"] == "healthy";
    stack.running().iter().all(state)
}

/// Its keys; of several with one name, the last.
struct Unit(BTreeMap<String, String>);

impl Unit {
    fn read(text: &str) -> Self {
        let pairs = text.lines().filter_map(|line| line.split_once('='));
        Self(pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
    }

    /// What systemd would run: in the unit's folder, with the unit's environment.
    fn command(&self, stack: &Stack, key: &str) -> Command {
        let home = self.0["Environment"].trim_matches('"');
        let folder = &self.0["WorkingDirectory"];
        stack.shell(&format!("cd '{folder}' && env '{home}' {}", self.0[key]))
    }
}
