//! What separates a service from its host, and what does not.

use super::{Describing, plain};
use crate::compose::{self, Device};
use crate::import::draft::{Base, DraftException, DraftService};
use crate::import::layout::Item;
use crate::stack::{HANDING_OVER, Unknown};

impl Describing<'_> {
    pub(super) fn privileges(
        &mut self,
        name: &str,
        privileged: Option<bool>,
        read_only: Option<bool>,
        cap_add: &[String],
        cap_drop: &[String],
        out: &mut DraftService,
    ) {
        if let Some(privileged) = privileged {
            self.kept(name, &["privileged"]);
            if privileged {
                out.compose.insert("privileged".to_owned(), Item::plain(true));
            }
        }
        match read_only {
            Some(true) => self.kept(name, &["read_only"]),
            Some(false) => self.hardened(
                name,
                &["read_only"],
                "the root file system is read-only where its image is known to allow it",
            ),
            None => {}
        }
        if !cap_drop.is_empty() {
            self.kept(name, &["cap_drop"]);
        }
        if !cap_add.is_empty() {
            self.kept(name, &["cap_add"]);
            out.compose.insert("cap_add".to_owned(), Item::texts(cap_add.iter().map(|c| plain(c))));
        }
    }

    pub(super) fn namespaces(
        &mut self,
        name: &str,
        [network, pid, ipc]: [&Option<String>; 3],
        devices: &[Device],
        options: &[String],
        out: &mut DraftService,
    ) {
        for (key, value) in [("network_mode", network), ("pid", pid), ("ipc", ipc)] {
            let Some(value) = value.as_deref().map(plain) else { continue };
            match value.as_str() {
                "" | "bridge" | "default" | "private" => {
                    self.hardened(name, &[key], "the service has its own");
                }
                _ if value.starts_with("container:") => {
                    self.dropped(
                        name,
                        &[key],
                        "it belongs to a container that is none of the stack's",
                    );
                }
                _ => {
                    let text = match value.strip_prefix("service:") {
                        Some(other) => format!("service:{}", self.names.of_service(other)),
                        None => value,
                    };
                    self.kept(name, &[key]);
                    out.compose.insert(key.to_owned(), Item::text(text));
                }
            }
        }
        if !devices.is_empty() {
            self.kept(name, &["devices"]);
            let lines = devices.iter().map(|device| plain(&device.line()));
            out.compose.insert("devices".to_owned(), Item::texts(lines));
        }
        let held = ["no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"];
        let rest: Vec<String> = options
            .iter()
            .map(|option| plain(option))
            .filter(|one| !held.contains(&one.as_str()))
            .collect();
        if !options.is_empty() {
            self.kept(name, &["security_opt"]);
        }
        if !rest.is_empty() {
            out.compose.insert("security_opt".to_owned(), Item::texts(rest));
        }
    }

    /// What is not known of an image until somebody has looked.
    pub(super) fn confinement(
        &mut self,
        name: &str,
        keys: &compose::Service,
        out: &mut DraftService,
    ) {
        if out.base.is_floating() {
            out.unknown.insert(Unknown::Version);
        }
        if matches!(out.base, Base::Use(_)) && !self.is_told(out) {
            return;
        }
        if let Some(note) = keys.build.as_ref().and_then(|build| self.build_note(build)) {
            out.note("build", note);
        }
        let all = keys.cap_drop.iter().any(|cap| cap.eq_ignore_ascii_case("ALL"));
        if may_be_root(out.user.as_deref()) && !all && keys.privileged != Some(true) {
            self.handing_over(name, keys, out);
        }
        if keys.read_only != Some(true) {
            out.unknown.insert(Unknown::Writes);
        }
    }

    /// The capabilities of a root that hands over to another user, but those that the original
    /// takes away.
    fn handing_over(&mut self, name: &str, keys: &compose::Service, out: &mut DraftService) {
        let dropped: Vec<String> = keys.cap_drop.iter().map(|cap| capability(cap)).collect();
        let (gone, mut left): (Vec<&str>, Vec<&str>) =
            HANDING_OVER.iter().partition(|one| dropped.iter().any(|cap| cap == *one));
        if gone.is_empty() {
            out.unknown.insert(Unknown::User);
            return;
        }
        let added: Vec<String> = keys.cap_add.iter().map(|cap| plain(cap)).collect();
        left.extend(added.iter().map(String::as_str));
        left.sort_unstable();
        left.dedup();
        if !left.is_empty() {
            out.compose.insert("cap_add".to_owned(), Item::texts(&left));
            let words = "not known yet who runs it: it may start as root and hand over";
            self.except(name, "capabilities", words);
        }
    }

    /// Accept something at a service, with the reason.
    pub(super) fn except(&mut self, service: &str, control: &str, reason: impl Into<String>) {
        let place = Some(("service", self.names.of_service(service)));
        let reason = reason.into();
        self.draft.exceptions.push(DraftException { control: control.to_owned(), place, reason });
    }
}

/// True where a program may start as root: nobody says who runs it, or root does.
fn may_be_root(user: Option<&str>) -> bool {
    let user = user.map(|user| user.split(':').next().unwrap_or_default());
    user.is_none_or(|user| user == "root" || user.parse::<u32>() == Ok(0))
}

/// A capability as Docker lists it.
fn capability(text: &str) -> String {
    let name = plain(text).to_ascii_uppercase();
    name.strip_prefix("CAP_").unwrap_or(&name).to_owned()
}
