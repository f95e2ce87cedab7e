//! Who notices that a control was left out, and what they say of a drawn tree.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use portcullis::compose::{ComposeFile, lift};
use portcullis::controls::find;
use portcullis::diagnostic::Problems;
use portcullis::pipeline::Hardened;
use portcullis::stack::Stack;
use portcullis::tree::{File, Tree};
use serde_json::Value;

use crate::judges;

/// The strongest there is for a control, from top to bottom.
#[derive(Clone, Copy)]
pub enum Observer {
    /// A check of the behaviour suite fails on the real nginx.
    Nginx(&'static str),
    /// compose-lint reports this rule.
    ComposeLint(&'static str),
    /// Another third-party judge says this word.
    Judge(judges::Judge, &'static str),
    /// No judge looks there, but read back from compose.yaml the control finds it again.
    ReadBack,
    /// No judge looks there either: the word is gone from the file.
    Line(&'static str, &'static str),
    /// What the program itself does with the sealed values.
    Secrets(fn(&Stack) -> BTreeSet<String>),
}

/// What an observer that looks at files or values has to say.
pub fn remarks(
    observer: Observer,
    control: &str,
    hardened: &Hardened,
    tree: &Tree,
) -> BTreeSet<String> {
    match observer {
        Observer::Nginx(_) => BTreeSet::new(),
        Observer::ComposeLint(rule) => compose_lint(rule, tree),
        Observer::Judge(judge, word) => {
            let folder = laid_out(tree);
            let said = judge(folder.path()).err().unwrap_or_default();
            said.lines().filter(|line| line.contains(word)).map(str::to_owned).collect()
        }
        Observer::ReadBack => read_back(control, hardened, tree),
        Observer::Line(file, word) => {
            let says = |drawn: &File| String::from_utf8_lossy(&drawn.bytes).contains(word);
            let missing =
                (!tree.get(file).is_some_and(says)).then(|| format!("no {word:?} in {file}"));
            missing.into_iter().collect()
        }
        Observer::Secrets(look) => look(&hardened.stack),
    }
}

/// The tree in a folder of its own.
pub fn laid_out(tree: &Tree) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, file) in tree.iter() {
        let path = folder.path().join(path.as_str());
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("a folder");
        fs::write(path, &file.bytes).expect("a file");
    }
    folder
}

fn compose_lint(rule: &str, tree: &Tree) -> BTreeSet<String> {
    let folder = laid_out(tree);
    let arguments = ["check", "--fail-on", "low", "--format", "json", "compose.yaml"];
    let said = judges::run("compose-lint", folder.path(), &arguments);
    let said = said.unwrap_or_else(|findings| findings);
    let json = said.find('{').and_then(|start| said.get(start..)).unwrap_or_default();
    let report = serde_json::Deserializer::from_str(json).into_iter::<Value>().next();
    let report = report.and_then(Result::ok).unwrap_or_else(|| panic!("no report: {said}"));
    let findings = report["findings"].as_array().expect("findings").iter();
    findings
        .filter(|finding| finding["rule_id"] == rule && finding["suppressed"] == false)
        .map(|finding| format!("{rule} at {}: {}", finding["service"], finding["message"]))
        .collect()
}

fn read_back(control: &str, hardened: &Hardened, tree: &Tree) -> BTreeSet<String> {
    let mut problems = Problems::new();
    let file = ComposeFile::read(0, text(tree, "compose.yaml"), &mut problems);
    let lifted = lift(&file, "../..", &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    let mut stack = hardened.stack.clone();
    (stack.services, stack.networks) = (lifted.services, lifted.networks);
    let found = find(control).expect("a control").check(&stack).into_iter();
    found.map(|violation| format!("{}: {}", violation.place, violation.found)).collect()
}

fn text<'a>(tree: &'a Tree, path: &str) -> &'a str {
    let file = tree.get(path).unwrap_or_else(|| panic!("{path} is not drawn"));
    std::str::from_utf8(&file.bytes).expect("text")
}
