//! A root directory laid out as an engine would lay it out for one service, so that a program sees
//! the absolute paths that it will see in its container: /etc/portcullis, /run/tls, /data, ...
//!
//! It is made from what Compose itself read from compose.yaml: a mount that the file forgot is
//! missing here too. Changing the root takes root; the program then runs as the service's user.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

pub(crate) struct Jail {
    root: TempDir,
    user: String,
    command: Vec<String>,
}

impl Jail {
    /// `project` is what `docker-compose config --format json` prints.
    pub(crate) fn of_service(name: &str, project: &Value) -> Result<Self, String> {
        let service = &project["services"][name];
        let user = service["user"].as_str().ok_or("the service has no user")?.to_owned();
        let command = strings(&service["command"]);
        let jail = Self { root: TempDir::new().unwrap(), user, command };
        fs::set_permissions(jail.root.path(), fs::Permissions::from_mode(0o755)).unwrap();

        for tmpfs in strings(&service["tmpfs"]) {
            jail.writable_directory(tmpfs.split(':').next().unwrap_or_default());
        }
        for volume in entries(&service["volumes"]) {
            jail.mount(text(&volume["source"]), text(&volume["target"]));
        }
        for kind in ["configs", "secrets"] {
            for reference in entries(&service[kind]) {
                let source = &project[kind][text(&reference["source"])]["file"];
                // What only an unsealed host has is an empty file here.
                let content = fs::read(text(source)).unwrap_or_default();
                jail.file(text(&reference["target"]), &content);
            }
        }
        // Engines give every container its standard output under this name.
        jail.writable_file("/dev/stdout");
        jail.writable_file("/dev/stderr");
        Ok(jail)
    }

    /// Runs `program`, which must be static, with the service's command and `more` arguments.
    pub(crate) fn run(&self, program: &Path, more: &[&str]) -> Result<(), String> {
        self.file("/program", &fs::read(program).unwrap());
        fs::set_permissions(self.inside("/program"), fs::Permissions::from_mode(0o755)).unwrap();
        // Engines since 20.10 give every container a network in which each port is anybody's.
        let ports = "echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start && exec \"$@\"";
        let output = Command::new("unshare")
            .args(["--net", "sh", "-c", ports, "sh", "chroot"])
            .arg(format!("--userspec={}", self.user))
            .arg(self.root.path())
            .arg("/program")
            .args(&self.command)
            .args(more)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        // A warning is a finding: nginx would print it at every start.
        if output.status.success() && !said.contains("[warn]") { Ok(()) } else { Err(said) }
    }

    /// A drawn file or folder is copied; what only a host has (a volume, the unsealed directory)
    /// becomes an empty folder.
    fn mount(&self, source: &str, target: &str) {
        if Path::new(source).is_dir() {
            copy_folder(source.as_ref(), &self.inside(target));
        } else if let Ok(content) = fs::read(source) {
            self.file(target, &content);
        } else {
            fs::create_dir_all(self.inside(target)).unwrap();
        }
    }

    fn file(&self, path: &str, content: &[u8]) {
        let file = self.inside(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, content).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    }

    fn writable_file(&self, path: &str) {
        self.file(path, b"");
        self.give_to_user(&self.inside(path));
    }

    fn writable_directory(&self, path: &str) {
        fs::create_dir_all(self.inside(path)).unwrap();
        self.give_to_user(&self.inside(path));
    }

    fn give_to_user(&self, path: &Path) {
        let mut ids = self.user.split(':').map(|id| id.parse().ok());
        chown(path, ids.next().flatten(), ids.next().flatten()).unwrap();
    }

    fn inside(&self, path: &str) -> PathBuf {
        self.root.path().join(path.trim_start_matches('/'))
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    fs::set_permissions(to, fs::Permissions::from_mode(0o755)).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn entries(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn strings(list: &Value) -> Vec<String> {
    entries(list).map(|entry| text(entry).to_owned()).collect()
}
