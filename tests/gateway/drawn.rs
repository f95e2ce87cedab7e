//! The trees under test, drawn by the program itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The stacks the suite is run on.
pub const STACKS: &[&str] = &["wavestack", "features"];

/// Whoever drew the trees could open their secrets with this; nobody has its other half.
const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

/// The directory that a container would mount at /etc/portcullis.
///
/// `PORTCULLIS_TREE_NAME` names a tree that was made by other means, for work on the suite itself.
pub fn tree(stack: &str) -> PathBuf {
    if let Some(tree) = std::env::var_os(format!("PORTCULLIS_TREE_{}", stack.to_uppercase())) {
        return PathBuf::from(tree);
    }
    let project = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("drawn-{}-{stack}", std::process::id()));
    fs::remove_dir_all(&project).ok();
    if stack == "wavestack" {
        portcullis(
            Path::new("."),
            &["new", &project.to_string_lossy(), "--preset", stack, "--recipient", RECIPIENT],
        );
    } else {
        fs::create_dir_all(&project).expect("a project");
        let description =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/gateway/portcullis.yaml");
        fs::copy(description, project.join("portcullis.yaml")).expect("the description");
        portcullis(&project, &["generate"]);
    }
    project.join("deploy/production/gateway")
}

fn portcullis(dir: &Path, arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_portcullis"))
        .args(arguments)
        .current_dir(dir)
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .output()
        .expect("the program");
    assert!(
        output.status.success(),
        "portcullis {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
