//! The stacks under test: the preset with what it lacks to make every promise, and the gateway
//! suite's own with every feature.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Whoever drew the trees could open their secrets with this; nobody has its other half.
const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

/// The preset with a WebSocket route: the project's folder.
pub fn of_the_preset() -> PathBuf {
    let preset = read("presets/stacks/wavestack.yaml");
    let health = "      /api/health: {auth: none}\n";
    assert!(preset.contains(health), "the preset has other routes");
    let text = preset.replace(health, &format!("{health}      /api/ws: {{websocket: true}}\n"));
    draw("preset", &format!("{text}\nrecipients: [{RECIPIENT}]\n"))
}

/// Everything that the gateway can be told to do.
pub fn of_the_features() -> PathBuf {
    draw("features", &read("tests/fixtures/gateway/portcullis.yaml"))
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn draw(name: &str, description: &str) -> PathBuf {
    let project = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("drawn-{}-verify-{name}", std::process::id()));
    fs::remove_dir_all(&project).ok();
    fs::create_dir_all(&project).expect("a project");
    fs::write(project.join("portcullis.yaml"), description).expect("the description");
    let output = Command::new(env!("CARGO_BIN_EXE_portcullis"))
        .arg("generate")
        .current_dir(&project)
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .output()
        .expect("the program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    project
}
