//! Dokploy: `NAME__docker-compose.yaml` beside `NAME__template.toml`, which has the answer.

use crate::template::{Answer, Template};

/// Every template of a folder that has an answer.
pub(crate) fn read(folder: &str) -> Vec<Template> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let path = entry.to_str().unwrap();
        let Some(stem) = path.strip_suffix("__docker-compose.yaml") else { continue };
        let name = stem.rsplit(['/', '\\']).next().unwrap();
        let name = name.rsplit("__").next().unwrap().to_owned();
        let Ok(toml) = std::fs::read_to_string(format!("{stem}__template.toml")) else { continue };
        let text = std::fs::read_to_string(&entry).unwrap();
        let answers = domains(&toml);
        if !answers.is_empty() {
            found.push(Template { name, text, answers });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// `[[config.domains]]` with `serviceName` and `port`.
fn domains(toml: &str) -> Vec<Answer> {
    let mut answers = Vec::new();
    let mut inside = false;
    for line in toml.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line.starts_with("[[config.domains]]");
            if inside {
                answers.push(Answer { service: String::new(), port: None });
            }
        }
        let Some((key, value)) = line.split_once('=').filter(|_| inside) else { continue };
        let value = value.split('#').next().unwrap().trim().trim_matches(['"', '\'']);
        match (key.trim(), answers.last_mut().unwrap()) {
            ("serviceName", answer) => answer.service = value.to_owned(),
            ("port", answer) => answer.port = value.replace('_', "").parse().ok(),
            _ => {}
        }
    }
    answers.retain(|answer| !answer.service.is_empty());
    answers
}
