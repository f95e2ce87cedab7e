//! What settings say: a program's own public address, its port, and the addresses of others.

/// Whether a setting's name says that it holds the address under which people reach this program.
pub(super) fn names_own_address(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let ends = |own: &&str| {
        name.strip_suffix(*own).is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
    };
    WHOLE.contains(&name.as_str()) || OWN.iter().any(ends)
}

/// Names under which programs take their own public address.
const WHOLE: [&str; 6] = ["DOMAIN", "FQDN", "HOST_URL", "NEXTAUTH_URL", "ORIGIN", "URL"];

/// Names, or ends of names, for the same.
const OWN: [&str; 24] = [
    "ALLOWED_HOSTS",
    "APP_DOMAIN",
    "APP_URL",
    "BASE_URL",
    "BASEURL",
    "CANONICAL_URL",
    "CSRF_TRUSTED_ORIGINS",
    "DOMAIN_NAME",
    "EXTERNAL_URL",
    "FRONTEND_URL",
    "OVERWRITEHOST",
    "PUBLIC_DOMAIN",
    "PUBLIC_HOST",
    "PUBLIC_ORIGIN",
    "PUBLIC_URL",
    "ROOT_URL",
    "SERVER_DOMAIN",
    "SERVER_NAME",
    "SERVER_URL",
    "SITE_URL",
    "TRUSTED_DOMAINS",
    "WEBHOOK_URL",
    "WEBSITE_URL",
    "WEB_URL",
];

/// Whether a setting's name says that it holds the port on which this program serves HTTP.
pub(super) fn names_own_port(name: &str) -> bool {
    OWN_PORT.contains(&name.to_ascii_uppercase().as_str())
}

/// Names under which programs take the port that they serve HTTP on.
const OWN_PORT: [&str; 27] = [
    "ADDR",
    "ADDRESS",
    "APP_PORT",
    "BIND",
    "BIND_ADDRESS",
    "HTTP_ADDR",
    "HTTP_ADDRESS",
    "HTTP_LISTEN",
    "HTTP_PORT",
    "HTTP_SERVER_PORT",
    "LISTEN",
    "LISTEN_ADDR",
    "LISTEN_ADDRESS",
    "LISTEN_PORT",
    "NGINX_PORT",
    "NODE_PORT",
    "PORT",
    "PORT_HTTP",
    "SERVER_HTTP_PORT",
    "SERVER_PORT",
    "SERVICE_PORT",
    "UVICORN_PORT",
    "WEBUI_PORT",
    "WEB_PORT",
    "WEBPORT",
    "WEBUIPORT",
    "API_PORT",
];

/// The port of a value: `8080`, `:8080`, `0.0.0.0:8080`.
pub(super) fn port_of(value: &str) -> Option<u16> {
    let value = value.trim().trim_matches(['"', '\'']);
    let value = value.strip_prefix("http://").unwrap_or(value).trim_end_matches('/');
    let digits = value.rsplit(':').next()?;
    digits.parse().ok().filter(|port| *port > 0)
}

/// Ports under which a text names a host by HTTP: `http://HOST:PORT/...`; 80 where it names none.
pub(super) fn http_ports(text: &str, host: &str) -> Vec<u16> {
    let mut found = Vec::new();
    for (at, scheme) in text.match_indices("http://") {
        let rest = text.get(at + scheme.len()..).unwrap_or_default();
        let rest =
            rest.rsplit_once('@').filter(|(user, _)| !user.contains('/')).map_or(rest, |(_, r)| r);
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.:".contains(c)));
        let (authority, _) = rest.split_at(end.unwrap_or(rest.len()));
        let (name, port) = authority.split_once(':').unwrap_or((authority, "80"));
        if name.eq_ignore_ascii_case(host) {
            found.extend(port.parse::<u16>().ok().filter(|port| *port > 0));
        }
    }
    found
}
