//! What a target tells the gateway about the place where it will run.

use crate::stack::ServiceName;

/// Everything about a gateway that the stack does not know, since it differs between targets.
pub struct Surroundings<'a> {
    /// Address of the name server that knows the services.
    pub resolver: String,
    /// `HOST:PORT` under which a service's port is reached.
    pub address_of: &'a dyn Fn(&ServiceName, u16) -> String,
    /// Where the secrets are mounted.
    pub secrets_dir: String,
    /// Where one PEM per host (chain and key) is mounted, named `HOST.pem`.
    pub tls_dir: String,
    /// Where an ACME client leaves its challenges (RFC 8555, section 8.3).
    pub acme_dir: String,
    /// The only directory that nginx writes to; in memory.
    pub scratch_dir: String,
    /// Where access and audit lines go.
    pub log: String,
    /// Where nginx listens.
    pub listen: Listen,
    /// True where the image has `stub_status`.
    pub status_page: bool,
}

/// Addresses and ports, as nginx's `listen` takes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen {
    /// Plain HTTP.
    pub http: String,
    /// HTTPS.
    pub https: String,
    /// The health check of the same container.
    pub health: String,
}

impl<'a> Surroundings<'a> {
    /// A container on an engine whose embedded DNS is Docker's (127.0.0.11). The ports need no
    /// capability; nginx-unprivileged keeps /tmp writable.
    pub fn container(address_of: &'a dyn Fn(&ServiceName, u16) -> String) -> Self {
        Self {
            resolver: "127.0.0.11".to_owned(),
            address_of,
            secrets_dir: "/run/secrets".to_owned(),
            tls_dir: "/run/tls".to_owned(),
            acme_dir: "/var/www/acme".to_owned(),
            scratch_dir: "/tmp".to_owned(),
            log: "/dev/stdout".to_owned(),
            listen: Listen {
                http: "8080".to_owned(),
                https: "8443".to_owned(),
                health: "127.0.0.1:8081".to_owned(),
            },
            status_page: false,
        }
    }
}
