//! Memory that a project's own words ask for: a limit below it would end what ran before.
//!
//! Alone because the sizes are found in settings, commands and reservations alike, once all of
//! these are described.

use super::{Describing, manual};
use crate::compose::{ComposeFile, Service};
use crate::import::layout::{Entry, Item};
use crate::stack::Bytes;

use super::sizes::{self, Size};

/// A program takes more than what it is told to: code, stacks and connections beside its heap or
/// its pool. Two thirds for these lie between what Elasticsearch's guide advises for its heap (at
/// most half of the memory) and MySQL's manual for its pool (up to 80 %).
const BESIDE: [u64; 2] = [3, 2];
/// Limits are multiples of this.
const STEP: u64 = 256 << 20;
/// What the control of memory gives to an image that is not known, and to one that is.
const USUAL: [Bytes; 2] = [Bytes(512 << 20), Bytes(1 << 30)];

impl Describing<'_> {
    /// Limits for services that name how much they take, and have none of their own.
    pub(super) fn room(&mut self, file: &ComposeFile) {
        for (name, keys) in &file.services {
            let Some(usual) = self.usual(name) else { continue };
            let sizes = sizes::of(keys);
            let asked = together(&sizes);
            if asked == 0 && has_gpu(keys) {
                self.unsized_gpu(name, usual);
            }
            let limit = above(asked);
            if limit <= usual {
                continue;
            }
            for size in &sizes {
                let path: Vec<&str> = ["services", name.as_str()]
                    .into_iter()
                    .chain(size.path.iter().map(String::as_str))
                    .collect();
                let words =
                    format!("{} and half as much again: `limits: {{memory: {limit}}}`", size.words);
                self.account.add(&path, &words);
            }
            if let Some(out) = self.drafted(name) {
                out.limits.insert(0, Entry::new("memory", Item::text(limit.to_string())));
            }
        }
    }

    /// The limit that a service gets where nobody says one; none where the original does.
    fn usual(&mut self, name: &str) -> Option<Bytes> {
        let out = self.drafted(name)?;
        if out.limits.iter().any(|entry| entry.key == "memory") {
            return None;
        }
        let base = out.base.clone();
        let [any, known] = USUAL;
        Some(match self.used(&base) {
            None => any,
            Some((_, facts)) => {
                let said = facts.limits.and_then(|limits| Bytes::parse(&limits.memory).ok());
                said.unwrap_or(known)
            }
        })
    }

    fn unsized_gpu(&mut self, name: &str, usual: Bytes) {
        let words = format!(
            "it asks for a GPU, and nothing says how much memory it takes: {usual} is a guess; write \
             `limits: {{memory: SIZE}}`, with room for what it loads"
        );
        if let Some(out) = self.drafted(name) {
            out.note(out.base.key(), manual(words));
        }
    }
}

/// What all of the sizes come to; what is set aside is for all of it.
fn together(sizes: &[Size]) -> u64 {
    let (reserved, asked): (Vec<&Size>, Vec<&Size>) =
        sizes.iter().partition(|size| size.kind == sizes::RESERVED);
    let sum =
        |sizes: Vec<&Size>| sizes.iter().fold(0u64, |sum, size| sum.saturating_add(size.amount));
    sum(asked).max(sum(reserved))
}

/// A limit that leaves room beside an amount.
fn above(amount: u64) -> Bytes {
    let [times, of] = BESIDE;
    let room = amount.saturating_mul(times).div_ceil(of);
    Bytes(room.div_ceil(STEP).saturating_mul(STEP))
}

/// Whether a service asks for a GPU, in any of the ways of Compose.
fn has_gpu(keys: &Service) -> bool {
    let resources = keys.deploy.as_ref().and_then(|deploy| deploy.resources.as_ref());
    let reserved = resources.and_then(|resources| resources.carried.get("reservations"));
    let devices = reserved.and_then(|reserved| reserved.get("devices")?.as_array());
    let is_gpu = |device: &serde_json::Value| {
        let able = device.get("capabilities").and_then(|able| able.as_array());
        able.into_iter().flatten().any(|one| one.as_str() == Some("gpu"))
    };
    let runtime = keys.carried.get("runtime").and_then(|runtime| runtime.as_str());
    devices.is_some_and(|devices| devices.iter().any(is_gpu))
        || keys.carried.get("gpus").is_some_and(|gpus| !gpus.is_null())
        || runtime == Some("nvidia")
}
