//! The order of the modules, as `src/lib.rs` states it: a later one may use an earlier one, never
//! the other way; and inside a folder no two files use each other, directly or by way of others.
#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Module by module, the ones that it uses.
type Uses = BTreeMap<String, BTreeSet<String>>;

#[test]
fn a_module_uses_only_earlier_ones() {
    let lib = fs::read_to_string(source().join("lib.rs")).unwrap();
    let order: Vec<&str> =
        lib.lines().filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    assert!(order.len() > 20, "{order:?}");
    let mut wrong = Vec::new();
    for (number, module) in order.iter().enumerate() {
        for (file, text) in files(module) {
            let later = |used: &&str| order[number + 1..].contains(used);
            wrong.extend(
                named(&text, "crate").iter().map(String::as_str).filter(later).map(|used| {
                    format!("{} uses {used}, which comes after {module}", file.display())
                }),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_files_of_a_folder_use_each_other_one_way() {
    let mut wrong = Vec::new();
    let mut folders = vec![source()];
    while let Some(folder) = folders.pop() {
        let uses = siblings(&folder, &mut folders);
        let circles = uses.keys().filter(|module| reached(&uses, module).contains(*module));
        wrong.extend(circles.map(|module| format!("{}/{module} uses itself", folder.display())));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The sources of a module of the crate: its own file and what lies in its folder.
fn files(module: &str) -> Vec<(PathBuf, String)> {
    let mut left = vec![source().join(format!("{module}.rs")), source().join(module)];
    let mut found = Vec::new();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.exists() {
            let text = code(&path);
            found.push((path, text));
        }
    }
    assert!(!found.is_empty(), "no sources of {module}");
    found
}

/// Which files of a folder each of them uses; the folders below it are left to look at.
fn siblings(folder: &Path, below: &mut Vec<PathBuf>) -> Uses {
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            texts.entry(name).or_insert_with(String::new);
            below.push(path);
        } else if !["mod", "lib", "main"].contains(&name.as_str()) {
            texts.insert(name, code(&path));
        }
    }
    let all: BTreeSet<String> = texts.keys().cloned().collect();
    let used = |(name, text): (&String, &String)| {
        let mut used: BTreeSet<String> = named(text, "super").intersection(&all).cloned().collect();
        used.remove(name);
        (name.clone(), used)
    };
    texts.iter().map(used).collect()
}

fn reached(uses: &Uses, from: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut left: Vec<&String> = uses.get(from).into_iter().flatten().collect();
    while let Some(module) = left.pop() {
        if reached.insert(module.clone()) {
            left.extend(uses.get(module).into_iter().flatten());
        }
    }
    reached
}

/// Without comments and tests, which may look anywhere.
fn code(path: &Path) -> String {
    if path.iter().any(|part| part == "tests") || is_for_tests(path) {
        return String::new();
    }
    let text = fs::read_to_string(path).unwrap();
    let own = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = own.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.fold(String::new(), |text, line| text + line + "\n")
}

/// Whether the file is declared for tests alone, by the file of its folder.
fn is_for_tests(path: &Path) -> bool {
    let folder = path.parent().unwrap();
    let declaring = [folder.join("mod.rs"), folder.with_extension("rs"), folder.join("lib.rs")];
    let name = format!("mod {};", path.file_stem().unwrap().to_str().unwrap());
    let texts = declaring.iter().filter_map(|file| fs::read_to_string(file).ok());
    texts.into_iter().any(|text| {
        let mut lines = text.lines().zip(text.lines().skip(1));
        lines.any(|(above, line)| above == "#[cfg(test)]" && line.ends_with(&name))
    })
}

/// The modules that stand behind `root::`, alone or in braces.
fn named(text: &str, root: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, separator) in text.match_indices(&format!("{root}::")) {
        let behind = &text[at + separator.len()..];
        if text[..at].ends_with("::") {
            continue;
        }
        match behind.strip_prefix('{') {
            Some(list) => found.extend(entries(list)),
            None => found.extend(word(behind)),
        }
    }
    found
}

/// The first word of each entry of a list in braces.
fn entries(list: &str) -> Vec<String> {
    let (mut depth, mut entry, mut found) = (0, String::new(), Vec::new());
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => found.extend(word(&std::mem::take(&mut entry))),
            _ if depth == 0 => entry.push(c),
            _ => {}
        }
    }
    found.extend(word(&entry));
    found
}

fn word(text: &str) -> Option<String> {
    let word: String =
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    Some(word).filter(|word| !word.is_empty())
}
