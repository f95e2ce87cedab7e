//! What an attacker finds in a stack, counted: the same questions asked of two stacks make a table.

use std::collections::BTreeMap;

use super::reach::{reach_internet, reachable_pairs};
use crate::controls::is_socket;
use crate::diagnostic::looks_secret;
use crate::escape::{Unescapable, markdown};
use crate::stack::{Delivery, Published, Service, ServiceName, SettingValue, Stack, User};

/// Every aspect of a stack with what stands behind its number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Footprint(BTreeMap<Aspect, Vec<Trace>>);

/// One question asked of a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// Ports of the host that lead into a container.
    PublishedPorts,
    /// Values that look like a secret and stand in the file.
    SecretsInClear,
    /// Pairs of services of which one can open a connection to the other.
    ReachablePairs,
    /// Containers that start as root, or as whoever their image says.
    RootContainers,
    /// Containers that can change their own files.
    WritableRoots,
    /// Capabilities that containers keep or are given.
    Capabilities,
    /// Services that can open a connection to the internet.
    ReachInternet,
    /// Containers that drive the container engine.
    ControlSockets,
}

/// What stands behind a number, and how much it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// What it is, in names of the stack.
    pub what: String,
    /// How many it stands for; 1 but for capabilities.
    pub count: usize,
}

/// Names that a table shows before it says how many more there are.
const SHOWN: usize = 12;

/// Capabilities that Docker leaves to a container (moby, `oci/caps/defaults.go`).
const DEFAULT_CAPABILITIES: [&str; 14] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// Capabilities of Linux 5.9 and later (capabilities(7)); what `privileged` and `ALL` give.
const ALL_CAPABILITIES: usize = 41;

impl Footprint {
    /// Ask every question of a stack.
    pub fn of(stack: &Stack) -> Self {
        let each = |found: fn(&Service) -> bool| {
            let services = stack.services.iter().filter(|(_, service)| found(service));
            services.map(|(name, _)| Trace::one(name.to_string())).collect()
        };
        let per_service = |found: fn(&ServiceName, &Service) -> Vec<Trace>| {
            stack.services.iter().flat_map(|(name, service)| found(name, service)).collect()
        };
        let pairs = reachable_pairs(stack).into_iter();
        let outward = reach_internet(stack).into_iter();
        Self(BTreeMap::from([
            (Aspect::PublishedPorts, per_service(published)),
            (Aspect::SecretsInClear, per_service(in_clear)),
            (
                Aspect::ReachablePairs,
                pairs.map(|(a, b)| Trace::one(format!("{a} - {b}"))).collect(),
            ),
            (Aspect::RootContainers, each(may_be_root)),
            (Aspect::WritableRoots, each(|service| !*service.read_only_root)),
            (Aspect::Capabilities, per_service(capabilities)),
            (Aspect::ReachInternet, outward.map(|name| Trace::one(name.to_string())).collect()),
            (Aspect::ControlSockets, each(holds_socket)),
        ]))
    }

    /// What stands behind one number, in the order of names.
    pub fn traces(&self, aspect: Aspect) -> &[Trace] {
        self.0.get(&aspect).map(Vec::as_slice).unwrap_or_default()
    }

    /// The number.
    pub fn count(&self, aspect: Aspect) -> usize {
        self.traces(aspect).iter().map(|trace| trace.count).sum()
    }

    fn names(&self, aspect: Aspect) -> Result<String, Unescapable> {
        let traces = self.traces(aspect);
        let shown: Result<Vec<String>, _> =
            traces.iter().take(SHOWN).map(|trace| markdown::cell_code(&trace.what)).collect();
        let more = match traces.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Ok(shown?.join(", ") + &more)
    }
}

/// Two stacks, or a stack before and after its controls, as one Markdown table for a pull request.
///
/// # Errors
/// [`Unescapable`] where a name has no harmless form in Markdown; nothing is shown then.
pub fn before_after(before: &Footprint, after: &Footprint) -> Result<String, Unescapable> {
    let mut table = String::from(
        "| | before | after | before: which | after: which |\n|---|---:|---:|---|---|\n",
    );
    for aspect in Aspect::ALL {
        table += &format!(
            "| {} | {} | {} | {} | {} |\n",
            aspect.title(),
            before.count(aspect),
            after.count(aspect),
            before.names(aspect)?,
            after.names(aspect)?
        );
    }
    Ok(table)
}

impl Aspect {
    /// Every aspect, in the order of the table.
    pub const ALL: [Self; 8] = [
        Self::PublishedPorts,
        Self::SecretsInClear,
        Self::ReachablePairs,
        Self::RootContainers,
        Self::WritableRoots,
        Self::Capabilities,
        Self::ReachInternet,
        Self::ControlSockets,
    ];

    /// What is counted, in words.
    pub fn title(self) -> &'static str {
        match self {
            Self::PublishedPorts => "Published ports",
            Self::SecretsInClear => "Secrets in clear",
            Self::ReachablePairs => "Pairs of services that reach each other",
            Self::RootContainers => "Containers that start as root, or as their image says",
            Self::WritableRoots => "Containers with a writable root",
            Self::Capabilities => "Capabilities kept or added",
            Self::ReachInternet => "Services that reach the internet",
            Self::ControlSockets => "Containers that drive the engine",
        }
    }
}

impl Trace {
    fn one(what: String) -> Self {
        Self { what, count: 1 }
    }
}

fn published(name: &ServiceName, service: &Service) -> Vec<Trace> {
    service.published.iter().map(|port| Trace::one(format!("{} {name}", door(port)))).collect()
}

/// Where a published port is reached: its address unless that is every one, its number, `/udp`.
pub(super) fn door(port: &Published) -> String {
    let number = match port.host_port {
        // The engine chooses one at each start.
        0 => "any".to_owned(),
        number => number.to_string(),
    };
    let address = match port.address {
        every if every.is_unspecified() => String::new(),
        std::net::IpAddr::V4(v4) => format!("{v4}:"),
        std::net::IpAddr::V6(v6) => format!("[{v6}]:"),
    };
    format!("{address}{number}{}", if port.udp { "/udp" } else { "" })
}

fn in_clear(name: &ServiceName, service: &Service) -> Vec<Trace> {
    let settings = service.settings.iter().filter_map(|(setting, value)| match &**value {
        SettingValue::Text(text) => looks_secret(setting.as_str(), text).then_some(setting),
        SettingValue::Required => None,
    });
    let plain = service.secrets.iter().filter_map(|used| match &used.delivery {
        Delivery::Plain(setting) => Some(setting),
        _ => None,
    });
    settings.chain(plain).map(|setting| Trace::one(format!("{setting} of {name}"))).collect()
}

/// What an image says is root unless its knowledge says otherwise, and that stands in `user` then.
pub(super) fn may_be_root(service: &Service) -> bool {
    match &*service.user {
        User::Image => true,
        User::Numeric { uid, .. } => *uid == 0,
        User::Named(name) => name == "root",
    }
}

fn capabilities(name: &ServiceName, service: &Service) -> Vec<Trace> {
    let bare = |capability: &str| capability.trim_start_matches("CAP_").to_ascii_uppercase();
    let dropped: Vec<String> = service.capabilities_dropped.iter().map(|c| bare(c)).collect();
    let added: Vec<String> = service.capabilities_added.iter().map(|c| bare(c)).collect();
    if *service.privileged || added.iter().any(|capability| capability == "ALL") {
        return vec![Trace { what: format!("all of {name}"), count: ALL_CAPABILITIES }];
    }
    let none = dropped.iter().any(|capability| capability == "ALL");
    let kept = |capability: &&&str| !none && !dropped.iter().any(|gone| gone == **capability);
    let kept = DEFAULT_CAPABILITIES.iter().filter(kept).count();
    let mut traces = Vec::new();
    if kept > 0 {
        traces.push(Trace { what: format!("{kept} default of {name}"), count: kept });
    }
    let further = |added: &&String| none || !DEFAULT_CAPABILITIES.contains(&added.as_str());
    traces
        .extend(added.iter().filter(further).map(|added| Trace::one(format!("{added} of {name}"))));
    traces
}

fn holds_socket(service: &Service) -> bool {
    service.mounts.iter().any(|mount| is_socket(&mount.source))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::testing::{position, sample, service, written};
    use crate::stack::{Mount, MountSource, Origin, SettingName};

    #[test]
    fn a_plain_stack_is_counted() {
        let counts = |stack: &Stack| {
            let footprint = Footprint::of(stack);
            Aspect::ALL.map(|aspect| footprint.count(aspect))
        };
        assert_eq!(counts(&sample()), [2, 0, 2, 1, 3, 42, 3, 0]);
        let mut stack = sample();
        insecure(&mut stack);
        assert_eq!(counts(&stack), [2, 1, 2, 1, 3, 42 + 27 + 1, 3, 1]);
    }

    #[test]
    fn the_table_shows_both_and_never_a_value() {
        let mut stack = sample();
        insecure(&mut stack);
        let table = before_after(&Footprint::of(&stack), &Footprint::of(&sample())).unwrap();
        assert!(
            table.contains("| Secrets in clear | 1 | 0 | `DB_PASSWORD of app` |  |\n"),
            "{table}"
        );
        assert!(table.contains("`all of app`, `14 default of db`, `NET_ADMIN of db`"), "{table}");
        assert!(!table.contains("horse"), "{table}");
        assert_eq!(table.lines().count(), 2 + Aspect::ALL.len());
    }

    #[test]
    fn long_lists_say_how_many_more_there_are() {
        let mut footprint = Footprint::default();
        let traces = (0..15).map(|n| Trace::one(format!("s{n:02}"))).collect();
        footprint.0.insert(Aspect::WritableRoots, traces);
        let table = before_after(&footprint, &Footprint::default()).unwrap();
        assert!(table.contains("`s11` and 3 more |"), "{table}");
    }

    fn insecure(stack: &mut Stack) {
        let app = stack.services.get_mut(&service("app")).unwrap();
        app.privileged = written(true);
        let password = SettingValue::Text("correct-horse-7".to_owned());
        app.settings.insert(SettingName::new("DB_PASSWORD").unwrap(), written(password));
        app.mounts.push(Mount {
            source: MountSource::Host("/var/run/docker.sock".to_owned()),
            target: "/sock".to_owned(),
            read_only: true,
            nocopy: false,
            subpath: String::new(),
            origin: Origin::Written(position()),
        });
        let db = stack.services.get_mut(&service("db")).unwrap();
        db.capabilities_added = written(["CAP_NET_ADMIN".to_owned(), "CHOWN".to_owned()].into());
    }
}
