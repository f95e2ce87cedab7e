//! The published schema, as check-jsonschema and so every editor reads it: it passes what is
//! accepted, and what it refuses is refused.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use portcullis::diagnostic::Position;
use portcullis::yaml::{Node, Value, parse};

use super::mistakes;

const EVERY_KEY: &str = include_str!("../fixtures/every-key.yaml");

/// What stands in place of a value, each wrong in most places and right in some. Numbers and
/// booleans are left out: where text is expected they are taken as they are spelled, and an editor
/// asks for quotes.
const VALUES: [&str; 4] = ["''", "'A b'", "[[x]]", "{nothing: here}"];

#[test]
fn what_is_accepted_passes() {
    let presets = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/presets/stacks")).unwrap();
    let mut texts: Vec<String> =
        presets.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    assert!(texts.len() >= 7, "{}", texts.len());
    texts.push(EVERY_KEY.to_owned());
    let refused = refused_by_the_schema(&texts);
    assert!(refused.is_empty(), "{refused:?}");
}

#[test]
fn what_the_schema_refuses_is_refused() {
    let mut places = Vec::new();
    values(&parse(0, EVERY_KEY).unwrap(), &mut places);
    let mutants: Vec<String> = places
        .iter()
        .flat_map(|at| VALUES.iter().map(|value| replaced(EVERY_KEY, *at, value)))
        .collect();
    assert!(mutants.len() > 400, "{}", mutants.len());
    let refused = refused_by_the_schema(&mutants);
    assert!(refused.len() > mutants.len() / 4, "{} of {}", refused.len(), mutants.len());
    let accepted: Vec<String> = refused
        .into_iter()
        .filter(|number| mistakes(&mutants[*number]).is_empty())
        .map(|number| changed(&mutants[number]))
        .collect();
    assert!(accepted.is_empty(), "{} of them: {accepted:#?}", accepted.len());
}

/// Where a value of one word stands in one line.
fn values(node: &Node, places: &mut Vec<Position>) {
    match &node.value {
        Value::Scalar(_) => places.push(node.at),
        Value::Sequence(items) => items.iter().for_each(|item| values(item, places)),
        Value::Mapping(entries) => entries.iter().for_each(|(_, value)| values(value, places)),
        Value::Null => {}
    }
}

fn replaced(text: &str, at: Position, value: &str) -> String {
    let lines = text.split_inclusive('\n').zip(1..).map(|(line, number)| {
        if number != at.line {
            return line.to_owned();
        }
        let (from, length) = (at.column as usize - 1, at.length as usize);
        let before: String = line.chars().take(from).collect();
        let after: String = line.chars().skip(from + length).collect();
        before + value + &after
    });
    lines.collect()
}

/// The lines of a mutant that the original has not.
fn changed(mutant: &str) -> String {
    let lines = mutant.lines().zip(EVERY_KEY.lines()).filter(|(mutant, line)| mutant != line);
    lines.map(|(mutant, _)| mutant.trim()).collect()
}

/// The numbers of the texts that it refuses.
fn refused_by_the_schema(texts: &[String]) -> BTreeSet<usize> {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("schema.json"), portcullis::description::schema()).unwrap();
    let names: Vec<String> = (0..texts.len()).map(|number| format!("{number}.yaml")).collect();
    for (name, text) in names.iter().zip(texts) {
        fs::write(at(name), text).unwrap();
    }
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin");
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("check-jsonschema")
        .env("PATH", format!("{}:{path}", installed.display()))
        .current_dir(&folder)
        .args(["--output-format", "json", "--schemafile", "schema.json"])
        .args(&names)
        .output()
        .expect("check-jsonschema, which tests/tools/install installs");
    let said = String::from_utf8_lossy(&output.stdout);
    let report: serde_json::Value = serde_json::from_str(&said)
        .unwrap_or_else(|_| panic!("{said}{}", String::from_utf8_lossy(&output.stderr)));
    assert_eq!(report["parse_errors"].as_array().map_or(0, Vec::len), 0, "{report:#}");
    let errors = report["errors"].as_array().expect("a list of errors");
    let number =
        |error: &serde_json::Value| error["filename"].as_str()?.strip_suffix(".yaml")?.parse().ok();
    errors.iter().map(|error| number(error).expect("one of the files")).collect()
}
