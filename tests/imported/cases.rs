//! The projects, and what plays in them.

/// A project whose images can be stood in for.
pub struct Case {
    /// The name of its folder, and so of the project.
    pub name: &'static str,
    /// Its Compose file, below the folder of the corpus or of the fixtures.
    pub file: &'static str,
    /// What it is here for.
    pub shows: &'static str,
    /// Its images, and the stage of `images/Dockerfile` that plays each; what it builds is `NAME-SERVICE`.
    pub images: &'static [(&'static str, &'static str)],
    /// What its file mounts, builds and reads, by path.
    pub files: &'static [(&'static str, &'static str)],
    /// The published ports that speak HTTP, and what stands before the domain of each after the import.
    pub web: &'static [(u16, &'static str)],
    /// The service that the first of them leads to, where only a platform's proxy knew it: no port is published.
    pub inside: Option<&'static str>,
    /// The published ports that stay as they are.
    pub streams: &'static [u16],
    /// Its own proxy, where the gateway does all that this did.
    pub replaced: Option<&'static str>,
    /// What runs once.
    pub jobs: &'static [&'static str],
    /// A file that a service made at its first start.
    pub data: &'static [(&'static str, &'static str)],
    /// Values that a service gets as a variable, through an exception: service, variable, value.
    pub values: &'static [(&'static str, &'static str, &'static str)],
    /// A service whose port, written wrongly, must be noticed.
    pub control: Option<&'static str>,
}

const NOTHING: Case = Case {
    name: "",
    file: "",
    shows: "",
    images: &[],
    files: &[],
    web: &[],
    inside: None,
    streams: &[],
    replaced: None,
    jobs: &[],
    data: &[],
    values: &[],
    control: None,
};

/// The project's own: one with every shape, and what the corpus does not show.
pub const FIXTURES: &[Case] = &[
    Case {
        name: "club",
        file: "club.yaml",
        shows: "its own proxy, a stream, a job and a start as root",
        images: &[
            ("nginx:1.29", "nginx"),
            ("registry.example/club:1.0", "club"),
            ("postgres:17", "postgres"),
        ],
        files: &[
            (
                ".env",
                "POSTGRES_PASSWORD=made-up-postgres-0123456789abcdef\n\
             SESSION_KEY=made-up-session-0123456789abcdef\n",
            ),
            (
                "nginx.conf",
                "server {\n    listen 80;\n    location / {\n        proxy_pass http://club:8000;\n        proxy_set_header X-Behind proxy;\n    }\n}\n",
            ),
        ],
        web: &[(8080, "")],
        streams: &[2222],
        jobs: &["migrate"],
        data: &[("club", "/srv/club/first")],
        values: &[("club", "SESSION_KEY", "made-up-session-0123456789abcdef")],
        control: Some("proxy"),
        ..NOTHING
    },
    Case {
        name: "library",
        file: "library.yaml",
        shows: "its own proxy, which the gateway replaces",
        images: &[
            ("nginx:1.29", "nginx"),
            ("registry.example/library-pages:1.0", "library-pages"),
            ("registry.example/library-api:1.0", "library-api"),
        ],
        files: &[(
            "nginx.conf",
            "server {\n    listen 80;\n    client_max_body_size 20m;\n    location / {\n        proxy_pass http://pages:8000;\n    }\n    location /api/ {\n        proxy_pass http://api:9000/;\n        proxy_read_timeout 300s;\n    }\n}\n",
        )],
        web: &[(8080, "")],
        replaced: Some("proxy"),
        control: Some("pages"),
        ..NOTHING
    },
];

/// Ten of the corpus, those that wait longest first.
pub const CORPUS: &[Case] = &[
    Case {
        name: "affine",
        file: "templates/dokploy/Dokploy__templates__blueprints__affinepro__docker-compose.yaml",
        shows: "a job that the server waits for",
        images: &[
            ("ghcr.io/toeverything/affine:stable", "affine"),
            ("pgvector/pgvector:pg16", "postgres"),
            ("redis:7-alpine", "redis"),
        ],
        files: &[(
            ".env",
            "DOMAIN=affine.example.com\nMAILER_HOST=mail\nMAILER_PORT=25\nMAILER_USER=affine\n\
             MAILER_SENDER=affine@example.com\nMAILER_PASSWORD=made-up-mailer-0123456789abcdef\n\
             POSTGRES_PASSWORD=made-up-postgres-0123456789abcdef\n\
             REDIS_PASSWORD=made-up-redis-0123456789abcdef\n",
        )],
        web: &[(3010, "")],
        inside: Some("affinepro"),
        jobs: &["migration"],
        data: &[("affinepro", "/root/.affine/storage/first")],
        values: &[("affinepro", "MAILER_PASSWORD", "made-up-mailer-0123456789abcdef")],
        ..NOTHING
    },
    Case {
        name: "docmost",
        file: "templates/dokploy/Dokploy__templates__blueprints__docmost__docker-compose.yaml",
        shows: "secrets that stay in the environment of an image nobody knows",
        images: &[
            ("docmost/docmost:0.4.1", "docmost"),
            ("postgres:16-alpine", "postgres-alpine"),
            ("redis:7.2-alpine", "redis"),
        ],
        files: &[(
            ".env",
            "APP_URL=https://docmost.example.com\nAPP_SECRET=made-up-app-0123456789abcdef0123456789\n\
             POSTGRES_DB=docmost\nPOSTGRES_USER=docmost\n\
             POSTGRES_PASSWORD=made-up-postgres-0123456789abcdef\n",
        )],
        web: &[(3000, "")],
        inside: Some("docmost"),
        data: &[("docmost", "/app/data/storage/first")],
        values: &[("docmost", "APP_SECRET", "made-up-app-0123456789abcdef0123456789")],
        ..NOTHING
    },
    Case {
        name: "miniflux",
        file: "projects/miniflux__v2/contrib/docker-compose/basic.yml",
        shows: "a service with its database",
        images: &[("miniflux/miniflux:latest", "miniflux"), ("postgres:latest", "postgres-18")],
        web: &[(80, "")],
        data: &[("db", "/var/lib/postgresql/18/docker/PG_VERSION")],
        control: Some("miniflux"),
        ..NOTHING
    },
    Case {
        name: "gitea",
        file: "projects/docker__awesome-compose/gitea-postgres/compose.yaml",
        shows: "an image that must start as root",
        images: &[("gitea/gitea:latest", "gitea"), ("postgres:alpine", "postgres-alpine")],
        web: &[(3000, "")],
        data: &[("gitea", "/data/first")],
        ..NOTHING
    },
    Case {
        name: "nextcloud",
        file: "projects/docker__awesome-compose/nextcloud-postgres/compose.yaml",
        shows: "an image that started as root and no longer does",
        images: &[("nextcloud:apache", "nextcloud"), ("postgres:alpine", "postgres-alpine")],
        web: &[(80, "")],
        data: &[("nc", "/var/www/html/first")],
        ..NOTHING
    },
    Case {
        name: "wordpress",
        file: "projects/docker__awesome-compose/wordpress-mysql/compose.yaml",
        shows: "secrets that move from variables to files",
        images: &[("wordpress:latest", "wordpress"), ("mariadb:10.6.4-focal", "mariadb")],
        web: &[(80, "")],
        data: &[("db", "/var/lib/mysql/first")],
        ..NOTHING
    },
    Case {
        name: "nginx-golang",
        file: "projects/docker__awesome-compose/nginx-golang/compose.yaml",
        shows: "its own proxy, chained behind the gateway",
        images: &[("nginx", "nginx"), ("nginx-golang-backend", "backend")],
        files: &[
            ("backend/Dockerfile", "FROM stand-in/debian AS builder\n"),
            (
                "proxy/nginx.conf",
                "server {\n    listen 80;\n    location / {\n        proxy_pass http://backend:80;\n        proxy_set_header X-Behind proxy;\n    }\n}\n",
            ),
        ],
        web: &[(80, "")],
        ..NOTHING
    },
    Case {
        name: "hotrod",
        file: "projects/jaegertracing__jaeger/examples/hotrod/docker-compose.yml",
        shows: "streams, and two services with a name each",
        images: &[
            ("jaegertracing/jaeger:latest", "jaeger"),
            ("jaegertracing/example-hotrod:latest", "hotrod"),
        ],
        web: &[(8080, ""), (16686, "jaeger.")],
        streams: &[16687, 4317, 4318, 8083],
        ..NOTHING
    },
    Case {
        name: "uptime-kuma",
        file: "projects/louislam__uptime-kuma/compose.yaml",
        shows: "data in a folder of the project",
        images: &[("louislam/uptime-kuma:2", "uptime-kuma")],
        files: &[("data/kept", "before\n")],
        web: &[(3001, "")],
        data: &[("uptime-kuma", "/app/data/first")],
        ..NOTHING
    },
    Case {
        name: "monitoring",
        file: "projects/docker__awesome-compose/prometheus-grafana/compose.yaml",
        shows: "mounted settings, and two services with a name each",
        images: &[("prom/prometheus", "prometheus"), ("grafana/grafana", "grafana")],
        files: &[
            ("prometheus/prometheus.yml", "scrape_configs: []\n"),
            ("grafana/datasource.yml", "apiVersion: 1\n"),
        ],
        web: &[(3000, ""), (9090, "prometheus.")],
        data: &[("prometheus", "/prometheus/first")],
        ..NOTHING
    },
];
