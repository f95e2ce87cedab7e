//! What an image is for, as far as it decides whether a browser meets it.

use crate::compose::Service;
use crate::stack::ImageReference;

/// What an image is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::import) enum Kind {
    /// Keeps data for other services: no browser talks to it.
    Store,
    /// Serves people or programs, for all that is known.
    Program,
    /// A tool beside the others: looks into a database, makes pictures, watches the host.
    Tool,
    /// Serves people by another protocol than HTTP.
    Other,
    /// Hands requests on to other services.
    Proxy,
}

/// The kind of a service: of its image, or, where it is built, of the one that it is named after, as
/// `mysql` is where a Dockerfile adds a line to the image of that name.
pub(in crate::import) fn of_service(name: &str, image: Option<&ImageReference>) -> Kind {
    let named = || STORES.contains(&name.to_lowercase().as_str());
    if image.is_none() && named() { Kind::Store } else { kind(image) }
}

/// The kind of an image.
pub(in crate::import) fn kind(image: Option<&ImageReference>) -> Kind {
    let Some(image) = image else { return Kind::Program };
    let repository = image.repository().to_lowercase();
    let last = repository.rsplit('/').next().unwrap_or_default();
    let is = |names: &[&str]| names.contains(&last);
    if is(STORES) {
        Kind::Store
    } else if is(PROXIES) {
        Kind::Proxy
    } else if is(OTHERS) {
        Kind::Other
    } else if is(TOOLS) {
        Kind::Tool
    } else {
        Kind::Program
    }
}

/// The repository of a service's image; empty where it has none.
pub(in crate::import) fn repository(service: &Service) -> String {
    let image = service.image.as_deref().and_then(|image| ImageReference::parse(image).ok());
    image.map(|image| image.repository().to_owned()).unwrap_or_default()
}

/// Databases, caches, queues, searches and object stores, by the last part of the repository under
/// which their projects (and the usual repackagings: Bitnami, pgvector, ...) publish them.
const STORES: &[&str] = &[
    "arangodb",
    "broker",
    "cassandra",
    "chroma",
    "clickhouse",
    "clickhouse-server",
    "cockroach",
    "cockroachdb",
    "couchdb",
    "cp-kafka",
    "cp-zookeeper",
    "dragonfly",
    "eclipse-mosquitto",
    "elasticsearch",
    "emqx",
    "etcd",
    "ferretdb",
    "gel",
    "edgedb",
    "influxdb",
    "kafka",
    "keydb",
    "kvrocks",
    "manticore",
    "mariadb",
    "mariadb-galera",
    "meilisearch",
    "memcached",
    "milvus",
    "minio",
    "mongo",
    "mongodb",
    "mongodb-community-server",
    "mosquitto",
    "mssql-server",
    "server-mssql",
    "mysql",
    "mysql-server",
    "nats",
    "neo4j",
    "opensearch",
    "percona",
    "percona-server",
    "pgbouncer",
    "pgvecto-rs",
    "pgvector",
    "postgis",
    "postgres",
    "postgresql",
    "postgres-ssl",
    "qdrant",
    "questdb",
    "rabbitmq",
    "redis",
    "redis-stack",
    "redis-stack-server",
    "redpanda",
    "rethinkdb",
    "scylla",
    "solr",
    "surrealdb",
    "timescaledb",
    "timescaledb-ha",
    "typesense",
    "valkey",
    "valkey-server",
    "vectorchord",
    "vectorchord-postgres",
    "victoria-metrics",
    "weaviate",
    "ydb",
    "zookeeper",
    "zincsearch",
];

/// Programs whose work is to hand requests on.
const PROXIES: &[&str] = &[
    "caddy",
    "caddy-docker-proxy",
    "envoy",
    "haproxy",
    "jwilder-nginx-proxy",
    "kong",
    "nginx",
    "nginx-proxy",
    "nginx-proxy-manager",
    "nginx-unprivileged",
    "openresty",
    "swag",
    "tengine",
    "traefik",
];

/// Programs that stand beside an application: they serve it, or those who run it.
const TOOLS: &[&str] = &[
    "adminer",
    "alloy",
    "autoheal",
    "blackbox-exporter",
    "browser",
    "browserless",
    "busybox",
    "alpine",
    "cadvisor",
    "certbot",
    "chrome",
    "chromium",
    "clamav",
    "cloudbeaver",
    "cloudflared",
    "collabora",
    "code",
    "curl",
    "ddclient",
    "dind",
    "docker",
    "docker-socket-proxy",
    "electric",
    "fluent-bit",
    "fluentd",
    "gotenberg",
    "imgproxy",
    "jaeger",
    "kafka-ui",
    "libretranslate",
    "loki",
    "mailcatcher",
    "mailhog",
    "maildev",
    "mailpit",
    "mc",
    "mongo-express",
    "node-exporter",
    "ofelia",
    "opentelemetry-collector",
    "opentelemetry-collector-contrib",
    "otel-collector",
    "pgadmin4",
    "phpmyadmin",
    "phpredisadmin",
    "postfix",
    "smtp",
    "postgres-exporter",
    "prometheus",
    "promtail",
    "redis-commander",
    "redis_exporter",
    "redisinsight",
    "selenium",
    "standalone-chrome",
    "splash",
    "tempo",
    "tika",
    "vector",
    "watchtower",
    "webhook",
    "whoami",
];

/// Programs that speak another protocol than HTTP with those who use them: games, talk, mail, tunnels.
const OTHERS: &[&str] = &[
    "asterisk",
    "coturn",
    "docker-mailserver",
    "dovecot",
    "enshrouded-server",
    "minecraft-bedrock-server",
    "minecraft-server",
    "mumble-server",
    "openldap",
    "palworld-server-docker",
    "postfix",
    "rtpengine",
    "satisfactory-server",
    "soju",
    "teamspeak",
    "terraria",
    "unbound",
    "valheim-server",
    "wireguard",
];
