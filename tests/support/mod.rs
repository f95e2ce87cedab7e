//! A project in a folder of its own, driven through the program as a person drives it.

// Clippy's leave for tests covers only the functions marked as such, not what they call.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The presets that the program carries.
#[allow(dead_code)]
pub(crate) const PRESETS: [&str; 7] =
    ["minimal", "web-api", "relay", "ai-camera", "myloware", "wavestack", "ai-stack"];

/// A project and a home folder with an identity.
pub(crate) struct Project {
    home: TempDir,
    name: String,
}

#[allow(dead_code)]
impl Project {
    /// `portcullis new NAME --preset NAME`.
    pub(crate) fn new(preset: &str) -> Self {
        let project = Self::empty(preset);
        let made = project.run_in(project.home.path(), &["new", preset, "--preset", preset], "");
        assert!(made.status.success(), "{preset}: {}", text(&made.stderr));
        project
    }

    /// A folder without a description.
    pub(crate) fn empty(name: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        Self { home, name: name.to_owned() }
    }

    /// A project with this description, not generated yet. The recipient is made on the way.
    pub(crate) fn described(description: &str) -> Self {
        let project = Self::empty("described");
        fs::create_dir(project.root()).unwrap();
        let made = project.run(&["init"]);
        assert!(made.status.success(), "{}", text(&made.stderr));
        project.write("portcullis.yaml", description);
        project
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.home.path().join(&self.name)
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::write(self.root().join(path), text).unwrap();
    }

    /// Replace `from` by `to` in the description; it must be there.
    pub(crate) fn edit(&self, from: &str, to: &str) {
        let before = self.read("portcullis.yaml");
        assert!(before.contains(from), "the description has no {from:?}");
        self.write("portcullis.yaml", &before.replacen(from, to, 1));
    }

    /// Run the program in the project's folder.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.run_in(&self.root(), arguments, "")
    }

    /// Run the program with text on its standard input.
    pub(crate) fn feed(&self, arguments: &[&str], input: &str) -> Output {
        self.run_in(&self.root(), arguments, input)
    }

    /// Run the program, which must succeed.
    pub(crate) fn succeed(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout) + &text(&output.stderr)
    }

    fn run_in(&self, folder: &Path, arguments: &[&str], input: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_portcullis"))
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .env("HOME", self.home.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that has read enough closes its end.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// Every file of the project with its bytes, sorted.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let root = self.root();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                    files.insert(name, fs::read(path).unwrap());
                }
            }
        }
        files
    }

    /// Every value of the bundle, opened with the project's own identity.
    pub(crate) fn secrets(&self, environment: &str) -> BTreeMap<String, Vec<u8>> {
        use portcullis::secrets::{Bundle, Identities, bundle_path};
        let root = camino::Utf8PathBuf::from_path_buf(self.root()).unwrap();
        let environment = portcullis::stack::EnvironmentName::new(environment).unwrap();
        let path = bundle_path(&root, &environment);
        let mut sources = portcullis::diagnostic::Sources::new();
        let bundle = Bundle::read_file(&path, &environment, &mut sources).unwrap();
        let identity = self.home.path().join(".config/portcullis/identity.txt");
        let identity = camino::Utf8PathBuf::from_path_buf(identity).unwrap();
        let identities = Identities::read(&identity, &|| None).unwrap();
        let opened = bundle.open(&identities).unwrap();
        let secrets = opened.secrets.into_iter();
        secrets.map(|(name, secret)| (name.to_string(), secret.value.expose().to_vec())).collect()
    }
}

/// Bytes as text.
#[allow(dead_code)]
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
