//! Each judge is handed something clean, then the same with one thing broken. A judge that stopped
//! judging (another exit code, a renamed option, an input that it no longer finds) shows here.

use std::fs;
use std::path::Path;

use indoc::indoc;
use tempfile::TempDir;

use crate::judges::{self, Judge};

/// One service behind nginx that every judge accepts, and no more than that takes.
const CLEAN: &[(&str, &str)] = &[
    (
        "compose.yaml",
        indoc! {"
            ---
            name: clean

            services:
              gateway:
                build:
                  context: .
                  dockerfile: services/gateway/Dockerfile
                volumes:
                  - type: bind
                    source: ./gateway
                    target: /etc/portcullis
                    read_only: true
                ports:
                  - '0.0.0.0:8080:8080'
                networks:
                  - ingress
                command:
                  - '-c'
                  - /etc/portcullis/nginx.conf
                restart: unless-stopped
                healthcheck:
                  test:
                    - CMD
                    - wget
                    - '-q'
                    - 'http://127.0.0.1:8080/'
                logging:
                  driver: json-file
                  options:
                    max-size: 10m
                user: '101:101'
                cap_drop:
                  - ALL
                cpus: 1
                init: true
                mem_limit: 64m
                pids_limit: 64
                read_only: true
                security_opt:
                  - 'no-new-privileges:true'
                tmpfs:
                  - '/tmp:rw,noexec,nosuid,nodev,size=16m'

            networks:
              ingress:
                driver: bridge
        "},
    ),
    (
        ".compose-lint.yml",
        indoc! {"
            rules:
              CL-0005:
                exclude_services:
                  gateway: 'the public entrance'
              CL-0019:
                enabled: false
                reason: 'built here'
        "},
    ),
    (
        ".yamllint",
        indoc! {"
            ---
            extends: relaxed
        "},
    ),
    (
        ".dclintrc.yaml",
        indoc! {"
            rules:
              # as in what portcullis draws
              services-alphabetical-order: 1
        "},
    ),
    (
        "services/gateway/Dockerfile",
        indoc! {r#"
            FROM nginxinc/nginx-unprivileged:1.31.7@sha256:0000000000000000000000000000000000000000000000000000000000000000
            USER 101:101
            HEALTHCHECK CMD ["wget", "-q", "http://127.0.0.1:8080/"]
        "#},
    ),
    (
        "gateway/nginx.conf",
        indoc! {"
            worker_processes auto;
            worker_rlimit_nofile 2048;
            pid /tmp/nginx.pid;
            error_log stderr warn;
            events {
                worker_connections 1024;
            }
            http {
                server_tokens off;
                access_log /dev/stdout;
                client_body_temp_path /tmp/body;
                proxy_temp_path /tmp/proxy;
                fastcgi_temp_path /tmp/fastcgi;
                uwsgi_temp_path /tmp/uwsgi;
                scgi_temp_path /tmp/scgi;
                add_header X-Content-Type-Options nosniff always;
                keepalive_requests 1000;
                server {
                    listen 8080 default_server;
                    server_name _;
                    location / {
                        return 404;
                    }
                }
            }
        "},
    ),
];

/// A judge, the file to break, the line to find there, and what to put in its place.
macro_rules! controls {
    ($($name:ident: $judge:path, $file:literal, $from:literal => $to:literal, says $word:literal;)+) => { $(
        #[test]
        fn $name() { convicts($judge, $file, $from, $to, $word); }
    )+ };
}

controls! {
    compose_reports_an_unknown_key:
        judges::compose, "compose.yaml", "    read_only: true\n    sec" => "    read_onli: true\n    sec", says "read_onli";
    schema_reports_a_wrong_type:
        judges::schema, "compose.yaml", "init: true" => "init: [true]", says "init";
    compose_lint_reports_a_privileged_service:
        judges::compose_lint, "compose.yaml", "init: true" => "privileged: true", says "CL-0002";
    compose_lint_reports_a_mistyped_waiver:
        judges::compose_lint, ".compose-lint.yml", "CL-0019" => "CL-9999", says "CL-9999";
    compose_lint_reports_a_port_that_is_not_waived:
        judges::compose_lint, ".compose-lint.yml", "  CL-0005:" => "  CL-0006:", says "CL-0005";
    compose_lint_waivers_need_a_reason:
        judges::compose_lint, ".compose-lint.yml", "exclude_services:\n      gateway: 'the public entrance'" => "enabled: false", says "CL-0005";
    dclint_reports_an_unquoted_port:
        judges::dclint, "compose.yaml", "'0.0.0.0:8080:8080'" => "0.0.0.0:8080:8080", says "quot";
    dclint_reports_keys_out_of_order:
        judges::dclint, "compose.yaml", "init: true\n    mem_limit: 64m" => "mem_limit: 64m\n    init: true", says "order";
    dclint_waivers_need_a_reason:
        judges::dclint, ".dclintrc.yaml", "  # as in what portcullis draws\n" => "", says "without reason";
    yamllint_reports_a_trailing_space:
        judges::yamllint, "compose.yaml", "init: true" => "init: true ", says "trailing-spaces";
    hadolint_reports_a_shell_form_command:
        judges::hadolint, "services/gateway/Dockerfile", "USER 101:101" => "CMD nginx", says "DL3025";
    hadolint_needs_every_dockerfile:
        judges::hadolint, "compose.yaml", "      dockerfile: services/gateway/Dockerfile\n" => "", says "names 0";
    trivy_reports_root:
        judges::trivy, "services/gateway/Dockerfile", "USER 101:101" => "USER root", says "root";
    gixy_ng_reports_a_header_that_is_lost:
        judges::gixy_ng, "gateway/nginx.conf", "return 404;" => "add_header X-Lost 1;", says "add_header_redefinition";
    gixy_next_reports_a_header_that_is_lost:
        judges::gixy_next, "gateway/nginx.conf", "return 404;" => "add_header X-Lost 1;", says "add_header_redefinition";
    gixy_ng_needs_every_file:
        judges::gixy_ng, "gateway/nginx.conf", "return 404;" => "include gone.conf;", says "gone.conf";
    gixy_next_needs_every_file:
        judges::gixy_next, "gateway/nginx.conf", "return 404;" => "include gone.conf;", says "gone.conf";
    gixy_waivers_need_a_reason:
        judges::gixy_ng, ".gixy.cfg", "" => "skips = hsts_header\n", says "without reason";
    nginx_reports_an_unknown_directive_needs_root:
        judges::nginx, "gateway/nginx.conf", "return 404;" => "retrun 404;", says "retrun";
    nginx_reports_a_mount_that_is_missing_needs_root:
        judges::nginx, "compose.yaml", "target: /etc/portcullis" => "target: /etc/elsewhere", says "/etc/portcullis/nginx.conf";
    nginx_reports_a_place_that_its_user_cannot_write_needs_root:
        judges::nginx, "gateway/nginx.conf", "/tmp/body" => "/body", says "/body";
}

/// Without this, a judge that objects to everything would pass its controls.
#[test]
fn what_is_broken_here_was_clean() {
    accepts_clean(&[
        ("docker-compose", judges::compose),
        ("check-jsonschema", judges::schema),
        ("compose-lint", judges::compose_lint),
        ("dclint", judges::dclint),
        ("yamllint", judges::yamllint),
        ("hadolint", judges::hadolint),
        ("trivy", judges::trivy),
        ("gixy-ng", judges::gixy_ng),
        ("gixy-next", judges::gixy_next),
    ]);
}

#[test]
fn what_is_broken_here_was_clean_for_nginx_needs_root() {
    accepts_clean(&[("nginx", judges::nginx)]);
}

fn accepts_clean(judges: &[(&str, Judge)]) {
    let stack = lay_out(CLEAN);
    for (name, judge) in judges {
        assert_eq!(judge(stack.path()), Ok(()), "{name}");
    }
}

fn convicts(judge: Judge, file: &str, from: &str, to: &str, word: &str) {
    let stack = lay_out(CLEAN);
    let path = stack.path().join(file);
    let clean = fs::read_to_string(&path).unwrap_or_default();
    assert!(clean.contains(from), "{file} has no {from:?} to break");
    fs::write(path, clean.replacen(from, to, 1)).unwrap();
    let findings = judge(stack.path()).expect_err("the judge found nothing");
    assert!(findings.contains(word), "not a word of {word}:\n{findings}");
}

fn lay_out(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, content) in files {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().unwrap_or(Path::new("/"))).unwrap();
        fs::write(file, content).unwrap();
    }
    folder
}
