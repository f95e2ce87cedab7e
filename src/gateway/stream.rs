//! Ports that carry something other than HTTP.

use serde::Serialize;

use super::{DrawError, Sheet};
use crate::stack::{ServiceName, Stack, Stream, Transport};

#[derive(Serialize)]
struct View<'a> {
    name: &'a str,
    service: &'a ServiceName,
    address: String,
    listen: u16,
    udp: bool,
}

/// Draws `streams/PORT-PROTOCOL.conf` for every stream, and returns their names.
pub(super) fn draw(sheet: &mut Sheet) -> Result<Vec<String>, DrawError> {
    let stack = sheet.stack;
    let mut names = Vec::new();
    for stream in &stack.gateway.streams {
        if !stack.services.contains_key(&stream.service) {
            return Err(DrawError::UnknownService(stream.service.clone()));
        }
        let udp = stream.transport == Transport::Udp;
        let name = format!("{}-{}", stream.port, if udp { "udp" } else { "tcp" });
        let view = View {
            name: &format!("stream-{name}"),
            service: &stream.service,
            address: (sheet.surroundings.address_of)(&stream.service, stream.service_port),
            listen: inside(stack, stream, udp),
            udp,
        };
        sheet.file(format!("streams/{name}.conf"), "stream.conf", &view)?;
        names.push(name);
    }
    names.sort();
    Ok(names)
}

/// The port of the gateway's container to which the stream's port of the host leads.
fn inside(stack: &Stack, stream: &Stream, udp: bool) -> u16 {
    let gateway = stack.services.get(ServiceName::GATEWAY);
    let mut published = gateway.into_iter().flat_map(|gateway| &gateway.published);
    published
        .find(|port| port.host_port == stream.port && port.udp == udp)
        .map_or(stream.port, |port| port.container_port)
}
