//! What a project builds and mounts: which Dockerfiles and nginx configurations are judged with it.
//! All reading of these files is here; a file that is not there is named among what was not judged.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::dockerfile::{self, Build};
use super::mounts::Mounts;
use super::nginx::{self, Configuration, Unread};
use super::{Finding, Waiver, waiver};
use crate::compose::Service;
use crate::compose::load::{Files, Project, Unreadable};
use crate::diagnostic::{Diagnostic, Position, Problems, SourceId, Sources};
use crate::stack::ImageReference;

/// What is wrong in the files beside a project whose paths start from `folder`, in the order of the
/// files. The files become `sources`; what could not be judged is added to `problems`.
pub fn beside(
    project: &Project,
    folder: &Utf8Path,
    files: &dyn Files,
    sources: &mut Sources,
    problems: &mut Problems,
) -> Vec<Finding> {
    let mut beside = Beside::new(files, sources, problems);
    for (name, service) in &project.file.services {
        beside.built(project, folder, name, service);
        beside.mounted(project, folder, name, service);
    }
    beside.finish()
}

/// What is wrong in a Dockerfile or nginx configuration that is named itself; `None` where its name
/// says that it is neither, `Some(None)` where it could not be judged and `problems` say why.
pub fn alone(
    path: &Utf8Path,
    files: &dyn Files,
    sources: &mut Sources,
    problems: &mut Problems,
) -> Option<Option<Vec<Finding>>> {
    let name = path.file_name()?.to_lowercase();
    let is = |word: &str| name == word || name.starts_with(&format!("{word}."));
    let dockerfile = is("dockerfile") || is("containerfile") || name.ends_with(".dockerfile");
    let mut beside = Beside::new(files, sources, problems);
    if dockerfile {
        beside.dockerfile(path, Build::default(), Position::default());
    } else if name.ends_with(".conf") || name.ends_with(".conf.template") {
        let (mounts, target) = Mounts::of(path);
        beside.nginx(
            vec![(target, path.to_owned())],
            &mounts,
            Configuration::default(),
            Position::default(),
        );
    } else {
        return None;
    }
    let is_judged = beside.judged.contains(path);
    Some(is_judged.then(|| beside.finish()))
}

struct Beside<'a> {
    files: &'a dyn Files,
    sources: &'a mut Sources,
    problems: &'a mut Problems,
    /// Texts that were read, by their paths.
    texts: BTreeMap<Utf8PathBuf, (SourceId, String)>,
    findings: Vec<Finding>,
    /// Files that are what their names say.
    judged: BTreeSet<Utf8PathBuf>,
}

/// Files of one nginx that are read at most.
const INCLUDED: usize = 128;

impl<'a> Beside<'a> {
    fn new(files: &'a dyn Files, sources: &'a mut Sources, problems: &'a mut Problems) -> Self {
        Self {
            files,
            sources,
            problems,
            texts: BTreeMap::new(),
            findings: Vec::new(),
            judged: BTreeSet::new(),
        }
    }

    /// The Dockerfile that a service's `build` names.
    fn built(&mut self, project: &Project, folder: &Utf8Path, name: &str, service: &Service) {
        let Some(build) = &service.build else { return };
        let node =
            project.node.get("services").and_then(|services| services.get(name)?.get("build"));
        let at = node.map(|node| node.at).unwrap_or_default();
        let context = build.context.as_deref().unwrap_or(".");
        let inline = node.and_then(|node| node.get("dockerfile_inline"));
        let away = context.contains("://") || context.starts_with("git@");
        let within = (!away).then(|| reached(folder, context)).flatten();
        let target = build.target.as_deref();
        let ignored = |path: &Utf8Path| {
            let own = Utf8PathBuf::from(format!("{path}.dockerignore"));
            let general = within.as_ref().map(|context| context.join(".dockerignore"));
            let there = |path: Utf8PathBuf| self.files.read(&path) != Err(Unreadable::Missing);
            there(own) || general.is_none_or(there)
        };
        if let Some(text) = inline.and_then(|inline| inline.scalar()) {
            let ignores_nothing = !ignored(Utf8Path::new("Dockerfile"));
            let text = text.text.replace("$$", "$");
            let at = inline.map_or(at, |inline| inline.at);
            self.inline(&text, at, Build { target, ignores_nothing });
            return;
        }
        let dockerfile = build.dockerfile.as_deref().unwrap_or("Dockerfile");
        let Some(path) = within.as_ref().and_then(|context| reached(context, dockerfile)) else {
            self.left(at, format!("what `{name}` is built from: it is outside the project"));
            return;
        };
        let ignores_nothing = !ignored(&path);
        self.dockerfile(&path, Build { target, ignores_nothing }, at);
    }

    fn inline(&mut self, text: &str, at: Position, build: Build<'_>) {
        match dockerfile::judge(text, at.source, build) {
            // Its lines are those of a value; all of it stands where that begins.
            Ok(found) => self.findings.extend(found.into_iter().map(|finding| Finding {
                at,
                service: Some(at),
                ..finding
            })),
            Err((_, why)) => self.left(at, format!("the Dockerfile in `dockerfile_inline`: {why}")),
        }
    }

    fn dockerfile(&mut self, path: &Utf8Path, build: Build<'_>, at: Position) {
        let Some((source, text)) = self.read(path, at) else { return };
        match dockerfile::judge(&text, source, build) {
            Ok(found) => {
                self.findings.extend(found);
                self.judged.insert(path.to_owned());
            }
            Err((line, why)) => self.left(at, format!("{path}:{line}: {why}")),
        }
    }

    /// The configurations that a service mounts where nginx reads them.
    fn mounted(&mut self, project: &Project, folder: &Utf8Path, name: &str, service: &Service) {
        let node = project.node.get("services").and_then(|services| services.get(name));
        let at = node.map(|node| node.at).unwrap_or_default();
        let (mut set, mut mounts) = (Vec::new(), Mounts::default());
        for (source, target) in sources_of(project, service) {
            let is_file = is_configuration(&target) && target.starts_with("/etc/nginx");
            match reached(folder, &source).filter(|_| !source.is_empty()) {
                None if is_file && !source.is_empty() => {
                    self.left(at, format!("`{source}` of `{name}`: it is outside the project"));
                }
                None => {}
                Some(path) => {
                    if !target.starts_with("/etc/nginx") {
                        // Only what is included there is read.
                    } else if self.files.is_folder(&path) {
                        self.listed(&path, &target, &mut set, 0);
                    } else if is_file {
                        set.push((target.clone(), path.clone()));
                    }
                    mounts.add(target, path);
                }
            }
        }
        let image = service.image.as_deref().and_then(|image| ImageReference::parse(image).ok());
        let official = image.is_some_and(|image| {
            let repository = image.repository();
            let last = repository.rsplit('/').next().unwrap_or_default();
            matches!(last, "nginx" | "nginx-unprivileged")
        });
        let is_whole = official && service.build.is_none();
        let configuration = Configuration { is_whole, is_edge: !service.ports.is_empty() };
        self.nginx(set, &mounts, configuration, at);
    }

    /// Configurations of a folder that is mounted, two folders deep at most.
    fn listed(
        &self,
        folder: &Utf8Path,
        target: &str,
        set: &mut Vec<(String, Utf8PathBuf)>,
        depth: u8,
    ) {
        for path in self.files.list(folder) {
            let name = path.file_name().unwrap_or_default();
            let target = format!("{}/{name}", target.trim_end_matches('/'));
            if is_configuration(&target) {
                set.push((target, path));
            } else if depth < 2 && self.files.is_folder(&path) {
                self.listed(&path, &target, set, depth + 1);
            }
        }
    }

    /// Judge configurations, by their paths in the container, with what they include.
    fn nginx(
        &mut self,
        mut set: Vec<(String, Utf8PathBuf)>,
        mounts: &Mounts,
        configuration: Configuration,
        at: Position,
    ) {
        let (mut read, mut next, mut whole) = (Vec::new(), 0, configuration.is_whole);
        while let Some((target, path)) = set.get(next).cloned() {
            next += 1;
            let Some((source, text)) = self.read(&path, at) else {
                whole = false;
                continue;
            };
            for included in nginx::included(&text) {
                let more = mounts.files(&included, self.files);
                let more = more.into_iter().filter(|(_, path)| !self.files.is_folder(path));
                for one in more.collect::<Vec<_>>() {
                    if set.len() < INCLUDED && !set.contains(&one) {
                        set.push(one);
                    }
                }
            }
            // What nginx's image makes of a template (its docker-entrypoint.d/20-envsubst-on-templates.sh).
            let made = target.strip_suffix(".template").unwrap_or(&target);
            let made = made.replace("/etc/nginx/templates/", "/etc/nginx/conf.d/");
            read.push((made, source, text, path));
        }
        let files =
            read.iter().map(|(path, source, text, _)| nginx::File { path, text, source: *source });
        let configuration = Configuration { is_whole: whole, ..configuration };
        let judged = nginx::judge(&files.collect::<Vec<_>>(), configuration);
        self.findings.extend(judged.findings);
        let is_unread = |made: &str| judged.unread.iter().any(|unread| unread.path == made);
        let all = read.iter().filter(|(made, ..)| !is_unread(made));
        self.judged.extend(all.map(|(.., path)| path.clone()));
        for Unread { at, why, .. } in judged.unread {
            self.left(at, why.to_owned());
        }
        if !judged.unseen.is_empty() {
            let names: Vec<String> = judged.unseen.iter().map(|name| format!("`{name}`")).collect();
            self.left(at, format!("what nginx includes and is not here: {}", names.join(", ")));
        }
    }

    /// A file's text, read once.
    fn read(&mut self, path: &Utf8Path, at: Position) -> Option<(SourceId, String)> {
        if let Some(read) = self.texts.get(path) {
            return Some(read.clone());
        }
        match self.files.read(path) {
            Ok(text) => {
                let source = self.sources.add(path.as_str(), text.clone());
                self.texts.insert(path.to_owned(), (source, text.clone()));
                Some((source, text))
            }
            Err(why) => {
                self.left(at, format!("{path}: {why}"));
                None
            }
        }
    }

    fn left(&mut self, at: Position, what: String) {
        self.problems.add(Diagnostic::at(at, "not-judged", format!("not judged: {what}")));
    }

    /// The findings with what the comments of their files accept.
    fn finish(mut self) -> Vec<Finding> {
        self.findings.sort();
        self.findings.dedup();
        let files = self.texts.values();
        let mut waivers: Vec<Waiver> =
            files.flat_map(|(source, text)| waiver::of_file(*source, text, None)).collect();
        for finding in &mut self.findings {
            finding.waived = waiver::covering(&mut waivers, finding);
        }
        self.findings.extend(waivers.iter().filter_map(Waiver::complaint));
        self.findings
    }
}

/// A path from a folder of the project; none where it is absolute, as it is then this machine's.
fn reached(folder: &Utf8Path, path: &str) -> Option<Utf8PathBuf> {
    if path.starts_with(['/', '~']) {
        return None;
    }
    let mut reached = folder.to_owned();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if reached.file_name().is_some_and(|name| name != "..") => {
                reached.pop();
            }
            part => reached.push(part),
        }
    }
    Some(reached)
}

/// What is mounted into a service: path of the project, path in the container.
fn sources_of(project: &Project, service: &Service) -> Vec<(String, String)> {
    let binds = service.volumes.iter().filter(|mount| mount.kind.as_deref() == Some("bind"));
    let binds = binds.map(|mount| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        (text(&mount.source), text(&mount.target))
    });
    let configs = service.configs.iter().map(|reference| {
        let name = reference.0.source.as_deref().unwrap_or_default();
        let file = project.file.configs.get(name).and_then(|config| config.file.clone());
        (file.unwrap_or_default(), reference.0.target.clone().unwrap_or_default())
    });
    binds.chain(configs).collect()
}

fn is_configuration(target: &str) -> bool {
    target.ends_with(".conf") || target.ends_with(".conf.template")
}
