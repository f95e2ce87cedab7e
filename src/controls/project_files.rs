//! What decides the next deployment is no container's to see.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, services};
use crate::stack::{Mount, MountSource, Stack};

/// Neither the project as a whole nor what deploys it is mounted.
pub(super) struct ProjectFiles;

impl Control for ProjectFiles {
    fn page(&self) -> &'static Page {
        &Page {
            id: "project-files",
            title: "No container sees what decides the next deployment",
            section: Section::Containers,
            severity: Severity::Medium,
            why: "The description, its lock, deploy/, secrets/ and .git say what runs next, with \
                  which rights. A program that can write there is root on the host at the next \
                  `up`; one that can read there knows every name and every sealed value.",
            example: indoc! {"
                services:
                  clipper:
                    volumes: {./presets: /etc/clipper}
            "},
            references: &["OWASP Docker rule 8", "CIS Docker 5.6", "CWE-732"],
            enforced_in: "compose.yaml: no such `volumes`",
            refuses: true,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let found = |mount: &Mount| {
                let MountSource::Project(path) = &mount.source else { return None };
                decides(path).then(|| {
                    Found::from(
                        &mount.origin,
                        format!("./{path} of the project is mounted at {}", mount.target),
                        "mount the one folder that the program needs, or declare an exception",
                    )
                })
            };
            service.mounts.iter().filter_map(found).collect::<Vec<_>>()
        })
    }
}

const DECIDING: &[&str] = &[".git", "deploy", "secrets", "portcullis.yaml", "portcullis.lock"];

/// True for the project's root as well.
fn decides(path: &str) -> bool {
    let first = path.split('/').find(|part| !matches!(*part, "" | "."));
    first.is_none_or(|first| DECIDING.contains(&first))
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, places};
    use super::*;
    use crate::stack::{Origin, testing::position};

    #[test]
    fn fires_on_the_project_and_on_what_deploys_it() {
        for path in ["", ".", "./", "secrets", "./secrets/production.yaml", "deploy", ".git/hooks"]
        {
            assert_eq!(places(&ProjectFiles, |s| mount(s, path)), "service app", "{path:?}");
        }
    }

    #[test]
    fn spares_the_programs_own_folders() {
        for path in ["presets", "app/secrets", "deploys", "portcullis"] {
            assert_eq!(places(&ProjectFiles, |s| mount(s, path)), "", "{path:?}");
        }
    }

    fn mount(stack: &mut Stack, path: &str) {
        let source = MountSource::Project(path.to_owned());
        let target = "/mnt".to_owned();
        let origin = Origin::Written(position());
        app(stack).mounts.push(Mount {
            source,
            target,
            read_only: true,
            nocopy: false,
            subpath: String::new(),
            origin,
        });
    }
}
