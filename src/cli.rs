//! The command line as types; what each command does stands in `commands/`.

mod audit;

use camino::Utf8PathBuf;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub use audit::{AuditArgs, AuditFormat, Threshold};

/// Turn a small service description into a hardened Docker Compose stack that really runs.
#[derive(Debug, Parser)]
#[command(
    name = "portcullis",
    version,
    propagate_version = true,
    after_help = "Example:\n  portcullis new shop --preset web-api\n\nExit codes: 0 done, 1 found something, 2 wrong input, 3 refused to protect something, 4 the machine got in the way."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Options of every command.
    #[command(flatten)]
    pub common: Common,
}

/// Options of every command.
///
/// Values are named in the text of an option: listed one by one they would make every `--help`
/// twice as long as what is particular to its command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Common {
    /// The description
    #[arg(short, long, global = true, default_value = "portcullis.yaml", value_name = "FILE")]
    pub file: Utf8PathBuf,
    /// Environment to work on, one of those in the description
    #[arg(long, global = true, default_value = "production", value_name = "ENV")]
    pub env: String,
    /// Kind of deployment to draw: compose or podman
    #[arg(long, global = true, default_value = "compose", hide_possible_values = true)]
    pub target: TargetName,
    /// Folder to draw into [default: deploy/ENV]
    #[arg(long, global = true, value_name = "DIR")]
    pub out: Option<Utf8PathBuf>,
    /// Colour in messages: auto, always or never
    #[arg(
        long,
        global = true,
        default_value = "auto",
        value_name = "WHEN",
        hide_possible_values = true
    )]
    pub color: Color,
    /// Say only what went wrong
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

/// Kinds of deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TargetName {
    /// Docker Compose
    Compose,
    /// podman-compose with podman
    Podman,
}

/// When messages have colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Forms of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a terminal
    Text,
    /// For a pull request
    Markdown,
    /// For programs; a versioned schema
    Json,
}

/// Every command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// A new project: description, identity, sealed secrets, generated stack
    #[command(after_help = "Example:\n  portcullis new wavestack --preset wavestack")]
    New(NewArgs),
    /// As `new`, in this folder, without generating
    #[command(after_help = "Example:\n  portcullis init --preset minimal")]
    Init(InitArgs),
    /// portcullis.yaml from existing Compose files, with an account of every key
    #[command(
        after_help = "Examples:\n  portcullis import docker-compose.yml\n  portcullis import compose.yaml compose.prod.yaml --env-file prod.env --explain > import.md"
    )]
    Import(ImportArgs),
    /// Write deploy/ENV; a second run writes nothing
    #[command(
        after_help = "Examples:\n  portcullis generate\n  portcullis generate --check\n  portcullis generate --force deploy/production/gateway/nginx.conf"
    )]
    Generate(GenerateArgs),
    /// What generate would change: exposure first, then files
    #[command(after_help = "Example:\n  portcullis diff --format markdown")]
    Diff(DiffArgs),
    /// Bring the running stack to deploy/ENV with the least disturbance
    #[command(
        after_help = "Examples:\n  sudo portcullis apply --plan\n  sudo portcullis apply --env staging"
    )]
    Apply(ApplyArgs),
    /// Judge Compose files by the controls: what is wrong, where, and what to write
    #[command(
        after_help = "Examples:\n  portcullis audit docker-compose.yml\n  portcullis audit compose.yaml --format sarif --fail-on never > portcullis.sarif\n\nA comment in the file accepts a finding:\n  privileged: true  # portcullis: allow privileged -- reads hardware counters"
    )]
    Audit(AuditArgs),
    /// Why a control exists, with an example and references
    #[command(after_help = "Examples:\n  portcullis explain\n  portcullis explain read-only-root")]
    Explain {
        /// The control's id; all of them where it is left out
        control: Option<String>,
    },
    /// Secrets: list, fill, set, check, unseal, exec
    #[command(subcommand, after_help = "Example:\n  portcullis secrets fill")]
    Secrets(SecretsCommand),
    /// The stack's own certificates: show, issue
    #[command(subcommand, after_help = "Example:\n  portcullis certs show")]
    Certs(CertsCommand),
    /// Probe a running stack: every promise that can be seen from outside
    #[command(
        after_help = "Examples:\n  portcullis verify --bearer token.txt\n  portcullis verify --url https://127.0.0.1:8443 --inspect inspect.json\n\nThe saved file:\n  docker inspect $(docker ps -aq -f label=com.docker.compose.project=NAME) \\\n    $(docker network ls -q -f label=com.docker.compose.project=NAME) > inspect.json"
    )]
    Verify(VerifyArgs),
    /// Look at an image on this machine's engine, and print what was seen as image knowledge
    #[command(
        after_help = "Example:\n  portcullis probe postgres:17 > postgres.yaml\n\nThe image must be on the engine; it is run without network and with few rights, and nothing of it is kept."
    )]
    Probe(ProbeArgs),
    /// The presets, or one of them
    #[command(after_help = "Examples:\n  portcullis presets\n  portcullis presets web-api")]
    Presets {
        /// Print this one
        name: Option<String>,
    },
    /// What reaches what
    #[command(after_help = "Example:\n  portcullis graph --format svg > docs/graph.svg")]
    Graph {
        /// Form of the graph
        #[arg(long, default_value = "mermaid")]
        format: GraphFormat,
    },
    /// The JSON schema of portcullis.yaml
    #[command(after_help = "Example:\n  portcullis schema > portcullis.schema.json")]
    Schema,
    /// Completions for a shell
    #[command(
        after_help = "Example:\n  portcullis completions bash > /etc/bash_completion.d/portcullis"
    )]
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// The manual page
    #[command(after_help = "Example:\n  portcullis man > portcullis.1")]
    Man,
}

/// Forms of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// Mermaid, which Markdown viewers draw
    Mermaid,
    /// One picture that stands alone
    Svg,
}

/// Arguments of `new`.
#[derive(Debug, Clone, Args)]
pub struct NewArgs {
    /// Folder to make
    pub dir: Utf8PathBuf,
    /// Description to begin with (see `portcullis presets`)
    #[arg(long, default_value = "minimal", value_name = "NAME")]
    pub preset: String,
    /// Public host; with --email, certificates come by ACME
    #[arg(long, value_name = "HOST")]
    pub domain: Option<String>,
    /// Account address for ACME
    #[arg(long, value_name = "ADDR", requires = "domain")]
    pub email: Option<String>,
    /// Who can open the secrets: age1..., ssh-ed25519 or ssh-rsa (may be repeated)
    #[arg(long, value_name = "KEY")]
    pub recipient: Vec<String>,
}

/// Arguments of `init`.
#[derive(Debug, Clone, Args)]
pub struct InitArgs {
    /// Description to begin with (see `portcullis presets`)
    #[arg(long, default_value = "minimal", value_name = "NAME")]
    pub preset: String,
}

/// Arguments of `import`.
#[derive(Debug, Clone, Args)]
pub struct ImportArgs {
    /// Compose files, each laid over those before it; `-` is standard input [default: the folder's own with its override]
    #[arg(value_name = "FILE")]
    pub files: Vec<Utf8PathBuf>,
    /// Values of variables, KEY=VALUE [default: .env beside the first file]
    #[arg(long, value_name = "FILE")]
    pub env_file: Vec<Utf8PathBuf>,
    /// Seal the secrets that stand in the files into secrets/production.yaml
    #[arg(long)]
    pub seal: bool,
    /// Print the whole account and the exposure before and after, as Markdown
    #[arg(long)]
    pub explain: bool,
    /// Draw what reaches what, before and after, as SVG into this file
    #[arg(long, value_name = "FILE")]
    pub picture: Option<Utf8PathBuf>,
}

/// Arguments of `generate`.
#[derive(Debug, Clone, Args)]
pub struct GenerateArgs {
    /// Write nothing; exit 1 where something would change
    #[arg(long)]
    pub check: bool,
    /// Overwrite this file although it was edited by hand (may be repeated)
    #[arg(long, value_name = "PATH")]
    pub force: Vec<Utf8PathBuf>,
}

/// Arguments of `diff`.
#[derive(Debug, Clone, Args)]
pub struct DiffArgs {
    /// Form of the result: text, markdown (for a pull request) or json (for programs)
    #[arg(long, default_value = "text", hide_possible_values = true)]
    pub format: Format,
    /// Exit 1 where there is a difference
    #[arg(long)]
    pub exit_code: bool,
}

/// Arguments of `verify`.
#[derive(Debug, Clone, Args)]
pub struct VerifyArgs {
    /// Where to connect instead of the description's domain; names stay those of the description
    /// (may be repeated: https:// and http://)
    #[arg(long, value_name = "URL")]
    pub url: Vec<String>,
    /// Authority to believe, PEM [default: the stack's own, or the system's]
    #[arg(long, value_name = "FILE")]
    pub cacert: Option<Utf8PathBuf>,
    /// File with a token that the stack's validator accepts
    #[arg(long, value_name = "FILE")]
    pub bearer: Option<Utf8PathBuf>,
    /// Saved output of `docker inspect` instead of the engine of this machine
    #[arg(long, value_name = "FILE")]
    pub inspect: Option<Utf8PathBuf>,
    /// Form of the result: text or json (for programs)
    #[arg(long, default_value = "text", hide_possible_values = true)]
    pub format: VerifyFormat,
    /// Use up no rate, so send no more requests than each path needs
    #[arg(long)]
    pub no_load: bool,
}

/// Forms of what `verify` found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum VerifyFormat {
    /// For a terminal
    Text,
    /// For programs; a versioned schema
    Json,
}

/// Arguments of `probe`.
#[derive(Debug, Clone, Args)]
pub struct ProbeArgs {
    /// The image, as Compose files name it
    pub image: String,
    /// Seconds that it is watched, over all attempts
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(5..=600))]
    pub seconds: u64,
}

/// Arguments of `apply`.
#[derive(Debug, Clone, Args)]
pub struct ApplyArgs {
    /// Print what would be done, in order and with reasons; touch nothing
    #[arg(long)]
    pub plan: bool,
}

/// Commands on secrets.
#[derive(Debug, Subcommand)]
pub enum SecretsCommand {
    /// Every secret: kind, age, readers, what is missing, what is orphaned
    #[command(after_help = "Example:\n  portcullis secrets list")]
    List,
    /// Ask for what is missing, hidden; from standard input: lines NAME=VALUE
    #[command(
        after_help = "Examples:\n  portcullis secrets fill\n  printf 'sentry_dsn=%s\\n' \"$DSN\" | portcullis secrets fill"
    )]
    Fill,
    /// Give one secret a value, asked on the terminal or read from standard input
    #[command(after_help = "Example:\n  portcullis secrets set oidc_client_secret < secret.txt")]
    Set {
        /// Which one
        name: String,
    },
    /// Exit 1 where a secret is missing, too short or overdue
    #[command(after_help = "Example:\n  portcullis secrets check --env staging")]
    Check,
    /// Write every value where the stack reads it: a memory-backed folder
    #[command(after_help = "Example:\n  sudo portcullis secrets unseal --env production")]
    Unseal {
        /// Folder to write to instead of the default
        #[arg(long, value_name = "DIR")]
        to: Option<Utf8PathBuf>,
    },
    /// Unseal, then run a command with PORTCULLIS_SECRETS_DIR set
    #[command(
        after_help = "Example:\n  sudo portcullis secrets exec -- docker compose -f deploy/production/compose.yaml up -d"
    )]
    Exec {
        /// Folder to write to instead of the default
        #[arg(long, value_name = "DIR")]
        to: Option<Utf8PathBuf>,
        /// The command with its arguments
        #[arg(last = true, required = true)]
        command: Vec<String>,
    },
}

/// Commands on certificates.
#[derive(Debug, Subcommand)]
pub enum CertsCommand {
    /// Hosts and dates of every certificate of the stack's own authority
    #[command(after_help = "Example:\n  portcullis certs show")]
    Show,
    /// Issue what is missing or ends within 30 days
    #[command(after_help = "Example:\n  portcullis certs issue --env staging")]
    Issue,
}
