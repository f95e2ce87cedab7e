//! Where projects are drawn and images made, once for all presets; each gets a copy of the engine's data.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use super::dockerd::Dockerd;
use super::images;
use super::project::{Project, finish};
use super::stack::Stack;
use super::town::Town;

/// A folder of this run's own, removed at the end.
pub struct Workshop {
    folder: PathBuf,
}

impl Workshop {
    /// Sweeps up after runs that were killed and opens a new folder.
    pub fn open() -> Self {
        let all = Path::new(env!("CARGO_TARGET_TMPDIR"));
        for entry in fs::read_dir(all).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let owner = name.strip_prefix("engine-");
            if owner.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
                fs::remove_dir_all(entry.path()).ok();
            }
        }
        let folder = all.join(format!("engine-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for the engines");
        Self { folder }
    }

    /// Draws a preset in a folder of this name.
    pub fn draw(&self, preset: &'static str, folder: &str) -> Project {
        Project::draw(preset, &self.folder.join(folder))
    }

    /// An empty project in a folder of its name.
    pub fn found(&self, name: &'static str) -> Project {
        Project::empty(name, &self.folder.join(name))
    }

    /// Makes all images of these projects.
    pub fn prepare(&self, projects: &[&Project]) {
        self.furnish(|engine, folder| images::make(engine, folder, projects));
    }

    /// Makes images on the engine whose data every project gets a copy of.
    pub fn furnish(&self, make: impl FnOnce(&Dockerd, &Path)) {
        make(&Dockerd::start(&Arc::new(Town::found()), &self.template()), &self.folder);
    }

    /// A town and an engine for the project, with all images at hand.
    pub fn settle(&self, project: Project) -> Stack {
        let engine = project.home().join("engine");
        fs::create_dir_all(engine.join("data")).expect("a folder for the engine");
        let data = self.template().join("data");
        for entry in fs::read_dir(data).expect("the engine's data").flatten() {
            let mut copy = Command::new("cp");
            // Layers never change once they are made: an engine copies up what a container writes.
            copy.arg(if entry.file_name() == "overlay2" { "-al" } else { "-a" });
            finish(copy.arg(entry.path()).arg(engine.join("data")), "");
        }
        let town = Arc::new(Town::found());
        Stack::new(project, Dockerd::start(&town, &engine), town)
    }

    fn template(&self) -> PathBuf {
        self.folder.join("template")
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).ok();
    }
}
