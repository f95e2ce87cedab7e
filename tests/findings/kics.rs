//! KICS's rules for Compose files. The program comes from no registry of packages, so each rule that
//! we judge, too, is broken by a small file here, and kept by another one.

use std::collections::BTreeSet;

use portcullis::audit::audit;
use portcullis::compose::load::{Memory, Request, load};
use portcullis::controls::find;
use portcullis::diagnostic::{Problems, Sources};

/// One rule of KICS.
pub(crate) struct Rule {
    /// The beginning of its id.
    pub(crate) id: &'static str,
    /// What it finds.
    pub(crate) title: &'static str,
    pub(crate) answer: Answer,
}

pub(crate) enum Answer {
    /// This control; a line of a service that breaks the rule, and one that keeps it.
    Control(&'static str, &'static str, &'static str),
    /// None, and why.
    None(&'static str),
}

use Answer::{Control, None};

const fn rule(id: &'static str, title: &'static str, answer: Answer) -> Rule {
    Rule { id, title, answer }
}

/// The rules of the queries below `assets/queries/dockerCompose` of its repository, the retired ones
/// with them.
pub(crate) const RULES: &[Rule] = &[
    rule(
        "d6355c88",
        "Docker socket mounted",
        Control(
            "control-socket",
            "volumes: ['/var/run/docker.sock:/var/run/docker.sock']",
            "volumes: ['data:/data']",
        ),
    ),
    rule(
        "1c1325ff",
        "sensitive host directory",
        Control("sensitive-host-paths", "volumes: ['/etc:/host']", "volumes: ['data:/data']"),
    ),
    rule(
        "baa452f0",
        "mount propagation",
        Control("unmodelled-keys", "volumes: ['./a:/a:rslave']", "volumes: ['./a:/a:ro']"),
    ),
    rule(
        "27fcc7d6",
        "no-new-privileges not set",
        Control(
            "no-new-privileges",
            "security_opt: ['no-new-privileges:false']",
            "security_opt: ['no-new-privileges:true']",
        ),
    ),
    rule(
        "ae5b6871",
        "privileged container",
        Control("privileged", "privileged: true", "privileged: false"),
    ),
    rule(
        "698ed579",
        "healthcheck not set",
        Control("health-check", "init: true", "healthcheck: {test: [CMD, 'true']}"),
    ),
    rule(
        "4d9f44c6",
        "cgroup not default",
        Control("unmodelled-keys", "cgroup_parent: mine", "init: true"),
    ),
    rule(
        "2fc99041",
        "on-failure restarts not 5",
        None(
            "how often a program is tried again is a matter of what it does; `restart` judges that \
             it is",
        ),
    ),
    rule(
        "451d79dc",
        "traffic on all interfaces",
        Control("published-ports", "ports: ['8080:80']", "expose: ['80']"),
    ),
    rule(
        "bc2908f3",
        "privileged port published",
        None(
            "80 and 443 are where browsers look; `published-ports` judges who reaches a port, not \
             its number",
        ),
    ),
    rule(
        "ce14a68b",
        "networks not set",
        Control("link-isolation", "init: true", "network_mode: none"),
    ),
    rule(
        "ce76b7d0",
        "capabilities unrestricted",
        Control("capabilities-dropped", "init: true", "cap_drop: [ALL]"),
    ),
    rule(
        "404fde2c",
        "seccomp disabled",
        Control(
            "seccomp",
            "security_opt: ['seccomp:unconfined']",
            "security_opt: ['no-new-privileges:true']",
        ),
    ),
    rule("4f31dd9f", "host PID namespace", Control("host-pid", "pid: host", "init: true")),
    rule("bb9ac4f7", "memory not limited", Control("memory", "init: true", "mem_limit: 64m")),
    rule("221e0658", "processes not limited", Control("pids", "init: true", "pids_limit: 64")),
    rule(
        "610e266e",
        "security_opt not set",
        Control("no-new-privileges", "init: true", "security_opt: ['no-new-privileges:true']"),
    ),
    rule("baa3890f", "host IPC namespace", Control("host-ipc", "ipc: host", "ipc: private")),
    rule(
        "071a71ff",
        "host network",
        Control("host-network", "network_mode: host", "network_mode: none"),
    ),
    rule(
        "8af7162d",
        "host user namespace",
        Control("unmodelled-keys", "userns_mode: host", "init: true"),
    ),
    rule("6b610c50", "CPU not limited", Control("cpu", "init: true", "cpus: 1")),
    rule(
        "8c978947",
        "volume shared by services",
        None(
            "one volume for two services is how they pass on files; `volume-owner` and the mounts' \
             modes say who writes it",
        ),
    ),
];

/// The controls that find something in service `a` of a small project with this line.
fn found(line: &str) -> BTreeSet<&'static str> {
    let text = format!(
        "services:\n  a:\n    image: postgres:17\n    {line}\n  b: {{image: 'postgres:17'}}\n  c: {{image: 'postgres:17'}}\nvolumes: {{data: }}\n"
    );
    let files = Memory::new([("compose.yaml", text.as_str())]);
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let request = Request::of("compose.yaml");
    let project = load(&request, &files, &mut sources, &mut problems)
        .unwrap_or_else(|| panic!("{}", sources.report(&problems)));
    let judged = audit(&project, &sources, &mut problems).unwrap();
    // A network's finding names those who are on it.
    let about_a = |place: &str, found: &str| place == "service a" || found.starts_with("a, ");
    let ours = judged.open().filter(|finding| about_a(&finding.place, &finding.found));
    ours.map(|finding| finding.control).collect()
}

#[test]
fn what_kics_finds_we_find_or_say_why_not() {
    for Rule { id, title, answer } in RULES {
        let Control(control, broken, kept) = answer else { continue };
        assert!(found(broken).contains(control), "{id} {title}: {broken}");
        assert!(!found(kept).contains(control), "{id} {title}: {kept}");
        let reference = format!("KICS {id}");
        let references = find(control).unwrap().references();
        assert!(references.contains(&reference.as_str()), "{control} of {reference}");
    }
}
