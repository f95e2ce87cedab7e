//! Generated files that a service mounts, and the label that holds their hash.

use ring::digest::{Context, SHA256};

use super::{DrawError, Drawing, process};
use crate::compose::Reference;
use crate::compose::conventions::{CONFIG_LABEL, ENTRYPOINT};
use crate::stack::{Delivery, GeneratedFile, MountSource, Service, ServiceName};
use crate::templates;
use crate::tree::TreePath;

/// Bytes of the hash in the label: 64 bits tell two versions of a file apart.
const HASH_BYTES: usize = 8;

/// What a service mounts of the generated files.
pub(super) struct Generated {
    /// Single files.
    pub(super) files: Vec<GeneratedFile>,
    /// The label, where it mounts any.
    pub(super) label: Option<(&'static str, String)>,
}

impl Generated {
    /// The `configs:` of the service.
    pub(super) fn references(&self) -> Vec<Reference> {
        self.files.iter().map(|file| Reference::at(&file.name, &file.target)).collect()
    }
}

pub(super) fn generated(
    drawing: &Drawing<'_>,
    name: &ServiceName,
    service: &Service,
) -> Result<Generated, DrawError> {
    let mut files = service.files.clone();
    files.extend(entrypoint(name, service)?);
    files.sort();
    let mut hash = Context::new(&SHA256);
    for file in &files {
        include(&mut hash, &file.source, file.content.as_bytes());
    }
    let mut any = !files.is_empty();
    for mount in &service.mounts {
        let MountSource::Generated(folder) = &mount.source else { continue };
        for (path, file) in drawing.around.gateway.iter().filter(|(p, _)| is_below(p, folder)) {
            include(&mut hash, path.as_str(), &file.bytes);
            any = true;
        }
    }
    let digits = hash.finish();
    let digits = digits.as_ref().iter().take(HASH_BYTES).map(|byte| format!("{byte:02x}"));
    Ok(Generated { files, label: any.then(|| (CONFIG_LABEL, digits.collect())) })
}

fn is_below(path: &TreePath, folder: &str) -> bool {
    path.as_str().strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Lengths go before the parts, so that no two sets of files read alike.
fn include(hash: &mut Context, path: &str, bytes: &[u8]) {
    for part in [path.as_bytes(), bytes] {
        hash.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
}

/// The script that fills the environment from files, for a program that reads nothing else.
fn entrypoint(name: &ServiceName, service: &Service) -> Result<Option<GeneratedFile>, DrawError> {
    let variables: Vec<_> = service
        .secrets
        .iter()
        .filter_map(|used| match &used.delivery {
            Delivery::Variable(variable) => Some(serde_json::json!({
                "name": variable.as_str(),
                "file": process::secret_file(&used.secret),
            })),
            Delivery::File | Delivery::FileVariable(_) | Delivery::Folder | Delivery::Plain(_) => {
                None
            }
        })
        .collect();
    if variables.is_empty() {
        return Ok(None);
    }
    let values = serde_json::json!({ "variables": variables });
    Ok(Some(GeneratedFile {
        name: format!("{name}-entrypoint"),
        source: format!("services/{name}/entrypoint.sh"),
        target: ENTRYPOINT.to_owned(),
        content: templates::render("shell/entrypoint.sh.j2", &values)?,
    }))
}
