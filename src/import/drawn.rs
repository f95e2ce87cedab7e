//! Whether a Compose file is one that this tool drew, gateway and all.

use crate::compose::ComposeFile;
use crate::diagnostic::Position;

/// Where the drawn gateway's service mounts its configuration (`targets::compose`).
const MOUNTED_AT: &str = "/etc/portcullis";

/// Where the file says so, and still has the gateway that it was drawn with: import would put that behind another one,
/// where it reaches nobody. None for any other file, one without that gateway among them.
pub fn drawn(file: &ComposeFile) -> Option<Position> {
    file.portcullis.as_ref()?;
    let mut mounts = file.services.values().flat_map(|service| &service.volumes);
    let gateway = mounts.any(|mount| mount.target.as_deref() == Some(MOUNTED_AT));
    gateway.then(|| file.places.of("x-portcullis"))
}
