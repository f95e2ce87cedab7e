//! What nobody reached from outside, or what ran narrower than by default, stays so.

use super::typical::imported;

fn services(text: &str) -> String {
    format!("services:\n{text}")
}

/// Services with the name of one that no route and no stream may lead to.
const SHUT: &[(&str, &str)] = &[
    (
        "bound to this host, beside a port for all",
        "  shut: {image: 'x/shut:1', ports: ['127.0.0.1:3000:3000']}
  mqtt: {image: 'eclipse-mosquitto:2', ports: ['1883:1883']}",
    ),
    (
        "bound to an address of the host, beside a port for all",
        "  web: {image: 'x/web:1', ports: ['80:80']}
  shut: {image: 'x/shut:1', ports: ['192.168.1.10:8080:8080']}",
    ),
    (
        "bound to two addresses",
        "  web: {image: 'x/web:1', ports: ['[::1]:80:80']}
  shut: {image: 'x/shut:1', ports: ['10.0.0.1:8080:8080']}",
    ),
    (
        "one port for this host, another for all",
        "  shut: {image: 'x/shut:1', ports: ['127.0.0.1:3000:3000', '8883:8883']}",
    ),
    (
        "exposed to other services only, beside a port for all",
        "  web: {image: 'x/b:1', ports: ['80:80']}
  shut: {image: 'nginx:1.27', expose: [80]}",
    ),
    (
        "behind a password that another traefik asks for",
        "  shut:
    image: x/shut:1
    labels:
      traefik.http.routers.a.rule: Host(`a.example.org`)
      traefik.http.routers.a.middlewares: auth@file
      traefik.http.services.a.loadbalancer.server.port: '3000'",
    ),
    (
        "on a path of a host that no route can name",
        "  shut:
    image: x/shut:1
    labels:
      traefik.http.routers.a.rule: Host(`localhost`) && PathPrefix(`/.well-known/acme-challenge/a`)
      traefik.http.services.a.loadbalancer.server.port: '3000'
  other: {image: 'x/b:1', ports: ['80:80']}",
    ),
    (
        "behind a traefik of the project, with a password",
        "  traefik:
    image: traefik:v3.1
    command: [--providers.docker=true, '--entrypoints.web.address=:80']
    ports: ['80:80']
    volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']
  shut:
    image: x/shut:1
    labels:
      traefik.http.routers.a.rule: Host(`a.example.org`)
      traefik.http.routers.a.middlewares: auth
      traefik.http.middlewares.auth.basicAuth.users: 'admin:$$apr1$$abcdefgh$$HASHED'
      traefik.http.services.a.loadbalancer.server.port: '3000'",
    ),
    (
        "at an entry point of traefik for this host only",
        "  traefik:
    image: traefik:v3.1
    command: [--providers.docker=true, '--entrypoints.web.address=:80', '--entrypoints.https.address=:9000']
    ports: ['80:80', '127.0.0.1:9000:9000']
    volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']
  shut:
    image: x/shut:1
    labels:
      traefik.http.routers.a.rule: Host(`a.example.org`)
      traefik.http.routers.a.entrypoints: https
      traefik.http.services.a.loadbalancer.server.port: '3000'",
    ),
    (
        "behind middlewares that traefik is told in its variables",
        "  traefik:
    image: traefik:v3.1
    command: [--providers.docker=true, '--entrypoints.web.address=:80']
    environment: {TRAEFIK_ENTRYPOINTS_WEB_HTTP_MIDDLEWARES: auth@docker}
    ports: ['80:80']
    volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']
  shut:
    image: x/shut:1
    labels:
      traefik.http.routers.a.rule: Host(`a.example.org`)
      traefik.http.services.a.loadbalancer.server.port: '3000'",
    ),
    (
        "behind an nginx-proxy of the project, which may ask for passwords",
        "  proxy:
    image: nginxproxy/nginx-proxy:1.6
    ports: ['80:80']
    volumes: ['/var/run/docker.sock:/tmp/docker.sock:ro', './htpasswd:/etc/nginx/htpasswd:ro']
  shut: {image: 'x/shut:1', environment: {VIRTUAL_HOST: a.example.org, VIRTUAL_PORT: '3000'}}",
    ),
];

#[test]
fn what_not_everybody_reached_gets_no_route() {
    for (what, text) in SHUT {
        let (project, text, _) = imported(&services(text), &[]);
        let exposure = project.read("deploy/production/exposure.yaml");
        assert!(!exposure.contains("service=shut"), "{what}: {exposure}\n{text}");
        let shut = text.split("  shut:").nth(1).unwrap();
        let shut = shut.split("\n  ").next().unwrap();
        assert!(!shut.contains("routes:"), "{what}: {text}");
        assert!(!text.contains("HASHED"), "{what}: {text}");
        let open = exposure.lines().filter(|line| line.contains("3000")).count();
        assert_eq!(open, 0, "{what}: {exposure}");
    }
}

#[test]
fn ports_of_one_address_are_published_there() {
    for (port, address) in [("127.0.0.1:80:80", "127.0.0.1"), ("10.1.2.3:80:80", "10.1.2.3")] {
        let one = services(&format!("  web: {{image: 'x/web:1', ports: ['{port}']}}"));
        let (project, text, _) = imported(&one, &[]);
        assert!(text.contains("routes:"), "{text}");
        let compose = project.read("deploy/production/compose.yaml");
        let published: Vec<_> = compose
            .lines()
            .filter(|line| line.ends_with(":8080'") || line.ends_with(":8443'"))
            .collect();
        assert_eq!(published.len(), 2, "{compose}");
        assert!(published.iter().all(|line| line.contains(&format!("'{address}:"))), "{compose}");
    }
}

#[test]
fn the_hosts_of_a_traefik_that_stays_lead_to_it() {
    let text = services(SHUT[7].1);
    let (project, text, _) = imported(&text, &[]);
    assert!(text.contains("domain: a.example.org") && text.contains("needs: [shut]"), "{text}");
    // It goes on reading the labels, but for the hash.
    assert!(text.contains("traefik.http.routers.a.middlewares: auth"), "{text}");
    let exposure = project.read("deploy/production/exposure.yaml");
    assert!(exposure.contains("service=traefik"), "{exposure}");
}

#[test]
fn what_is_scaled_to_nothing_or_asked_for_by_profile_does_not_start() {
    for keys in ["scale: 0", "deploy: {replicas: 0}", "profiles: ['.no name']", "profiles: [a, b]"]
    {
        let text = services(&format!(
            "  web: {{image: 'x/web:1', ports: ['80:80'], depends_on: {{idle: {{condition: \
             service_started, required: false}}}}}}\n  idle: {{image: 'x/idle:1', {keys}}}"
        ));
        let (project, text, _) = imported(&text, &[]);
        let compose = project.read("deploy/production/compose.yaml");
        let idle = compose.split("\n  idle:\n").nth(1).unwrap();
        let idle = idle.split("\n\n").next().unwrap();
        assert!(idle.contains("    profiles:\n"), "{keys}: {text}\n{idle}");
        let web = compose.split("\n  web:\n").nth(1).unwrap().split("\n\n").next().unwrap();
        assert!(!web.contains("profiles:") && !web.contains("depends_on:"), "{keys}: {web}");
    }
}

#[test]
fn services_that_shared_no_network_get_no_link() {
    let text = services(
        "  web: {image: 'x/web:1', ports: ['80:80'], networks: [front], environment: {A: 'http://apart:80', B: 'http://near:80'}}
  near: {image: 'x/near:1', networks: [front, back]}
  apart: {image: 'x/apart:1', networks: [back], depends_on: [web]}
networks: {front: {}, back: {internal: true}}",
    );
    let (project, text, _) = imported(&text, &["--explain"]);
    assert!(text.contains("needs: [near]"), "{text}");
    let compose = project.read("deploy/production/compose.yaml");
    assert!(compose.contains("web--near:"), "{compose}");
    assert!(!compose.contains("web--apart") && !compose.contains("apart--web"), "{compose}");
}

#[test]
fn limits_of_mounts_stay() {
    let text = services(
        "  web:
    image: x/web:1
    user: '7:7'
    ports: ['80:80']
    tmpfs: ['/run:size=1m,mode=700']
    volumes:
      - {type: tmpfs, target: /scratch, tmpfs: {size: 2m, mode: 0700}}
      - {type: volume, source: data, target: /data, read_only: true, volume: {subpath: public}}
volumes: {data: {}}",
    );
    let (project, _, _) = imported(&text, &[]);
    let compose = project.read("deploy/production/compose.yaml");
    for line in [
        "- /run:rw,noexec,nosuid,nodev,size=1m,mode=0700",
        "- /scratch:rw,noexec,nosuid,nodev,size=2m,mode=0700",
        "          subpath: public",
    ] {
        assert!(compose.contains(line), "{line}\n{compose}");
    }
}
