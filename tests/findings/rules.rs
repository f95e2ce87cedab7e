//! compose-lint's rules, which of our controls answers for each, and why some of its findings are none
//! of ours.

use portcullis::compose::Service;
use portcullis::diagnostic::looks_secret;

/// One rule of compose-lint.
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    /// One of them finds what the rule finds.
    pub(crate) controls: &'static [&'static str],
    /// True where the finding is about the variable that its message quotes.
    pub(crate) names_a_variable: bool,
    pub(crate) spared: &'static [Reason],
}

/// Why a finding of theirs is none of ours.
pub(crate) struct Reason {
    pub(crate) words: &'static str,
    /// True where it is the reason, by the service's keys and the finding's message.
    pub(crate) holds: fn(&Service, &str) -> bool,
}

const fn rule(
    id: &'static str,
    title: &'static str,
    controls: &'static [&'static str],
    spared: &'static [Reason],
) -> Rule {
    Rule { id, title, controls, names_a_variable: false, spared }
}

const fn about_a_variable(
    id: &'static str,
    title: &'static str,
    controls: &'static [&'static str],
    spared: &'static [Reason],
) -> Rule {
    Rule { id, title, controls, names_a_variable: true, spared }
}

const BUILT: &[Reason] = &[Reason {
    words: "the service is built from the project: the tag names the result, and what it is built \
            on is pinned in the Dockerfile",
    holds: |service, _| service.build.is_some(),
}];

const NO_CREDENTIAL: &[Reason] = &[
    Reason {
        words: "the value says where something is: a path, or an address without a password",
        holds: |service, message| value(service, quoted(message)).is_some_and(is_elsewhere),
    },
    Reason {
        words: "the value says that there is none: `null`",
        holds: |service, message| value(service, quoted(message)) == Some("null"),
    },
    Reason {
        words: "an access key's id says who signs in, as a user's name does; its secret is another \
                variable",
        holds: |_, message| quoted(message).ends_with("_KEY_ID"),
    },
    Reason {
        words: "the name goes on behind the word: `AUTH_TOKEN_REALM`, `…_SERVICE` and `…_ISSUER` \
                say who hands out tokens",
        holds: |service, message| {
            let name = quoted(message);
            let plain = ["_REALM", "_SERVICE", "_ISSUER"].iter().any(|end| name.ends_with(end));
            plain && value(service, name).is_some_and(|value| !looks_secret("", value))
        },
    },
];

const ADDED: &[&str] = &["capabilities"];
const HOST_PATHS: &[&str] = &["sensitive-host-paths"];

/// Every rule of compose-lint 0.36.2.
pub(crate) const RULES: &[Rule] = &[
    rule("CL-0001", "control socket", &["control-socket", "sensitive-host-paths"], &[]),
    rule("CL-0002", "privileged", &["privileged"], &[]),
    rule("CL-0003", "privileges can be gained", &["no-new-privileges"], &[]),
    rule("CL-0004", "image without a version", &["image-tag"], BUILT),
    rule("CL-0005", "ports on all interfaces", &["published-ports"], &[]),
    rule("CL-0006", "capabilities not dropped", &["capabilities-dropped"], &[]),
    rule("CL-0007", "writable root", &["read-only-root"], &[]),
    rule("CL-0008", "host network", &["host-network"], &[]),
    rule("CL-0009", "profile disabled", &["seccomp", "apparmor", "unmodelled-keys"], &[]),
    rule("CL-0010", "host namespaces", &["host-ipc", "host-pid", "unmodelled-keys"], &[]),
    rule("CL-0011", "capability next to the host", ADDED, &[]),
    rule("CL-0013", "sensitive host path", HOST_PATHS, &[]),
    rule("CL-0014", "logging disabled", &["logging"], &[]),
    rule("CL-0016", "dangerous device", &["devices"], &[]),
    rule("CL-0017", "shared propagation", &["unmodelled-keys"], &[]),
    rule("CL-0018", "explicit root", &["user"], &[]),
    rule("CL-0019", "tag without digest", &["image-digest"], BUILT),
    about_a_variable(
        "CL-0020",
        "credential in a variable",
        &["secret-looking-settings"],
        NO_CREDENTIAL,
    ),
    about_a_variable("CL-0021", "credential in an address", &["secret-looking-settings"], &[]),
    rule("CL-0022", "loose tmpfs", &["tmpfs-options"], &[]),
    rule("CL-0024", "capability that runs code on the host", ADDED, &[]),
    rule("CL-0025", "writable path that is root", HOST_PATHS, &[]),
    rule("CL-0026", "no limits", &["memory", "cpu"], &[]),
    rule("CL-0027", "bounded capability", ADDED, &[]),
    rule("CL-0028", "capability that reaches the host", ADDED, &[]),
    rule("CL-0029", "capability over the host's availability", ADDED, &[]),
    rule("CL-0030", "capability that discloses the host", ADDED, &[]),
];

pub(crate) fn of(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// What stands first between single quotes.
pub(crate) fn quoted(message: &str) -> &str {
    message.split('\'').nth(1).unwrap_or_default()
}

fn value<'a>(service: &'a Service, name: &str) -> Option<&'a str> {
    let mut variables = service.environment.iter();
    variables.find(|(key, _)| key.as_str() == name).and_then(|(_, value)| value.as_deref())
}

fn is_elsewhere(value: &str) -> bool {
    let path = value.starts_with(['/', '.']) && !value.contains(char::is_whitespace);
    let address = value.split_once("://").is_some_and(|(_, rest)| !rest.contains('@'));
    path || address
}

#[cfg(test)]
mod tests {
    use portcullis::controls::find;

    use super::RULES;

    #[test]
    fn every_control_that_answers_exists_and_refers_to_the_rule() {
        for rule in RULES {
            let reference = format!("compose-lint {}", rule.id);
            for control in rule.controls {
                let references = find(control).unwrap().references();
                assert!(references.contains(&reference.as_str()), "{control} of {reference}");
            }
        }
    }
}
