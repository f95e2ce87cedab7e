//! Coolify: one file, in which a setting `SERVICE_URL_NAME_PORT` without a value marks the service
//! that faces the web; where no file has such, one that a service of that name is given.

use crate::template::{Answer, Template};

const MARKS: [&str; 2] = ["SERVICE_URL_", "SERVICE_FQDN_"];

/// Every template of a folder that has an answer.
pub(crate) fn read(folder: &str) -> Vec<Template> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let path = entry.to_str().unwrap();
        let Some(stem) = path.strip_suffix(".yaml").or(path.strip_suffix(".yml")) else { continue };
        let name = stem.rsplit(['/', '\\']).next().unwrap();
        let name = name.rsplit("__").next().unwrap().to_owned();
        let text = std::fs::read_to_string(&entry).unwrap();
        let answers = marked(&text);
        if !answers.is_empty() {
            found.push(Template { name, text: hidden(&text), answers });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// Services that a marker stands in.
fn marked(text: &str) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (service, line) in lines(text) {
        let item = line.trim().trim_start_matches("- ").trim_matches(['"', '\'']);
        let Some(rest) = MARKS.iter().find_map(|mark| item.strip_prefix(mark)) else { continue };
        let rest = rest.split(['=', ':']).next().unwrap().trim();
        let port = rest.rsplit('_').next().and_then(|port| port.parse::<u16>().ok());
        answers.push(Answer { service: service.clone(), port });
    }
    answers.dedup();
    answers
}

/// Each line of the services, with the service's name.
fn lines(text: &str) -> Vec<(String, &str)> {
    let (mut inside, mut service, mut out) = (false, String::new(), Vec::new());
    let mut indent = None;
    for line in text.lines() {
        let depth = line.len() - line.trim_start().len();
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        if depth == 0 {
            inside = line.starts_with("services:");
        } else if inside {
            if depth == *indent.get_or_insert(depth) {
                line.trim()
                    .trim_end_matches(':')
                    .trim_matches(['"', '\''])
                    .clone_into(&mut service);
            }
            out.push((service.clone(), line));
        }
    }
    out
}

/// Keys that only this platform has.
const KEYS: [&str; 5] =
    ["content:", "exclude_from_hc:", "isDirectory:", "is_directory:", "coolify.managed:"];

/// Without the markers: settings that are one fall away, a reference to one becomes nothing; and
/// without the platform's own keys.
fn hidden(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut below = usize::MAX;
    for line in text.lines() {
        let depth = line.len() - line.trim_start().len();
        if line.trim().is_empty() || depth > below {
            continue;
        }
        below = usize::MAX;
        let item = line.trim().trim_start_matches("- ").trim_matches(['"', '\'']);
        if KEYS.iter().any(|key| item.starts_with(key)) {
            below = depth;
        } else if !MARKS.iter().any(|mark| item.starts_with(mark)) {
            out.push(without_references(line));
        }
    }
    without_empty(out)
}

/// `environment:` under which nothing is left makes no valid file.
fn without_empty(lines: Vec<String>) -> String {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let kept = lines.iter().enumerate().filter(|(at, line)| {
        let next = lines.get(at + 1).map_or("", String::as_str);
        let inside = depth(next) > depth(line) || next.trim_start().starts_with("- ");
        line.trim() != "environment:" || inside
    });
    kept.map(|(_, line)| format!("{line}\n")).collect()
}

fn without_references(line: &str) -> String {
    let mut line = line.to_owned();
    for mark in MARKS {
        for opening in ["${", "$"] {
            while let Some(at) = line.find(&format!("{opening}{mark}")) {
                let rest = &line[at + opening.len()..];
                let name = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
                let mut end = name.unwrap_or(rest.len());
                if opening == "${" {
                    end = rest.find('}').map_or(end, |brace| brace + 1);
                }
                line.replace_range(at..at + opening.len() + end, "");
            }
        }
    }
    line
}
