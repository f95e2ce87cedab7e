//! What `audit` finds, where, and what becomes of waivers and fixes.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails loudly"
)]

mod form;

use portcullis::audit::{Audited, Finding, audit, json, markdown, sarif, text};
use portcullis::compose::load::{Memory, Request, load};
use portcullis::controls::Severity;
use portcullis::diagnostic::{Problems, Sources};

/// The audit of one file, `compose.yaml`.
fn audited(file: &str) -> Audited {
    let files = Memory::new([("shop/compose.yaml", file)]);
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let request = Request::of("shop/compose.yaml");
    let project = load(&request, &files, &mut sources, &mut problems)
        .unwrap_or_else(|| panic!("{}", sources.report(&problems)));
    let judged = audit(&project, &sources, &mut problems).unwrap();
    let unjudged = problems.iter().cloned().collect();
    Audited { file: "shop/compose.yaml".to_owned(), sources, judged, unjudged, unset: Vec::new() }
}

/// The audit of a project with the files beside it.
fn with_files(texts: &[(&str, &str)]) -> (Vec<Finding>, Vec<String>) {
    let files = Memory::new(texts.iter().copied());
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let request = Request::of("shop/compose.yaml");
    let project = load(&request, &files, &mut sources, &mut problems).unwrap();
    let folder = &request.folder;
    let found = portcullis::audit::beside(&project, folder, &files, &mut sources, &mut problems);
    let named = |f: Finding| Finding { place: sources.name(f.at.source).to_owned(), ..f };
    let notes = problems.iter().map(|problem| problem.message.clone()).collect();
    (found.into_iter().map(named).collect(), notes)
}

/// Findings of one control that no waiver accepts.
fn of<'a>(audited: &'a Audited, control: &str) -> Vec<&'a Finding> {
    audited.judged.open().filter(|finding| finding.control == control).collect()
}

/// A service `a` whose fourth line is the one that is wrong.
fn broken(line: &str) -> String {
    format!(
        "services:\n  a:\n    image: postgres:17\n    {line}\nvolumes: {{data: }}\nsecrets: {{s: {{file: s}}}}\n"
    )
}

#[test]
fn what_is_written_is_found_at_its_line() {
    for (rule, line, column) in [
        ("privileged", "privileged: true", 17),
        ("published-ports", "ports: ['80:80']", 13),
        ("control-socket", "volumes: ['/run/docker.sock:/run/docker.sock']", 15),
        ("sensitive-host-paths", "volumes: ['data:/d', '/etc:/host']", 26),
        ("host-paths", "volumes: ['/srv/x:/x']", 15),
        ("project-files", "volumes: ['.:/x']", 15),
        ("host-network", "network_mode: host", 19),
        ("host-pid", "pid: host", 10),
        ("host-ipc", "ipc: host", 10),
        ("capabilities", "cap_add: [SYS_ADMIN]", 14),
        ("devices", "devices: ['/dev/mem:/dev/mem']", 14),
        ("seccomp", "security_opt: ['seccomp:unconfined']", 19),
        ("apparmor", "security_opt: ['apparmor:unconfined']", 19),
        ("no-new-privileges", "security_opt: ['no-new-privileges:false']", 19),
        ("read-only-root", "read_only: false", 16),
        ("user", "user: root", 11),
        ("tmpfs-options", "tmpfs: '/tmp:exec,size=1m'", 12),
        ("tmpfs-size", "tmpfs: /tmp", 12),
        ("secret-looking-settings", "environment: {DB_PASSWORD: hunter2hunter2}", 32),
        ("health-check", "healthcheck: {disable: true}", 18),
        ("unmodelled-keys", "userns_mode: host", 18),
        ("unmodelled-keys", "cgroup: host", 13),
        ("unmodelled-keys", "uts: host", 10),
        ("unmodelled-keys", "cgroup_parent: mine", 20),
        ("unmodelled-keys", "device_cgroup_rules: ['a *:* rwm']", 26),
        ("unmodelled-keys", "use_api_socket: true", 21),
        ("unmodelled-keys", "security_opt: ['label:disable']", 19),
        ("unmodelled-keys", "security_opt: ['systempaths=unconfined']", 19),
    ] {
        let audit = audited(&broken(line));
        let found = of(&audit, rule);
        let places: Vec<_> = found.iter().map(|f| (f.at.line, f.at.column)).collect();
        assert!(places.contains(&(4, column)), "{rule}: {line}: {places:?}");
    }
}

#[test]
fn what_nobody_wrote_is_found_at_the_name_of_its_service() {
    let audit = audited(&broken("labels: {}"));
    for rule in [
        "read-only-root",
        "capabilities-dropped",
        "no-new-privileges",
        "memory",
        "cpu",
        "pids",
        "init",
        "logging",
        "restart",
        "user",
        "host-ipc",
        "health-check",
        "stop-grace",
        "ulimits",
    ] {
        let found = of(&audit, rule);
        assert!(!found.is_empty(), "{rule}");
        assert!(found.iter().all(|f| (f.at.line, f.at.column) == (2, 3)), "{rule}");
    }
    assert!(of(&audit, "writable-paths").is_empty(), "the root is writable");
    assert!(audit.judged.findings.iter().all(|f| !f.place.contains("gateway")), "there is none");
}

#[test]
fn a_default_is_less_than_the_same_written() {
    let severity = |line: &str| of(&audited(&broken(line)), "read-only-root")[0].severity;
    assert_eq!(severity("read_only: false"), Severity::Medium);
    assert_eq!(severity("labels: {}"), Severity::Low);
    assert_eq!(audited(&broken("privileged: true")).judged.worst(), Some(Severity::Critical));
    assert_eq!(audited(&broken("labels: {}")).judged.worst(), Some(Severity::Medium));
}

#[test]
fn waivers_hold_for_their_line_their_block_and_their_service() {
    let audit = audited(
        "services:\n  # portcullis: allow read-only-root, init -- it updates itself\n  a:\n    image: postgres:17\n    privileged: true # portcullis: allow privileged -- a builder\n    # portcullis: allow published-ports -- behind a firewall\n    ports:\n    - '80:80'\n    - '81:81'\n  b:\n    image: postgres:17\n    ports: ['82:82']\n",
    );
    let all = audit.judged.findings.iter();
    let waived: Vec<_> =
        all.filter_map(|f| Some((f.control, f.at.line, f.waived.as_deref()?))).collect();
    assert_eq!(
        waived,
        [
            ("init", 3, "it updates itself"),
            ("read-only-root", 3, "it updates itself"),
            ("privileged", 5, "a builder"),
            ("published-ports", 8, "behind a firewall"),
            ("published-ports", 9, "behind a firewall"),
        ]
    );
    assert_eq!(of(&audit, "published-ports")[0].at.line, 12);
    assert_eq!(of(&audit, "read-only-root").len(), 1, "the other service's");
    assert!(of(&audit, "waiver").is_empty());
}

#[test]
fn a_waiver_that_says_too_little_is_a_finding() {
    for (comment, words) in [
        ("# portcullis: allow privileged", "without a reason"),
        ("# portcullis: allow host-pid -- why not", "accepts nothing"),
        ("# portcullis: allow privilegd -- a builder", "is no control"),
    ] {
        let audit = audited(&broken(&format!("privileged: true {comment}")));
        let found = of(&audit, "waiver");
        assert!(found.len() == 1 && found[0].found.contains(words), "{comment}: {found:?}");
        assert_eq!((found[0].at.line, found[0].at.column), (4, 22));
        assert_eq!(of(&audit, "privileged").len(), 1, "{comment}");
    }
}

#[test]
fn every_fix_can_be_written_and_ends_its_finding() {
    let file = "services:\n  a:\n    image: postgres:17\n    privileged: true\n    read_only: false\n    ports:\n      - '80:80'\n      - 81:81/udp\n    volumes: [x:/x]\n  b:\n    image: x\nvolumes: {x: }\n";
    let mut changed = Vec::new();
    for finding in audited(file).judged.findings {
        let Some(fix) = &finding.fix else { continue };
        let mut lines: Vec<String> = file.lines().map(|line| format!("{line}\n")).collect();
        let start = fix.at.column as usize - 1;
        let line = &mut lines[fix.at.line as usize - 1];
        line.replace_range(start..start + fix.at.length as usize, &fix.text);
        let after = audited(&lines.concat());
        let same = |f: &&Finding| {
            (f.control, &f.place, &f.found) == (finding.control, &finding.place, &finding.found)
        };
        assert_eq!(after.judged.findings.iter().filter(same).count(), 0, "{}", lines.concat());
        changed.push((finding.control, fix.at.line));
    }
    for wanted in [
        ("privileged", 4),
        ("read-only-root", 5),
        ("published-ports", 7),
        ("published-ports", 8),
        ("read-only-root", 11),
        ("capabilities-dropped", 3),
        ("no-new-privileges", 11),
    ] {
        assert!(changed.contains(&wanted), "{wanted:?}: {changed:?}");
    }
}

#[test]
fn no_fix_where_it_would_not_fit() {
    for file in [
        "services: {a: {image: x}}\n",
        "services:\n  a: {image: x}\n",
        "services:\n  a: {image: x, ports: ['[::]:80:80', '0.0.0.0:81:81', {target: 1, published: 2}]}\n",
    ] {
        for finding in audited(file).judged.findings {
            assert_eq!(finding.fix, None, "{}: {}", finding.control, finding.found);
        }
    }
}

#[test]
fn no_value_of_a_secret_is_told() {
    let audits = [audited(
        "services:\n  a:\n    image: x:1\n    command: [x, --password=hunter2hunter2]\n    environment: {DB_PASSWORD: hunter2hunter2, DATABASE_URL: 'postgres://a:hunter2hunter2@db/x'}\n    healthcheck: {test: 'x -phunter2hunter2'}\n    labels: {token: hunter2hunter2}\n    x-token: hunter2hunter2\n    sysctls: {a: hunter2hunter2}\n",
    )];
    for told in [
        text(&audits, |_| true),
        markdown(&audits, |_| true),
        json(&audits).to_string(),
        sarif(&audits).to_string(),
    ] {
        assert!(told.contains("PASSWORD") && !told.contains("hunter2"), "{told}");
    }
}

#[test]
fn a_file_steers_no_terminal() {
    let file = "services:\n  a:\n    image: x\n    volumes: [{type: bind, source: /srv, target: \"/x\\e[2J\\nb.yaml:1:1\"}]\n";
    let told = text(&[audited(file)], |_| true);
    assert!(told.contains("host-paths") && !told.contains('\x1b'), "{told}");
    assert!(!told.contains("\nb.yaml"), "{told}");
}

#[test]
fn a_finding_that_moves_keeps_its_fingerprint() {
    let prints = |file: &str| -> Vec<String> {
        let value = sarif(&[audited(file)]);
        let results = value["runs"][0]["results"].as_array().unwrap();
        let print = |result: &serde_json::Value| {
            result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap().to_owned()
        };
        results.iter().map(print).collect()
    };
    let file = broken("privileged: true");
    assert_eq!(prints(&file), prints(&format!("# moved\n\n{file}")));
}

#[test]
fn what_a_project_builds_and_mounts_is_judged_once() {
    let (found, notes) = with_files(&[
        (
            "shop/compose.yaml",
            "services:\n  a: {build: app}\n  b: {build: {context: ., dockerfile: app/Dockerfile}}\n  \
             c: {build: {context: ., dockerfile_inline: \"FROM a:1\\nUSER root\"}}\n  d: {build: gone}\n  \
             web:\n    image: nginx:1.29\n    ports: ['80:80']\n    volumes:\n      \
             - ./conf:/etc/nginx/conf.d\n      - /etc/passwd:/etc/nginx/passwd.conf\n",
        ),
        ("shop/app/Dockerfile", "FROM a:1\nRUN sudo x\nUSER 5\n"),
        ("shop/conf/site.conf", "server_tokens off;\nserver { autoindex on; }\n"),
        ("shop/conf/site.txt", "autoindex on;"),
    ]);
    let found: Vec<_> = found.iter().map(|f| (f.place.as_str(), f.control, f.at.line)).collect();
    assert_eq!(
        found,
        [
            ("shop/compose.yaml", "dockerfile-user", 4),
            ("shop/app/Dockerfile", "dockerfile-sudo", 2),
            ("shop/conf/site.conf", "nginx-autoindex", 2),
        ]
    );
    assert!(notes.len() == 2, "{notes:?}");
    assert!(notes[0].contains("shop/gone/Dockerfile") && notes[1].contains("/etc/passwd"));
}

#[test]
fn includes_are_followed_within_what_is_mounted() {
    let (found, notes) = with_files(&[
        (
            "shop/compose.yaml",
            "services:\n  web:\n    image: nginx:1.29\n    volumes:\n      \
             - ./nginx.conf:/etc/nginx/nginx.conf\n      - ./parts:/srv/parts\n",
        ),
        (
            "shop/nginx.conf",
            "http { include mime.types; include /srv/parts/*.inc; include /srv/gone; \
             include /srv/parts/../secret.inc; }",
        ),
        ("shop/parts/b.inc", "\nautoindex on;\ninclude /srv/parts/deep/c;\n"),
        ("shop/parts/deep/c", "server_tokens on;"),
        ("shop/secret.inc", "autoindex on;"),
    ]);
    let found: Vec<_> = found.iter().map(|f| (f.place.as_str(), f.control, f.at.line)).collect();
    let wanted =
        [("shop/parts/b.inc", "nginx-autoindex", 2), ("shop/parts/deep/c", "server-tokens", 1)];
    assert_eq!(found, wanted);
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].contains("`/srv/gone`, `/srv/parts/../secret.inc`"), "{notes:?}");
}

#[test]
fn a_comment_in_a_dockerfile_accepts_with_a_reason() {
    let file = "services: {a: {build: .}}\n";
    let docker = "FROM a:1\n# portcullis: allow dockerfile-sudo -- the installer asks for it\n\
                  RUN true && \\\n  sudo x\n# portcullis: allow dockerfile-ssh -- why\nUSER 5\n";
    let (found, _) = with_files(&[("shop/compose.yaml", file), ("shop/Dockerfile", docker)]);
    let waived: Vec<_> = found.iter().map(|f| (f.control, f.waived.is_some())).collect();
    assert_eq!(waived, [("dockerfile-sudo", true), ("waiver", false)]);
}

/// `portcullis audit compose.yaml`: a folder without a name gives the project none.
#[test]
fn what_is_only_built_is_judged_wherever_the_file_lies() {
    let text =
        "services:\n  web: {build: ., privileged: true}\n  x_: {build: ., privileged: true}\n";
    for path in ["compose.yaml", "shop/compose.yaml"] {
        let files = Memory::new([(path, text)]);
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let project = load(&Request::of(path), &files, &mut sources, &mut problems).unwrap();
        let judged = audit(&project, &sources, &mut problems).unwrap();
        let privileged = judged.open().filter(|finding| finding.control == "privileged").count();
        assert_eq!(privileged, 2, "{path}");
        assert_eq!(problems.iter().count(), 0, "{path}");
    }
}
