//! One project on its way through the program: read, imported, generated, laid down for the judges.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use camino::{Utf8Path, Utf8PathBuf};
use portcullis::compose::load::{Disk, Request};
use portcullis::description::Document;
use portcullis::diagnostic::{Diagnostic, Problems, Sources};
use portcullis::import::{self, Fate, Imported, Original};
use portcullis::lock::Lock;
use portcullis::pipeline::{self, Destination};
use portcullis::secrets::BundleIndex;
use portcullis::stack::Exception;
use portcullis::targets;
use portcullis::yaml::{self, Node, Value};
use time::macros::date;

use crate::corpus::Case;

/// What became of one project.
pub(crate) struct Drawn {
    pub(crate) name: String,
    /// Why there is no tree; empty where there is one.
    pub(crate) failure: String,
    /// What the judges found in its tree, by judge.
    pub(crate) findings: Vec<(String, String)>,
    pub(crate) exceptions: Vec<Exception>,
    /// Lines of the original and of the description.
    pub(crate) lines: (usize, usize),
    /// Keys of the original, those of the description below `compose:`, and those that no rule knows.
    pub(crate) keys: (usize, usize, usize),
    pub(crate) manual: usize,
    pub(crate) panicked: bool,
    pub(crate) imported: bool,
}

impl Drawn {
    /// Import and generate; the tree goes to `folder`.
    pub(crate) fn of(case: &Case, folder: &Path) -> Self {
        let mut drawn = Self {
            name: case.name.clone(),
            failure: String::new(),
            findings: Vec::new(),
            exceptions: Vec::new(),
            lines: (0, 0),
            keys: (0, 0, 0),
            manual: 0,
            panicked: false,
            imported: false,
        };
        let tried = catch_unwind(AssertUnwindSafe(|| drawn.draw(case, folder)));
        match tried {
            Ok(Ok(())) => {}
            Ok(Err(why)) => drawn.failure = why,
            Err(_) => {
                drawn.panicked = true;
                drawn.failure = "panic".to_owned();
            }
        }
        drawn
    }

    fn draw(&mut self, case: &Case, folder: &Path) -> Result<(), String> {
        let imported = self.import(case)?;
        self.imported = true;
        let text = &imported.text;
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let source = sources.add("portcullis.yaml", text.clone());
        let document = Document::read(source, text, &mut problems);
        let target = &targets::compose::TARGET;
        let hardened = document.and_then(|document| {
            let (lock, today) = (Lock::default(), date!(2026 - 01 - 02));
            pipeline::hardened(&document, "production", target, &lock, today, &mut problems)
        });
        let hardened = hardened.ok_or_else(|| format!("generate: {}", first(&problems)))?;
        self.exceptions.clone_from(&hardened.stack.exceptions);
        self.lines.1 = text.lines().count();
        let read = yaml::parse(0, text).map_err(|error| error.message)?;
        self.keys.1 = carried(&read);
        self.manual = imported.manual.len();
        let to = Destination {
            folder: "deploy/production",
            secrets_dir: "/run/portcullis-secrets",
            description: "0123456789abcdef",
        };
        let drawn = pipeline::draw(&hardened, target, &BundleIndex::default(), to);
        let (tree, _) = drawn.map_err(|error| format!("draw: {error}"))?;
        for (path, file) in tree.iter() {
            let path = folder.join(path.as_str());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &file.bytes).unwrap();
        }
        fs::write(folder.join("portcullis.yaml"), text).unwrap();
        Ok(())
    }

    fn import(&mut self, case: &Case) -> Result<Imported, String> {
        let path = |path: &Path| Utf8PathBuf::from_path_buf(path.to_owned()).unwrap();
        let mut request = Request::of(path(&case.folder.join(&case.files[0])));
        request.files = case.files.iter().map(|file| path(&case.folder.join(file))).collect();
        request.folder = path(&case.folder);
        // As `--env-file` would give it, instead of `.env`.
        let given = tempfile::NamedTempFile::new().unwrap();
        if let Some(env) = &case.env {
            fs::write(given.path(), env).unwrap();
            request.env_files.push(path(given.path()));
        }
        for file in &case.files {
            let text = fs::read_to_string(case.folder.join(file)).unwrap();
            self.lines.0 += text.lines().count();
        }
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let reading = import::read(&request, &Disk, &mut sources, &mut problems);
        let reading = reading.ok_or_else(|| format!("read: {}", first(&problems)))?;
        let original = Original {
            project: &reading.project,
            written: reading.written.as_ref(),
            folder: &request.folder,
            from_description: Utf8Path::new(""),
            name: &reading.project.name,
            unset: &reading.unset,
            texts: &reading.texts,
        };
        let recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p".to_owned();
        let (mut own, mut problems) = (Sources::new(), Problems::new());
        let today = date!(2026 - 01 - 02);
        let imported = import::import(&original, &[recipient], today, &mut own, &mut problems);
        let imported = imported.ok_or_else(|| format!("import: {}", first(&problems)))?;
        self.keys.0 = leaves(&reading.project.node);
        self.keys.2 = imported.account.iter().filter(|line| line.fate == Fate::Unknown).count();
        Ok(imported)
    }
}

/// The first mistake, with what is particular to one file left out.
fn first(problems: &Problems) -> String {
    let words = |problem: &Diagnostic| format!("{} ({})", general(&problem.message), problem.code);
    problems.iter().next().map_or_else(|| "without a reason".to_owned(), words)
}

/// A message without the names in backticks.
fn general(message: &str) -> String {
    let parts = message.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { "`…`" } else { part }).collect()
}

/// Values of a project, a list being one.
fn leaves(node: &Node) -> usize {
    match &node.value {
        Value::Mapping(entries) if !entries.is_empty() => {
            entries.iter().map(|(_, value)| leaves(value)).sum()
        }
        _ => 1,
    }
}

/// Values of a description that stand below `compose:` of a service.
fn carried(description: &Node) -> usize {
    let services = description.get("services").and_then(Node::mapping);
    let raw = services.into_iter().flatten().filter_map(|(_, service)| service.get("compose"));
    raw.map(leaves).sum()
}
