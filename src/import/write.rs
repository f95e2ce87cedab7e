//! A draft as the text of `portcullis.yaml`, in the order of the documentation.

use super::draft::{Base, Draft, DraftException, DraftSecret, DraftService, DraftStream, Noted};
use super::layout::{self, Entry, Item};

/// What an editor completes the file by.
const SCHEMA: &str = "# yaml-language-server: $schema=./portcullis.schema.json\n";

/// The text of a draft.
pub(super) fn write(draft: &Draft) -> String {
    let mut entries = vec![Entry::new("name", Item::text(&draft.name))];
    entries.push(noted("domain", &draft.domain, |domain| Item::text(domain)));
    if !draft.hosts.is_empty() {
        let hosts = draft.hosts.iter().map(|(alias, host)| Entry::new(alias, Item::text(host)));
        entries
            .push(Entry::new("hosts", Item::Map(hosts.collect())).with(draft.hosts_note.clone()));
    }
    if let Some(address) = &draft.publish.value {
        let address = vec![Entry::new("address", Item::text(address))];
        entries.push(Entry::new("publish", Item::Map(address)).with(draft.publish.note.clone()));
    }
    if draft.services.iter().any(|service| !service.routes.is_empty()) {
        entries.extend(gateway());
    }
    let services = draft.services.iter().enumerate().map(|(at, one)| service(at == 0, one));
    entries.push(Entry::new("services", Item::Block(services.collect())).apart());
    if !draft.streams.is_empty() {
        entries.push(
            Entry::new("streams", Item::Block(draft.streams.iter().map(stream).collect())).apart(),
        );
    }
    if !draft.secrets.is_empty() {
        let secrets = draft.secrets.iter().map(|(name, one)| noted(name, one, secret));
        entries.push(Entry::new("secrets", Item::Block(secrets.collect())).apart());
    }
    if !draft.exceptions.is_empty() {
        let exceptions = draft.exceptions.iter().map(exception).collect();
        let above = "What the original needs and a control would not let through.".to_owned();
        entries.push(Entry::new("exceptions", Item::Lines(exceptions)).with([above]).apart());
    }
    if !draft.recipients.is_empty() {
        let above = "Who can open secrets/; add a colleague's public key here.".to_owned();
        let keys = Item::texts(&draft.recipients);
        entries.push(Entry::new("recipients", keys).with([above]).apart());
    }
    let head: String = draft.head.iter().map(|line| format!("# {line}\n")).collect();
    format!("{SCHEMA}{head}{}", layout::text(&entries))
}

fn noted<T>(key: &str, value: &Noted<T>, item: impl Fn(&T) -> Item) -> Entry {
    Entry::new(key, item(&value.value)).with(value.note.clone())
}

/// What holds for every route.
fn gateway() -> [Entry; 2] {
    let auth = "Services sign people in themselves, as before; a policy here would ask first.";
    [
        Entry::new("auth", Item::Map(vec![Entry::new("default", Item::text("none"))]))
            .with([auth.to_owned()]),
        Entry::new(
            "rates",
            Item::Map(vec![Entry::new("default", Item::text("600/min burst 200"))]),
        ),
    ]
}

fn service(first: bool, service: &DraftService) -> Entry {
    let DraftService {
        name,
        above,
        base,
        notes,
        user,
        command,
        entrypoint,
        port,
        health,
        needs,
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
    put("user", user.as_ref().map(|user| Item::text(user)));
    put("command", command.as_ref().map(Item::texts));
    put("entrypoint", entrypoint.as_ref().map(Item::texts));
    put("port", port.as_ref().map(Item::plain));
    put("health", health.clone());
    put("needs", words(needs));
    put("egress", egress.then(|| Item::plain(true)));
    put(
        "settings",
        filled(settings.iter().map(|(name, value)| noted(name, value, setting)).collect()),
    );
    put("secrets", words(secrets));
    let text = |(key, value): (&String, &String)| Entry::new(key, Item::text(value));
    put("env_secrets", filled(env_secrets.iter().map(text).collect()));
    let route = |(path, keys): &(String, Noted<Vec<Entry>>)| {
        noted(path, keys, |keys| Item::Map(keys.clone()))
    };
    put("routes", (!routes.is_empty()).then(|| Item::Block(routes.iter().map(route).collect())));
    put("once", once.then(|| Item::plain(true)));
    put(
        "volumes",
        filled(volumes.iter().map(|(source, to)| Entry::new(source, Item::text(to))).collect()),
    );
    put("writable", words(writable));
    put("limits", filled(limits.clone()));
    put("profile", profile.as_ref().map(|profile| Item::text(profile)));
    put("replicas", replicas.as_ref().map(Item::plain));
    put("ulimits", filled(ulimits.clone()));
    put(
        "labels",
        filled(labels.iter().map(|(key, value)| Entry::new(key, Item::text(value))).collect()),
    );
    put("stop_grace", stop_grace.as_ref().map(|time| Item::text(time)));
    put(
        "compose",
        filled(compose.iter().map(|(key, item)| Entry::new(key, item.clone())).collect()),
    );
    let keys = keys
        .into_iter()
        .map(|(key, item)| Entry::new(key, item).with(notes.get(key).cloned().unwrap_or_default()));
    let entry = Entry::new(name, Item::Block(keys.collect())).with(above.clone());
    if first { entry } else { entry.apart() }
}

fn base(base: &Base) -> (&'static str, Item) {
    match base {
        Base::Use(image) => ("use", Item::text(image)),
        Base::Image(image) => ("image", Item::text(image)),
        Base::Build { context, dockerfile } => {
            let keys = [("context", context), ("dockerfile", dockerfile)];
            let keys = keys.map(|(key, value)| Entry::new(key, Item::text(value)));
            ("build", Item::Map(keys.into()))
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
    Entry::new(&stream.port, Item::Map(keys)).with(stream.note.clone())
}

fn secret(secret: &DraftSecret) -> Item {
    let one = |key: &str, item| Item::Map(vec![Entry::new(key, item)]);
    match secret {
        DraftSecret::Generate => {
            one("generate", Item::Map(vec![Entry::new("length", Item::plain(43))]))
        }
        DraftSecret::Provided => one("provided", Item::plain(true)),
        DraftSecret::Template(text) => one("template", Item::text(text)),
    }
}

fn exception(exception: &DraftException) -> Item {
    let mut keys = vec![Entry::new("control", Item::text(&exception.control))];
    keys.extend(exception.place.iter().map(|(kind, name)| Entry::new(*kind, Item::text(name))));
    keys.push(Entry::new("reason", Item::text(&exception.reason)));
    Item::Map(keys)
}
