//! What generating promises: nothing is written twice, nothing is lost, small changes stay small.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use support::{PRESETS, Project, text};

#[test]
fn a_second_run_writes_nothing() {
    for preset in PRESETS {
        let project = Project::new(preset);
        let before = project.files();
        let said = project.succeed(&["generate"]);
        assert!(said.contains("nothing to do"), "{preset}: {said}");
        assert_eq!(project.files(), before, "{preset}");
        assert!(project.run(&["generate", "--check"]).status.success(), "{preset}");
        assert!(project.succeed(&["diff", "--exit-code"]).is_empty(), "{preset}");
    }
}

#[test]
fn every_environment_of_every_preset_can_be_drawn() {
    for preset in PRESETS {
        let project = Project::new(preset);
        for environment in ["staging", "dev"] {
            if project.read("portcullis.yaml").contains(&format!("\n  {environment}:")) {
                project.succeed(&["generate", "--env", environment]);
                let compose = project.read(&format!("deploy/{environment}/compose.yaml"));
                assert!(compose.contains("services:"), "{preset} {environment}");
            }
        }
    }
}

/// An authority on the internet certifies no name of this machine, so nobody asks it.
#[test]
fn development_needs_no_public_certificate() {
    let project = Project::new("wavestack");
    project.edit("tls: {issuer: internal, ", "tls: {issuer: acme, email: ops@example.com, ");
    for (environment, asks) in [("staging", true), ("dev", false)] {
        project.succeed(&["generate", "--env", environment]);
        let compose = project.read(&format!("deploy/{environment}/compose.yaml"));
        assert_eq!(compose.contains("gateway-acme:"), asks, "{environment}");
    }
}

/// Whole pages ask for much at once; what a description says of rates goes before that.
#[test]
fn a_route_that_passes_everything_has_a_rate_of_its_own() {
    let zones = |more: &str, route: &str| {
        let project = Project::new("relay");
        let web = format!(
            "{{image: 'acme/web:1', user: '1000', port: 80, routes: {{/: {route}, /api/: {{auth: none}}}}}}"
        );
        let text = format!("name: shop\ndomain: shop.example.com\n{more}services:\n  web: {web}\n");
        project.write("portcullis.yaml", &text);
        project.succeed(&["generate"]);
        let limits = project.read("deploy/production/gateway/conf.d/limits.conf");
        let zones = limits.lines().filter_map(|line| line.split_once(" zone=")?.1.split_once(':'));
        let rate = |size: &str| size.rsplit_once("rate=").map(|(_, rate)| rate.to_owned());
        zones.map(|(name, size)| format!("{name} {}", rate(size).unwrap_or_default())).collect()
    };
    let own: Vec<String> = zones("", "passthrough");
    assert_eq!(own, ["default 60r/m;", "passthrough 600r/m;", "connections "]);
    let said = zones("rates: {passthrough: 900/min burst 9}\n", "passthrough");
    assert_eq!(said, ["default 60r/m;", "passthrough 900r/m;", "connections "]);
    let default = zones("rates: {default: 90/min burst 9}\n", "passthrough");
    assert_eq!(default, ["default 90r/m;", "connections "]);
    assert_eq!(zones("", "{auth: none}"), ["default 60r/m;", "connections "]);
}

/// Adding a service with one route adds lines and changes almost none.
#[test]
fn a_new_service_is_a_small_change() {
    let project = Project::new("wavestack");
    let (before, lock) = (project.files(), project.read("portcullis.lock"));
    project.edit(
        "  postgres:\n    use:",
        "  search:\n    build: {context: apps/search, runtime: node}\n    command: [node, server.js]\n    port: 4000\n    health: /health\n    needs: [redis]\n    routes: {/search/: {}}\n  postgres:\n    use:",
    );
    let told = project.succeed(&["diff"]);
    assert!(told.contains("\nup -d recreates gateway, redis\nup -d starts search\n"), "{told}");
    project.succeed(&["generate"]);
    let after = project.files();
    let gone: Vec<&String> = before.keys().filter(|name| !after.contains_key(*name)).collect();
    assert!(gone.is_empty(), "{gone:?}");
    let mut removed = Vec::new();
    for (name, old) in before.iter().filter(|(name, _)| name.contains("/gateway/")) {
        let kept: BTreeSet<String> = text(&after[name]).lines().map(str::to_owned).collect();
        let lost = text(old);
        removed.extend(
            lost.lines().filter(|line| !kept.contains(*line)).map(|l| format!("{name}: {l}")),
        );
    }
    assert!(removed.is_empty(), "{removed:#?}");
    let moved: Vec<&str> =
        lock.lines().filter(|line| !project.read("portcullis.lock").contains(line)).collect();
    assert!(moved.is_empty(), "{moved:?}");
    let said = project.succeed(&["secrets", "list"]);
    assert!(said.contains("redis_search_password"), "{said}");
}

/// What a person wrote into a generated file is not overwritten unless it is named.
#[test]
fn a_hand_edit_is_kept_until_it_is_named() {
    let project = Project::new("minimal");
    let path = "deploy/production/gateway/conf.d/core.conf";
    let edited = project.read(path) + "# by hand\n";
    project.write(path, &edited);
    let check = project.run(&["generate", "--check"]);
    assert_eq!(check.status.code(), Some(1), "{}", text(&check.stderr));
    let refused = project.run(&["generate"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(text(&refused.stderr).contains("# by hand"), "{}", text(&refused.stderr));
    assert_eq!(project.read(path), edited);
    project.succeed(&["generate", "--force", path]);
    assert!(!project.read(path).contains("# by hand"));
}

/// A secret outlives its mention, and comes back with its value.
#[test]
fn no_secret_is_dropped_or_made_anew() {
    let project = Project::new("web-api");
    let before = project.secrets("production");
    let line = "  session_key: {generate: {length: 43}, rotate_after: 90d}\n";
    project.edit(line, "");
    project.edit(
        "secrets: [database_url, redis_url, session_key]",
        "secrets: [database_url, redis_url]",
    );
    project.succeed(&["generate"]);
    assert_eq!(project.secrets("production"), before);
    assert!(project.succeed(&["secrets", "list"]).contains("session_key: ORPHANED"));
    project.edit(
        "secrets: [database_url, redis_url]",
        "secrets: [database_url, redis_url, session_key]",
    );
    project.edit("secrets:\n  database_url", &format!("secrets:\n{line}  database_url"));
    project.succeed(&["generate"]);
    assert_eq!(project.secrets("production"), before);
}

/// No value stands anywhere but in the sealed bundle and the unsealed folder.
#[test]
fn no_value_leaves_the_bundle() {
    for preset in PRESETS {
        let project = Project::new(preset);
        let mut said = String::new();
        for arguments in [
            &["generate"][..],
            &["diff"],
            &["diff", "--format", "json"],
            &["diff", "--format", "markdown"],
            &["secrets", "list"],
            &["secrets", "check"],
            &["certs", "show"],
            &["graph"],
            &["generate", "--check"],
        ] {
            let output = project.run(arguments);
            said += &(text(&output.stdout) + &text(&output.stderr));
        }
        let files = project.files();
        for (name, value) in project.secrets("production") {
            // A leaf holds its certificate, which is public, before its key.
            let value = text(&value);
            let secret = value.split("-----BEGIN PRIVATE KEY-----").last().unwrap_or(&value).trim();
            assert!(secret.len() >= 16, "{preset}: {name}");
            let first: String = secret.chars().take(40).collect();
            assert!(!said.contains(&first), "{preset}: {name} is printed");
            for (file, bytes) in &files {
                assert!(!text(bytes).contains(&first), "{preset}: {name} stands in {file}");
            }
        }
    }
}

#[test]
fn an_identity_is_made_once_and_only_for_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::new("minimal");
    let path = project.home().join(".config/portcullis/identity.txt");
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let identity = fs::read(&path).unwrap();
    fs::create_dir(project.home().join("again")).unwrap();
    project.succeed(&["init", "--file", "../again/portcullis.yaml"]);
    assert_eq!(fs::read(&path).unwrap(), identity);
}

#[test]
fn a_folder_that_is_not_empty_is_refused() {
    let project = Project::empty("full");
    fs::create_dir(project.root()).unwrap();
    project.write("notes.txt", "mine");
    let refused = project.run(&["new", ".", "--preset", "minimal"]);
    assert_eq!(refused.status.code(), Some(3));
    assert_eq!(project.files().len(), 1);
}

#[test]
fn a_stack_without_what_a_person_gives_is_not_unsealed() {
    let project = Project::new("wavestack");
    let to = project.home().join("unsealed");
    let to = to.to_str().unwrap();
    project.feed(&["secrets", "fill"], "gateway_client_secret=0123456789abcdef0123\n");
    project.succeed(&["secrets", "unseal", "--to", to]);
    assert!(fs::read_dir(to).unwrap().count() > 10);
    project
        .edit("  core_internal_token:", "  late_token: {provided: true}\n  core_internal_token:");
    project.edit("secrets: [core_database_url,", "secrets: [late_token, core_database_url,");
    let refused = project.run(&["secrets", "unseal", "--to", to]);
    assert_eq!(refused.status.code(), Some(1), "{}", text(&refused.stderr));
    assert!(text(&refused.stderr).contains("late_token"), "{}", text(&refused.stderr));
    let left: Vec<_> =
        fs::read_dir(to).unwrap().filter_map(|e| e.ok()?.file_name().into_string().ok()).collect();
    assert!(left.iter().all(|name| name.starts_with('.') || name == "tls"), "{left:?}");
}

/// Staging gets the same controls; what ends otherwise there is a line of its report.
#[test]
fn a_verdict_that_differs_from_production_is_told() {
    let project = Project::new("minimal");
    project.succeed(&["generate", "--env", "dev"]);
    let told = |env: &str| project.read(&format!("deploy/{env}/HARDENING.md"));
    assert!(!told("production").contains("Other than in production"));
    // The example domain is nobody's; localhost is this machine.
    let dev = told("dev");
    assert!(dev.contains("| `certificate-domain` | MANUAL | does not apply |"), "{dev}");
    assert!(dev.contains("| `hsts` | HARDENED | does not apply |"), "{dev}");
}

/// Each line that says HARDENED or FIXED names a file of this very stack, and what stands there.
#[test]
fn every_line_of_the_report_is_earned() {
    let mut unearned_lines = Vec::new();
    for preset in PRESETS {
        let project = Project::new(preset);
        let environments = ["production", "staging", "dev"];
        let described = project.read("portcullis.yaml");
        let drawn =
            |env: &&&str| **env == "production" || described.contains(&format!("\n  {env}:"));
        for env in environments.iter().filter(drawn) {
            project.succeed(&["generate", "--env", env]);
            let files = project.files();
            let report = project.read(&format!("deploy/{env}/HARDENING.md"));
            let rows = report.lines().filter_map(|line| line.strip_prefix("| "));
            let rows: Vec<Vec<&str>> = rows.map(|row| row.split(" | ").collect()).collect();
            assert!(rows.len() > 60, "{preset} {env}: {} rows", rows.len());
            for row in rows.iter().filter(|row| ["HARDENED", "FIXED"].contains(&row[0])) {
                for part in row[3].split("; ") {
                    let missing = unearned(part, env, &files);
                    let told = |missing| format!("{preset} {env} {}: {missing}", row[1]);
                    unearned_lines.extend(missing.map(told));
                }
            }
        }
    }
    assert_eq!(unearned_lines, Vec::<String>::new());
}

/// What `FILE: `text`, no `text`` promises and the files do not hold.
fn unearned(part: &str, env: &str, files: &BTreeMap<String, Vec<u8>>) -> Option<String> {
    let (path, details) = part.split_once(": ").unwrap_or((part, ""));
    let path = path.replace('\\', "").replace("ENV", env);
    let (before, after) = match path.split_once("HOST").or(path.split_once("NAME")) {
        Some(around) => around,
        None => (path.as_str(), ""),
    };
    let open = before.len() < path.len();
    let fits = |name: &str| {
        let name = name.strip_prefix(&format!("deploy/{env}/")).unwrap_or(name);
        let inner = name.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        inner.is_some_and(|inner| if open { !inner.starts_with('_') } else { inner.is_empty() })
    };
    let named: Vec<String> =
        files.iter().filter(|(name, _)| fits(name)).map(|(_, bytes)| text(bytes)).collect();
    if named.is_empty() {
        return Some(format!("there is no {path}"));
    }
    details.split(", ").find_map(|detail| {
        let (wanted, quoted) = match detail.strip_prefix("no ") {
            Some(rest) => (false, rest),
            None => (true, detail),
        };
        let words = quoted.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'))?;
        let found = named.iter().any(|text| text.contains(words));
        (found != wanted).then(|| format!("{path}: {detail}"))
    })
}

/// Two streams of one service have two reasons.
#[test]
fn the_report_tells_the_reason_of_every_stream() {
    let project = Project::new("web-api");
    project.edit(
        "\nenvironments:",
        "\nstreams:\n  \"2525/tcp\": {service: app, port: 25, reason: \"inbound mail\"}\n  \"5353/udp\": {service: app, port: 53, reason: \"names\"}\n\nenvironments:",
    );
    project.succeed(&["generate"]);
    let report = project.read("deploy/production/HARDENING.md");
    assert!(report.contains("2525/tcp leads to it past every rule of the gateway. inbound mail"));
    assert!(report.contains("5353/udp leads to it past every rule of the gateway. names"));
}

/// Every command that a message names can be given where it is read.
#[test]
fn unseal_names_the_compose_file_of_what_restarts() {
    let project = Project::new("web-api");
    let folder = project.root().join("unsealed");
    let said = project.run(&["secrets", "unseal", "--to", folder.to_str().unwrap()]);
    let said = text(&said.stderr);
    assert!(
        said.contains("docker compose -f deploy/production/compose.yaml restart app"),
        "{said}"
    );
}

/// Every block of every runbook is what a shell can read.
#[test]
fn the_runbooks_blocks_are_shell() {
    for preset in PRESETS {
        let project = Project::new(preset);
        let runbook = project.read("deploy/production/RUNBOOK.md");
        let blocks = runbook.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
        assert!(blocks.clone().count() > 8, "{preset}");
        for block in blocks {
            assert!(!block.contains("\n\n") && !block.trim().is_empty(), "{preset}: {block}");
            let shell =
                std::process::Command::new("sh").args(["-n", "-c", block]).output().unwrap();
            assert!(shell.status.success(), "{preset}: {block}{}", text(&shell.stderr));
        }
    }
}

/// `up --wait` takes the end of a job that nobody waits for as a failure (Compose 5.6.1).
#[test]
fn a_job_that_nobody_waits_for_is_not_waited_for() {
    let project = Project::new("web-api");
    project.succeed(&["generate"]);
    let runbook = || project.read("deploy/production/RUNBOOK.md");
    assert!(runbook().contains("\ndc up -d --wait\n"), "`app` waits for `migrate`");
    project.edit("needs: [postgres, redis, migrate]", "needs: [postgres, redis]");
    project.succeed(&["generate"]);
    let own = "\ndc up -d --wait app gateway postgres redis\ndc up --no-deps --exit-code-from migrate migrate\n";
    assert_eq!(runbook().matches(own).count(), 3, "{}", runbook());
    assert!(!runbook().contains("--wait\n"));
}

/// Certificates from outside are renewed by the two secrets that hold them.
#[test]
fn provided_certificates_have_a_recipe() {
    let project = Project::new("wavestack");
    assert!(!project.read("deploy/production/RUNBOOK.md").contains("set tls_cert"));
    project.edit("issuer: internal", "issuer: files");
    project.edit(
        "\nsecrets:",
        "\nsecrets:\n  tls_cert: {provided: true}\n  tls_key: {provided: true}",
    );
    project.succeed(&["generate"]);
    let runbook = project.read("deploy/production/RUNBOOK.md");
    assert!(
        runbook.contains("\nportcullis secrets set tls_cert --env production < fullchain.pem\n")
    );
    assert!(!runbook.contains("certs issue"), "nothing of ours is issued");
}

/// What a drawn file tells a person to run is a command of this program.
#[test]
fn drawn_files_name_only_commands_that_exist() {
    let project = Project::new("wavestack");
    let help = text(&project.run(&["--help"]).stdout);
    let commands: BTreeSet<&str> =
        help.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    for (name, bytes) in project.files() {
        let words = text(&bytes);
        for named in words.split("portcullis ").skip(1) {
            let after = words.len() - named.len() - "portcullis ".len();
            let quoted = after == 0 || words[..after].ends_with(['`', '\n']);
            let word: String = named.chars().take_while(char::is_ascii_lowercase).collect();
            assert!(!quoted || commands.contains(word.as_str()), "{name}: portcullis {word}");
        }
    }
}

#[test]
fn a_project_that_cannot_be_made_leaves_nothing() {
    let project = Project::empty("around");
    fs::create_dir(project.root()).unwrap();
    for (arguments, code) in [
        (&["--env", "nowhere"][..], 2),
        (&["--out", "../outside"], 2),
        (&["--out", "portcullis.yaml"], 3),
        (&["--domain", "example.org", "--email", "nobody"], 2),
        (&["--domain", "two words"], 2),
        (&["--recipient", "garbage"], 2),
    ] {
        let made = project.run(&[&["new", "a/b"], arguments].concat());
        assert_eq!(made.status.code(), Some(code), "{arguments:?}: {}", text(&made.stderr));
        let left: Vec<_> = fs::read_dir(project.root()).unwrap().collect();
        assert!(left.is_empty(), "{arguments:?}: {left:?}");
    }
}

#[test]
fn half_a_value_is_not_sealed() {
    let project = Project::new("wavestack");
    let bundle = project.read("secrets/production.yaml");
    let set = project.feed(&["secrets", "set", "gateway_client_secret"], &"a1".repeat(1 << 20));
    assert_eq!(set.status.code(), Some(2), "{}", text(&set.stderr));
    assert_eq!(project.read("secrets/production.yaml"), bundle);
}
