//! What the checks may take for granted about the stacks they are run on: names, paths, ports.

/// The main public name.
pub const API: &str = "api.example.com";
/// The name of the identity provider.
pub const AUTH: &str = "auth.example.com";
/// The third name of the features.
pub const STAFF: &str = "staff.example.com";
/// A name with people to sign in, and longer than nginx expects of a name.
pub const DESK: &str = "the-name-of-a-department-that-nobody-would-ever-shorten.example.com";
/// A listed origin.
pub const ORIGIN: &str = "https://app.example.com";
/// An exact route without a policy.
pub const PUBLIC: &str = "/api/health";
/// A path below the protected prefix `/api/`.
pub const PROTECTED: &str = "/api/items";
/// An exact route without a policy, with the strict rate and bodies up to 16k.
pub const LOGIN: &str = "/api/auth/login";
/// A path of the description's `blocked`.
pub const BLOCKED: &str = "/api/auth/token";
/// Files of the volume `clips`.
pub const FILES: &str = "/files/";
/// A path of the identity provider whose error bodies are its own.
pub const REALM: &str = "/realms/wavestack/account";
/// Its strictly limited path.
pub const TOKEN_ENDPOINT: &str = "/realms/wavestack/protocol/openid-connect/token";
/// Its path for listed addresses only.
pub const ADMIN: &str = "/admin/console";
/// All of its paths, as an address of the allow list sees them.
pub const IDENTITY_PROVIDER: [&str; 8] = [
    REALM,
    TOKEN_ENDPOINT,
    "/realms/wavestack/login-actions/authenticate",
    "/resources/js/app.js",
    "/.well-known/openid-configuration",
    ADMIN,
    "/realms/master/account",
    "/realms/wavestack/",
];
/// The validators' paths, on whichever service: closed from outside.
pub const VALIDATORS: &[&str] = &["/api/auth/validate", "/internal/check", "/oauth2/auth"];

/// One drawn stack.
pub struct Facts {
    /// What the report calls it.
    pub name: &'static str,
    /// The services that the gateway knows, with their ports.
    pub services: &'static [(&'static str, u16)],
    /// All public names.
    pub hosts: &'static [&'static str],
    /// `:PORT` of published https in URLs; empty for 443.
    pub https_suffix: &'static str,
    /// Published https as a number.
    pub https_port: &'static str,
    /// Prefixes without their slash: `(HOST, "/api")`.
    pub prefixes: &'static [(&'static str, &'static str)],
    /// Files of /run/secrets with their content.
    pub secrets: &'static [(&'static str, &'static str)],
    /// Whether the checks of the further features apply.
    pub features: bool,
}

/// The preset.
pub const WAVESTACK: Facts = Facts {
    name: "wavestack",
    services: &[("core-app", 3000), ("keycloak", 8080)],
    hosts: &[API, AUTH],
    https_suffix: "",
    https_port: "443",
    prefixes: &[
        (API, "/api"),
        (API, "/files"),
        (AUTH, "/resources"),
        (AUTH, "/admin"),
        (AUTH, "/realms/wavestack"),
        (AUTH, "/realms/master"),
    ],
    secrets: &[],
    features: false,
};

/// What `tests/fixtures/gateway/portcullis.yaml` describes: wavestack's hosts and paths, and every further feature.
pub const FEATURES: Facts = Facts {
    name: "features",
    services: &[
        ("core-app", 3000),
        ("keycloak", 8080),
        ("partner", 9000),
        ("mail", 2500),
        ("gateway-oidc-desk", 4180),
    ],
    hosts: &[API, AUTH, STAFF, DESK],
    https_suffix: ":9443",
    https_port: "9443",
    prefixes: &[
        (API, "/api"),
        (API, "/files"),
        (API, "/robots"),
        (API, "/v2"),
        (AUTH, "/resources"),
        (AUTH, "/realms/master"),
    ],
    secrets: &[
        (
            "gateway_keys_robot",
            "crawl3r0key0of0sixty0four0charactersaaaaaaaaaaaaaaaaaaaaaaaaaaaa crawler;\nreport3rkey0of0sixty0four0charactersbbbbbbbbbbbbbbbbbbbbbbbbbbbb reporter;\n",
        ),
        (
            "gateway_keys_legacy",
            "legacy0key0of0sixty0four0charactersccccccccccccccccccccccccccccc legacy;\n",
        ),
    ],
    features: true,
};
/// Keys of the features' clients.
pub const CRAWLER_KEY: &str = "crawl3r0key0of0sixty0four0charactersaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
/// One more of the same policy.
pub const REPORTER_KEY: &str = "report3rkey0of0sixty0four0charactersbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
/// One of another policy, with another header.
pub const LEGACY_KEY: &str = "legacy0key0of0sixty0four0charactersccccccccccccccccccccccccccccc";

impl Facts {
    /// The names on which only what is declared is there; a route `/` takes everything.
    pub fn sparing_hosts(&self) -> impl Iterator<Item = &'static str> {
        self.hosts.iter().copied().filter(|host| *host != STAFF)
    }
}

/// By its name.
pub fn stack(name: &str) -> &'static Facts {
    [&WAVESTACK, &FEATURES].into_iter().find(|facts| facts.name == name).expect("a known stack")
}
