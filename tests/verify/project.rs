//! The stack under test: the preset, with what it lacks to make every promise.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Draws it once and returns the project's folder.
pub fn draw() -> PathBuf {
    let project =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("drawn-{}-verify", std::process::id()));
    fs::remove_dir_all(&project).ok();
    fs::create_dir_all(&project).expect("a project");
    let preset = Path::new(env!("CARGO_MANIFEST_DIR")).join("presets/stacks/wavestack.yaml");
    let preset = fs::read_to_string(preset).expect("the preset");
    let health = "      /api/health: {auth: none}\n";
    assert!(preset.contains(health), "the preset has other routes");
    let text = preset.replace(health, &format!("{health}      /api/ws: {{websocket: true}}\n"));
    let recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    fs::write(project.join("portcullis.yaml"), format!("{text}\nrecipients: [{recipient}]\n"))
        .expect("the description");
    let output = Command::new(env!("CARGO_BIN_EXE_portcullis"))
        .arg("generate")
        .current_dir(&project)
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .output()
        .expect("the program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    project
}
