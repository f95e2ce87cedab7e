//! Settings for nginx-proxy and its companion: `VIRTUAL_HOST`, `VIRTUAL_PORT`, `VIRTUAL_PATH`
//! (nginx-proxy/nginx-proxy, docs/README.md; nginx-proxy/acme-companion, docs).

use super::{Fate, GUARDED, Told, UNROUTED, below, is_host, is_path};
use crate::compose::Service;
use crate::import::expression::with_defaults;

/// Read the settings of one service.
pub(super) fn read(service: &Service, told: &mut Told) {
    let setting = |name: &str| {
        let value = service.environment.get(name)?;
        Some(with_defaults(value.as_deref().unwrap_or_default()))
    };
    let Some(hosts) = setting("VIRTUAL_HOST") else { return };
    let hosts: Vec<_> = hosts.split(',').map(str::trim).filter(|host| !host.is_empty()).collect();
    let hosts = if hosts.is_empty() { vec![""] } else { hosts };
    let path = setting("VIRTUAL_PATH").filter(|path| !path.is_empty()).unwrap_or("/".to_owned());
    let destination = setting("VIRTUAL_DEST").unwrap_or_default();
    let strips = destination == "/" && path != "/";
    let plain = destination.is_empty() || strips;
    let understood = plain && hosts.iter().all(|host| is_host(host)) && is_path(&path);
    let named = hosts.iter().filter(|host| !host.is_empty() && is_host(host));
    told.hosts.extend(named.map(|host| (*host).to_owned()));
    let guarded = setting("NETWORK_ACCESS").is_some_and(|access| access != "external");
    if understood && !guarded {
        let port = port(service);
        told.routes.extend(hosts.iter().flat_map(|host| below(host, &path, strips, port)));
    }
    for name in service.environment.keys() {
        let value = setting(name).unwrap_or_default();
        match name.as_str() {
            "VIRTUAL_HOST" | "VIRTUAL_PATH" | "VIRTUAL_DEST" if !understood => {
                told.mark(name, Fate::Restriction, UNROUTED);
            }
            "VIRTUAL_HOST" | "VIRTUAL_PATH" | "VIRTUAL_DEST" | "VIRTUAL_PORT" if guarded => {
                told.mark(name, Fate::Restriction, GUARDED);
            }
            "VIRTUAL_HOST" | "VIRTUAL_PATH" | "VIRTUAL_DEST" | "VIRTUAL_PORT" => {
                told.mark(name, Fate::Route, "routes of the gateway");
            }
            "VIRTUAL_PROTO" if value == "http" => {
                told.mark(name, Fate::Gateway, "the gateway speaks HTTP with services");
            }
            "VIRTUAL_PROTO" | "VIRTUAL_HOST_MULTIPORTS" => {
                told.mark(name, Fate::Left, "the gateway has no word for it");
            }
            "CERT_NAME" | "HTTPS_METHOD" | "LETSENCRYPT_EMAIL" | "LETSENCRYPT_HOST" => {
                told.mark(name, Fate::Gateway, "the gateway's own certificates and redirect");
            }
            "NETWORK_ACCESS" if guarded => {
                told.mark(name, Fate::Restriction, "it kept requests out: give the routes `allow`");
            }
            _ => {}
        }
    }
}

/// `VIRTUAL_PORT`.
pub(super) fn port(service: &Service) -> Option<u16> {
    let value = service.environment.get("VIRTUAL_PORT")?.as_deref()?;
    with_defaults(value).trim().parse().ok()
}
