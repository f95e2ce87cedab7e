//! What a project says of its builds and health checks is carried over as it is meant, or told.

use crate::support::Project;

const SHOP: &str = "services:
  web:
    build: {context: ./app, dockerfile: ../services/web/Dockerfile}
    ports: ['8080:8000']
  worker:
    build: {context: ./app, dockerfile: ../app/docker/worker.Dockerfile}
  users:
    image: redis:7
    command: redis-server --aclfile /etc/redis/users.acl
    volumes: ['./users.acl:/etc/redis/users.acl:ro']
    healthcheck: {test: [CMD, redis-cli, --user, monitor, --pass, monitoring-word, ping]}
  plain:
    image: redis:7
    healthcheck: {test: redis-cli ping}
  db:
    image: postgres:17
    environment: {POSTGRES_PASSWORD: a-made-up-word-of-a-database}
    healthcheck: {test: pg_isready -U shop, interval: 5s, start_period: 300s}
  signed-in:
    image: postgres:17
    environment: {POSTGRES_PASSWORD: a-made-up-word-of-another}
    healthcheck: {test: 'pg_isready && psql -U postgres -c \"select 1\"'}
  replica:
    image: mongo:8
    command: [--replSet, rs0]
    healthcheck:
      test: [CMD, mongosh, --quiet, --eval, 'try { rs.status().ok } catch (e) { rs.initiate().ok }']
";

fn imported() -> (Project, String, String) {
    let project = Project::empty("shop");
    std::fs::create_dir(project.root()).unwrap();
    project.write("compose.yaml", SHOP);
    project.write("users.acl", "user default off\n");
    let told = project.succeed(&["import", "compose.yaml", "--explain"]);
    project.succeed(&["generate"]);
    let drawn = project.read("deploy/production/compose.yaml");
    (project, told, drawn)
}

fn fate<'a>(told: &'a str, key: &str) -> &'a str {
    let row = format!("| `services.{key}` |");
    told.lines().find(|line| line.starts_with(&row)).unwrap_or_else(|| panic!("{key}\n{told}"))
}

#[test]
fn a_dockerfile_outside_its_context_is_told_and_no_other_is_taken() {
    let (project, told, drawn) = imported();
    let text = project.read("portcullis.yaml");
    assert!(fate(&told, "web.build.dockerfile").contains("not carried over"), "{told}");
    assert!(text.contains("MANUAL: the Dockerfile is at ../services/web/Dockerfile"), "{text}");
    assert!(drawn.contains("dockerfile: elsewhere/services/web/Dockerfile"), "{drawn}");
    assert!(fate(&told, "worker.build.dockerfile").contains("kept"), "{told}");
    assert!(drawn.contains("dockerfile: docker/worker.Dockerfile"), "{drawn}");
}

#[test]
fn a_health_check_that_says_more_than_the_known_one_stays() {
    let (_, told, drawn) = imported();
    for (service, fate_of_it) in [
        ("users", "kept"),
        ("plain", "hardened"),
        ("db", "kept"),
        ("signed-in", "hardened"),
        ("replica", "kept"),
    ] {
        let fate = fate(&told, &format!("{service}.healthcheck"));
        assert!(fate.contains(&format!("| {fate_of_it} |")), "{fate}");
    }
    for words in ["--user monitor --pass", "start_period: 300s", "rs.initiate().ok"] {
        assert!(drawn.contains(words), "{words}\n{drawn}");
    }
    assert!(!drawn.contains("psql"), "{drawn}");
}

#[test]
fn what_only_a_replaced_check_read_is_no_secret() {
    let project = Project::empty("shop");
    std::fs::create_dir(project.root()).unwrap();
    let text = "services:
  db:
    image: mysql:8.4
    environment: {MYSQL_ROOT_PASSWORD: '${ROOT_WORD}'}
    healthcheck: {test: mysqladmin ping -uprober --password=a-word-of-the-prober}
";
    project.write("compose.yaml", text);
    project.succeed(&["import", "compose.yaml"]);
    let text = project.read("portcullis.yaml");
    assert!(text.contains("secrets: {root_word: provided}"), "{text}");
}

/// Each of these stops, or takes the wrong one, where its password comes in two ways.
#[test]
fn an_administrators_password_is_handed_over_once() {
    let project = Project::empty("shop");
    std::fs::create_dir(project.root()).unwrap();
    let text = "services:
  mongo: {image: 'mongo:8', environment: {MONGO_INITDB_ROOT_USERNAME: u, MONGO_INITDB_ROOT_PASSWORD: '${MO}'}}
  influx: {image: 'influxdb:2.7', environment: {DOCKER_INFLUXDB_INIT_PASSWORD: '${INF}'}}
  admin: {image: 'dpage/pgadmin4:8', environment: {PGADMIN_DEFAULT_PASSWORD: '${ADM}'}}
  mq: {image: 'rabbitmq:4', environment: {RABBITMQ_DEFAULT_USER: u, RABBITMQ_DEFAULT_PASS: '${MQ}'}}
  db: {image: 'mysql:8.4', environment: {MYSQL_ROOT_PASSWORD: '${DB}'}}
";
    project.write("compose.yaml", text);
    project.succeed(&["import", "compose.yaml"]);
    project.succeed(&["generate"]);
    let bundle = project.read("secrets/production.yaml");
    let drawn = project.read("deploy/production/compose.yaml");
    for service in ["mongo", "influx", "admin", "mq", "db"] {
        assert!(!bundle.contains(&format!("{service}_password")), "{service}\n{bundle}");
    }
    for both in
        ["MONGO_INITDB_ROOT_PASSWORD", "DOCKER_INFLUXDB_INIT_PASSWORD", "PGADMIN_DEFAULT_PASSWORD"]
    {
        assert!(!drawn.contains(&format!("{both}_FILE:")), "{both}\n{drawn}");
    }
}
