//! `portcullis apply` does what its plan says, no more and no less, and loses no request where it need not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::engine::observation::{Moment, Observation, Presets};
use crate::engine::project::{feed, finish};
use crate::engine::stack::{Stack, said};

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[
    Observation {
        name: "apply::leaves_alone_what_is_as_drawn",
        proves: &[],
        on: Presets::Only(&["minimal", "web-api"]),
        moment: Moment::Disturbing,
        look: leaves_alone_what_is_as_drawn,
    },
    Observation {
        name: "apply::reloads_the_gateway_without_losing_a_request",
        proves: &[],
        on: Presets::Only(&["minimal"]),
        moment: Moment::Disturbing,
        look: reloads_the_gateway_without_losing_a_request,
    },
    Observation {
        name: "apply::keeps_the_gateway_that_serves_when_nginx_refuses_the_files",
        proves: &[],
        on: Presets::Only(&["minimal"]),
        moment: Moment::Disturbing,
        look: keeps_the_gateway_that_serves_when_nginx_refuses_the_files,
    },
    Observation {
        name: "apply::refuses_what_nobody_drew",
        proves: &["AC-10"],
        on: Presets::Only(&["minimal"]),
        moment: Moment::Disturbing,
        look: refuses_what_nobody_drew,
    },
    Observation {
        name: "apply::refuses_more_cpus_than_there_are",
        proves: &[],
        on: Presets::Only(&["minimal"]),
        moment: Moment::Disturbing,
        look: refuses_more_cpus_than_there_are,
    },
    Observation {
        name: "apply::builds_what_changed",
        proves: &[],
        on: Presets::Only(&["minimal"]),
        moment: Moment::Disturbing,
        look: builds_what_changed,
    },
    Observation {
        name: "apply::brings_a_service_and_takes_its_networks_away_again",
        proves: &[],
        on: Presets::Only(&["minimal"]),
        moment: Moment::Disturbing,
        look: brings_a_service_and_takes_its_networks_away_again,
    },
    Observation {
        name: "apply::stops_where_a_service_does_not_come_up",
        proves: &["WS-16"],
        on: Presets::Only(&["minimal"]),
        moment: Moment::Disturbing,
        look: stops_where_a_service_does_not_come_up,
    },
    Observation {
        name: "apply::restarts_the_readers_of_a_new_secret_alone",
        proves: &["MY-10"],
        on: Presets::Only(&["web-api"]),
        moment: Moment::Disturbing,
        look: restarts_the_readers_of_a_new_secret_alone,
    },
];

const HOST: &str = "app.example.com";
const ROUTE: &str = "/: {auth: none}";
/// The most that the load waits between two requests.
const PAUSE: Duration = Duration::from_millis(5);

/// A second run finds nothing to do, and neither does one after a certificate was renewed.
fn leaves_alone_what_is_as_drawn(stack: &Stack) {
    agreed(stack);
    let renew = "cd /run/portcullis/*/production/tls; for file in *.pem; do \
                 cp -p $file .$file.new; mv .$file.new $file; done";
    finish(&mut stack.shell(renew), "");
    assert_eq!(agreed(stack), [""; 0]);
}

fn reloads_the_gateway_without_losing_a_request(stack: &Stack) {
    let description = Description::of(stack);
    // The load must not meet the limit.
    description.change("default: 120/min burst 40", "default: 60000/min burst 5000");
    assert_eq!(agreed(stack), ["test gateway", "reload gateway"]);
    let client = stack.client();
    assert_ne!(client.ask("POST", HOST, "/", &[]).status, 405);
    description.change(ROUTE, "/: {auth: none, methods: [GET, HEAD]}");
    let done = AtomicBool::new(false);
    let answers: Vec<u16> = thread::scope(|scope| {
        let load = |number| {
            let (client, done) = (stack.client().at([198, 51, 100, number]), &done);
            scope.spawn(move || {
                let mut answers = Vec::new();
                while !done.load(Ordering::Relaxed) || answers.len() < 50 {
                    answers.push(client.get(HOST, "/").status);
                    thread::sleep(PAUSE);
                }
                answers
            })
        };
        let loads: Vec<_> = (20..24).map(load).collect();
        thread::sleep(Duration::from_millis(300));
        let lines = agreed(stack);
        done.store(true, Ordering::Relaxed);
        assert_eq!(lines, ["test gateway", "reload gateway"]);
        loads.into_iter().flat_map(|load| load.join().expect("every request answered")).collect()
    });
    assert!(answers.len() >= 200, "only {} requests", answers.len());
    let lost = answers.iter().filter(|status| **status != 200).count();
    assert_eq!(lost, 0, "of {} requests {lost} were lost", answers.len());
    assert_eq!(client.ask("POST", HOST, "/", &[]).status, 405, "the new files are not in effect");
    // Back at the files of the label, and loaded again.
    description.restore();
    assert_eq!(agreed(stack), ["test gateway", "reload gateway"]);
    assert_ne!(client.ask("POST", HOST, "/", &[]).status, 405, "the old files are not in effect");
}

/// In the gateway's eyes alone one of its files is broken: what is drawn is as it was drawn.
fn keeps_the_gateway_that_serves_when_nginx_refuses_the_files(stack: &Stack) {
    let description = Description::of(stack);
    let client = stack.client();
    let inside = |line: &str| {
        let process = stack.inspect("gateway")["State"]["Pid"].to_string();
        let line = format!("nsenter --target {process} --mount sh -c '{line}'");
        finish(&mut stack.shell(&line), "");
    };
    description.change(ROUTE, "/: {auth: none, methods: [GET, HEAD]}");
    inside("echo \"nonsense;\" >/tmp/broken; mount --bind /tmp/broken /etc/portcullis/nginx.conf");
    let before = seen(stack);
    let output = apply(stack, "");
    inside("umount /etc/portcullis/nginx.conf");
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    for words in ["test gateway", "nonsense", "what runs was not touched"] {
        assert!(said(&output).contains(words), "{words} is not said: {}", said(&output));
    }
    assert_eq!(seen(stack), before);
    assert_ne!(client.ask("POST", HOST, "/", &[]).status, 405, "the new files are in effect");
    assert_eq!(agreed(stack), ["test gateway", "reload gateway"]);
    assert_eq!(client.ask("POST", HOST, "/", &[]).status, 405, "the new files are not in effect");
    description.restore();
    assert_eq!(agreed(stack), ["test gateway", "reload gateway"]);
}

/// A hand edit, and secrets that are not unsealed: exit 3, with what to run.
fn refuses_what_nobody_drew(stack: &Stack) {
    let before = seen(stack);
    let file = stack.project.drawn("gateway/nginx.conf");
    let drawn = fs::read(&file).expect("a drawn file");
    fs::write(&file, [drawn.as_slice(), b"# by hand\n"].concat()).expect("an edit");
    let edited = apply(stack, "");
    fs::write(&file, drawn).expect("the file as it was");
    assert_eq!(edited.status.code(), Some(3), "{}", said(&edited));
    assert!(said(&edited).contains("gateway/nginx.conf"), "{}", said(&edited));
    let elsewhere = "PORTCULLIS_SECRETS_DIR=/run/nowhere portcullis apply";
    let sealed = feed(&mut stack.shell(elsewhere), "");
    assert_eq!(sealed.status.code(), Some(3), "{}", said(&sealed));
    assert!(said(&sealed).contains("portcullis secrets unseal"), "{}", said(&sealed));
    assert_eq!(seen(stack), before);
    assert_eq!(agreed(stack), ["test gateway", "reload gateway"], "the files were written anew");
}

/// The engine would say so once it has removed the container.
fn refuses_more_cpus_than_there_are(stack: &Stack) {
    let description = Description::of(stack);
    let before = seen(stack);
    description.change("    health:", "    limits: {cpus: 512}\n    health:");
    for flags in ["--plan", ""] {
        let output = apply(stack, flags);
        assert_eq!(output.status.code(), Some(3), "{}", said(&output));
        assert!(said(&output).contains("app (512)"), "{}", said(&output));
    }
    description.restore();
    assert_eq!(seen(stack), before);
    agreed(stack);
}

/// New sources build and recreate; a touched file builds, and nobody feels it.
fn builds_what_changed(stack: &Stack) {
    let source = stack.root().join("app/monitor.py");
    let text = fs::read_to_string(&source).expect("a source");
    fs::write(&source, format!("{text}\n# changed\n")).expect("a change");
    assert_eq!(agreed(stack), ["build app", "recreate app"]);
    finish(&mut stack.shell("touch app/monitor.py"), "");
    let before = seen(stack);
    let output = apply(stack, "");
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(lines(&output.stdout), ["build app", "recreate app"]);
    assert!(said(&output).contains("app was left alone"), "{}", said(&output));
    assert_eq!(seen(stack), before, "the same image disturbed it");
    assert_eq!(agreed(stack), [""; 0]);
}

fn brings_a_service_and_takes_its_networks_away_again(stack: &Stack) {
    let description = Description::of(stack);
    let second = "services:\n  second:\n    image: minimal/app:production\n    user: \"10001:10001\"\n    \
        command: [uvicorn, \"app.main:app\", --host, 0.0.0.0, --port, \"8000\"]\n    port: 8000\n    \
        health: {command: [python, -c, \"import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health', timeout=3)\"]}\n    \
        needs: [app]\n    routes:\n      /second/: {auth: none}\n";
    let networks = networks(stack);
    description.change("services:\n", second);
    let up = ["test gateway", "recreate app", "recreate gateway", "create second"];
    assert_eq!(agreed(stack).into_iter().collect::<BTreeSet<_>>(), up.map(str::to_owned).into());
    assert_eq!(stack.client().get(HOST, "/second/status/203").status, 203);
    description.restore();
    let down = [
        "test gateway",
        "recreate app",
        "recreate gateway",
        "remove second",
        "remove network minimal_gateway--second",
        "remove network minimal_second--app",
    ];
    let done = agreed(stack);
    assert_eq!(done.iter().cloned().collect::<BTreeSet<_>>(), down.map(str::to_owned).into());
    assert!(done.ends_with(&down.map(str::to_owned)[3..]), "{done:?}");
    assert_eq!(self::networks(stack), networks);
}

/// A program that ends at once: said within seconds, with what runs and the way back.
fn stops_where_a_service_does_not_come_up(stack: &Stack) {
    let description = Description::of(stack);
    description
        .change("command: [uvicorn, \"app.main:app\",", "command: [\"false\", \"app.main:app\",");
    let output = apply(stack, "");
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    for words in ["recreate app", "app ended", "running now:", "gateway: running", "to go back:"] {
        assert!(said(&output).contains(words), "{words} is not said: {}", said(&output));
    }
    description.restore();
    // Until then it ends and starts again by itself, so that nothing can be compared. The command
    // stands in the drawn Dockerfile as well.
    let output = apply(stack, "");
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(lines(&output.stdout), ["build app", "recreate app"]);
    assert_eq!(agreed(stack), [""; 0]);
}

fn restarts_the_readers_of_a_new_secret_alone(stack: &Stack) {
    let set =
        "head -c 64 /dev/urandom | sha256sum | cut -c 1-60 | portcullis secrets set session_key";
    finish(&mut stack.shell(&format!("set -o pipefail; {set}")), "");
    finish(&mut stack.shell("portcullis secrets unseal"), "");
    assert_eq!(agreed(stack), ["restart app"]);
    let told = stack.inside("app", &["cat", "/run/secrets/session_key"]);
    let unsealed = stack.town.on_machine("/run/portcullis/web-api/production/session_key");
    assert_eq!(told.stdout, fs::read(unsealed).expect("the new value"));
}

/// Applies, and compares what was planned with what happened; the actions, one a line.
fn agreed(stack: &Stack) -> Vec<String> {
    let before = seen(stack);
    let planned = apply(stack, "--plan");
    assert!(planned.status.success(), "{}", said(&planned));
    assert_eq!(seen(stack), before, "the plan alone disturbed something");
    let done = apply(stack, "");
    assert!(done.status.success(), "{}", said(&done));
    assert_eq!(lines(&done.stdout), lines(&planned.stdout), "another plan was carried out");
    let after = seen(stack);
    let actions = lines(&done.stdout);
    for service in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        let planned = fate(&actions, service);
        let happened = match (before.get(service), after.get(service)) {
            (None, _) => "create",
            (_, None) => "remove",
            (Some(before), Some(after)) if before.0 != after.0 => "recreate",
            (Some(before), Some(after)) if before.1 != after.1 => "restart",
            _ => "",
        };
        assert_eq!(happened, planned, "{service}: {actions:?}");
    }
    let again = apply(stack, "");
    assert!(again.status.success(), "{}", said(&again));
    assert_eq!(lines(&again.stdout), [""; 0], "a second run had something to do");
    assert_eq!(seen(stack), after, "a second run disturbed something");
    actions
}

/// What the plan says about the containers of a service.
fn fate<'a>(actions: &'a [String], service: &str) -> &'a str {
    let about = actions.iter().filter_map(|action| action.split_once(' '));
    let mut verbs = about.filter(|(_, object)| *object == service).map(|(verb, _)| verb);
    let touches = |verb: &&str| ["create", "remove", "recreate", "restart", "start"].contains(verb);
    verbs.find(touches).map_or("", |verb| if verb == "start" { "restart" } else { verb })
}

fn apply(stack: &Stack, argument: &str) -> std::process::Output {
    feed(&mut stack.shell(&format!("portcullis apply {argument}")), "")
}

/// The actions of a printed plan: its lines begin with two blanks, and the reason comes after the object.
fn lines(plan: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(plan).into_owned();
    let steps = text.lines().filter_map(|line| line.strip_prefix("  "));
    let action = |line: &str| {
        let mut words = line.split_whitespace();
        let (verb, object) = (words.next()?, words.next()?);
        let more = if object == "network" { format!(" {}", words.next()?) } else { String::new() };
        Some(format!("{verb} {object}{more}"))
    };
    steps.filter_map(action).collect()
}

/// Number and start of each service's container.
fn seen(stack: &Stack) -> BTreeMap<String, (String, String)> {
    let listed = finish(&mut stack.docker(&["ps", "--all", "--quiet", "--no-trunc"]), "");
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let mut inspect = stack.docker(&["inspect"]);
    let output = finish(inspect.args(listed.split_whitespace()), "");
    let all: Vec<Value> = serde_json::from_slice(&output.stdout).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let one = |container: &Value| {
        let service = text(&container["Config"]["Labels"]["com.docker.compose.service"]);
        (service, (text(&container["Id"]), text(&container["State"]["StartedAt"])))
    };
    all.iter().map(one).collect()
}

fn networks(stack: &Stack) -> BTreeSet<String> {
    let mut list = stack.docker(&["network", "ls", "--format", "{{.Name}}"]);
    let output = finish(list.args(["--filter", "type=custom"]), "");
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

/// portcullis.yaml, put back as it was in any case, so that the next observation finds it so.
struct Description<'a> {
    stack: &'a Stack,
    original: String,
}

impl<'a> Description<'a> {
    fn of(stack: &'a Stack) -> Self {
        let original = fs::read_to_string(stack.root().join("portcullis.yaml"));
        Self { stack, original: original.expect("the description") }
    }

    /// Says something else from now on, and draws it.
    fn change(&self, from: &str, to: &str) {
        let path = self.stack.root().join("portcullis.yaml");
        let text = fs::read_to_string(&path).expect("the description");
        assert!(text.contains(from), "there is no `{from}` in it");
        fs::write(path, text.replacen(from, to, 1)).expect("to write it");
        finish(&mut self.stack.portcullis(&["generate"]), "");
    }

    fn restore(&self) {
        fs::write(self.stack.root().join("portcullis.yaml"), &self.original).expect("to write it");
        finish(&mut self.stack.portcullis(&["generate"]), "");
    }
}

impl Drop for Description<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            fs::write(self.stack.root().join("portcullis.yaml"), &self.original).ok();
            feed(&mut self.stack.portcullis(&["generate"]), "");
            apply(self.stack, "");
        }
    }
}
