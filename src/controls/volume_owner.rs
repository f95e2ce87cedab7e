//! A service can write its volumes without being root.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{MountSource, Place, Runtime, Service, Stack};

/// Folders of volumes belong to the user of a built image.
pub(super) struct VolumeOwner;

impl Control for VolumeOwner {
    fn page(&self) -> &'static Page {
        &Page {
            id: "volume-owner",
            title: "Volumes of built services belong to the service's user",
            section: Section::Images,
            severity: Severity::Low,
            why: "A fresh volume takes its owner from the image's folder. Where the image has \
                  none, it belongs to root, the service cannot write, and the usual answer is to \
                  run it as root. So the image makes the folder for its user.",
            example: indoc! {"
                services:
                  clipper:
                    build: {context: apps/clipper, runtime: python}
                    volumes: {clips: /data}
            "},
            references: &["CIS Docker 4.1", "moby issue 2259"],
            enforced_in: "services/NAME/Dockerfile: `install`",
            refuses: false,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        stack.services.values().any(|service| !volumes(service).is_empty())
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let found = |path: &str| {
                Found::unsaid(format!("a fresh volume at {path} belongs to root"), "nothing")
            };
            unowned(service).into_iter().map(found).collect::<Vec<_>>()
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        let Some(service) = service_at(stack, at) else { return };
        let paths: Vec<String> = unowned(service).into_iter().map(str::to_owned).collect();
        service
            .recipe
            .iter_mut()
            .for_each(|recipe| recipe.owned_paths.extend(paths.iter().cloned()));
    }
}

/// Where a built image has no folder for a volume that the service writes.
fn unowned(service: &Service) -> Vec<&str> {
    let made = |path: &&str| service.recipe.iter().any(|recipe| recipe.owned_paths.contains(*path));
    volumes(service).into_iter().filter(|path| !made(path)).collect()
}

/// Where a service that is built here writes to volumes.
fn volumes(service: &Service) -> Vec<&str> {
    if !service.recipe.iter().any(|recipe| recipe.runtime != Runtime::Own) {
        return Vec::new();
    }
    let written = service.mounts.iter().filter(|mount| {
        !mount.read_only && matches!(mount.source, MountSource::Volume(_) | MountSource::Anonymous)
    });
    written.map(|mount| mount.target.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, db, mended, places};
    use super::*;
    use crate::stack::Mount;

    #[test]
    fn fires_on_a_volume_of_a_built_service() {
        assert_eq!(places(&VolumeOwner, |s| mount(s, false)), "service app");
        assert_eq!(mended(&VolumeOwner, |s| mount(s, false)), "");
    }

    #[test]
    fn spares_what_is_only_read_and_what_is_pulled() {
        assert_eq!(places(&VolumeOwner, |s| mount(s, true)), "");
        assert_eq!(places(&VolumeOwner, |_| {}), "");
    }

    fn mount(stack: &mut Stack, read_only: bool) {
        let mount = Mount { read_only, target: "/data".to_owned(), ..db(stack).mounts[0].clone() };
        app(stack).mounts.push(mount);
    }
}
