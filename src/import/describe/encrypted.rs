//! Services that speak TLS themselves: the gateway asks services by plain HTTP, so they have to be
//! told to.
//!
//! Alone because it is found in what a service says of itself, whatever made a route of it.

use super::{Describing, manual, plain};
use crate::compose::{ComposeFile, Service, words};

/// Ports of HTTP over TLS (RFC 9110 section 4.2.2), and the usual one of a program that is not
/// root.
const ENCRYPTED: [u16; 2] = [443, 8443];
/// Settings that are named where somebody looks for the switch.
const NAMED: usize = 3;

impl Describing<'_> {
    /// Ask for TLS to be switched off where a route leads to it.
    pub(super) fn encrypted(&mut self, file: &ComposeFile) {
        for (name, keys) in &file.services {
            let stays = self.proxies.stays(name);
            let Some(out) = self.drafted(name).filter(|out| !out.routes.is_empty()) else {
                continue;
            };
            let Some(evidence) = out.port.and_then(|port| evidence(keys, port, stays)) else {
                continue;
            };
            let words = format!(
                "{evidence}, and the gateway asks services by plain HTTP: switch TLS off in it{}",
                switches(keys)
            );
            out.note("routes", manual(words));
        }
    }
}

/// What says that a service, or a proxy that stays, answers by TLS where the gateway asks it.
fn evidence(keys: &Service, port: u16, proxy: bool) -> Option<String> {
    match asked(keys) {
        Some(asked) if asked == port => {
            return Some(format!("its health check asks port {port} by HTTPS"));
        }
        // Beside a port with TLS, one without it often does nothing but lead there.
        Some(asked) if ENCRYPTED.contains(&asked) => {
            return Some(format!(
                "its health check asks port {asked} by HTTPS: what port {port} answers may only lead there"
            ));
        }
        Some(_) | None => {}
    }
    // A proxy that stays is asked there only where it listens on no other port.
    if proxy && ENCRYPTED.contains(&port) {
        return Some(format!("it listens on port {port} alone, which is for HTTPS"));
    }
    let alone = keys.ports.iter().all(|one| one.container == port.to_string());
    (ENCRYPTED.contains(&port) && alone)
        .then(|| format!("its only port is {port}, which is for HTTPS"))
}

/// The port of its own that a service's health check asks by HTTPS.
fn asked(keys: &Service) -> Option<u16> {
    const OWN: [&str; 4] = ["localhost", "127.0.0.1", "0.0.0.0", "[::1]"];
    let test = keys.healthcheck.as_ref()?.test.as_ref()?;
    let line = words(test).join(" ");
    line.split("https://").skip(1).find_map(|rest| {
        let rest = OWN.iter().find_map(|host| rest.strip_prefix(host))?;
        let Some(port) = rest.strip_prefix(':') else { return ENCRYPTED.first().copied() };
        let end = port.find(|c: char| !c.is_ascii_digit()).unwrap_or(port.len());
        port.get(..end)?.parse().ok()
    })
}

/// Settings whose names speak of TLS.
fn switches(keys: &Service) -> String {
    let speaks = |name: &&String| {
        let name = name.to_ascii_uppercase();
        ["SSL", "TLS", "HTTPS"].iter().any(|word| name.contains(word))
    };
    let set = keys.environment.iter().filter(|(_, value)| value.as_deref().map(plain).is_some());
    let names = set.map(|(name, _)| name).filter(speaks).take(NAMED);
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if names.is_empty() { String::new() } else { format!(" (look at {})", names.join(", ")) }
}
