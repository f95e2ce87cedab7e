//! What Dockerfiles and nginx configurations are judged by: the controls, where one says the same of
//! what this tool draws, and the rules below, which what it draws keeps without anybody asking.

use std::fmt;

use crate::controls::{self, Severity};

/// The page of a control or of a rule for files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Stable, kebab-case; waivers name it.
    pub id: &'static str,
    /// The wanted condition.
    pub title: &'static str,
    /// How much a violation gives away.
    pub severity: Severity,
    /// Why it is wanted.
    pub why: &'static str,
    /// Where other catalogues say the same.
    pub references: &'static [&'static str],
}

/// The rule with this id, a control's or a file's.
pub fn rule(id: &str) -> Option<Rule> {
    let control = || {
        controls::find(id).map(|control| Rule {
            id: control.id(),
            title: control.title(),
            severity: control.severity(),
            why: control.why(),
            references: control.references(),
        })
    };
    RULES.iter().find(|rule| rule.id == id).copied().or_else(control)
}

/// The page of a rule in Markdown.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, title, severity, why, references } = self;
        writeln!(f, "## {id}\n\n**{title}.** {why}\n")?;
        writeln!(f, "- Severity: {}: {}", severity.word(), severity.reason())?;
        writeln!(f, "- References: {}", references.join("; "))
    }
}

/// Rules that are no controls, by id.
pub const RULES: &[Rule] = &[
    Rule {
        id: "dockerfile-base-tag",
        title: "Bases of built images have a version",
        severity: Severity::Medium,
        why: "`latest`, and no tag at all, is another image tomorrow: nobody can say what was built.",
        references: &["CIS Docker 4.2", "hadolint DL3006", "hadolint DL3007", "KICS f45ea400"],
    },
    Rule {
        id: "dockerfile-piped-download",
        title: "No download is run unread",
        severity: Severity::High,
        why: "Whoever holds the server, or its name for a minute, runs commands in the build. A file \
              that is kept can be compared with a checksum first.",
        references: &["CIS Docker 4.11", "OWASP Docker rule 13", "CWE-494"],
    },
    Rule {
        id: "dockerfile-recommends",
        title: "Packages come without those that are only recommended",
        severity: Severity::Info,
        why: "What is not needed can still be attacked, and has to be updated.",
        references: &["CIS Docker 4.3", "hadolint DL3015", "KICS 7384dfb2"],
    },
    Rule {
        id: "dockerfile-remote-add",
        title: "What is added from the network has a checksum",
        severity: Severity::Medium,
        why: "`ADD https://...` takes what the server sends today. `--checksum` makes it the same file \
              until somebody changes it.",
        references: &["CIS Docker 4.9", "hadolint DL3020", "trivy DS-0005", "CWE-494"],
    },
    Rule {
        id: "dockerfile-setuid",
        title: "No program of the image is made setuid",
        severity: Severity::High,
        why: "A setuid program makes its caller root: a flaw in it undoes the image's user.",
        references: &["CIS Docker 4.8", "dockle CIS-DI-0008"],
    },
    Rule {
        id: "dockerfile-ssh",
        title: "No image offers SSH",
        severity: Severity::Medium,
        why: "A login beside the application has keys, passwords and flaws of its own; `docker exec` \
              needs none of them.",
        references: &["CIS Docker 5.7", "trivy DS-0004"],
    },
    Rule {
        id: "dockerfile-sudo",
        title: "Builds do not use sudo",
        severity: Severity::Low,
        why: "A build that needs it switches to root with `USER root` for one step; sudo that is left \
              in the image makes the way to root a password or nothing.",
        references: &["hadolint DL3004", "KICS 8ada6e80", "dockle DKL-DI-0001"],
    },
    Rule {
        id: "dockerfile-unverified-download",
        title: "Downloads are verified",
        severity: Severity::High,
        why: "Without certificates or signatures whoever stands on the way chooses what is built.",
        references: &["CIS Docker 4.11", "checkov CKV2_DOCKER_2", "CWE-295"],
    },
    Rule {
        id: "dockerfile-world-writable",
        title: "Nothing in the image is writable for everybody",
        severity: Severity::Medium,
        why: "A program that may change what it runs keeps whoever broke into it.",
        references: &["OWASP Docker rule 8", "CWE-732"],
    },
    Rule {
        id: "nginx-alias-traversal",
        title: "A location with `alias` ends as its folder does",
        severity: Severity::High,
        why: "`location /files { alias /srv/files/; }` answers `/files../secret` with `/srv/secret`.",
        references: &["gixy alias_traversal", "CWE-22"],
    },
    Rule {
        id: "nginx-autoindex",
        title: "No folder lists its files",
        severity: Severity::Medium,
        why: "A list tells names of files that nobody was meant to find.",
        references: &["CWE-548"],
    },
    Rule {
        id: "nginx-forwarded-for",
        title: "The first proxy says itself who asks",
        severity: Severity::Low,
        why: "`$proxy_add_x_forwarded_for` keeps what the client sent and adds to it: an application \
              that takes the first address takes what the client says it is.",
        references: &["CWE-348"],
    },
    Rule {
        id: "nginx-header-inheritance",
        title: "A block that adds a header keeps the others",
        severity: Severity::Medium,
        why: "One `add_header` in a block takes away all that stand around it, those for security too.",
        references: &["gixy add_header_redefinition", "CWE-693"],
    },
    Rule {
        id: "nginx-host-header",
        title: "Applications get a host that nginx has checked",
        severity: Severity::Medium,
        why: "`$http_host` is what the client sent, also where the request line names another host: \
              links in mails and caches then follow the client.",
        references: &["gixy host_spoofing", "CWE-644"],
    },
    Rule {
        id: "nginx-proxy-target",
        title: "No client chooses where requests go",
        severity: Severity::High,
        why: "A target made of what the client sent reaches every machine that nginx reaches.",
        references: &["gixy ssrf", "CWE-918"],
    },
    Rule {
        id: "nginx-response-splitting",
        title: "No line end of a request gets into an answer's head",
        severity: Severity::High,
        why: "`$uri` is decoded: `%0d%0a` in a path becomes a line end, and what follows a header of \
              the answer. `$request_uri` stays as it was sent.",
        references: &["gixy http_splitting", "CWE-113"],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_sorted_and_are_not_controls() {
        assert!(RULES.is_sorted_by_key(|rule| rule.id));
        assert!(RULES.iter().all(|rule| controls::find(rule.id).is_none()));
        assert!(RULES.iter().all(|rule| !rule.references.is_empty()));
    }
}
