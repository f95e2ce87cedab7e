//! Sizes of memory in a service's settings, command and reservations.

use super::plain;
use crate::compose::{Service, words};
use crate::import::kinds;
use crate::stack::Bytes;

/// The kind of what is set aside for a service as a whole.
pub(super) const RESERVED: &str = "reserved";

/// A size as it stands in the project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Size {
    /// What it is the size of.
    pub(super) kind: &'static str,
    /// In bytes.
    pub(super) amount: u64,
    /// As it is written.
    pub(super) words: String,
    /// The key that says it, below the service.
    pub(super) path: Vec<String>,
}

/// Options and variables by the end of their names, in small letters and with `_`; what they are
/// the size of; and the unit of a number without one, in bytes: Node.js and memcached count in
/// MiB, MongoDB in GiB, PostgreSQL in pages, all others in bytes.
const NAMES: &[(&str, &str, u64)] = &[
    ("max_old_space_size", "heap", 1 << 20),
    ("heap_size", "heap", 1),
    ("heap_max__size", "heap", 1),
    ("solr_heap", "heap", 1),
    ("jvm_maximum_memory", "heap", 1),
    ("gomemlimit", "heap", 1),
    ("php_memory_limit", "heap", 1),
    ("memory_pagecache_size", "pages", 1),
    ("innodb_buffer_pool_size", "pool", 1),
    ("shared_buffers", "pool", 8 << 10),
    ("maxmemory", "data", 1),
    ("memory_limit", "data", 1 << 20),
    ("wiredtigercachesizegb", "data", 1 << 30),
];

/// Nobody means more than this, 1 TiB.
const MOST: u64 = 1 << 40;

/// The sizes that a service names, one of each kind.
pub(super) fn of(keys: &Service) -> Vec<Size> {
    let mut sizes = Vec::new();
    for (variable, value) in keys.environment.iter() {
        let value = value.as_deref().map(plain).unwrap_or_default();
        let path = vec!["environment".to_owned(), variable.clone()];
        // A variable may say the size itself, or hold options that do.
        let own = named(variable, &value).map(|found| (found, format!("`{variable}: {value}`")));
        let options = in_words(&value.split_whitespace().collect::<Vec<_>>(), false);
        sizes.extend(own.into_iter().chain(options).map(|found| size(found, &path)));
    }
    let is_memcached = kinds::repository(keys).ends_with("memcached");
    for (key, own) in [("entrypoint", &keys.entrypoint), ("command", &keys.command)] {
        let text = own.as_ref().map(words).unwrap_or_default().join(" ");
        let words: Vec<&str> = text.split_whitespace().collect();
        let found = in_words(&words, is_memcached);
        sizes.extend(found.into_iter().map(|found| size(found, &[key.to_owned()])));
    }
    sizes.extend(set_aside(keys));
    // The larger of two of a kind, the earlier of two that are equal.
    let mut largest: Vec<Size> = Vec::new();
    for size in sizes {
        match largest.iter_mut().find(|one| one.kind == size.kind) {
            Some(one) if one.amount < size.amount => *one = size,
            Some(_) => {}
            None => largest.push(size),
        }
    }
    largest
}

fn size(((kind, amount), words): ((&'static str, u64), String), path: &[String]) -> Size {
    Size { kind, amount, words, path: path.to_vec() }
}

/// Sizes in the words of a command, or of a variable that holds such words.
fn in_words(words: &[&str], is_memcached: bool) -> Vec<((&'static str, u64), String)> {
    let quotes = ['"', '\'', ';', ','];
    let words: Vec<&str> = words.iter().map(|word| word.trim_matches(quotes)).collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).copied().unwrap_or_default();
        let heap = word.strip_prefix("-Xmx").or_else(|| word.strip_prefix("-Xms"));
        let one = if let Some(text) = heap {
            amount(text, 1).map(|amount| (("heap", amount), format!("`{word}`")))
        } else if is_memcached && *word == "-m" {
            amount(next, 1 << 20).map(|amount| (("data", amount), format!("`{word} {next}`")))
        } else if let Some((name, value)) = word.split_once('=') {
            named(name, value).map(|found| (found, format!("`{word}`")))
        } else if word.starts_with("--") {
            named(word, next).map(|found| (found, format!("`{word} {next}`")))
        } else {
            None
        };
        found.extend(one);
    }
    found
}

/// What the value of an option or a variable is the size of, and how much.
fn named(name: &str, value: &str) -> Option<(&'static str, u64)> {
    let name = name.trim_start_matches('-').replace('-', "_").to_ascii_lowercase();
    let is = |end: &str| {
        name.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('_'))
    };
    let (_, kind, unit) = NAMES.iter().find(|(end, _, _)| is(end))?;
    Some((*kind, amount(value, *unit)?))
}

/// Memory that is set aside, or mounted to be shared among processes.
fn set_aside(keys: &Service) -> Vec<Size> {
    let resources = keys.deploy.as_ref().and_then(|deploy| deploy.resources.as_ref());
    let reserved = resources.and_then(|resources| resources.carried.get("reservations"));
    let deployed = reserved.and_then(|reserved| reserved.get("memory"));
    let all: [(&'static str, &[&str], _); 3] = [
        (RESERVED, &["deploy", "resources", "reservations"], deployed),
        (RESERVED, &["mem_reservation"], keys.carried.get("mem_reservation")),
        ("shared", &["shm_size"], keys.carried.get("shm_size")),
    ];
    let size = |(kind, path, value): (&'static str, &[&str], Option<&serde_json::Value>)| {
        let value = value?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let amount = amount(&text, 1)?;
        let path: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
        let words =
            path.last().map(|key| format!("`{key}` of {}", Bytes(amount))).unwrap_or_default();
        Some(Size { kind, amount, words, path })
    };
    all.into_iter().filter_map(size).collect()
}

/// `4g`, `512MB`, `1.5GiB`, or a number in `unit`; none for what is no size, or no sensible one.
fn amount(text: &str, unit: u64) -> Option<u64> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let unit = match text.get(digits.len()..)?.to_ascii_lowercase().as_str() {
        "" => unit,
        "b" => 1,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        _ => return None,
    };
    let tenths: u64 = part.get(..1)?.parse().ok()?;
    let whole: u64 = whole.parse().ok()?;
    let amount = whole.checked_mul(unit)?.checked_add(unit.checked_mul(tenths)? / 10)?;
    (amount <= MOST).then_some(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(line: &str) -> Vec<(&'static str, u64)> {
        let words: Vec<&str> = line.split_whitespace().collect();
        in_words(&words, false).into_iter().map(|(found, _)| found).collect()
    }

    #[test]
    fn sizes_in_words() {
        const M: u64 = 1 << 20;
        for (line, expected) in [
            ("-Xms512m -Xmx1g", vec![("heap", 512 * M), ("heap", 1024 * M)]),
            ("--max-old-space-size=8096", vec![("heap", 8096 * M)]),
            ("--innodb-buffer-pool-size=2048M", vec![("pool", 2048 * M)]),
            ("postgres -c shared_buffers=1.5GB -c x=1", vec![("pool", 1536 * M)]),
            ("postgres -c shared_buffers=131072", vec![("pool", 1024 * M)]),
            ("redis-server --maxmemory 2gb --maxmemory-policy lru", vec![("data", 2048 * M)]),
            ("mongod --wiredTigerCacheSizeGB 2", vec![("data", 2048 * M)]),
            ("sh -c 'java -Xmx2G'", vec![("heap", 2048 * M)]),
            ("--shared_buffers=25% -Xmx --memory-limit=-1 --maxmemory 99999999g", vec![]),
        ] {
            assert_eq!(sizes(line), expected, "{line}");
        }
    }

    #[test]
    fn variables_that_are_sizes() {
        assert_eq!(named("INNODB_BUFFER_POOL_SIZE", "2g"), Some(("pool", 2 << 30)));
        assert_eq!(named("NEO4J_server_memory_heap_max__size", "2G"), Some(("heap", 2 << 30)));
        assert_eq!(named("UPLOAD_SIZE", "2g"), None);
        assert_eq!(named("XMAXMEMORY", "2g"), None);
    }
}
