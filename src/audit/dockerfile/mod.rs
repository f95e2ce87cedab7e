//! Judging Dockerfiles by what those keep that this tool draws.
//!
//! Few rules, and exact ones: what depends on a variable, on the base or on a file that is not here
//! is not guessed.

mod commands;
mod heredocs;
mod instructions;
mod read;
mod shell;
#[cfg(test)]
mod tests;

use super::Finding;
use super::judged_file::{Found, JudgedFile};
use crate::diagnostic::SourceId;
use read::{Dockerfile, Instruction, Stage, What};

/// What a Dockerfile does not say itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Build<'a> {
    /// The stage that is the result; none: the last.
    pub target: Option<&'a str>,
    /// True where the context has no `.dockerignore` and is a folder that was looked at.
    pub ignores_nothing: bool,
}

/// The findings in a Dockerfile, in its order.
///
/// # Errors
/// The line and why it is no Dockerfile.
pub fn judge(
    text: &str,
    source: SourceId,
    build: Build<'_>,
) -> Result<Vec<Finding>, (usize, String)> {
    let read = read::read(text)?;
    let file = JudgedFile::new(text, source);
    let result = result(&read, build.target);
    let mut findings: Vec<Finding> = Vec::new();
    for instruction in &read.arguments {
        let found = instructions::found(instruction, false, build);
        findings.extend(found.map(|found| placed(&file, found, "ARG", instruction.offset)));
    }
    for (number, stage) in read.stages.iter().enumerate() {
        let place = place(number, stage);
        let earlier = read.stages.get(..number).unwrap_or_default();
        let base = instructions::base(stage, earlier);
        findings.extend(base.map(|found| placed(&file, found, &place, stage.offset)));
        let remains = result.contains(&number);
        for instruction in &stage.instructions {
            let recommended = text.contains("Install-Recommends");
            let found = instructions::found(instruction, remains, build);
            let run = commands::found(instruction, remains, recommended);
            let all = found.chain(run);
            findings.extend(all.map(|found| placed(&file, found, &place, instruction.offset)));
        }
    }
    if let Some((number, found)) = user(&read, &result)
        && let Some(stage) = read.stages.get(number)
    {
        let start = found.offset;
        findings.push(placed(&file, found, &place(number, stage), start));
    }
    findings.sort();
    Ok(findings)
}

fn placed(file: &JudgedFile<'_>, found: Found, place: &str, start: usize) -> Finding {
    file.finding(Found { place: place.to_owned(), ..found }, start)
}

fn place(number: usize, stage: &Stage) -> String {
    match &stage.name {
        Some(name) => format!("stage {name}"),
        None => format!("stage {}", number + 1),
    }
}

/// The stages whose files are in the result: the last or named one, and those that it is built from.
fn result(file: &Dockerfile, target: Option<&str>) -> Vec<usize> {
    let named = |name: &str, below: usize| {
        let stages = file.stages.get(..below).unwrap_or_default();
        let name = name.to_lowercase();
        stages.iter().rposition(|stage| stage.name.as_deref() == Some(name.as_str()))
    };
    let all = file.stages.len();
    let mut at = target.and_then(|name| named(name, all)).or(all.checked_sub(1));
    let mut found = Vec::new();
    while let Some(number) = at {
        found.push(number);
        at = file.stages.get(number).and_then(|stage| named(&stage.base, number));
    }
    found
}

/// The user that the result runs as, where that is root.
fn user(file: &Dockerfile, result: &[usize]) -> Option<(usize, Found)> {
    let set = |instruction: &Instruction| match &instruction.what {
        What::User(name) => Some((instruction.offset, name.clone())),
        _ => None,
    };
    for number in result {
        let instructions = &file.stages.get(*number)?.instructions;
        if let Some((offset, name)) = instructions.iter().rev().find_map(set) {
            return instructions::root(offset, &name).map(|found| (*number, found));
        }
    }
    let (first, last) = (result.last()?, result.first()?);
    let base = &file.stages.get(*first)?.base;
    let offset = file.stages.get(*last)?.offset;
    instructions::no_user(offset, base).map(|found| (*last, found))
}
