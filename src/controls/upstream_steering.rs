//! Services do not steer the gateway.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway, gateway_at};
use crate::stack::{Place, Stack};

/// X-Accel headers of services are ignored.
pub(super) struct UpstreamSteering;

impl Control for UpstreamSteering {
    fn page(&self) -> &'static Page {
        &Page {
            id: "upstream-steering",
            title: "X-Accel headers of services are ignored",
            section: Section::Network,
            severity: Severity::Medium,
            why: "By `X-Accel-Redirect` an answer makes nginx serve another, internal location: a \
                  service that was taken over, or that echoes headers, passes every rule of the \
                  gateway by.",
            example: indoc! {"
                services:
                  app:
                    routes: {/api/: {auth: user}}
            "},
            references: &["CWE-441", "CWE-610"],
            enforced_in: "gateway/conf.d/proxy.conf: `proxy_ignore_headers`",
            refuses: false,
            by_people: false,
        }
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            (*gateway.upstream_steering).then(|| {
                Found::in_value(
                    &gateway.upstream_steering,
                    "answers of services redirect inside nginx",
                    "nothing: no key of a description loosens it",
                )
            })
        })
    }

    fn mend(&self, stack: &mut Stack, at: &Place) {
        if let Some(gateway) = gateway_at(stack, at) {
            gateway.upstream_steering.mend(false, self.id());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{mended, places};
    use super::*;
    use crate::stack::testing::written;

    #[test]
    fn fires_on_nginxs_default() {
        assert_eq!(places(&UpstreamSteering, |_| {}), "gateway");
        assert_eq!(mended(&UpstreamSteering, |_| {}), "");
    }

    #[test]
    fn spares_what_holds_already() {
        assert_eq!(places(&UpstreamSteering, |s| s.gateway.upstream_steering = written(false)), "");
    }
}
