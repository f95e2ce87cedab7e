//! The projects to compare: those of the corpus, or the fixtures.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// One project and its surroundings.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    /// Relative to the folder.
    pub(crate) files: Vec<PathBuf>,
    /// `NAME=value` lines that both are given instead of `.env`.
    pub(crate) env: Option<String>,
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = fixtures();
    if let Some(corpus) = std::env::var_os("PORTCULLIS_CORPUS").map(PathBuf::from) {
        let index = fs::read_to_string(corpus.join("INDEX.tsv")).unwrap();
        cases.extend(index.lines().skip(1).map(|line| of_line(&corpus, line)));
    }
    if let Ok(only) = std::env::var("PORTCULLIS_ONLY") {
        cases.retain(|case| case.name.contains(&only));
    }
    cases
}

fn fixtures() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/loading");
    let mut folders: Vec<_> =
        fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let case = |folder: PathBuf| {
        let mut files = vec![PathBuf::from("compose.yaml")];
        files.extend(
            folder.join("compose.override.yaml").exists().then(|| "compose.override.yaml".into()),
        );
        let name = format!("fixture {}", folder.file_name().unwrap().to_string_lossy());
        Case { name, folder, files, env: None }
    };
    folders.into_iter().map(case).collect()
}

fn of_line(corpus: &Path, line: &str) -> Case {
    let columns: Vec<&str> = line.split('\t').collect();
    let file = corpus.join(columns[0]);
    let folder = file.parent().unwrap();
    let own = PathBuf::from(file.file_name().unwrap());
    let (folder, files) = match columns[7].strip_prefix("override-of:") {
        Some(base) => {
            let base = folder.join(base).canonicalize().unwrap();
            let at = base.parent().unwrap().to_owned();
            (at, vec![base, file.clone()])
        }
        None => (folder.to_owned(), vec![own]),
    };
    let env = match columns[7] {
        "env-example" => fs::read_to_string(folder.join(".env.example")).ok(),
        _ => None,
    };
    let dummy = || dummies(&fs::read_to_string(&file).unwrap());
    let env = env.or_else(|| ["env-example", "dummy-env"].contains(&columns[7]).then(dummy));
    Case { name: columns[0].to_owned(), folder, files, env }
}

/// A `1` for every variable that a text names.
fn dummies(text: &str) -> String {
    let mut names = BTreeSet::new();
    for part in text.split('$').skip(1) {
        let part = part.trim_start_matches('{');
        let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
        names.insert(&part[..end]);
    }
    let named =
        names.iter().filter(|n| n.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'));
    named.map(|name| format!("{name}=1\n")).collect()
}
