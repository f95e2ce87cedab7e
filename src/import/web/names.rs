//! What a service's name says.

/// Parts of a name that a service has which people open.
const FRONT: [&str; 18] = [
    "app",
    "dashboard",
    "dashboards",
    "frontend",
    "front",
    "gateway",
    "kibana",
    "nginx",
    "portal",
    "proxy",
    "server",
    "site",
    "ui",
    "web",
    "webapp",
    "webserver",
    "website",
    "www",
];

/// Parts of a name that a service has which works behind the others.
const BEHIND: [&str; 51] = [
    "agent",
    "backup",
    "beat",
    "bootstrap",
    "broker",
    "browser",
    "cache",
    "celery",
    "clamav",
    "collector",
    "configurator",
    "consumer",
    "create",
    "cron",
    "cronjob",
    "daemon",
    "database",
    "db",
    "exporter",
    "indexer",
    "init",
    "installer",
    "job",
    "jobs",
    "mailer",
    "machine",
    "migrate",
    "migration",
    "migrations",
    "migrator",
    "mq",
    "postgres",
    "prepare",
    "processor",
    "provider",
    "supervisor",
    "queue",
    "redis",
    "runner",
    "sandbox",
    "schedule",
    "scheduler",
    "seed",
    "seeder",
    "setup",
    "sidekiq",
    "storage",
    "task",
    "tasks",
    "worker",
    "workers",
];

/// The part of a name that says that its service is met by browsers.
pub(super) fn front(name: &str) -> Option<String> {
    parts(name).into_iter().find(|part| FRONT.contains(&part.as_str()))
}

/// The part of a name that says that its service works behind others.
pub(super) fn behind(name: &str) -> Option<String> {
    parts(name).into_iter().find(|part| BEHIND.contains(&part.as_str()))
}

/// Whether a name says that its service is what people look at, and nothing behind it.
pub(super) fn face(name: &str) -> bool {
    const FACE: [&str; 8] =
        ["client", "dashboard", "front", "frontend", "ui", "web", "webapp", "www"];
    parts(name).iter().any(|part| FACE.contains(&part.as_str())) && behind(name).is_none()
}

/// `My_web-2` as `my`, `web`, `2`.
pub(super) fn parts(name: &str) -> Vec<String> {
    let parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    parts.filter(|part| !part.is_empty()).map(str::to_lowercase).collect()
}

/// A name without what stands between its parts: `Open-WebUI` as `openwebui`.
pub(super) fn joined(name: &str) -> String {
    parts(name).concat()
}
