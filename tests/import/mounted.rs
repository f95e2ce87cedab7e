//! Links that only the files say which services mount.

use crate::support::Project;

const COMPOSE: &str = r#"
services:
  caddy:
    image: caddy:2.10.0
    ports: ["3000:3000"]
    volumes: ["./caddy:/etc/caddy"]
  grafana:
    image: grafana/grafana:12.0.2
    configs: [datasource]
  prometheus:
    image: prom/prometheus:v3.4.2
    volumes: ["./prometheus.yml:/etc/prometheus/prometheus.yml"]
  node: {image: "prom/node-exporter:v1.9.1"}
  lonely: {image: "redis:8.2"}
  job: {image: "acme/job:1", restart: "no"}
configs:
  datasource: {file: datasource.yml}
"#;

fn imported() -> (String, String) {
    let project = Project::empty("shop");
    std::fs::create_dir_all(project.root().join("caddy")).unwrap();
    project.write("compose.yaml", COMPOSE);
    let caddy = ":3000 {\n reverse_proxy grafana:3000\n respond \"hunter2-hunter2\"\n}\n";
    project.write("caddy/Caddyfile", caddy);
    project.write("datasource.yml", "datasources:\n  - url: http://prometheus:9090\n");
    let scrape = "scrape_configs:\n - static_configs:\n    - targets: [\"node:9100\"]\n";
    project.write("prometheus.yml", scrape);
    let told = project.succeed(&["import", "compose.yaml", "--explain"]);
    (project.read("portcullis.yaml"), told)
}

/// The line of a service.
fn line<'a>(text: &'a str, name: &str) -> &'a str {
    let start = format!("  {name}: ");
    let at = text.find(&start).unwrap_or_else(|| panic!("{name}\n{text}"));
    let rest = &text[at + 2..];
    let end = rest.match_indices('\n').find(|(at, _)| !rest[at + 1..].starts_with("   "));
    &rest[..end.map_or(rest.len(), |(at, _)| at)]
}

#[test]
fn what_mounted_files_name_is_needed() {
    let (text, told) = imported();
    for (name, needed) in [("caddy", "grafana"), ("grafana", "prometheus"), ("prometheus", "node")]
    {
        assert!(line(&text, name).contains(&format!("needs: [{needed}]")), "{name}\n{text}");
    }
    assert!(!text.contains("hunter2") && !told.contains("hunter2"), "{text}\n{told}");
}

#[test]
fn who_is_left_alone_is_told() {
    let (text, _) = imported();
    let words = "MANUAL: nothing in the files says who talks to it: add `needs: [...]`";
    let told: Vec<&str> = text.lines().filter(|line| line.contains(words)).collect();
    assert_eq!(told.len(), 1, "{text}");
    let above = text.lines().skip_while(|line| !line.contains(words)).nth(1).unwrap_or_default();
    assert!(above.trim_start().starts_with("lonely:"), "{text}");
}
