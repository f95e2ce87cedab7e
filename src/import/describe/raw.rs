//! Keys that the model has no word for: carried in Compose's own words, or left out with the reason.

use serde_json::Value;

use super::dependencies::holds_a_secret;
use super::{Describing, manual};
use crate::import::draft::DraftService;
use crate::import::layout::Item;
use crate::import::profiles;

/// Keys that are carried unchanged.
const CARRIED: [&str; 29] = [
    "blkio_config",
    "cpu_count",
    "cpu_percent",
    "cpu_period",
    "cpu_quota",
    "cpu_rt_period",
    "cpu_rt_runtime",
    "cpu_shares",
    "cpuset",
    "dns",
    "dns_opt",
    "dns_search",
    "domainname",
    "extra_hosts",
    "gpus",
    "hostname",
    "mem_reservation",
    "mem_swappiness",
    "oom_kill_disable",
    "oom_score_adj",
    "platform",
    "runtime",
    "shm_size",
    "stdin_open",
    "stop_signal",
    "storage_opt",
    "sysctls",
    "tty",
    "working_dir",
];

/// Keys that are left out, with what is lost.
const LEFT_OUT: [(&str, &str); 24] = [
    ("attach", "it is about who sees the output of `up`"),
    ("cgroup", "the control groups of the host are not the container's to see"),
    ("cgroup_parent", "limits hold in the engine's own group"),
    ("credential_spec", "it is for Windows"),
    ("develop", "it is for developing: the stack is for running"),
    ("device_cgroup_rules", "name each device in `compose: {devices: [..]}`, which is judged"),
    ("expose", "a link carries every port"),
    ("external_links", "containers of other projects are not reached"),
    ("isolation", "it is for Windows"),
    ("label_file", "write `labels:`"),
    ("links", "links follow from `needs:`; other names are aliases of their services"),
    ("mac_address", "addresses belong to the stack"),
    ("models", "there is no word for models: run one as a service"),
    ("post_start", "make it part of the image, or a job with `once: true`"),
    ("pre_start", "make it a job with `once: true`"),
    ("pre_stop", "make it part of the image"),
    ("provider", "a program of the host is no service"),
    ("pull_policy", "images are pinned; a build is built"),
    ("pull_refresh_after", "images are pinned"),
    ("use_api_socket", "it would hand over the engine's control socket"),
    ("userns_mode", "the users of the host are not the container's"),
    ("uts", "the name of the host is not the container's"),
    ("env_file", "its variables stand among the settings"),
    ("extends", "what it took stands in the service"),
];

impl Describing<'_> {
    pub(super) fn raw(&mut self, name: &str, key: &str, value: &Value, out: &mut DraftService) {
        if key == "scale" && profiles::count(value) == Some(0) {
            self.none_runs(name, &[key], out);
        } else if key == "scale" {
            out.replicas = profiles::count(value).filter(|count| *count > 1);
            self.kept(name, &[key]);
        } else if value.is_null() || value.as_array().is_some_and(Vec::is_empty) {
            self.dropped(name, &[key], "it says nothing");
        } else if key == "annotations" {
            self.annotations(name, value, out);
        } else if CARRIED.contains(&key) {
            self.kept(name, &[key]);
            out.compose.insert(key.to_owned(), Item::json(value));
        } else if let Some((_, words)) = LEFT_OUT.iter().find(|(one, _)| *one == key) {
            self.dropped(name, &[key], *words);
        } else if key.starts_with("x-") {
            self.dropped(name, &[key], "nothing reads it");
        }
    }

    /// Annotations, but for those that hold a secret: whoever asks the engine reads them.
    fn annotations(&mut self, name: &str, value: &Value, out: &mut DraftService) {
        let mut kept = serde_json::Map::new();
        for (key, value) in value.as_object().into_iter().flatten() {
            if holds_a_secret(key, value.as_str().unwrap_or_default()) {
                let words = "it holds a secret, and whoever asks the engine reads it";
                self.dropped(name, &["annotations", key], words);
                let words = format!("the annotation `{key}` is left out: {words}");
                out.note(out.base.key(), manual(words));
            } else {
                kept.insert(key.clone(), value.clone());
            }
        }
        self.kept(name, &["annotations"]);
        if !kept.is_empty() {
            out.compose.insert("annotations".to_owned(), Item::json(&Value::Object(kept)));
        }
    }
}
