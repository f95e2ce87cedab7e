//! The public name is yours.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation, gateway};
use crate::stack::Stack;

/// The public names are the operator's own.
pub(super) struct CertificateDomain;

impl Control for CertificateDomain {
    fn page(&self) -> &'static Page {
        &Page {
            id: "certificate-domain",
            title: "The public names are the operator's own",
            section: Section::Tls,
            severity: Severity::Low,
            why: "A preset comes with names below example.com, which nobody can own: certificates \
                  cannot be issued for them and no client finds them.",
            example: indoc! {"
                domain: api.your-name.org
                tls: {issuer: acme, email: ops@your-name.org}
            "},
            references: &["RFC 2606", "RFC 6761"],
            enforced_in: "gateway/sites/HOST.conf: `server_name`",
            refuses: false,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        !stack.local
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        gateway(stack, |gateway| {
            let hosts = gateway.hosts.iter().filter(|(name, _)| is_example(name.as_str()));
            let names: Vec<&str> = hosts.clone().map(|(name, _)| name.as_str()).collect();
            hosts.map(|(_, host)| &host.origin).next().map(|origin| {
                let words = format!("made for examples: {}", names.join(", "));
                Found::from(origin, words, "write your own names in `domain:` and `hosts:`")
            })
        })
    }
}

/// Names that are reserved for examples and tests (RFC 2606, RFC 6761); `localhost` works.
const RESERVED: &[&str] = &["example.com", "example.net", "example.org", "example", "invalid"];

fn is_example(name: &str) -> bool {
    let below = |reserved: &&str| {
        name.strip_suffix(*reserved).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    RESERVED.iter().any(below)
}

#[cfg(test)]
mod tests {
    use super::super::contract::places;
    use super::*;
    use crate::stack::HostName;

    #[test]
    fn fires_on_a_name_of_an_example() {
        assert_eq!(places(&CertificateDomain, |s| rename(s, "api.example.com")), "gateway");
    }

    #[test]
    fn spares_names_that_only_end_alike() {
        assert_eq!(places(&CertificateDomain, |s| rename(s, "api.myexample.com")), "");
        assert_eq!(places(&CertificateDomain, |s| rename(s, "localhost")), "");
    }

    fn rename(stack: &mut Stack, name: &str) {
        let (_, host) = stack.gateway.hosts.pop_first().unwrap();
        stack.gateway.hosts.insert(HostName::new(name).unwrap(), host);
    }
}
