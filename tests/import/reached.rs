//! What leads to a service: the gateway by HTTP, a stream, another service of its profile.

use crate::support::Project;

fn imported(compose: &str) -> (String, String) {
    let project = Project::empty("shop");
    std::fs::create_dir(project.root()).unwrap();
    project.write("compose.yaml", compose);
    let told = project.succeed(&["import", "compose.yaml", "--explain"]);
    project.succeed(&["generate"]);
    (project.read("portcullis.yaml"), told)
}

/// The description of a service, without comments and breaks of lines.
fn service(text: &str, name: &str) -> String {
    let lines = text.lines().skip_while(|line| !line.starts_with(&format!("  {name}: ")));
    let next = |line: &&str| line.starts_with("      ");
    let mut lines = lines.map(|line| line.split("  # ").next().unwrap_or_default());
    let first = lines.next().unwrap_or_else(|| panic!("{name}\n{text}"));
    let rest = lines.take_while(next).map(|line| line.trim().to_owned());
    [first.trim().to_owned()].into_iter().chain(rest).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_http_cannot_carry_becomes_a_stream() {
    let (text, _) = imported(
        r#"
services:
  manager: {image: "acme/manager:1", ports: ["1514:1514", "1515:1515"]}
  imap: {image: "acme/mail:1", ports: ["3143:3143"]}
  ldap: {image: "acme/ldap:1", ports: ["10389:10389"]}
  beats: {image: "acme/collect:1", ports: ["5044:5044"]}
  web: {image: "acme/dash:1", ports: ["8080:8080"]}
"#,
    );
    for (name, port) in
        [("manager", 1514), ("manager", 1515), ("imap", 3143), ("ldap", 10389), ("beats", 5044)]
    {
        assert!(text.contains(&format!("\"{port}/tcp\": {{service: {name}")), "{port}\n{text}");
        assert!(!service(&text, name).contains("routes"), "{text}");
    }
    assert!(service(&text, "web").contains("routes: {/: passthrough}"), "{text}");
}

#[test]
fn a_store_with_an_http_api_leaves_the_domain_to_what_people_open() {
    let (text, _) = imported(
        r#"
services:
  elasticsearch: {build: elasticsearch, ports: ["9200:9200", "9300:9300"]}
  logstash: {build: logstash, ports: ["5044:5044", "9600:9600"], depends_on: [elasticsearch]}
  kibana: {build: kibana, ports: ["5601:5601"], depends_on: [elasticsearch]}
"#,
    );
    assert!(service(&text, "kibana").contains("routes: {/: passthrough}"), "{text}");
    assert!(service(&text, "elasticsearch").contains("host: elasticsearch"), "{text}");
    assert!(text.contains("\"9300/tcp\": {service: elasticsearch"), "{text}");
}

#[test]
fn of_several_profiles_stays_the_one_that_keeps_the_links() {
    let (text, told) = imported(
        r#"
services:
  app: {image: "acme/app:1", profiles: [app], ports: ["80:80"], depends_on: [backend]}
  backend: {image: "acme/b:1", profiles: [backend, app], depends_on: [db]}
  db: {image: "acme/db:1", profiles: [default, backend, app]}
"#,
    );
    for (name, needed) in [("app", "needs: [backend]"), ("backend", "needs: [db]"), ("db", "")] {
        let line = service(&text, name);
        assert!(line.contains("profile: app") && line.contains(needed), "{text}");
    }
    assert!(!told.contains("never start both"), "{told}");
    let (text, told) = imported(
        r#"
services:
  app: {image: "acme/app:1", profiles: [app], depends_on: [db]}
  admin: {image: "acme/b:1", profiles: [admin], depends_on: [db]}
  db: {image: "acme/db:1", profiles: [app, admin]}
"#,
    );
    assert!(service(&text, "app").contains("needs: [db]"), "{text}");
    assert!(service(&text, "admin").contains("needs: [db]"), "{text}");
    assert!(!service(&text, "db").contains("profile"), "{text}");
    assert!(told.contains("it starts with the stack"), "{told}");
}

#[test]
fn a_proxy_in_the_network_of_the_host_gets_no_route() {
    let (text, _) = imported(
        r#"
services:
  caddy: {image: "caddy:2-alpine", network_mode: host}
  app: {image: "acme/app:1", ports: ["127.0.0.1:8080:8080"]}
"#,
    );
    assert!(!service(&text, "caddy").contains("routes"), "{text}");
    assert!(text.contains("MANUAL: it is in the network of the host"), "{text}");
    assert!(!text.contains("publish:"), "{text}");
}

#[test]
fn a_traefik_is_asked_where_it_listens() {
    let (text, told) = imported(
        r#"
services:
  traefik:
    image: traefik:3.4
    command: ["--providers.docker=true", "--entrypoints.websecure.address=:443"]
    ports: ["443:443", "80:80"]
    volumes: ["/var/run/docker.sock:/var/run/docker.sock:ro"]
  app:
    image: acme/app:1
    labels:
      traefik.enable: "true"
      traefik.http.routers.app.rule: Host(`app.example.org`)
      traefik.http.routers.app.entrypoints: websecure
      traefik.http.middlewares.app.headers.browserXSSFilter: "true"
      traefik.http.routers.app.middlewares: app
      traefik.http.services.app.loadbalancer.server.port: "8080"
"#,
    );
    assert!(service(&text, "traefik").contains("port: 443"), "{text}");
    assert!(text.contains("MANUAL: it listens on port 443 alone"), "{text}");
    assert!(told.contains("chained behind the gateway: `traefik.http"), "{told}");
}
