//! No value that is secret stands in anything that import and generate write or say.

use super::typical::imported;
use crate::support::Project;

const FILE: &str = "services:
  web:
    image: x/web:1
    ports: ['8080:8080']
    entrypoint: sh -c 'API_KEY=LEAK1 exec app --secret=LEAK2'
    environment:
      PW: LEAK3
      HOOK: https://hooks.slack.com/services/T000/B000/LEAK4
    healthcheck:
      test: [CMD-SHELL, \"curl -u admin:LEAK5 http://localhost:8080/ -H 'Authorization: Bearer LEAK6'\"]
    labels:
      app.password: LEAK7-LEAK7
      app.dsn: postgres://u:LEAK8@db/x
      traefik.http.middlewares.a.basicAuth.users: 'admin:$$apr1$$abcdefgh$$LEAK9'
    annotations: {a.password: LEAK10-LEAK10, b: fine}
  builder: {build: 'https://u:LEAK16@git.example.org/x.git'}
  worker:
    image: x/worker:1
    command: [work, --db-password=LEAK11, --token, LEAK12, 'amqp://u:LEAK13@q']
  db:
    image: mysql:8
    environment: {MYSQL_ROOT_PASSWORD: LEAK14}
    healthcheck: {test: mysqladmin ping -h localhost -pLEAK15}
";

#[test]
fn no_value_of_a_secret_is_written_or_said() {
    let (project, text, told) = imported(FILE, &["--explain", "--seal", "--picture", "p.svg"]);
    let drawn = ["compose.yaml", "exposure.yaml", "HARDENING.md", "RUNBOOK.md"];
    let drawn = drawn.map(|file| project.read(&format!("deploy/production/{file}")));
    for text in [&text, &told, &project.read("p.svg")].into_iter().chain(&drawn) {
        let found: Vec<_> = text.lines().filter(|line| line.contains("LEAK")).collect();
        assert!(found.is_empty(), "{found:#?}");
    }
    // What is left out asks for a person.
    for words in ["the label `app.password` is left out", "the annotation `a.password` is left out"]
    {
        assert!(told.contains(words), "{told}");
    }
}

/// What a hostile file names besides itself: its value for `env_file`, `include`, `extends`.
#[test]
fn no_line_of_what_a_file_names_elsewhere_is_shown() {
    let project = Project::empty("shop");
    std::fs::create_dir(project.root()).unwrap();
    let outside = project.root().parent().unwrap().join("outside");
    std::fs::write(&outside, "machine x login LEAK1 password LEAK2\n").unwrap();
    let link = project.root().join("link.yaml");
    std::os::unix::fs::symlink(&outside, link).unwrap();
    project.write("own.env", "NAME LEAK4\n");
    for keys in [
        "services: {a: {image: 'x/a:1', env_file: [../outside]}}",
        "services: {a: {image: 'x/a:1', env_file: [own.env]}}",
        "services: {a: {image: 'x/a:1', label_file: [../outside]}}",
        "services: {a: {image: 'x/a:1'}}\ninclude: [../outside]",
        "services: {a: {image: 'x/a:1'}}\ninclude: [link.yaml]",
        "services: {a: {extends: {file: ../outside, service: a}}}",
        // Made up by the kernel: the variables of whoever runs this.
        "services: {a: {image: 'x/a:1', env_file: [/proc/self/environ]}}",
    ] {
        project.write("compose.yaml", keys);
        for command in [["import", "compose.yaml"], ["audit", "compose.yaml"]] {
            let output = project.run(&command);
            let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            assert_eq!(output.status.code(), Some(2), "{keys}: {told}");
            assert!(told.contains("error["), "{keys}: {told}");
            assert!(!told.contains("LEAK") && !told.contains("PATH="), "{keys}: {told}");
        }
    }
}
