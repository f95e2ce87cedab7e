//! A project drawn from a preset by the built program, in a folder that goes away with it.

use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

/// A recipient whose identity nobody keeps: these projects are looked at, never unsealed.
const RECIPIENT: &str = "age1sffs4s9wau4mm5s2juyxv5mr2vx8fuexp8y4s9j0ufdcx73yn5jsa32yv9";

pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    pub(crate) fn of_preset(preset: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_portcullis"))
            .args(["new", "project", "--preset", preset, "--recipient", RECIPIENT])
            .current_dir(folder.path())
            // The identity and the settings of whoever runs the tests stay out of it.
            .env_clear()
            .env("HOME", folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "`new --preset {preset}` failed:\n{said}");
        Self { folder }
    }

    /// The folder in which a user would run Compose and the judges.
    pub(crate) fn stack(&self) -> PathBuf {
        self.folder.path().join("project/deploy/production")
    }
}
