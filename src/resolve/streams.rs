//! Streams: ports for what HTTP cannot carry.

use super::{Resolution, links};
use crate::diagnostic::Diagnostic;
use crate::stack::{Exception, Origin, Place, ServiceName, Stream};

/// Add every stream of the description; its reason is what excepts it from the control.
pub(super) fn add(resolution: &mut Resolution<'_>) {
    for (port, stream) in &resolution.description.streams {
        if !resolution.service_exists(&stream.service.value, stream.service.at) {
            continue;
        }
        let publish = &resolution.stack.gateway.publish;
        let number = port.value.port.get();
        if [*publish.http, *publish.https].contains(&number) || INNER.contains(&number) {
            let message = format!("port {number} is the gateway's own");
            let help = "choose another published port";
            resolution.problems.add(Diagnostic::at(port.at, "port-taken", message).help(help));
            continue;
        }
        resolution.stack.gateway.streams.push(Stream {
            port: number,
            transport: port.value.transport,
            service: stream.service.value.clone(),
            service_port: stream.port.value.get(),
            reason: stream.reason.value.to_string(),
            origin: Origin::Written(port.at),
        });
        resolution.stack.exceptions.push(Exception {
            control: "streams".to_owned(),
            place: Place::Service(stream.service.value.clone()),
            reason: stream.reason.value.to_string(),
            until: String::new(),
            written: vec![port.at],
        });
        links::link(resolution, &ServiceName::gateway(), &stream.service.value);
    }
    resolution.stack.gateway.streams.sort_by_key(|stream| (stream.port, stream.transport));
}

/// Ports on which the gateway listens inside its container.
const INNER: [u16; 3] = [8080, 8081, 8443];
