//! Random stacks: the sample, grown by services and made worse, or better, step by step.

use proptest::prelude::*;
use proptest::sample::subsequence;

use crate::stack::testing::{generated, position, sample, secret_name, service, written};
use crate::stack::*;

/// A value that a person may write, which must survive.
#[derive(Clone)]
pub(super) struct Allowed {
    name: &'static str,
    pub(super) apply: fn(&mut Stack),
    pub(super) holds: fn(&Stack) -> bool,
}

impl std::fmt::Debug for Allowed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Some of the values that a person may write.
pub(super) fn allowed() -> impl Strategy<Value = Vec<Allowed>> {
    subsequence(ALLOWED.to_vec(), 0..=ALLOWED.len())
}

/// A stack of three to seven services, each with some insecure values, before a gateway with some.
pub(super) fn insecure() -> impl Strategy<Value = Stack> {
    let of_services = proptest::collection::vec(subsequence(SERVICE.to_vec(), 0..=8), 7);
    let of_stack = subsequence(STACK.to_vec(), 0..=8);
    (0..=4usize, of_services, of_stack).prop_map(|(more, of_services, of_stack)| {
        let mut stack = sample();
        for number in 0..more {
            let kind = if number % 2 == 0 { "app" } else { "db" };
            let copy = stack.services[kind].clone();
            stack.services.insert(service(&format!("more-{number}")), copy);
        }
        for (service, changes) in stack.services.values_mut().zip(of_services) {
            changes.iter().for_each(|(_, change)| change(service));
        }
        of_stack.iter().for_each(|(_, change)| change(&mut stack));
        stack
    })
}

type Change<T> = (&'static str, fn(&mut T));

const SERVICE: &[Change<Service>] = &[
    ("privileged", |s| s.privileged = written(true)),
    ("writable root", |s| s.read_only_root = written(false)),
    ("read-only root", |s| s.read_only_root = written(true)),
    ("host network", |s| s.network_namespace = written(Namespace::Host)),
    ("another's network", |s| s.network_namespace = written(Namespace::Other("service:db".into()))),
    ("host pid", |s| s.pid_namespace = written(Namespace::Host)),
    ("host ipc", |s| s.ipc_namespace = written(Namespace::Host)),
    ("capability", |s| s.capabilities_added = written(["SYS_ADMIN".into()].into())),
    ("dropped one", |s| s.capabilities_dropped = written(["NET_RAW".into()].into())),
    ("seccomp", |s| s.seccomp = written(Confinement::Unconfined)),
    ("apparmor", |s| s.apparmor = written(Confinement::Unconfined)),
    ("root", |s| s.user = written(User::Numeric { uid: 0, gid: 0 })),
    ("named user", |s| s.user = written(User::Named("node".into()))),
    ("image's user", |s| s.user = Sourced::default()),
    ("needs root", |s| s.needs_root = "its entrypoint changes owners".into()),
    ("unproven", |s| drop(s.unproven.insert("user".into(), "not read in a source".into()))),
    ("unknown", |s| s.unknown.extend([Unknown::User])),
    ("device", |s| s.devices = written(vec!["/dev/sda".into()])),
    ("socket", |s| mount(s, MountSource::Host("/var/run/docker.sock".into()))),
    ("/etc", |s| mount(s, MountSource::Host("/etc".into()))),
    ("host path", |s| mount(s, MountSource::Host("/srv/data".into()))),
    ("volume", |s| mount(s, MountSource::Volume(VolumeName::new("db-data").unwrap()))),
    ("exec tmpfs", |s| {
        let tmpfs = Tmpfs { exec: true, ..Tmpfs::default() };
        s.tmpfs.insert("/tmp".into(), written(tmpfs));
    }),
    ("writable", |s| drop(s.writable.replace("/var/cache".into()))),
    ("core dumps", |s| {
        s.ulimits.insert("core".into(), written(Ulimit { soft: 1, hard: 1 }));
    }),
    ("job", |s| s.once = true),
    ("always", |s| s.restart = written(Restart::Always)),
    ("no log", |s| {
        s.logging = written(Logging { driver: "none".into(), options: Default::default() });
    }),
    ("endless log", |s| {
        let options = [("max-size".to_owned(), "1m".to_owned())].into();
        s.logging = written(Logging { driver: "json-file".into(), options });
    }),
    ("no health", |s| s.health = written(Health { probe: Probe::Disabled, ..Health::default() })),
    ("early start", |s| s.starts_after.values_mut().for_each(|c| *c = Condition::Started)),
    ("published", |s| {
        let address = std::net::Ipv4Addr::UNSPECIFIED.into();
        let port = Published { address, host_port: 1, container_port: 1, udp: false };
        s.published = vec![written(port)];
    }),
    ("password", |s| set(s, "DB_PASSWORD", "correct-horse-7")),
    ("debug", |s| set(s, "LOG_LEVEL", "debug")),
    ("plain secret", |s| deliver(s, Delivery::Plain)),
    ("variable", |s| deliver(s, Delivery::Variable)),
    ("carried", |s| drop(s.carried.insert("hostname".into(), written("x".into())))),
    ("latest", |s| s.image = written(ImageReference::parse("redis").unwrap())),
    ("own Dockerfile", |s| s.recipe.iter_mut().for_each(|r| r.runtime = Runtime::Own)),
    ("root image", |s| {
        let root = || written(User::Numeric { uid: 0, gid: 0 });
        s.recipe.iter_mut().for_each(|r| r.user = root());
    }),
];

const STACK: &[Change<Stack>] = &[
    ("local", |s| s.local = true),
    ("TLS 1.0", |s| s.gateway.tls.minimum = written(TlsVersion::V1_0)),
    ("weak suite", |s| s.gateway.tls.ciphers = written(vec!["AES128-SHA".into()])),
    ("no HSTS", |s| s.gateway.tls.hsts = written(Seconds(0))),
    ("no body limit", |s| s.gateway.body_limit = written(Bytes(0))),
    ("endless body", |s| route(s).body = written(Bytes(0))),
    ("large body", |s| route(s).body = written(Bytes(1 << 40))),
    ("no rate", |s| route(s).rates = written(Vec::new())),
    ("own rate", |s| route(s).rates = written(vec![RateName::new("login").unwrap()])),
    ("unstated", |s| route(s).access = Sourced::plain(Access::Unstated)),
    ("open", |s| route(s).access = written(Access::Open)),
    ("any origin", |s| route(s).cors = written(CorsRule { origins: OriginRule::Any })),
    ("trust all", |s| {
        let all = AddressRange::parse("0.0.0.0/0").unwrap();
        s.gateway.trusted_proxies.push(written(all));
    }),
    ("validator", |s| {
        let path = UrlPath::new("/auth/check").unwrap();
        let validator = ValidatorPolicy { service: service("app"), path };
        let policy = s.gateway.policies.values_mut().next().unwrap();
        policy.kind = PolicyKind::Validator(validator);
    }),
    ("stream", |s| {
        s.gateway.streams.push(Stream {
            port: 25,
            transport: Transport::Tcp,
            service: service("app"),
            service_port: 25,
            reason: String::new(),
            origin: Origin::Written(position()),
        });
    }),
    ("shared networks", |s| s.networks.values_mut().for_each(|n| n.purpose = Purpose::Shared)),
    ("crowded networks", |s| {
        let all = s.services.keys().cloned().collect::<std::collections::BTreeSet<_>>();
        s.networks.values_mut().for_each(|n| n.members.clone_from(&all));
    }),
    ("egress", |s| {
        let app = service("app");
        let network = Network::new(Purpose::Egress { service: app.clone() }, [service("db")]);
        s.networks.insert(NetworkName::egress(&app), network);
    }),
    ("short secret", |s| drop(s.secrets.insert(secret_name("pin"), generated(4)))),
    ("exception", |s| except(s, "read-only-root", "app")),
    ("exception for a user", |s| except(s, "user", "app")),
    ("exception for nothing", |s| except(s, "unheard-of", "db")),
];

fn route(stack: &mut Stack) -> &mut Route {
    let host = stack.gateway.hosts.values_mut().next().unwrap();
    host.routes.values_mut().next().unwrap()
}

fn mount(service: &mut Service, source: MountSource) {
    let (target, origin) = ("/mnt".to_owned(), Origin::Written(position()));
    service.mounts.push(Mount {
        source,
        target,
        read_only: false,
        nocopy: false,
        subpath: String::new(),
        origin,
    });
}

fn set(service: &mut Service, name: &str, value: &str) {
    let value = written(SettingValue::Text(value.to_owned()));
    service.settings.insert(SettingName::new(name).unwrap(), value);
}

fn deliver(service: &mut Service, by: fn(SettingName) -> Delivery) {
    let name = SettingName::new("DB_PASSWORD").unwrap();
    service.secrets.iter_mut().for_each(|used| used.delivery = by(name.clone()));
}

fn except(stack: &mut Stack, control: &str, name: &str) {
    stack.exceptions.push(Exception {
        control: control.to_owned(),
        place: Place::Service(service(name)),
        reason: "a test".to_owned(),
        until: String::new(),
        written: vec![position()],
    });
}

macro_rules! keeps {
    ($name:literal, app.$($field:ident).+, $value:expr) => {
        Allowed {
            name: $name,
            apply: |stack| stack.services.get_mut("app").unwrap().$($field).+ = written($value),
            holds: |stack| {
                let field = &stack.services["app"].$($field).+;
                **field == $value && field.origin().is_written()
            },
        }
    };
    ($name:literal, gateway.$($field:ident).+, $value:expr) => {
        Allowed {
            name: $name,
            apply: |stack| stack.gateway.$($field).+ = written($value),
            holds: |stack| {
                let field = &stack.gateway.$($field).+;
                **field == $value && field.origin().is_written()
            },
        }
    };
    ($name:literal, route.$field:ident, $value:expr) => {
        Allowed {
            name: $name,
            apply: |stack| route(stack).$field = written($value),
            holds: |stack| {
                let (_, _, route) = stack.gateway.routes().next().unwrap();
                *route.$field == $value && route.$field.origin().is_written()
            },
        }
    };
}

const ALLOWED: &[Allowed] = &[
    keeps!("memory", app.limits.memory, Bytes(3 << 30)),
    keeps!("processors", app.limits.cpus, CpuShare(125)),
    keeps!("processes", app.limits.pids, 9),
    keeps!("user", app.user, User::Numeric { uid: 1000, gid: 0 }),
    keeps!("restart", app.restart, Restart::OnFailure(5)),
    keeps!("no restart", app.restart, Restart::No),
    keeps!("grace", app.stop_grace, Seconds(1)),
    keeps!("seccomp profile", app.seccomp, Confinement::Custom("own.json".to_owned())),
    keeps!("apparmor profile", app.apparmor, Confinement::Custom("own".to_owned())),
    keeps!("no network", app.network_namespace, Namespace::Other("none".to_owned())),
    keeps!("version", app.image, ImageReference::parse("shop/app:2").unwrap()),
    keeps!("journald", app.logging, logging()),
    keeps!("health", app.health, health()),
    keeps!("all dropped", app.capabilities_dropped, ["ALL".to_owned(), "KILL".to_owned()].into()),
    keeps!("TLS 1.3", gateway.tls.minimum, TlsVersion::V1_3),
    keeps!("a minute of HSTS", gateway.tls.hsts, Seconds(60)),
    keeps!("files", gateway.tls.issuer, TlsIssuer::Files),
    keeps!("small bodies", gateway.body_limit, Bytes(1)),
    keeps!("one connection", gateway.connections_per_client, 1),
    keeps!("fast clients", gateway.client_timeout, Seconds(1)),
    keeps!("a body", route.body, Bytes(16 << 20)),
    keeps!("open", route.access, Access::Open),
    keeps!("an hour", route.timeout, Seconds(3600)),
    keeps!("methods", route.methods, ["GET".to_owned()].into()),
    Allowed {
        name: "a small mount of memory",
        apply: |s| {
            let tmpfs = written(Tmpfs { size: Bytes(1), ..Tmpfs::default() });
            s.services.get_mut("app").unwrap().tmpfs.insert("/tmp".to_owned(), tmpfs);
        },
        holds: |s| s.services["app"].tmpfs["/tmp"].size == Bytes(1),
    },
    Allowed {
        name: "many open files",
        apply: |s| {
            let many = written(Ulimit { soft: 65536, hard: 65536 });
            s.services.get_mut("app").unwrap().ulimits.insert("nofile".to_owned(), many);
        },
        holds: |s| s.services["app"].ulimits["nofile"].hard == 65536,
    },
    Allowed {
        name: "log level",
        apply: |s| set(s.services.get_mut("app").unwrap(), "LOG_LEVEL", "WARNING"),
        holds: |s| {
            let level = &s.services["app"].settings["LOG_LEVEL"];
            **level == SettingValue::Text("WARNING".to_owned())
        },
    },
    Allowed {
        name: "a long key",
        apply: |s| s.secrets.get_mut("stack_api_key").unwrap().minimum = written(40),
        holds: |s| *s.secrets["stack_api_key"].minimum == 40,
    },
];

fn logging() -> Logging {
    Logging { driver: "journald".to_owned(), options: Default::default() }
}

fn health() -> Health {
    let probe = Probe::Exec(vec!["/bin/true".to_owned()]);
    Health { probe, interval: Seconds(60), ..Health::default() }
}
