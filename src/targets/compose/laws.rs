//! What holds for every stack: the drawing says all of it, and nothing else.

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::compose::{ComposeFile, drawn_part, lift};
use crate::diagnostic::Problems;
use crate::stack::testing::{sample, secret_name, service};
use crate::stack::*;

/// Words of a command: what a Dockerfile can hold as well.
const WORD: &str = "[ -~é$]{0,14}|yes|null|~|0x10|1e3|22:22|2001-01-01|<<|a\\$\\$b|\\$\\{A\\}";

/// Text that means something to YAML, Compose, or a terminal.
const TEXT: &str =
    "[ -~é\\n\\t\u{85}\u{2028}$]{0,14}|yes|null|~|0x10|1e3|22:22|2001-01-01|<<|a\\$\\$b|\\$\\{A\\}";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_drawn_is_lifted(stack in stacks()) {
        let tree = drawn(&stack);
        let text = std::str::from_utf8(&tree.get("compose.yaml").unwrap().bytes).unwrap();
        let mut problems = Problems::new();
        let file = ComposeFile::read(0, text, &mut problems);
        let lifted = lift(&file, "../..", &mut problems).normal();
        prop_assert!(problems.is_empty(), "{problems:?}\n{text}");
        let expected = drawn_part(&stack);
        for (name, service) in &expected.services {
            prop_assert_eq!(Some(service), lifted.services.get(name), "{}\n{}", name, text);
        }
        prop_assert_eq!(expected, lifted, "{}", text);
    }

    #[test]
    fn equal_stacks_are_drawn_alike(stack in stacks()) {
        prop_assert_eq!(drawn(&stack), drawn(&stack.clone()));
    }

    #[test]
    fn no_value_becomes_a_key(stack in stacks()) {
        let tree = drawn(&stack);
        let text = std::str::from_utf8(&tree.get("compose.yaml").unwrap().bytes).unwrap();
        let file = ComposeFile::read(0, text, &mut Problems::new());
        prop_assert!(file.carried.is_empty());
        prop_assert!(file.services.values().all(|service| service.carried.is_empty()));
        prop_assert_eq!(file.services.len(), stack.services.len());
    }
}

fn drawn(stack: &Stack) -> Tree {
    let gateway = Tree::new();
    let around = Surroundings {
        version: "0.1.0",
        description: "0123456789abcdef",
        folder: "deploy/production",
        secrets_dir: "/run/portcullis/shop/production",
        target: &TARGET,
        gateway: &gateway,
    };
    draw(stack, &around).unwrap()
}

fn stacks() -> impl Strategy<Value = Stack> {
    (vec(changes(), 3), networks()).prop_map(|(changes, networks)| {
        let mut stack = sample();
        for (service, changes) in stack.services.values_mut().zip(changes) {
            changes.into_iter().for_each(|change| (change.0)(service));
        }
        for (network, flags) in stack.networks.values_mut().zip(networks) {
            network.internal = Sourced::derived(flags.0);
            network.host_absent = Sourced::derived(flags.1);
            network.masquerade = Sourced::derived(flags.2);
            let first = std::net::Ipv4Addr::new(10, 128, flags.3, 8);
            network.subnet = vec![AddressRange::v4(first, 29)];
            let aliases = network.members.iter().take(usize::from(flags.3 % 3));
            let alias = |name: &ServiceName| Alias::new(format!("{name}_{}", flags.3)).unwrap();
            network.aliases = aliases.map(|name| (alias(name), name.clone())).collect();
        }
        stack
    })
}

fn networks() -> impl Strategy<Value = Vec<(bool, bool, bool, u8)>> {
    vec(any::<(bool, bool, bool, u8)>(), 3)
}

/// One change of a service.
struct Change(Box<dyn Fn(&mut Service)>);

impl std::fmt::Debug for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a change")
    }
}

fn change(apply: impl Fn(&mut Service) + 'static) -> Change {
    Change(Box::new(apply))
}

/// A few changes of a service, one or none for each group of fields.
fn changes() -> impl Strategy<Value = Vec<Change>> {
    let some =
        (of(program()), of(health()), of(separation()), of(storage()), of(bounds()), of(names()));
    some.prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f].into_iter().flatten().collect())
}

fn commands() -> impl Strategy<Value = Command> {
    prop_oneof![
        Just(Command::Image),
        vec(WORD, 1..4).prop_map(Command::Exec),
        WORD.prop_map(Command::Shell),
    ]
}

fn program() -> impl Strategy<Value = Change> {
    let settings = btree_map("[A-Z]{1,6}", of(TEXT), 0..4);
    (commands(), vec(WORD, 1..3), settings, any::<bool>(), users()).prop_map(
        |(entrypoint, command, settings, by_variable, user)| {
            change(move |service: &mut Service| {
                service.entrypoint = Sourced::derived(entrypoint.clone());
                service.command = Sourced::derived(Command::Exec(command.clone()));
                service.user = Sourced::derived(user.clone());
                for (name, value) in &settings {
                    let value = value.clone().map_or(SettingValue::Required, SettingValue::Text);
                    let name = SettingName::new(name.as_str()).unwrap();
                    service.settings.insert(name, Sourced::derived(value));
                }
                if by_variable {
                    let delivery = Delivery::Variable(SettingName::new("KEY_IN").unwrap());
                    let secret = secret_name("stack_api_key");
                    service.secrets.push(SecretUse { secret, delivery });
                }
            })
        },
    )
}

fn users() -> impl Strategy<Value = User> {
    prop_oneof![
        Just(User::Image),
        any::<(u32, u32)>().prop_map(|(uid, gid)| User::Numeric { uid, gid }),
        "[a-z][a-z-]{0,8}".prop_map(User::Named),
    ]
}

fn health() -> impl Strategy<Value = Change> {
    let probe = prop_oneof![
        Just(Probe::Image),
        Just(Probe::Impossible),
        Just(Probe::Disabled),
        vec(WORD, 0..4).prop_map(Probe::Exec),
        WORD.prop_map(Probe::Shell),
    ];
    let restart = select(vec![
        Restart::No,
        Restart::Always,
        Restart::UnlessStopped,
        Restart::OnFailure(0),
        Restart::OnFailure(5),
    ]);
    (probe, any::<[u16; 4]>(), restart, 0..100_000_u64).prop_map(
        |(probe, times, restart, grace)| {
            change(move |service: &mut Service| {
                let [interval, timeout, retries, start] = times;
                service.health = Sourced::derived(Health {
                    probe: probe.clone(),
                    interval: Seconds(interval.into()),
                    timeout: Seconds(timeout.into()),
                    retries: retries.into(),
                    start_period: Seconds(start.into()),
                });
                service.restart = Sourced::derived(restart.clone());
                service.stop_grace = Sourced::derived(Seconds(grace));
            })
        },
    )
}

fn namespaces() -> impl Strategy<Value = Namespace> {
    select(vec![
        Namespace::Private,
        Namespace::Shareable,
        Namespace::Host,
        Namespace::Other("service:db".to_owned()),
    ])
}

fn confinements() -> impl Strategy<Value = Confinement> {
    prop_oneof![
        Just(Confinement::Default),
        Just(Confinement::Unconfined),
        "[a-z./$]{1,9}".prop_map(Confinement::Custom),
    ]
}

fn separation() -> impl Strategy<Value = Change> {
    let capabilities = || btree_set("[A-Z_]{3,9}", 0..3);
    let flags = any::<[bool; 4]>();
    let spaces = (namespaces(), namespaces(), namespaces(), confinements(), confinements());
    let lists = (
        capabilities(),
        capabilities(),
        vec("/dev/[a-z]{1,5}", 0..2),
        btree_set(1..70_000_u32, 0..3),
    );
    (flags, spaces, lists).prop_map(|(flags, spaces, lists)| {
        change(move |service: &mut Service| {
            service.read_only_root = Sourced::derived(flags[0]);
            service.privileged = Sourced::derived(flags[1]);
            service.no_new_privileges = Sourced::derived(flags[2]);
            service.init = Sourced::derived(flags[3]);
            service.network_namespace = Sourced::derived(spaces.0.clone());
            service.pid_namespace = Sourced::derived(spaces.1.clone());
            service.ipc_namespace = Sourced::derived(spaces.2.clone());
            service.seccomp = Sourced::derived(spaces.3.clone());
            service.apparmor = Sourced::derived(spaces.4.clone());
            service.capabilities_added = Sourced::derived(lists.0.clone());
            service.capabilities_dropped = Sourced::derived(lists.1.clone());
            service.devices = Sourced::derived(lists.2.clone());
            service.groups = lists.3.clone();
        })
    })
}

fn storage() -> impl Strategy<Value = Change> {
    let source = prop_oneof![
        Just(MountSource::Volume(VolumeName::new("db-data").unwrap())),
        Just(MountSource::Anonymous),
        "[a-z$ ]{1,6}(/[a-z]{1,4})?".prop_map(MountSource::Project),
        "[a-z]{1,6}".prop_map(MountSource::Generated),
        Just(MountSource::Secrets("tls".to_owned())),
        "/[a-z$:]{1,6}".prop_map(MountSource::Host),
    ];
    let mount =
        (source, "/[a-z$]{1,6}", any::<(bool, bool)>()).prop_map(|(source, target, flags)| {
            let is_volume = matches!(source, MountSource::Volume(_));
            Mount {
                source,
                target,
                read_only: flags.0,
                nocopy: flags.1,
                subpath: if flags.0 && is_volume { "a/b$".to_owned() } else { String::new() },
                origin: Origin::Derived,
            }
        });
    let tmpfs = (any::<u32>(), 0..0o7777_u32, any::<[u16; 2]>(), any::<[bool; 3]>()).prop_map(
        |(size, mode, ids, flags)| Tmpfs {
            size: Bytes(size.into()),
            mode,
            uid: ids[0].into(),
            gid: ids[1].into(),
            exec: flags[0],
            suid: flags[1],
            dev: flags[2],
        },
    );
    (vec(mount, 0..3), btree_map("/[a-z]{1,6}", tmpfs, 0..3)).prop_map(|(mounts, tmpfs)| {
        change(move |service: &mut Service| {
            service.mounts.clone_from(&mounts);
            let tmpfs = tmpfs.iter().map(|(path, t)| (path.clone(), Sourced::derived(t.clone())));
            service.tmpfs = tmpfs.collect();
        })
    })
}

fn bounds() -> impl Strategy<Value = Change> {
    let ulimits = btree_map(
        select(vec!["core".to_owned(), "nofile".to_owned()]),
        (any::<u32>(), prop_oneof![Just(u64::MAX), 0..9_000_u64]),
        0..2,
    );
    let options = btree_map("[a-z-]{1,8}", TEXT, 0..3);
    (any::<(u32, u16, u16)>(), ulimits, "[a-z]{0,8}", options, 1..20_u16).prop_map(
        |(limits, ulimits, driver, options, replicas)| {
            change(move |service: &mut Service| {
                service.limits = Limits {
                    memory: Sourced::derived(Bytes(limits.0.into())),
                    cpus: Sourced::derived(CpuShare(limits.1.into())),
                    pids: Sourced::derived(limits.2.into()),
                };
                for (name, (soft, hard)) in &ulimits {
                    let ulimit = Ulimit { soft: (*soft).into(), hard: *hard };
                    service.ulimits.insert(name.clone(), Sourced::derived(ulimit));
                }
                let (driver, options) = (driver.clone(), options.clone());
                service.logging = Sourced::derived(Logging { driver, options });
                service.replicas = Sourced::derived(replicas);
            })
        },
    )
}

fn names() -> impl Strategy<Value = Change> {
    let conditions = vec![Condition::Started, Condition::Healthy, Condition::Completed];
    let ports = vec((any::<[u8; 4]>(), any::<u16>(), 1..9_000_u16, any::<bool>()), 0..3);
    let labels = btree_map("[a-z.]{1,9}", TEXT, 0..3);
    (select(conditions), ports, labels, btree_set("[a-z]{1,6}", 0..2)).prop_map(
        |(condition, ports, labels, profiles)| {
            change(move |service_: &mut Service| {
                service_.starts_after = [(service("db"), condition)].into();
                service_.labels.clone_from(&labels);
                let profile = |name: &String| ProfileName::new(name.as_str()).unwrap();
                service_.profiles = profiles.iter().map(profile).collect();
                let port =
                    |(address, host_port, container_port, udp): &([u8; 4], u16, u16, bool)| {
                        Sourced::derived(Published {
                            address: std::net::IpAddr::from(*address),
                            host_port: *host_port,
                            container_port: *container_port,
                            udp: *udp,
                        })
                    };
                service_.published = ports.iter().map(port).collect();
            })
        },
    )
}
