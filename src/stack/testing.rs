//! A small stack in the plain defaults of Docker and nginx, for tests.

use std::net::{IpAddr, Ipv4Addr};

use super::*;

/// A gateway before an application that is built, which needs a known database.
///
/// Nothing is hardened; links, access and secrets are declared as a person would.
pub(crate) fn sample() -> Stack {
    let image = |text| Sourced::derived(ImageReference::parse(text).expect("an image"));
    let (gateway, app, db) = (service("gateway"), service("app"), service("db"));
    let mut services = BTreeMap::new();
    services.insert(gateway.clone(), gateway_service(image("nginxinc/nginx-unprivileged:1.31.7")));
    services.insert(app.clone(), app_service(image("shop/app:1.0.0")));
    services.insert(db.clone(), db_service(image("postgres:17")));
    let networks = [
        (NetworkName::ingress(), Network::new(Purpose::Ingress, [gateway.clone()])),
        link(&gateway, &app),
        link(&app, &db),
    ];
    Stack {
        name: ProjectName::new("shop").expect("a name"),
        environment: EnvironmentName::new("production").expect("a name"),
        local: false,
        services,
        networks: networks.into_iter().collect(),
        volumes: [(VolumeName::new("db-data").expect("a name"), Volume { external: false })].into(),
        secrets: [
            (secret_name("stack_api_key"), generated(43)),
            (secret_name("db_password"), generated(43)),
            (secret_name("db_app_password"), generated(43)),
        ]
        .into(),
        gateway: gateway_rules(),
        exceptions: Vec::new(),
    }
}

/// A service's name.
pub(crate) fn service(name: &str) -> ServiceName {
    ServiceName::new(name).expect("a service's name")
}

/// A secret's name.
pub(crate) fn secret_name(name: &str) -> SecretName {
    SecretName::new(name).expect("a secret's name")
}

/// Where a person wrote something.
pub(crate) fn position() -> Position {
    Position { source: 0, line: 7, column: 3, length: 4 }
}

/// A value that a person wrote.
pub(crate) fn written<T>(value: T) -> Sourced<T> {
    Sourced::written(value, position())
}

/// A generated secret that nobody reads yet.
pub(crate) fn generated(length: u32) -> Secret {
    Secret {
        kind: SecretKind::Generated(Made::Text { length }),
        minimum: Sourced::default(),
        rotate_after: Sourced::default(),
        for_people: false,
        shared_group: 0,
        origin: Origin::Written(position()),
    }
}

fn link(from: &ServiceName, to: &ServiceName) -> (NetworkName, Network) {
    let purpose = Purpose::Link { from: from.clone(), to: to.clone() };
    (NetworkName::link(from, to), Network::new(purpose, [from.clone(), to.clone()]))
}

fn gateway_service(image: Sourced<ImageReference>) -> Service {
    let mut service = Service::new(Role::Gateway, Origin::Derived, image);
    service.user = Sourced::preset(User::Numeric { uid: 101, gid: 101 }, "images/nginx");
    service.port = Sourced::derived(8443);
    let port = |host_port, container_port| Published {
        address: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        host_port,
        container_port,
        udp: false,
    };
    service.published = vec![Sourced::derived(port(80, 8080)), Sourced::derived(port(443, 8443))];
    service.health.clone_from(&probe("wget -q --spider http://127.0.0.1:8081/healthz"));
    service
}

fn app_service(image: Sourced<ImageReference>) -> Service {
    let mut app = Service::new(Role::Application, Origin::Written(position()), image);
    let base = || {
        Sourced::preset(
            ImageReference::parse("python:3.13-slim").expect("an image"),
            "runtimes/python",
        )
    };
    app.recipe = vec![Recipe {
        origin: Origin::Written(position()),
        runtime: Runtime::Python,
        context: "app".to_owned(),
        dockerfile: String::new(),
        arguments: Default::default(),
        stage: String::new(),
        build_base: base(),
        run_base: base(),
        installer: Installer { name: "pip".to_owned(), lock_file: "requirements.txt".to_owned() },
        packages: Default::default(),
        user: Sourced::default(),
        health_check: Sourced::default(),
        locked_install: Sourced::default(),
        ignores_secrets: Sourced::default(),
        owned_paths: Default::default(),
        artifact: String::new(),
    }];
    app.port = written(8080);
    app.health = probe("python3 -m probe");
    let setting = SettingName::new("DB_PASSWORD_FILE").expect("a name");
    app.secrets = vec![SecretUse {
        secret: secret_name("db_app_password"),
        delivery: Delivery::FileVariable(setting),
    }];
    app.starts_after = [(service("db"), Condition::Healthy)].into();
    app
}

fn db_service(image: Sourced<ImageReference>) -> Service {
    let mut db =
        Service::new(Role::Known("postgres".to_owned()), Origin::Written(position()), image);
    db.user = Sourced::preset(User::Numeric { uid: 999, gid: 999 }, "images/postgres");
    db.port = Sourced::preset(5432, "images/postgres");
    db.health = probe("pg_isready");
    db.secrets = vec![SecretUse { secret: secret_name("db_password"), delivery: Delivery::File }];
    db.mounts = vec![Mount {
        source: MountSource::Volume(VolumeName::new("db-data").expect("a name")),
        target: "/var/lib/postgresql/data".to_owned(),
        read_only: false,
        nocopy: false,
        subpath: String::new(),
        origin: Origin::Preset("images/postgres".to_owned()),
    }];
    db
}

fn probe(line: &str) -> Sourced<Health> {
    Sourced::preset(Health { probe: Probe::Shell(line.to_owned()), ..Health::default() }, "test")
}

fn gateway_rules() -> Gateway {
    let tls = Tls {
        issuer: Sourced::derived(TlsIssuer::Internal),
        minimum: Sourced::plain(TlsVersion::V1_2),
        ciphers: Sourced::default(),
        hsts: Sourced::default(),
    };
    let publish = Publish {
        address: Sourced::derived(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        http: Sourced::derived(80),
        https: Sourced::derived(443),
    };
    let mut gateway = Gateway::new(publish, tls);
    let key = PolicyName::new("key").expect("a name");
    let clients = [("default".to_owned(), secret_name("stack_api_key"))].into();
    gateway.policies.insert(
        key.clone(),
        Policy {
            kind: PolicyKind::ApiKey(ApiKeyPolicy {
                clients,
                header: HeaderName::new("X-API-Key").expect("a name"),
                forward: false,
                table: secret_name("gateway_key"),
            }),
            identity: Vec::new(),
            origin: Origin::Written(position()),
        },
    );
    let target = Target::Service { service: service("app"), port: 8080 };
    let mut route = Route::new(target, Origin::Written(position()));
    route.access = written(Access::Policy(key));
    let path = RoutePath::new("/api/").expect("a path");
    gateway.hosts.insert(
        HostName::new("api.shop.test").expect("a name"),
        Host { main: true, origin: Origin::Written(position()), routes: [(path, route)].into() },
    );
    gateway
}
