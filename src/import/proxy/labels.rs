//! Labels and settings for traefik, caddy-docker-proxy and nginx-proxy.

use crate::compose::Service;

/// Whether another proxy finds the service by what it carries.
pub fn is_labelled(service: &Service) -> bool {
    let routed = |(name, value): (&String, &Option<String>)| {
        let value = value.as_deref().unwrap_or_default();
        let traefik =
            name.starts_with("traefik.http.routers.") || name.starts_with("traefik.frontend.");
        let on = name == "traefik.enable" && value == "true";
        traefik || on || name == "caddy" || name.starts_with("caddy.") || name.starts_with("caddy_")
    };
    service.environment.contains_key("VIRTUAL_HOST") || service.labels.iter().any(routed)
}

/// The port that another proxy is told.
pub fn labelled_port(service: &Service) -> Option<u16> {
    let virtual_port = service.environment.get("VIRTUAL_PORT").cloned().flatten();
    let labelled = service.labels.iter().find(|(name, _)| {
        name.starts_with("traefik.http.services.") && name.ends_with(".loadbalancer.server.port")
    });
    let text = virtual_port.or_else(|| labelled.and_then(|(_, value)| value.clone()))?;
    text.trim().parse().ok()
}
