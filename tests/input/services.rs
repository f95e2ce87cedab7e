//! Mistakes inside a service.

use super::mistakes;

/// The one mistake of a service that is otherwise right.
fn in_service(key: &str) -> String {
    let text = format!("name: x\nservices:\n  app:\n    {key}\n");
    let found = mistakes(&text);
    assert_eq!(found.len(), 1, "{text} {found:#?}");
    found.into_iter().next().unwrap_or_default()
}

/// Health checks write requests by hand, whose lines end as HTTP's do.
#[test]
fn an_argument_may_hold_the_line_ends_of_http() {
    let health = "health: {command: [sh, -c, \"printf 'GET / HTTP/1.1\\r\\n'\"]}";
    let found = mistakes(&format!("name: x\nservices:\n  app:\n    {health}\n"));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn mistakes_of_a_service_are_named_at_their_place() {
    for (key, expected) in [
        ("prot: 3000", "4:5 unknown-key a service has no key `prot` (did you mean `port`?)"),
        (
            "ports: [\"80:80\"]",
            "4:5 unknown-key a service has no key `ports` (only the gateway publishes",
        ),
        (
            "environment: {A: b}",
            "4:5 unknown-key a service has no key `environment` (write `settings:`",
        ),
        ("depends_on: [db]", "4:5 unknown-key a service has no key `depends_on` (write `needs:`"),
        (
            "privileged: true",
            "4:5 unknown-key a service has no key `privileged` (remove it; if nothing else works: `compose:",
        ),
        (
            "mtls: true",
            "4:5 unknown-key a service has no key `mtls` (mutual TLS between the gateway and a service is not available",
        ),
        (
            "kubernetes: {}",
            "4:5 unknown-key a service has no key `kubernetes` (there is no Kubernetes target",
        ),
        (
            "port: http",
            "4:11 wrong-value `http` is not a whole number (write a whole number from 1 to 65535)",
        ),
        (
            "port: 0",
            "4:11 wrong-value `0` is not within the bounds (write a whole number from 1 to 65535)",
        ),
        ("port: 65536", "4:11 wrong-value `65536` is not within the bounds"),
        ("port: 0755", "4:11 wrong-value `0755` is not a whole number"),
        ("port: [80]", "4:11 wrong-type a whole number is expected here, not a list"),
        (
            "egress: yes",
            "4:13 wrong-type true or false is expected here, not text (write true or false",
        ),
        ("egress: 'true'", "4:13 wrong-type true or false is expected here"),
        (
            "unknown: [volumes]",
            "4:15 wrong-value `volumes` is not what is not known (write what is not known: `user`",
        ),
        ("needs: db", "4:12 wrong-type a list is expected here, not text (write a list"),
        (
            "needs: [gateway-x]",
            "4:13 wrong-value `gateway-x` is not a service's name (`gateway` and `gateway-*`",
        ),
        (
            "command: node server.js",
            "4:14 wrong-type a list is expected here, not text (write program and arguments as a list: [node, server.js])",
        ),
        ("command: []", "4:14 wrong-value a command needs a program"),
        ("command: [\"a\\rb\"]", "4:15 wrong-value the argument holds an invisible character"),
        ("command: [\"a\\0\"]", "4:15 wrong-value the argument holds an invisible character"),
        ("image: 'a b'", "4:12 wrong-value `a b` is not an image"),
        ("user: -1:0", "4:11 wrong-value `-1:0` is not a user (write UID:GID"),
        (
            "health: {command: [a], path: /x}",
            "4:28 unknown-key a health check has no key `path` (write `health: /path`",
        ),
        ("health: health", "4:13 wrong-value `health` is not a path (must be a URL path"),
        (
            "volumes: {c: /data}",
            "4:15 wrong-value `c` is not something to mount (it must hold only letters",
        ),
        (
            "volumes: {~/x: /data}",
            "4:15 wrong-value `~/x` is not something to mount (`~` differs from person to person",
        ),
        (
            "volumes: {./../x: /data}",
            "4:15 wrong-value `./../x` is not something to mount (it leaves the project",
        ),
        (
            "volumes: {data/x: /data}",
            "4:15 wrong-value `data/x` is not something to mount (a path of the project starts with `./`",
        ),
        (
            "volumes: {clips: data}",
            "4:22 wrong-value `data` is not a place to mount (write an absolute path",
        ),
        (
            "volumes: {clips: '/data:z'}",
            "4:22 wrong-value `/data:z` is not a place to mount (only `:ro` and `:rw`",
        ),
        (
            "volumes: ['clips:/data']",
            "4:14 wrong-type a map is expected here, not a list (write a map: {clips: /data})",
        ),
        (
            "writable: [/]",
            "4:16 wrong-value `/` is not a path that can be writable (the root itself",
        ),
        (
            "writable: [/tmp/x, /proc/sys]",
            "4:24 wrong-value `/proc/sys` is not a path that can be writable (/proc, /sys and /dev",
        ),
        (
            "writable: [/run/secrets]",
            "4:16 wrong-value `/run/secrets` is not a path that can be writable (the secrets are",
        ),
        (
            "volumes: {clips: /run}",
            "4:22 wrong-value `/run` is not a place to mount (it would outlive the container",
        ),
        (
            "volumes: {./etc: '/etc/:ro'}",
            "4:22 wrong-value `/etc/:ro` is not a place to mount (it would hide the image's own",
        ),
        ("volumes: {/dev: /dev}", "4:21 wrong-value `/dev` is not a place to mount (/proc, /sys"),
        (
            "labels: {com.docker.compose.project: x}",
            "4:14 wrong-value `com.docker.compose.project` is not a label's name (it must hold",
        ),
        ("labels: {portcullis.config: x}", "4:14 wrong-value `portcullis.config` is not a label"),
        (
            "build: {context: ../x, runtime: go}",
            "4:22 wrong-value `../x` is not a path of the project (it leaves the project",
        ),
        (
            "build: {context: /x, runtime: go}",
            "4:22 wrong-value `/x` is not a path of the project (write a path inside",
        ),
        (
            "build: {context: ., runtime: ruby}",
            "4:34 wrong-value `ruby` is not a runtime (write node, python",
        ),
        ("build: {runtime: go}", "4:12 missing-key a build needs the key `context`"),
        ("build: {context: ., runtime: go, arg: {}}", "4:38 unknown-key a build has no key `arg`"),
        ("limits: {memory: 0}", "4:22 wrong-value `0` is not a size (must be an amount"),
        ("limits: {cpus: -1}", "4:20 wrong-value `-1` is not a share of processors"),
        (
            "ulimits: {nofile: {soft: 2, hard: 1}}",
            "4:23 wrong-value the soft limit is above the hard one",
        ),
        ("ulimits: {files: 1}", "4:15 wrong-value `files` is not a limit's name"),
        ("stop_grace: 10", "4:17 wrong-value `10` is not a time (must be a time such as 30s"),
        ("settings: {A: [b]}", "4:19 wrong-type text is expected here, not a list"),
        ("settings: {A+B: c}", "4:16 wrong-value `A+B` is not a setting's name"),
        ("settings: {A: '{{ urls.Auth }}'}", "4:20 template nothing fills this hole"),
        ("settings: {A: 'x {{ url'}", "4:22 template a hole `{{` without its end"),
        (
            "secrets: [DB-Password]",
            "4:15 wrong-value this is not the name of a secret (it must start with",
        ),
        ("backup: {schedule: often, keep: 3}", "4:24 wrong-value `often` is not a schedule"),
        ("compose: [privileged]", "4:14 wrong-type a map is expected here"),
        ("routes: {/a b: {}}", "4:14 wrong-value `/a b` is not a path"),
        ("routes: {/: {auth: None}}", "4:24 wrong-value `None` is not a policy"),
        (
            "routes: {/: {rate: 5/min}}",
            "4:24 wrong-value `5/min` is not a rate's name (write the name of a rate",
        ),
        ("routes: {/: {methods: [get]}}", "4:28 wrong-value `get` is not a method"),
        (
            "routes: {/: {cors: {origins: ['https://x/']}}}",
            "4:35 wrong-value `https://x/` is not an origin",
        ),
        ("routes: {/: {webhook: {}}}", "4:27 missing-key a webhook needs the key `signature`"),
    ] {
        let found = in_service(key);
        assert!(found.starts_with(expected), "{key}\n found {found}\nwanted {expected}");
    }
}
