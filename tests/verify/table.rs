//! For every promise a way to break the stack with which `verify` says so.

use portcullis::verify::ALL;
use serde::{Deserialize, Serialize};

/// One way to break a stack.
#[derive(Clone, Copy, Debug)]
pub enum Break {
    /// In a file of the gateway this text becomes that one, wherever it stands.
    Text(&'static str, &'static str, &'static str),
    /// In the inspection the value at this pointer becomes this JSON.
    Engine(&'static str, &'static str),
    /// Something of the room is turned.
    Room(Turn),
}

/// What can be turned besides texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Turn {
    /// Nothing.
    #[default]
    Nothing,
    /// Something listens on postgres's port.
    InnerPort,
    /// One host shows the other one's certificate.
    OtherCertificate,
    /// The certificates end in three days.
    EndingCertificate,
    /// The service behind the API does not run.
    ServiceGone,
}

/// (Id of the promise, how it is broken).
pub const BREAKERS: &[(&str, Break)] = &[
    ("published-ports", Break::Room(Turn::InnerPort)),
    (
        "tls-old-versions",
        Break::Text(
            "conf.d/tls.conf",
            "ssl_protocols TLSv1.2 TLSv1.3;",
            "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;\nssl_conf_command CipherString ALL:@SECLEVEL=0;",
        ),
    ),
    (
        "tls-weak-ciphers",
        Break::Text("conf.d/tls.conf", "ssl_ciphers ", "ssl_ciphers ECDHE-ECDSA-AES128-SHA:"),
    ),
    (
        "tls-current-versions",
        Break::Text("conf.d/tls.conf", "ssl_protocols TLSv1.2 TLSv1.3;", "ssl_protocols TLSv1.2;"),
    ),
    ("certificate", Break::Room(Turn::OtherCertificate)),
    ("certificate-renewed", Break::Room(Turn::EndingCertificate)),
    ("unknown-host", Break::Text("snippets/drop.conf", "return 444;", "return 404;")),
    ("misdirected-request", Break::Text("conf.d/guard.conf", "\"~^1\" 421;", "\"~^1\" 0;")),
    (
        "https-redirect",
        Break::Text(
            "sites/_default.conf",
            "return 308 https://$host$request_uri;",
            "return 308 https://$host:8443$request_uri;",
        ),
    ),
    ("hsts", Break::Text("conf.d/headers.conf", "max-age=63072000", "max-age=3600")),
    (
        "security-headers",
        Break::Text(
            "conf.d/headers.conf",
            "add_header X-Content-Type-Options nosniff always;",
            "add_header X-Content-Type-Options nosniff;",
        ),
    ),
    ("no-version", Break::Text("conf.d/core.conf", "server_tokens off;", "server_tokens on;")),
    (
        "no-credentials",
        Break::Text(
            "snippets/auth-user.conf",
            "auth_request /__gw/auth/user;",
            "auth_request off;",
        ),
    ),
    (
        "wrong-credentials",
        Break::Text(
            "sites/api.example.com.conf",
            "include snippets/auth-user.conf;",
            "if ($http_authorization = \"\") { return 403; } include snippets/auth-user.conf;",
        ),
    ),
    (
        "with-token",
        Break::Text(
            "snippets/auth-endpoint.conf",
            "proxy_set_header Authorization $http_authorization;",
            "",
        ),
    ),
    (
        "public-paths",
        Break::Text(
            "sites/api.example.com.conf",
            "location = /api/health {",
            "location = /api/health { include snippets/auth-user.conf;",
        ),
    ),
    (
        "address-lists",
        Break::Text(
            "sites/auth.example.com.conf",
            "if ($from_office = 0) {",
            "if ($from_office = 2) {",
        ),
    ),
    ("services-answer", Break::Room(Turn::ServiceGone)),
    (
        "identity-headers",
        Break::Text(
            "sites/api.example.com.conf",
            "location = /api/health {",
            "location = /api/health { include snippets/proxy-headers.conf; proxy_set_header X-User-Id $http_x_user_id;",
        ),
    ),
    (
        "websocket",
        Break::Text("sites/api.example.com.conf", "include snippets/proxy-websocket.conf;", ""),
    ),
    (
        "websocket-credentials",
        Break::Text(
            "snippets/auth-user.conf",
            "auth_request /__gw/auth/user;",
            "auth_request off;",
        ),
    ),
    (
        "websocket-origin",
        Break::Text(
            "sites/api.example.com.conf",
            "if ($ws_bad_origin) {",
            "if ($ws_bad_origin = 2) {",
        ),
    ),
    (
        "cors-listed",
        Break::Text("conf.d/cors.conf", "https://app.example.com", "https://other.example.com"),
    ),
    (
        "cors-foreign",
        Break::Text(
            "conf.d/headers.conf",
            "Access-Control-Allow-Origin $cors_origin",
            "Access-Control-Allow-Origin $http_origin",
        ),
    ),
    ("error-bodies", Break::Text("snippets/errors.conf", "error_page 404 /__gw/error;", "")),
    (
        "body-limits",
        Break::Text(
            "sites/api.example.com.conf",
            "client_max_body_size 16k;",
            "client_max_body_size 64k;",
        ),
    ),
    (
        "blocked-paths",
        Break::Text(
            "conf.d/guard.conf",
            "\"~*^/api/auth/token(?:[/;\\x20]|$)\" 1;",
            "/api/auth/token 1;",
        ),
    ),
    (
        "inner-paths",
        Break::Text("conf.d/guard.conf", "\"~*^/api/auth/validate(?:[/;\\x20]|$)\" 1;", ""),
    ),
    (
        "undeclared-paths",
        Break::Text(
            "sites/auth.example.com.conf",
            "location / {\n        return 404;",
            "location / {\n        return 200 ok;",
        ),
    ),
    (
        "ambiguous-paths",
        Break::Text("snippets/guard.conf", "if ($gw_refused != 0) {\n    return 400;\n}", ""),
    ),
    ("odd-methods", Break::Text("conf.d/guard.conf", "\"~^01\" 405;", "\"~^01\" 0;")),
    ("rate-limits", Break::Text("snippets/rate-login.conf", "limit_req", "#limit_req")),
    ("containers", Break::Engine("/0/Config/Labels/com.docker.compose.service", "\"stranger\"")),
    ("container-images", Break::Engine("/0/Config/Image", "\"somebody/else:latest\"")),
    ("container-confinement", Break::Engine("/0/HostConfig/Privileged", "true")),
    ("container-confinement", Break::Engine("/0/HostConfig/ReadonlyRootfs", "false")),
    ("container-confinement", Break::Engine("/0/HostConfig/CapDrop", "null")),
    ("container-confinement", Break::Engine("/0/HostConfig/CapAdd", "[\"CAP_SYS_ADMIN\"]")),
    ("container-confinement", Break::Engine("/0/HostConfig/SecurityOpt", "null")),
    (
        "container-confinement",
        Break::Engine(
            "/0/HostConfig/SecurityOpt",
            "[\"no-new-privileges\", \"seccomp=unconfined\"]",
        ),
    ),
    ("container-confinement", Break::Engine("/0/HostConfig/PidMode", "\"host\"")),
    ("container-confinement", Break::Engine("/0/HostConfig/NetworkMode", "\"host\"")),
    ("container-confinement", Break::Engine("/0/HostConfig/IpcMode", "\"shareable\"")),
    (
        "container-confinement",
        Break::Engine("/0/HostConfig/Devices", "[{\"PathOnHost\": \"/dev/sda\"}]"),
    ),
    ("container-confinement", Break::Engine("/0/Config/User", "\"\"")),
    ("container-limits", Break::Engine("/0/HostConfig/Memory", "0")),
    ("container-limits", Break::Engine("/0/HostConfig/PidsLimit", "null")),
    ("container-limits", Break::Engine("/0/HostConfig/NanoCpus", "4000000000")),
    (
        "container-ports",
        Break::Engine(
            "/0/HostConfig/PortBindings",
            "{\"8080/tcp\": [{\"HostIp\": \"\", \"HostPort\": \"8080\"}]}",
        ),
    ),
    (
        "container-mounts",
        Break::Engine(
            "/0/Mounts/0",
            "{\"Type\": \"bind\", \"Source\": \"/var/run/docker.sock\", \"Destination\": \"/var/run/docker.sock\", \"RW\": true}",
        ),
    ),
    ("container-mounts", Break::Engine("/0/HostConfig/Tmpfs", "{}")),
    ("container-networks", Break::Engine("/0/NetworkSettings/Networks", "{\"bridge\": {}}")),
    ("container-networks", Break::Engine("/8/Internal", "false")),
    ("container-networks", Break::Engine("/8/Options", "null")),
    ("container-health", Break::Engine("/0/State/Health/Status", "\"unhealthy\"")),
];

/// Promises that nothing breaks, and breakers of promises that there are not.
pub fn gaps() -> Vec<String> {
    let broken = |id: &str| BREAKERS.iter().any(|(broken, _)| *broken == id);
    let made = |id: &str| ALL.iter().any(|promise| promise.id == id);
    let unbroken = ALL.iter().filter(|promise| !broken(promise.id));
    let unknown = BREAKERS.iter().filter(|(id, _)| !made(id));
    unbroken
        .map(|promise| format!("{}: nothing in tests/verify/table.rs breaks it", promise.id))
        .chain(unknown.map(|(id, _)| format!("{id}: no such promise")))
        .collect()
}
