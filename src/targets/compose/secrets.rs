//! Secrets as files below the directory that they are unsealed into.

use std::collections::{BTreeMap, BTreeSet};

use super::DrawError;
use crate::compose::conventions::SECRETS_VARIABLE;
use crate::compose::{FileSource, Reference};
use crate::secrets::file_path;
use crate::stack::{Delivery, EnvironmentName, SecretName, SecretUse, Service, Stack};

/// The directory of secrets, in Compose's words: every command fails with our sentence where the
/// variable is missing.
pub(super) fn directory(environment: &EnvironmentName) -> String {
    format!("${{{SECRETS_VARIABLE}:?not set; run: portcullis secrets unseal --env {environment}}}")
}

/// Every secret that some service mounts by itself.
pub(super) fn sources(stack: &Stack) -> BTreeMap<String, FileSource> {
    let directory = directory(&stack.environment);
    let read: BTreeSet<&SecretName> = stack
        .services
        .values()
        .flat_map(|service| &service.secrets)
        .filter(|used| is_file(used))
        .map(|used| &used.secret)
        .collect();
    let source = |name: &SecretName| FileSource {
        file: Some(format!("{directory}/{}", file_path(stack, name))),
        ..FileSource::default()
    };
    read.into_iter().map(|name| (name.to_string(), source(name))).collect()
}

/// The secrets that a service mounts by themselves, by name, each once.
pub(super) fn mounted(service: &Service) -> Vec<Reference> {
    let names: BTreeSet<&SecretName> =
        service.secrets.iter().filter(|used| is_file(used)).map(|used| &used.secret).collect();
    names.into_iter().map(|name| Reference::to(name.as_str())).collect()
}

fn is_file(used: &SecretUse) -> bool {
    match used.delivery {
        Delivery::File | Delivery::FileVariable(_) | Delivery::Variable(_) => true,
        Delivery::Folder | Delivery::Plain(_) => false,
    }
}

/// The `.env` beside compose.yaml, so that `ps`, `logs` and `down` work in any shell. In single
/// quotes Compose's reader expands nothing.
pub(super) fn environment_file(secrets_dir: &str) -> Result<String, DrawError> {
    if secrets_dir.chars().any(|c| c.is_control() || matches!(c, '\'' | '"' | '$' | '\\')) {
        return Err(DrawError::SecretsDirectory);
    }
    Ok(format!("{SECRETS_VARIABLE}='{secrets_dir}'\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_cannot_bring_a_second_variable() {
        for bad in ["/a\nB=1", "/a'", "/a\"", "/$HOME", "/a\\"] {
            assert!(environment_file(bad).is_err(), "{bad:?}");
        }
        let file = environment_file("/run/user/1000/my stack").unwrap();
        assert_eq!(file, "PORTCULLIS_SECRETS_DIR='/run/user/1000/my stack'\n");
    }
}
