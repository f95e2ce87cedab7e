//! What passes the gateway unseen is justified.

use indoc::indoc;

use super::contract::{Control, Found, Page, Section, Severity, Violation};
use crate::stack::{Place, Stack, Stream, Transport};

/// Nothing but HTTP passes the gateway without a reason.
pub(super) struct Streams;

impl Control for Streams {
    fn page(&self) -> &'static Page {
        &Page {
            id: "streams",
            title: "What is not HTTP passes the gateway only with a reason",
            section: Section::Network,
            severity: Severity::High,
            why: "The gateway can neither authenticate nor limit nor log what it does not \
                  understand: a stream is a port of the service on the internet. Its `reason` is \
                  printed as an exception.",
            example: indoc! {"
                streams:
                  '2525/tcp': {service: mail, port: 25, reason: 'inbound mail'}
            "},
            references: &["CIS Docker 5.9", "OWASP Docker rule 5"],
            enforced_in: "gateway/nginx.conf: `stream`; exposure.yaml: `exceptions`",
            refuses: true,
            by_people: false,
        }
    }

    fn concerns(&self, stack: &Stack) -> bool {
        !stack.gateway.streams.is_empty()
    }

    fn check(&self, stack: &Stack) -> Vec<Violation> {
        let found = |stream: &Stream| {
            let protocol = match stream.transport {
                Transport::Tcp => "tcp",
                Transport::Udp => "udp",
            };
            Found::from(
                &stream.origin,
                format!("{}/{protocol} leads to it past every rule of the gateway", stream.port),
                "give the stream a `reason:`",
            )
            .at(Place::Service(stream.service.clone()))
        };
        stack.gateway.streams.iter().map(found).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::places;
    use super::*;
    use crate::stack::{
        Origin,
        testing::{position, service},
    };

    #[test]
    fn fires_on_every_stream() {
        let stream = |s: &mut Stack| {
            s.gateway.streams.push(Stream {
                port: 2525,
                transport: Transport::Tcp,
                service: service("app"),
                service_port: 25,
                reason: "inbound mail".to_owned(),
                origin: Origin::Written(position()),
            })
        };
        assert_eq!(places(&Streams, stream), "service app");
    }

    #[test]
    fn spares_http() {
        assert_eq!(places(&Streams, |_| {}), "");
    }
}
