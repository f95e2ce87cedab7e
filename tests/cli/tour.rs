//! README.md's tour does what it prints: its console blocks run one after another in one shell.

use std::path::Path;
use std::process::Command;

const README: &str = include_str!("../../README.md");

/// This shows what a running stack is compared with, and there is none here.
const NEEDS_AN_ENGINE: &str = "portcullis apply";

/// Ends the output of a command.
const END: &str = "end-of-this-command";

struct Step {
    command: String,
    printed: Vec<String>,
}

#[test]
fn every_line_of_the_tour_is_printed() {
    let steps = steps(README);
    assert!(steps.len() >= 5, "{} commands", steps.len());
    let printed = run(&steps);
    assert_eq!(printed.len(), steps.len(), "{printed:#?}");
    for (step, printed) in steps.iter().zip(&printed) {
        assert!(
            matches(&step.printed, printed),
            "$ {}\nREADME.md:\n{}\nprinted:\n{}",
            step.command,
            step.printed.join("\n"),
            printed.join("\n")
        );
    }
}

fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if !inside {
        } else if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step { command: command.to_owned(), printed: Vec::new() });
        } else if let Some(step) = steps.last_mut() {
            step.printed.push(line.to_owned());
        }
    }
    steps.retain(|step| !step.command.starts_with(NEEDS_AN_ENGINE));
    steps
}

/// What each command prints, by lines.
fn run(steps: &[Step]) -> Vec<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    std::fs::create_dir(&home).unwrap();
    let programs = Path::new(env!("CARGO_BIN_EXE_portcullis")).parent().unwrap();
    let script: String =
        steps.iter().map(|step| format!("{}\necho {END}\n", step.command)).collect();
    let output = Command::new("bash")
        .args(["-c", &format!("exec 2>&1\n{script}")])
        .current_dir(folder.path())
        .env_clear()
        .env("HOME", &home)
        .env("PATH", format!("{}:/usr/bin:/bin", programs.display()))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let text = text.replace(home.to_str().unwrap(), "/home/you");
    let mut printed = vec![Vec::new()];
    for line in text.lines() {
        if line == END {
            printed.push(Vec::new());
        } else {
            printed.last_mut().unwrap().push(line.to_owned());
        }
    }
    printed.pop();
    printed
}

/// Equal line by line, where a line of dots stands for any number of lines.
fn matches(page: &[String], printed: &[String]) -> bool {
    match page.split_first() {
        None => printed.is_empty(),
        Some((dots, rest)) if dots.trim() == "..." => {
            (0..=printed.len()).any(|skipped| matches(rest, &printed[skipped..]))
        }
        Some((line, rest)) => {
            printed.split_first().is_some_and(|(first, more)| first == line && matches(rest, more))
        }
    }
}

#[test]
fn dots_stand_for_lines_and_nothing_else_differs() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert!(matches(&lines("a\n  ...\nd"), &lines("a\nb\nc\nd")));
    assert!(!matches(&lines("a\n  ...\nd"), &lines("a\nb\nc")));
    assert!(!matches(&lines("a\nb"), &lines("a\nc")));
    assert!(!matches(&lines("a"), &lines("a\nb")));
}
