//! What a person is told after something was made: what it is, what is left to do, what is next.

use super::project::Project;
use crate::hardening::Verdict;
use crate::secrets::BundleIndex;
use crate::stack::{SecretKind, SecretName};
use crate::tree::Written;

/// After `generate`.
pub(super) fn generated(project: &Project, written: &Written, made: &[String]) -> String {
    if written.is_empty() && made.is_empty() {
        return format!("{}: nothing to do", project.out);
    }
    let mut lines = Vec::new();
    if written.recovered {
        lines.push("finished a write that had been stopped".to_owned());
    }
    let (new, changed, gone) =
        (written.created.len(), written.changed.len(), written.removed.len());
    lines.push(format!("{}: files new: {new}, changed: {changed}, removed: {gone}", project.out));
    if !made.is_empty() {
        lines.push(format!("secrets made and sealed: {}", made.join(", ")));
    }
    lines.push(verdicts(project));
    lines.extend(provide(project));
    lines.join("\n")
}

/// After `new`: in a dozen lines.
pub(super) fn made(project: &Project, made: &[String], identity: &str) -> String {
    let stack = project.stack();
    let routes = stack.gateway.routes().count();
    let mut lines = vec![
        format!(
            "made {}: {} services, {routes} routes, {} secrets sealed in secrets/{}.yaml",
            stack.name,
            stack.services.len(),
            made.len(),
            stack.environment
        ),
        format!("  who can open them: {identity}"),
        format!("  {}/ holds compose.yaml, gateway/, HARDENING.md and RUNBOOK.md", project.out),
        verdicts(project),
    ];
    lines.extend(manual(project));
    lines.push("next:".to_owned());
    lines.extend(missing_contexts(project));
    lines.extend(provide(project));
    lines
        .push(format!("  read {}/HARDENING.md (MANUAL) and RUNBOOK.md (first start)", project.out));
    lines.join("\n")
}

fn verdicts(project: &Project) -> String {
    let count = |verdict: Verdict| {
        project.hardened.hardening.findings.iter().filter(|f| f.verdict == verdict).count()
    };
    format!(
        "  controls: {} HARDENED, {} FIXED, {} EXCEPTED, {} MANUAL",
        count(Verdict::Hardened),
        count(Verdict::Fixed),
        count(Verdict::Excepted),
        count(Verdict::Manual)
    )
}

/// The ids of what is left to people, on one line.
fn manual(project: &Project) -> Option<String> {
    let findings = &project.hardened.hardening.findings;
    let ids: Vec<&str> =
        findings.iter().filter(|f| f.verdict == Verdict::Manual).map(|f| f.control).collect();
    (!ids.is_empty()).then(|| format!("  MANUAL: {}", ids.join(", ")))
}

fn missing_contexts(project: &Project) -> Option<String> {
    let recipes = project.stack().services.values().flat_map(|service| &service.recipe);
    let mut missing: Vec<&str> = recipes
        .map(|recipe| recipe.context.as_str())
        .filter(|context| !project.root.join(context).exists())
        .collect();
    missing.sort_unstable();
    missing.dedup();
    (!missing.is_empty()).then(|| format!("  put your sources into {}", missing.join(", ")))
}

fn provide(project: &Project) -> Option<String> {
    let names = to_provide(project, &project.bundle.index());
    (!names.is_empty()).then(|| {
        let names: Vec<&str> = names.iter().map(SecretName::as_str).collect();
        format!("  portcullis secrets fill      asks for {}", names.join(", "))
    })
}

/// Secrets that a person has to give.
pub(super) fn to_provide(project: &Project, index: &BundleIndex) -> Vec<SecretName> {
    let secrets = project.stack().secrets.iter();
    secrets
        .filter(|(name, secret)| {
            secret.kind == SecretKind::Provided && !index.secrets.contains_key(*name)
        })
        .map(|(name, _)| name.clone())
        .collect()
}
