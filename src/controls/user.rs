//! Nobody runs as root.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, service_at, services};
use crate::stack::{Place, Runtime, Service, Stack, User};

/// Every program runs as a numbered user that is not root.
pub(super) struct RunsAsUser;

impl Control for RunsAsUser {
    fn page(&self) -> &'static Page {
        &Page {
            id: "user",
            title: "No program runs as root",
            section: Section::Containers,
            severity: Severity::High,
            why: "A program that runs as root in its container is root towards the kernel: one \
                  flaw in a mounted path or in the kernel is enough to own the host. A number \
                  means the same in every image, and secret files can be given to it; a name \
                  cannot be checked from outside.",
            example: indoc! {"
                services:
                  webui:
                    image: ghcr.io/open-webui/open-webui:v0.6.22
                    user: '1000:1000'
            "},
            references: &[
                "CIS Docker 4.1",
                "OWASP Docker rule 2",
                "compose-lint CL-0018",
                "compose-harden non-root user",
                "compose-auditor SEC002",
            ],
            enforced_in: "compose.yaml: `user`",
            refuses: true,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        services(stack, |service| {
            let words = match &*service.user {
                User::Numeric { uid, .. } if *uid != 0 => return None,
                User::Numeric { .. } => "it runs as root".to_owned(),
                User::Named(name) => format!("it runs as {name}, which only the image can resolve"),
                User::Image if !service.needs_root.is_empty() => {
                    "the image must start as root".to_owned()
                }
                User::Image => "the image says who runs it; unless it does, root".to_owned(),
            };
            Some(Found::in_value(
                &service.user,
                words,
                "write `user: 'UID:GID'` with the image's numbers",
            ))
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(service) = service_at(stack, at)
            && let Some(user) = wanted(service)
        {
            service.user.mend(user, self.id());
        }
    }
}

/// The user of images that we build: above every system account of the base images.
pub(super) const BUILT: User = User::Numeric { uid: 10001, gid: 10001 };

/// Who runs this service once this control has mended it, where a machine can know that. The
/// answer is the same before and after, so that other controls may ask in any order.
pub(super) fn wanted(service: &Service) -> Option<User> {
    let numbered = |user: &User| matches!(user, User::Numeric { uid, .. } if *uid != 0);
    if numbered(&service.user) {
        return Some((*service.user).clone());
    }
    let recipe = service.recipe.iter().find(|recipe| recipe.runtime != Runtime::Own)?;
    let own = || if numbered(&recipe.user) { (*recipe.user).clone() } else { BUILT };
    service.needs_root.is_empty().then(own)
}

#[cfg(test)]
mod tests {
    use super::super::contract::{app, db, mended, places};
    use super::*;
    use crate::stack::{Sourced, testing::written};

    #[test]
    fn fires_on_an_image_that_decides() {
        assert_eq!(places(&RunsAsUser, |_| {}), "service app");
        let unknown = |s: &mut Stack| {
            db(s).user = Sourced::default();
            app(s).user = written(User::Named("node".to_owned()));
        };
        assert_eq!(places(&RunsAsUser, unknown), "service app, service db");
        assert_eq!(mended(&RunsAsUser, unknown), "service db", "nobody knows an image's numbers");
    }

    #[test]
    fn spares_numbers() {
        assert_eq!(places(&RunsAsUser, |s| app(s).user = written(BUILT)), "");
        assert_eq!(mended(&RunsAsUser, |_| {}), "");
    }
}
