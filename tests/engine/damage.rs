//! Lines of the drawn Compose file are changed for the worse, and the observations must notice.
//!
//! Several at once on one stack, each for another observation, as a stack takes long to come up.

use std::fs;

use super::observation::{Observation, Outcome};
use super::project::Project;
use super::stack::Stack;

/// The preset whose file is damaged.
pub const PRESET: &str = "relay";

/// One key that is taken away or turned round.
pub struct Damage {
    /// The key.
    pub name: &'static str,
    /// What stands in the drawn file, and what takes its place everywhere.
    pub edits: &'static [(&'static str, &'static str)],
    /// The observation that notices.
    pub seen_by: &'static str,
    /// Words of its complaint.
    pub says: &'static str,
}

const fn damage(
    name: &'static str,
    edits: &'static [(&'static str, &'static str)],
    seen_by: &'static str,
    says: &'static str,
) -> Damage {
    Damage { name, edits, seen_by, says }
}

/// Each list is one stack.
pub const ALL: &[&[Damage]] = &[FIRST, SECOND, THIRD];

const FIRST: &[Damage] = &[
    damage(
        "read_only",
        &[("\n    read_only: true\n", "\n")],
        "confinement::read_only",
        "wrote /new",
    ),
    damage(
        "cap_drop",
        &[("      - ALL\n", "      - CHOWN\n")],
        "confinement::capabilities",
        "api: Cap",
    ),
    damage("user", &[("user: 10001:10001", "user: 0:0")], "confinement::user", "api runs as 0:0"),
    damage(
        "tmpfs-noexec",
        &[("rw,noexec,", "rw,exec,")],
        "confinement::scratch_memory",
        "no noexec",
    ),
    damage(
        "pids_limit",
        &[("    pids_limit: 128\n", ""), ("          pids: 128\n", "")],
        "confinement::fork_bomb",
        "api, limit 0",
    ),
    damage(
        "mem_limit",
        &[
            ("    mem_limit: 512m\n", ""),
            ("    memswap_limit: 512m\n", ""),
            ("          memory: 512m\n", ""),
        ],
        "confinement::limits_known",
        "api has no limit",
    ),
    damage("ports-ipv6", &[("'0.0.0.0:80:8080'", "'80:8080'")], "listening::street", "over IPv6"),
    damage(
        "enable_ip_masquerade",
        &[("enable_ip_masquerade: \"false\"", "enable_ip_masquerade: \"true\"")],
        "reach::outside",
        "gateway and the outside",
    ),
    damage(
        "inhibit_ipv4",
        &[("inhibit_ipv4: \"true\"", "inhibit_ipv4: \"false\"")],
        "reach::host",
        "api reaches the machine",
    ),
];

const SECOND: &[Damage] = &[
    damage(
        "no-new-privileges",
        &[("no-new-privileges:true", "no-new-privileges:false")],
        "confinement::capabilities",
        "NoNewPrivs",
    ),
    damage("tmpfs-nosuid", &[(",nosuid,", ",suid,")], "confinement::scratch_memory", "no nosuid"),
    damage(
        "memswap_limit",
        &[("    memswap_limit: 512m\n", "")],
        "confinement::limits_known",
        "api: memory and swap",
    ),
    damage(
        "ports",
        &[(
            "      - '0.0.0.0:443:8443'\n",
            "      - '0.0.0.0:443:8443'\n      - '0.0.0.0:8443:8443'\n",
        )],
        "listening::street",
        "over IPv4",
    ),
    damage(
        "internal",
        &[("    internal: true\n", ""), ("inhibit_ipv4: \"true\"", "inhibit_ipv4: \"false\"")],
        "reach::outside",
        "api and the outside",
    ),
    damage(
        "networks",
        &[(
            "      - gateway--api\n    command",
            "      - gateway--api\n      - ingress\n    command",
        )],
        "reach::services",
        "gateway dials 10.",
    ),
    damage("init", &[("    init: true\n", "")], "confinement::reaper", "api: process 1"),
    damage(
        "gateway-files-read_only",
        &[("target: /etc/portcullis\n        read_only: true\n", "target: /etc/portcullis\n")],
        "confinement::writable_mounts",
        "gateway may write to /etc/portcullis",
    ),
];

const THIRD: &[Damage] = &[
    damage(
        "seccomp",
        &[("- no-new-privileges:true\n", "- no-new-privileges:true\n      - seccomp:unconfined\n")],
        "confinement::capabilities",
        "Seccomp",
    ),
    damage("tmpfs-nodev", &[(",nodev,", ",dev,")], "confinement::scratch_memory", "no nodev"),
    damage(
        "cpus",
        &[("    cpus: 1\n", ""), ("          cpus: \"1\"\n", "")],
        "confinement::limits_known",
        "cpus",
    ),
    damage(
        "gateway-mem_limit",
        &[
            ("    mem_limit: 256m\n", ""),
            ("    memswap_limit: 256m\n", ""),
            ("          memory: 256m\n", ""),
        ],
        "confinement::allocation",
        "gateway, limit 0",
    ),
    damage(
        "certificates-read_only",
        &[("target: /run/tls\n        read_only: true\n", "target: /run/tls\n")],
        "confinement::writable_mounts",
        "gateway may write to /run/tls",
    ),
    damage(
        "gateway-user",
        &[("    user: 101:101\n", "")],
        "confinement::user",
        "a user and a group",
    ),
    damage(
        "service-ports",
        &[(
            "      - gateway--api\n    command",
            "      - gateway--api\n      - ingress\n    ports:\n      - '0.0.0.0:9001:8000'\n    command",
        )],
        "reach::from_the_street",
        "api answers the street at",
    ),
    damage(
        "ports-loopback",
        &[(
            "      - '0.0.0.0:443:8443'\n",
            "      - '0.0.0.0:443:8443'\n      - '127.0.0.1:9000:8443'\n",
        )],
        "listening::loopback",
        "over IPv4",
    ),
];

/// Does the damage to a drawn project.
pub fn damage_all(project: &mut Project, list: &[&Damage]) {
    let path = project.drawn("compose.yaml");
    let mut text = fs::read_to_string(&path).expect("the drawn file");
    for (from, to) in list.iter().flat_map(|damage| damage.edits) {
        // Two damages may need the same edit.
        assert!(text.contains(from) || text.contains(to), "the drawn file has no {from:?}");
        text = text.replace(from, to);
    }
    fs::write(path, text).expect("the damaged file");
    project.read_model();
}

impl Damage {
    /// Whether the observation complains, and of this.
    pub fn is_seen(&self, stack: &Stack, observation: &Observation) -> Outcome {
        let seen = observation.make(stack);
        let complaint = match seen.complaint {
            Some(words) if words.contains(self.says) => None,
            Some(words) => Some(format!("{} says something else: {words}", self.seen_by)),
            None => Some(format!("{} does not notice", self.seen_by)),
        };
        Outcome { took: seen.took, ..self.outcome(complaint) }
    }

    /// The stack did not come up.
    pub fn cannot_tell(&self, words: &str) -> Outcome {
        self.outcome(Some(words.to_owned()))
    }

    fn outcome(&self, complaint: Option<String>) -> Outcome {
        Outcome { name: format!("{PRESET}::damage::{}", self.name), took: 0, complaint }
    }
}
