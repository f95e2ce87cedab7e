//! What a service's name says.

/// Parts of a name that a service has which people open.
const FRONT: [&str; 16] = [
    "app",
    "dashboard",
    "frontend",
    "front",
    "gateway",
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
const BEHIND: [&str; 44] = [
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
    "consumer",
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
    "migrate",
    "migration",
    "migrations",
    "migrator",
    "mq",
    "postgres",
    "processor",
    "queue",
    "redis",
    "runner",
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

/// `My_web-2` as `my`, `web`, `2`.
pub(super) fn parts(name: &str) -> Vec<String> {
    let parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    parts.filter(|part| !part.is_empty()).map(str::to_lowercase).collect()
}

/// A name without what stands between its parts: `Open-WebUI` as `openwebui`.
pub(super) fn joined(name: &str) -> String {
    parts(name).concat()
}
