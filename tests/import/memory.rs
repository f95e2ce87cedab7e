//! Memory that a project's own words ask for.

use crate::typical::imported;

/// The limit of memory of a drawn service.
fn limit(project: &crate::support::Project, name: &str) -> String {
    let drawn = project.read("deploy/production/compose.yaml");
    let own = drawn.split_once(&format!("\n  {name}:\n")).unwrap().1.to_owned();
    let limit = own.lines().find_map(|line| line.trim().strip_prefix("mem_limit: "));
    limit.unwrap().trim_matches('"').to_owned()
}

const SIZES: &str = r#"services:
  search: {image: "docker.elastic.co/elasticsearch/elasticsearch:8.19.16", environment: ["ES_JAVA_OPTS=-Xms4G -Xmx4G"]}
  small: {image: "docker.elastic.co/elasticsearch/elasticsearch:8.19.16", environment: {ES_JAVA_OPTS: "-Xmx512m"}}
  built: {build: ., environment: {ES_JAVA_OPTS: "-Xms512m -Xmx512m"}}
  platform: {image: "acme/platform:1", environment: {NODE_OPTIONS: "--max-old-space-size=8096"}}
  db: {image: "mariadb:10.11", command: "--innodb-buffer-pool-size=2048M", environment: {MYSQL_ROOT_PASSWORD: x}}
  cache: {image: "acme/cache:1", command: [sh, -c, "exec redis-server --maxmemory 2gb"]}
  browser: {image: "acme/browser:1", shm_size: 1gb}
  limited: {image: "acme/app:1", mem_limit: 1g, environment: {JAVA_OPTS: "-Xmx4g"}}
  plain: {image: "acme/app:1", environment: {UPLOAD_SIZE: 4g}}
"#;

#[test]
fn limits_leave_room_for_what_the_project_asks_for() {
    let (project, _, told) = imported(SIZES, &["--explain"]);
    for (name, expected) in [
        ("search", "6g"),
        ("small", "2g"),
        ("built", "768m"),
        ("platform", "12g"),
        ("db", "3g"),
        ("cache", "3g"),
        ("browser", "1536m"),
        ("limited", "1g"),
        ("plain", "512m"),
    ] {
        assert_eq!(limit(&project, name), expected, "{name}");
    }
    let line = "| `services.search.environment.ES_JAVA_OPTS` | kept | `-Xms4G` and half as much again: `limits: {memory: 6g}` |";
    assert!(told.contains(line), "{told}");
    assert!(
        told.contains("`shm_size` of 1g and half as much again: `limits: {memory: 1536m}`"),
        "{told}"
    );
}

const SET_ASIDE: &str = r#"services:
  model:
    image: acme/model:1
    deploy: {resources: {reservations: {memory: 8G, devices: [{driver: nvidia, count: 1, capabilities: [gpu]}]}}}
  silent:
    image: acme/model:1
    deploy: {resources: {reservations: {devices: [{driver: nvidia, count: 1, capabilities: [gpu]}]}}}
"#;

#[test]
fn what_is_set_aside_is_never_cut_off() {
    let (project, text, _) = imported(SET_ASIDE, &[]);
    assert_eq!(limit(&project, "model"), "12g");
    // Only of the one that says no size is anything asked.
    let asks = "it asks for a GPU, and nothing says how much memory it takes: 512m is a guess";
    assert_eq!(text.replace("\n  # ", " ").matches(asks).count(), 1, "{text}");
}
