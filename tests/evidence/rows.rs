//! What the systems behind the presets ask for and only a running stack can show.

/// One row: what is asked for, and what is still open.
pub struct Row {
    /// System and number, as observations name it.
    pub id: &'static str,
    /// What is promised.
    pub promise: &'static str,
    /// Why nothing shows it yet; empty where something does.
    pub open: &'static str,
}

/// All of them. AC: ai-camera, RL: relay, MY: myloware, WS: wavestack, AI: ai-stack.
pub const ROWS: &[Row] = &[
    row("AC-1", "Only the gateway publishes ports"),
    row("AC-2", "Databases, caches and inner services are closed to the internet"),
    row("AC-3", "WebSockets pass through the public domain"),
    row("AC-4", "The sign-in route is public, strictly limited, and makes nobody somebody"),
    row("AC-5", "Paths that mint tokens answer 404"),
    row("AC-6", "Sign-in is limited per client"),
    row("AC-7", "The console asks for single sign-on and a listed address"),
    row("AC-8", "What administrators do is logged by itself"),
    row("AC-9", "Only listed origins may read answers"),
    row("AC-10", "A missing secret stops the start"),
    row("AC-11", "Development publishes on the local machine alone"),
    row("AC-13", "Behind a load balancer each client still counts for itself"),
    row("RL-1", "A key that is too short or empty is refused"),
    row("RL-3", "Missing and wrong credentials get the same answer"),
    row("RL-4", "Exactly the health path is open"),
    row("RL-5", "Larger bodies get 413"),
    row("RL-6", "No inner error reaches a client"),
    row("RL-7", "Cross-origin reading is closed unless opened"),
    row("RL-8", "429 with Retry-After, per client address"),
    row("RL-9", "No secret stands in a log"),
    row("RL-10", "What changes something is logged for an audit"),
    row("RL-12", "No container runs as root or can write its own files"),
    row("RL-15", "Bodies, methods and paths are limited at the edge"),
    row("MY-1", "Every route that is not public asks for the key"),
    row("MY-2", "No secret is shared between environments"),
    open(
        "MY-3",
        "Two values are valid while one replaces the other",
        "`secrets rotate` and `retire`",
    ),
    row("MY-4", "A webhook without a signature is refused"),
    row("MY-5", "A sender's request id passes on webhooks only"),
    row("MY-6", "Rates stand at the edge"),
    row("MY-7", "PostgreSQL and Redis are private"),
    row("MY-8", "TLS 1.2 or newer, strong suites, HSTS"),
    row("MY-9", "Secrets lie in the open in memory only, for their readers only"),
    row("MY-10", "A new value reaches its readers, and nobody else restarts"),
    row("MY-11", "Nothing is reachable but along declared links"),
    row("MY-12", "Every consumer has credentials of its own"),
    row("MY-13", "Logs are JSON, limited and rotated"),
    row("MY-14", "Metrics run in a profile of their own"),
    open(
        "MY-15",
        "Backups are made and restored",
        "the copies are a person's; the runbook's commands are run",
    ),
    row("MY-18", "Approval links are public and strictly limited"),
    row("WS-1", "The gateway asks the validator without a body"),
    row("WS-2", "Identity comes from the validator, never from the client"),
    row("WS-3", "Rates per address and per credential"),
    row("WS-4", "Dotfiles, odd methods and oversize headers are refused"),
    row("WS-5", "Files are served read-only and never listed"),
    row("WS-6", "Nobody makes tokens in production"),
    row("WS-7", "Public paths stand beside the protected prefix"),
    row("WS-10", "The log has request id, user and times"),
    row("WS-11", "Trace headers pass"),
    row("WS-12", "A renewed certificate is served without a reload"),
    open("WS-13", "Mutual TLS between services", "`mtls:`"),
    row("WS-14", "Administration is for listed addresses"),
    row("WS-15", "Start order follows need, by health"),
    row("WS-16", "A running stack can be verified, and brought back after a reboot"),
    row("WS-17", "The identity provider has its own role, host and password"),
    row("WS-20", "A further environment is a short playbook"),
    row("WS-22", "Migrations end before the services start"),
    row("AI-1", "Nothing that is proxied is published"),
    row("AI-2", "Containers reach each other under their names and ports"),
    row("AI-4", "A non-root container reads its secrets"),
    row("AI-5", "Every printed example succeeds"),
    row("AI-7", "Limits are real, under podman-compose too"),
    row("AI-8", "Health checks use what the image has"),
    row("AI-12", "Only what is missing is asked for"),
];

/// What other programs than the engine's show: row, program, source, name of the test.
pub const ELSEWHERE: &[(&str, &str, &str, &str)] = &[
    ("AC-13", "gateway", "gateway/checks/balancer.rs", "each_client_behind_it_counts_alone"),
    ("AC-13", "gateway", "gateway/checks/balancer.rs", "a_spoofed_chain_does_not"),
    ("AI-7", "podman", "podman/looks.rs", "limits_are_real"),
];

const fn row(id: &'static str, promise: &'static str) -> Row {
    Row { id, promise, open: "" }
}

const fn open(id: &'static str, promise: &'static str, open: &'static str) -> Row {
    Row { id, promise, open }
}

/// Rows that the drawn files show already, and that a running stack confirms.
pub const CONFIRMED: &[&str] = &["AI-3", "AI-9", "AI-13", "RL-2", "RL-14"];
