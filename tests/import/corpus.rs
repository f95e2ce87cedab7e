//! Files that nobody here wrote: `PORTCULLIS_CORPUS` names the folder with its `INDEX.tsv`.
//!
//! Variables that are not set get import's own stand-ins here, which fit what they are for. The
//! table of docs/corpus.md gives every variable a `1`, as Compose was given when the index was made,
//! and counts fewer: a mount of the type `1` is none, nor is a volume `1` declared.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use portcullis::compose::load::{Disk, Request};
use portcullis::diagnostic::{Problems, Sources};
use portcullis::import::{self, Imported, Original};

/// One file of the corpus and what became of it.
enum Outcome {
    Unread(String),
    Refused(String),
    Imported(Box<Imported>),
}

fn outcome(file: &Utf8Path, how: &str) -> Outcome {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let mut request = Request::of(file);
    if let Some(base) = how.strip_prefix("override-of:") {
        let base = request.folder.join(base);
        request.folder = base.parent().unwrap().to_owned();
        request.files.insert(0, base);
    }
    let example = [".env.example", "env.example", ".env.dist", ".env.sample"];
    let example = example.map(|name| request.folder.join(name));
    request
        .env_files
        .extend(example.into_iter().find(|_| how == "env-example").filter(|path| path.exists()));
    let Some(reading) = import::read(&request, &Disk, &mut sources, &mut problems) else {
        return Outcome::Unread(first(&problems));
    };
    let original = Original {
        project: &reading.project,
        written: reading.written.as_ref(),
        unset: &reading.unset,
        texts: &reading.texts,
        folder: &request.folder,
        from_description: Utf8Path::new(""),
        name: &reading.project.name,
    };
    let today = time::macros::date!(2026 - 01 - 01);
    match import::import(&original, &[], today, &mut Sources::new(), &mut problems) {
        Some(imported) => Outcome::Imported(Box::new(imported)),
        None => Outcome::Refused(first(&problems)),
    }
}

fn first(problems: &Problems) -> String {
    let one = problems.iter().next();
    one.map(|one| format!("{}: {}", one.code, one.message)).unwrap_or_default()
}

#[test]
fn files_of_other_people_import_and_generate() {
    let Ok(corpus) = std::env::var("PORTCULLIS_CORPUS") else { return };
    let corpus = Utf8PathBuf::from(corpus);
    let index = std::fs::read_to_string(corpus.join("INDEX.tsv")).unwrap();
    let mut failures: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut all, mut good, mut unknown, mut keys, mut manual) = (0, 0, BTreeMap::new(), 0, 0);
    let mut raw: BTreeMap<String, usize> = BTreeMap::new();
    let mut lengths = Vec::new();
    for line in index.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        if columns[6] != "yes" {
            continue;
        }
        all += 1;
        let file = corpus.join(columns[0]);
        match outcome(&file, columns[7]) {
            Outcome::Imported(imported) => {
                good += 1;
                manual += imported.manual.len();
                keys += imported.account.len();
                let original = std::fs::read_to_string(&file).unwrap();
                let (own, theirs) = (imported.text.lines().count(), original.lines().count());
                lengths.push(own * 100 / theirs.max(1));
                for line in &imported.account {
                    if line.fate == import::Fate::Unknown {
                        let shape = line.path.split('.').nth(2).unwrap_or(&line.path);
                        *unknown.entry(shape.to_owned()).or_insert(0) += 1;
                    }
                }
                for key in raw_keys(&imported.text) {
                    *raw.entry(key).or_default() += 1;
                }
                if let Ok(out) = std::env::var("PORTCULLIS_IMPORTED") {
                    let path = Utf8PathBuf::from(out).join(columns[0]);
                    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                    std::fs::write(path, &imported.text).unwrap();
                }
            }
            Outcome::Unread(why) => {
                failures.entry(format!("unread: {why}")).or_default().push(columns[0].to_owned())
            }
            Outcome::Refused(why) => failures.entry(why).or_default().push(columns[0].to_owned()),
        }
    }
    lengths.sort();
    let mut classes: Vec<_> = failures.iter().collect();
    classes.sort_by_key(|(_, files)| std::cmp::Reverse(files.len()));
    for (why, files) in classes {
        println!("{:4} {why}\n       {}", files.len(), files[0]);
    }
    println!("unknown keys: {unknown:?}");
    println!("raw keys: {raw:?} of {keys}");
    println!(
        "{good} of {all}, {manual} manual lines, median length {:?} %",
        lengths.get(lengths.len() / 2)
    );
    assert!(unknown.is_empty());
    assert!(good * 100 >= all * 95);
}

/// Keys below `compose:`.
fn raw_keys(text: &str) -> Vec<String> {
    let node = portcullis::yaml::parse(0, text).unwrap();
    let services = node.get("services").and_then(|node| node.mapping()).into_iter().flatten();
    let raw = services.filter_map(|(_, service)| service.get("compose")?.mapping());
    raw.flatten().map(|(key, _)| key.text.clone()).collect()
}
