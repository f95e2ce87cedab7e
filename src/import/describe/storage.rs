//! What a service mounts: volumes, files, memory, secrets.

use serde_json::Value;

use super::{Describing, manual, plain};
use crate::compose::{BindOptions, FileSource, Reference, VolumeMount, VolumeOptions};
use crate::controls::is_time_zone;
use crate::description::{MountPoint, WritablePath};
use crate::import::account::Fate;
use crate::import::draft::DraftService;
use crate::import::layout::{Entry, Item};
use crate::stack::{Bytes, VolumeName};

impl Describing<'_> {
    pub(super) fn mounts(
        &mut self,
        name: &str,
        mounts: &[VolumeMount],
        others: Option<&Value>,
        out: &mut DraftService,
    ) {
        if !mounts.is_empty() {
            self.kept(name, &["volumes"]);
        }
        for mount in mounts {
            self.mount(name, mount, out);
        }
        let Some(others) = others.and_then(Value::as_array) else { return };
        let services = &self.original.project.file.services;
        for other in others.iter().filter_map(Value::as_str) {
            let (service, mode) = other.split_once(':').unwrap_or((other, "rw"));
            let taken =
                services.get(service).map(|service| service.volumes.clone()).unwrap_or_default();
            for mut mount in taken {
                if mode == "ro" {
                    mount.read_only = Some(true);
                }
                self.mount(name, &mount, out);
            }
        }
        self.kept(name, &["volumes_from"]);
    }

    fn mount(&mut self, name: &str, mount: &VolumeMount, out: &mut DraftService) {
        let VolumeMount { kind, source, target, read_only, bind, volume, carried, places: _ } =
            mount;
        let Some(target) = target.as_deref().map(plain) else { return };
        let target = target.trim_end_matches('/').to_owned();
        let read_only = *read_only == Some(true);
        let shared =
            bind.as_ref().is_some_and(|BindOptions { propagation, .. }| propagation.is_some());
        let part = volume.as_ref().and_then(|VolumeOptions { subpath, .. }| subpath.as_deref());
        let source = source.as_deref().map(plain);
        match kind.as_deref() {
            Some("tmpfs") => {
                let told = carried.get("tmpfs").and_then(Value::as_object);
                let told = told.into_iter().flatten().map(|(key, value)| match value {
                    // Of a mount's mode Compose knows the number.
                    Value::Number(mode) if key == "mode" => {
                        format!("mode={:o}", mode.as_u64().unwrap_or_default())
                    }
                    Value::String(text) => format!("{key}={text}"),
                    other => format!("{key}={other}"),
                });
                let told: Vec<String> = told.collect();
                self.memory(name, &target, &told.join(","), out);
            }
            Some("bind") => {
                let source = source.unwrap_or_default();
                self.bind(name, &source, &target, read_only, shared, out);
            }
            Some("volume") | None => {
                let source = source.unwrap_or_else(|| anonymous(&out.name, &target));
                let volume = volume_name(&source);
                if let Some(part) = part {
                    let part = vec![Entry::new("subpath", Item::text(plain(part)))];
                    let further = Entry::new("volume", Item::Map(part));
                    raw_mount("volume", &volume, &target, read_only, Some(further), out);
                    return;
                }
                self.put(&volume, &target, read_only.then_some("ro"), "volume", out);
            }
            Some(other) => {
                let words = format!("there is no word for mounts of the type `{other}`");
                self.account.correct(&["services", name, "volumes"], Fate::Dropped(words));
            }
        }
    }

    fn bind(
        &mut self,
        name: &str,
        source: &str,
        target: &str,
        read_only: bool,
        _shared: bool,
        out: &mut DraftService,
    ) {
        let time_zone = is_time_zone(source) && !read_only;
        if time_zone {
            let words = format!("`{source}` is mounted read-only: it tells the time zone");
            self.account.correct(&["services", name, "volumes"], Fate::Hardened(words));
        }
        let read_only = read_only || time_zone;
        let mode = if read_only { "ro" } else { "rw" };
        if let Some(home) = source.strip_prefix('~') {
            let path = format!("./home/{}", home.trim_start_matches('/'));
            let words =
                format!("`{source}` differs from person to person: put its files into {path}");
            out.note("volumes", manual(words));
            self.put(path.trim_end_matches('/'), target, (!read_only).then_some("rw"), "bind", out);
            return;
        }
        let (path, mode) = match self.project_path(source) {
            Some(path) if path == "." => ("./.".to_owned(), (!read_only).then_some(mode)),
            Some(path) => (format!("./{path}"), (!read_only).then_some(mode)),
            None if source.starts_with('/') => (source.to_owned(), (!read_only).then_some(mode)),
            None => (
                self.host_path(source).unwrap_or_else(|| source.to_owned()),
                (!read_only).then_some(mode),
            ),
        };
        self.put(&path, target, mode, "bind", out);
    }

    /// Mount something; where the description's own words do not admit it, in Compose's.
    fn put(
        &mut self,
        source: &str,
        target: &str,
        mode: Option<&str>,
        kind: &str,
        out: &mut DraftService,
    ) {
        let taken = out
            .volumes
            .iter()
            .any(|(one, to)| one == source || to.split(':').next() == Some(target));
        let words = source_is_plain(source) && MountPoint::new(target).is_ok();
        if out.volumes.iter().any(|(_, to)| to.split(':').next() == Some(target)) {
            return;
        }
        if words && !taken {
            let target = match mode {
                Some(mode) => format!("{target}:{mode}"),
                None => target.to_owned(),
            };
            out.volumes.push((source.to_owned(), target));
            return;
        }
        let read_only = mode == Some("ro") || (kind == "bind" && mode.is_none());
        raw_mount(kind, source, target, read_only, None, out);
    }

    pub(super) fn memory_mounts(&mut self, name: &str, tmpfs: &[String], out: &mut DraftService) {
        for text in tmpfs {
            let text = plain(text);
            let (path, options) = text.split_once(':').unwrap_or((&text, ""));
            let runs = options.split(',').any(|option| matches!(option, "exec" | "suid" | "dev"));
            if runs {
                raw_memory(&text, out);
            } else {
                self.memory(name, path, options, out);
            }
            self.kept(name, &["tmpfs"]);
        }
    }

    /// Memory at a path. What the original limits further than the stack does is said in Compose's
    /// words: a size, who owns it, who may look into it.
    fn memory(&mut self, name: &str, path: &str, options: &str, out: &mut DraftService) {
        if path == "/tmp" || out.writable.iter().any(|one| one == path) {
            return;
        }
        let limits: Vec<&str> = options.split(',').map(str::trim).filter(is_limit).collect();
        match WritablePath::new(path) {
            Ok(_) if !limits.is_empty() => {
                raw_memory(&format!("{path}:noexec,nosuid,nodev,{}", limits.join(",")), out);
            }
            Ok(path) => out.writable.push(path.as_str().to_owned()),
            Err(_) => self.dropped(name, &["tmpfs"], format!("{path} belongs to the system")),
        }
    }

    pub(super) fn files(
        &mut self,
        name: &str,
        configs: &[Reference],
        secrets: &[Reference],
        out: &mut DraftService,
    ) {
        for config in configs {
            self.kept(name, &["configs"]);
            let source = self.original.project.file.configs.get(config.source());
            let file = source.and_then(|FileSource { file, .. }| file.as_deref()).map(plain);
            let target = config.0.target.as_deref().map(plain);
            let target = target.unwrap_or_else(|| format!("/{}", config.source()));
            let path = file.unwrap_or_else(|| {
                let path = format!("./configs/{}", config.source());
                out.note(
                    "volumes",
                    manual(format!(
                        "write the text of the config `{}` into {path}",
                        config.source()
                    )),
                );
                path
            });
            self.bind(name, &path, &target, true, false, out);
        }
        if !secrets.is_empty() {
            let words = "files below /run/secrets, as before".to_owned();
            self.say(name, &["secrets"], Fate::Secret(words));
        }
    }
}

/// A mount in Compose's words.
fn raw_mount(
    kind: &str,
    source: &str,
    target: &str,
    read_only: bool,
    further: Option<Entry>,
    out: &mut DraftService,
) {
    let mut keys = vec![
        Entry::new("type", Item::text(kind)),
        Entry::new("source", Item::text(source)),
        Entry::new("target", Item::text(target)),
    ];
    if read_only {
        keys.push(Entry::new("read_only", Item::plain(true)));
    }
    keys.extend(further);
    let raw = out.compose.entry("volumes".to_owned()).or_insert(Item::List(Vec::new()));
    if let Item::List(items) = raw {
        items.push(Item::Map(keys));
    }
}

/// An option of tmpfs by which it is smaller, or fewer see it.
fn is_limit(option: &&str) -> bool {
    match option.split_once('=') {
        Some(("size", size)) => Bytes::parse(size).is_ok(),
        Some(("mode", mode)) => u32::from_str_radix(mode, 8).is_ok(),
        Some(("uid" | "gid", id)) => id.parse::<u32>().is_ok(),
        _ => false,
    }
}

/// Memory in Compose's words.
fn raw_memory(text: &str, out: &mut DraftService) {
    let raw = out.compose.entry("tmpfs".to_owned()).or_insert(Item::List(Vec::new()));
    if let Item::List(items) = raw {
        items.push(Item::text(text));
    }
}

fn source_is_plain(source: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-@+/".contains(c);
    source.len() <= 250
        && source.chars().all(plain)
        && !source.contains("//")
        && !source.split('/').any(|part| part == "..")
        && source != "/"
}

/// A volume's name as near to `text` as it can be.
fn volume_name(text: &str) -> String {
    if VolumeName::new(text).is_ok() { text.to_owned() } else { format!("{text}-volume") }
}

fn anonymous(service: &str, target: &str) -> String {
    let last = target.rsplit('/').next().unwrap_or_default();
    let word = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let last: String = last.chars().filter(word).collect();
    format!("{service}-{}", last.trim_start_matches(['.', '-', '_']))
}
