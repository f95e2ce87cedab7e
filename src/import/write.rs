//! A draft as the text of `portcullis.yaml`, in the order of the documentation.

use std::collections::BTreeMap;

use super::draft::{Base, Draft, DraftException, DraftSecret, DraftService, DraftStream, Noted};
use super::layout::{self, Entry, Item};
use crate::description::EnvSecrets;

/// Lines up to which a file needs no empty ones to be taken in at a glance.
const AT_A_GLANCE: usize = 40;

/// The text of a draft.
pub(super) fn write(draft: &Draft) -> String {
    let mut entries = vec![Entry::new("name", Item::text(&draft.name))];
    let domain = Entry::new("domain", Item::text(&draft.domain.value));
    entries.push(domain.beside(draft.domain.note.join(" ")));
    if !draft.hosts.is_empty() {
        let hosts = draft.hosts.iter().map(|(alias, host)| Entry::new(alias, Item::text(host)));
        let hosts = Entry::new("hosts", Item::Map(hosts.collect()));
        entries.push(hosts.beside(draft.hosts_note.join(" ")));
    }
    if let Some(address) = &draft.publish.value {
        let address = vec![Entry::new("address", Item::text(address))];
        entries.push(Entry::new("publish", Item::Map(address)).with(draft.publish.note.clone()));
    }
    if !draft.services.iter().all(passes_through) {
        let one = |text| Item::Map(vec![Entry::new("default", Item::text(text))]);
        let auth = Entry::new("auth", one("none")).beside("services sign people in, as before");
        entries.push(auth);
        entries.push(Entry::new("rates", one("600/min burst 200")));
    }
    let outward = draft.services.iter().filter(|service| service.egress);
    let outward: Vec<&str> = outward.map(|service| service.name.as_str()).collect();
    let listed = outward.len() > 1;
    if listed {
        entries.push(Entry::new("egress", Item::texts(outward)));
    }
    let services = draft.services.iter().map(|one| service(one, listed));
    entries.push(Entry::new("services", Item::Block(services.collect())).apart());
    if let Some(first) = draft.streams.first() {
        let streams = Item::Block(draft.streams.iter().map(stream).collect());
        entries.push(Entry::new("streams", streams).beside(first.note.join(" ")).apart());
    }
    if !draft.secrets.is_empty() {
        let secrets = draft
            .secrets
            .iter()
            .map(|(name, one)| Entry::new(name, secret(&one.value)).beside(one.note.join(" ")));
        entries.push(Entry::new("secrets", Item::Map(secrets.collect())).apart());
    }
    if !draft.exceptions.is_empty() {
        let exceptions = Item::Lines(exceptions(&draft.exceptions));
        entries.push(Entry::new("exceptions", exceptions).apart());
    }
    if !draft.recipients.is_empty() {
        let keys = Entry::new("recipients", Item::texts(&draft.recipients));
        entries.push(keys);
    }
    let head: String = draft.head.iter().map(|line| format!("# {line}\n")).collect();
    let mut text = layout::text(&entries);
    if text.lines().filter(|line| !line.is_empty()).count() <= AT_A_GLANCE {
        entries.iter_mut().for_each(|entry| entry.apart = false);
        text = layout::text(&entries);
    }
    head + &text
}

fn noted<T>(key: &str, value: &Noted<T>, item: impl Fn(&T) -> Item) -> Entry {
    Entry::new(key, item(&value.value)).with(value.note.clone())
}

fn service(service: &DraftService, listed: bool) -> Entry {
    let DraftService {
        name,
        above,
        base,
        notes,
        user,
        unknown,
        command,
        entrypoint,
        port,
        health,
        needs,
        aliases,
        egress,
        settings,
        secrets,
        env_secrets,
        routes,
        once,
        volumes,
        writable,
        limits,
        accounts,
        profile,
        replicas,
        ulimits,
        labels,
        stop_grace,
        compose,
    } = service;
    let mut keys: Vec<(&str, Item)> = vec![self::base(base)];
    let mut put = |key, item: Option<Item>| keys.extend(item.map(|item| (key, item)));
    let filled = |entries: Vec<Entry>| (!entries.is_empty()).then_some(Item::Map(entries));
    let words = |words: &[String]| (!words.is_empty()).then(|| Item::texts(words));
    put("accounts", (!accounts).then(|| Item::plain(false)));
    put("user", user.as_ref().map(Item::text));
    put(
        "unknown",
        (!unknown.is_empty()).then(|| Item::texts(unknown.iter().filter_map(|one| one.word()))),
    );
    put("command", command.as_ref().map(Item::texts));
    put("entrypoint", entrypoint.as_ref().map(Item::texts));
    put("port", port.as_ref().map(Item::plain));
    put("health", health.clone());
    put("aliases", words(aliases));
    put("needs", words(needs));
    put("egress", (*egress && !listed).then(|| Item::plain(true)));
    put(
        "settings",
        filled(settings.iter().map(|(name, value)| noted(name, value, setting)).collect()),
    );
    put("secrets", words(secrets));
    put("env_secrets", self::env_secrets(env_secrets));
    let route = |(path, keys): &(String, Noted<Vec<Entry>>)| noted(path, keys, |keys| route(keys));
    put("routes", (!routes.is_empty()).then(|| Item::Map(routes.iter().map(route).collect())));
    put("once", once.then(|| Item::plain(true)));
    put(
        "volumes",
        filled(volumes.iter().map(|(source, to)| Entry::new(source, Item::text(to))).collect()),
    );
    put("writable", words(writable));
    put("limits", filled(limits.clone()));
    put("profile", profile.as_ref().map(Item::text));
    put("replicas", replicas.as_ref().map(Item::plain));
    put("ulimits", filled(ulimits.clone()));
    put(
        "labels",
        filled(labels.iter().map(|(key, value)| Entry::new(key, Item::text(value))).collect()),
    );
    put("stop_grace", stop_grace.as_ref().map(Item::text));
    put(
        "compose",
        filled(compose.iter().map(|(key, item)| Entry::new(key, item.clone())).collect()),
    );
    let noted = |(key, item)| {
        let entry = Entry::new(key, item);
        match notes.get(key).map(Vec::as_slice) {
            Some([note]) => entry.beside(note),
            Some(notes) => entry.with(notes.iter().cloned()),
            None => entry,
        }
    };
    let keys = Item::Fold(keys.into_iter().map(noted).collect());
    Entry::new(name, keys).with(above.clone())
}

/// A list where every secret is named after its variable.
fn env_secrets(secrets: &BTreeMap<String, String>) -> Option<Item> {
    if secrets.iter().all(|(name, secret)| EnvSecrets::secret_of(name) == *secret) {
        return (!secrets.is_empty()).then(|| Item::texts(secrets.keys()));
    }
    let text = |(key, value): (&String, &String)| Entry::new(key, Item::text(value));
    Some(Item::Map(secrets.iter().map(text).collect()))
}

/// True where the gateway asks nothing of a service's requests itself.
fn passes_through(service: &DraftService) -> bool {
    service.routes.iter().all(|(_, keys)| route_words(&keys.value).is_some())
}

/// What a route says besides `passthrough`; none where it is none.
fn route_words(keys: &[Entry]) -> Option<Vec<Entry>> {
    let meant =
        [Entry::new("websocket", Item::plain(true)), Entry::new("errors", Item::text("own"))];
    let (said, rest): (Vec<Entry>, Vec<Entry>) =
        keys.iter().cloned().partition(|key| meant.contains(key));
    (said.len() == meant.len()).then_some(rest)
}

fn route(keys: &[Entry]) -> Item {
    match route_words(keys) {
        Some(rest) if rest.is_empty() => Item::text("passthrough"),
        Some(mut rest) => {
            rest.push(Entry::new("passthrough", Item::plain(true)));
            Item::Map(rest)
        }
        None => Item::Map(keys.to_vec()),
    }
}

fn base(base: &Base) -> (&'static str, Item) {
    match base {
        Base::Use(image) => ("use", Item::text(image)),
        Base::Image(image) => ("image", Item::text(image)),
        Base::Build { context, dockerfile, args, target } => {
            let keys = [("context", context), ("dockerfile", dockerfile)];
            let keys = keys.into_iter().chain(target.iter().map(|stage| ("target", stage)));
            let text = |key: &str, value: &String| Entry::new(key, Item::text(value));
            let mut keys: Vec<Entry> = keys.map(|(key, value)| text(key, value)).collect();
            if !args.is_empty() {
                let args = args.iter().map(|(name, value)| text(name, value));
                keys.push(Entry::new("args", Item::Map(args.collect())));
            }
            ("build", Item::Map(keys))
        }
    }
}

fn setting(value: &Option<String>) -> Item {
    match value {
        None => Item::Nothing,
        // Numbers and booleans stand as they are spelled.
        Some(text) if is_number(text) || matches!(text.as_str(), "true" | "false") => {
            Item::plain(text)
        }
        Some(text) => Item::text(text),
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits && text.len() <= 15 && (text == "0" || !text.is_empty() && !text.starts_with('0'))
}

fn stream(stream: &DraftStream) -> Entry {
    let keys = vec![
        Entry::new("service", Item::text(&stream.service)),
        Entry::new("port", Item::plain(stream.target)),
        Entry::new("reason", Item::text(&stream.reason)),
    ];
    Entry::new(&stream.port, Item::Map(keys))
}

fn secret(secret: &DraftSecret) -> Item {
    match secret {
        DraftSecret::Generate => Item::text("generate"),
        DraftSecret::Provided => Item::text("provided"),
        DraftSecret::Template(text) if text.contains("{{") => Item::text(text),
        DraftSecret::Template(text) => Item::Map(vec![Entry::new("template", Item::text(text))]),
    }
}

/// Exceptions for the same reason at several services are one.
fn exceptions(exceptions: &[DraftException]) -> Vec<Item> {
    let mut grouped: Vec<(&DraftException, Vec<&str>)> = Vec::new();
    for one in exceptions {
        let (kind, name) = one.place.as_ref().map_or(("", ""), |(kind, name)| (*kind, name));
        let alike = |(first, _): &&mut (&DraftException, Vec<&str>)| {
            let same = first.place.as_ref().is_some_and(|(kind, _)| *kind == "service");
            same && kind == "service" && first.control == one.control && first.reason == one.reason
        };
        match grouped.iter_mut().find(alike) {
            Some((_, names)) => names.push(name),
            None => grouped.push((one, vec![name])),
        }
    }
    grouped.into_iter().map(|(one, names)| exception(one, &names)).collect()
}

fn exception(exception: &DraftException, names: &[&str]) -> Item {
    let mut keys = vec![Entry::new("control", Item::text(&exception.control))];
    let place = exception.place.iter().map(|(kind, name)| {
        Entry::new(*kind, if names.len() > 1 { Item::texts(names) } else { Item::text(name) })
    });
    keys.extend(place);
    keys.push(Entry::new("reason", Item::text(&exception.reason)));
    Item::Map(keys)
}
