//! Which controls a Compose file can answer. The others speak of what this tool draws itself: the
//! gateway, the sealed bundle, Dockerfiles.

/// Controls that are left out, each with the reason.
const OF_OURS: &[(&str, &str)] = &[
    ("after-reboot", "speaks of secrets that `secrets unseal` writes"),
    ("application-logs", "speaks of secrets that are handed over as files"),
    ("engine-version", "speaks of the links that are drawn"),
    ("host-firewall", "speaks of the machine, whatever the file says"),
    ("image-facts", "speaks of the knowledge that a description asks for with `use:`"),
    ("image-knowledge", "speaks of what a description says, or leaves open, of an image"),
    ("log-level", "speaks of programs that a description builds"),
    ("unmodelled-keys", "lists every key that is carried; `loosened` tells those that matter"),
    ("writable-paths", "follows from a read-only root, which `read-only-root` asks for"),
];

/// True for a control that a Compose file answers.
pub(super) fn is_told_by_files(control: &str) -> bool {
    !OF_OURS.iter().any(|(id, _)| *id == control)
}

#[cfg(test)]
mod tests {
    use super::OF_OURS;
    use crate::controls::find;

    #[test]
    fn every_control_that_is_left_out_exists_and_has_a_reason() {
        assert!(OF_OURS.iter().all(|(id, why)| find(id).is_some() && why.len() > 20));
    }
}
