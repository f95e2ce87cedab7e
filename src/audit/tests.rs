//! What is found in one small file, and what its comments accept.

use super::*;
use crate::compose::load::{Memory, Request, load};

const FILE: &str = "\
services:
  web:
    image: nginx
    ports:
      - '127.0.0.1:81:80'
      - '80:80'
    environment:
      DB_PASSWORD: correct-horse-battery
  agent: # portcullis: allow host-pid -- reads process counters
    image: example/agent:1.4.2
    privileged: true
    pid: host
    # portcullis: allow control-socket
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock
  # portcullis: allow host-network -- nothing of it is here
  job: {image: 'example/job:2.0.0'}
";

fn judged(text: &str) -> Vec<Audited> {
    let files = Memory::new([("compose.yaml", text)]);
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let request = Request::of("compose.yaml");
    let project = load(&request, &files, &mut sources, &mut problems).expect("a project");
    let judged = audit(&project, &sources, &mut problems).expect("a judgement");
    let unjudged = problems.iter().cloned().collect();
    let file = "compose.yaml".to_owned();
    vec![Audited { file, sources, judged, unjudged, unset: Vec::new() }]
}

fn at<'a>(projects: &'a [Audited], control: &str, service: &str) -> Vec<&'a Finding> {
    let all = projects.iter().flat_map(|project| &project.judged.findings);
    let place = format!("service {service}");
    all.filter(|finding| finding.control == control && finding.place == place).collect()
}

#[test]
fn a_finding_stands_at_the_value_and_a_default_at_the_service() {
    let projects = judged(FILE);
    let line = |control: &str, service: &str| {
        let found = at(&projects, control, service);
        found.iter().map(|finding| finding.at.line).collect::<Vec<_>>()
    };
    assert_eq!(line("privileged", "agent"), [11]);
    assert_eq!(line("control-socket", "agent"), [15]);
    assert_eq!(line("secret-looking-settings", "web"), [8]);
    assert!(line("published-ports", "web").contains(&6));
    assert_eq!(line("read-only-root", "web"), [2], "nobody wrote it");
    assert_eq!(line("read-only-root", "job"), [17]);
}

#[test]
fn what_nobody_chose_weighs_less() {
    let projects = judged(FILE);
    assert_eq!(at(&projects, "privileged", "agent")[0].severity, Severity::Critical);
    assert_eq!(at(&projects, "user", "web")[0].severity, Severity::Medium);
}

#[test]
fn a_waiver_needs_a_reason_and_something_to_accept() {
    let projects = judged(FILE);
    let pid = at(&projects, "host-pid", "agent");
    assert_eq!(pid[0].waived.as_deref(), Some("reads process counters"));
    assert_eq!(at(&projects, "control-socket", "agent")[0].waived, None, "no reason, no waiver");
    let own: Vec<_> =
        projects[0].judged.findings.iter().filter(|f| f.control == "waiver").collect();
    let lines: Vec<_> = own.iter().map(|finding| finding.at.line).collect();
    assert_eq!(lines, [13, 16]);
    let whole = format!("# portcullis: allow user, pids -- a sandbox\n{FILE}");
    let projects = judged(&whole);
    assert!(at(&projects, "user", "web").iter().all(|finding| finding.waived.is_some()));
}

#[test]
fn a_fix_is_a_line_that_the_file_can_take() {
    let mut text = FILE.to_owned();
    for control in ["no-new-privileges", "capabilities-dropped", "init"] {
        let projects = judged(&text);
        let fix = at(&projects, control, "web")[0].fix.clone().expect("a fix");
        let mut lines: Vec<&str> = text.lines().collect();
        lines.insert(fix.at.line as usize - 1, fix.text.trim_end());
        text = lines.join("\n") + "\n";
        assert_eq!(at(&judged(&text), control, "web"), Vec::<&Finding>::new(), "{text}");
    }
    assert_eq!(at(&judged(&text), "init", "job")[0].fix, None, "flow style has no line for it");
}

#[test]
fn no_view_shows_a_secret_and_all_show_the_worst() {
    let projects = judged(FILE);
    let views = [
        text(&projects, |_| true),
        markdown(&projects, |_| true),
        json(&projects).to_string(),
        sarif(&projects).to_string(),
    ];
    for view in views {
        assert!(!view.contains("correct-horse"), "{view}");
        assert!(view.contains("privileged") && view.contains("secret-looking-settings"), "{view}");
    }
}

#[test]
fn sarif_has_a_rule_for_every_result_and_a_reason_for_every_suppression() {
    let value = sarif(&judged(FILE));
    let run = &value["runs"][0];
    let rules: Vec<_> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
    let results = run["results"].as_array().unwrap();
    assert!(results.iter().all(|result| rules.contains(&&result["ruleId"])));
    let suppressed: Vec<_> = results.iter().filter(|r| !r["suppressions"].is_null()).collect();
    assert_eq!(suppressed.len(), 1);
    assert_eq!(suppressed[0]["suppressions"][0]["justification"], "reads process counters");
    let mut prints: Vec<_> =
        results.iter().map(|r| r["partialFingerprints"]["portcullis/v1"].to_string()).collect();
    prints.sort();
    prints.dedup();
    assert_eq!(prints.len(), results.len(), "two results look the same");
}
