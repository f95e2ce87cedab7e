//! The names by which our own Compose files say what Compose has no word for; the drawing writes
//! them and the reading knows them again.

use crate::stack::{SecretName, Stack};

/// The environment that bears the project's plain name.
const PRODUCTION: &str = "production";

/// Compose's name of a stack, before the names of its containers, networks and volumes: the project's, and
/// that of the environment unless it is production. So two environments on one engine share nothing.
pub fn project_name(stack: &Stack) -> String {
    match stack.environment.as_str() {
        PRODUCTION => stack.name.to_string(),
        other => format!("{}-{other}", stack.name),
    }
}

/// The variable that holds the directory of unsealed secrets.
pub const SECRETS_VARIABLE: &str = "PORTCULLIS_SECRETS_DIR";

/// The variable in which Compose finds the value of a secret that a program reads from its
/// environment and nothing but Compose can put there. Its start is ours, so that no secret's name
/// stands for a variable of the shell.
pub fn value_variable(secret: &SecretName) -> String {
    format!("{VALUE_PREFIX}{}", secret.as_str().to_ascii_uppercase())
}

/// What those variables begin with.
pub const VALUE_PREFIX: &str = "PORTCULLIS_SECRET_";

/// Where the generated entrypoint is mounted; called as `/bin/sh FILE`.
pub const ENTRYPOINT: &str = "/usr/local/libexec/portcullis-entrypoint";

/// The label whose value changes with the generated files of a service, so that a plain
/// `up -d` recreates it, and nobody else, when they change.
pub const CONFIG_LABEL: &str = "portcullis.config";

/// The engine's option that keeps the host's address off a bridge (Docker's bridge driver).
pub const HOST_ABSENT: &str = "com.docker.network.bridge.inhibit_ipv4";

/// The engine's option that rewrites outgoing connections to the host's address.
pub const MASQUERADE: &str = "com.docker.network.bridge.enable_ip_masquerade";

/// Before the name of an option of `security_opt` that the model has no word for, among the
/// carried keys.
pub const SECURITY_OPTION: &str = "security_opt ";

/// Where Compose mounts secrets by their names.
pub const SECRETS_FOLDER: &str = "/run/secrets";
