//! What separates a service from its host, and what does not.

use super::{Describing, manual, plain};
use crate::compose::{self, Device};
use crate::import::draft::{Base, DraftException, DraftService};
use crate::import::layout::Item;

/// What entrypoints that start as root use to hand over to another user: they make folders
/// theirs, read what belongs to others, and change who they are (docker-library's `gosu` and
/// `su-exec` entrypoints).
const HANDING_OVER: [&str; 5] = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"];

/// What a person does about images that nobody has looked at.
const UNKNOWN: &str = "what is \"not known yet\" here, `portcullis probe IMAGE` or the Dockerfile \
     shows: say it in `user:` and `writable:`, then remove `cap_add` and the exception";

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

    /// What an image of which nothing is known keeps until somebody has looked.
    pub(super) fn confinement(
        &mut self,
        name: &str,
        keys: &compose::Service,
        out: &mut DraftService,
    ) {
        if matches!(out.base, Base::Use(_)) {
            return;
        }
        if let Some(note) = keys.build.as_ref().and_then(|build| self.build_note(build)) {
            out.note("build", note);
        }
        let mut open = false;
        if keys.read_only != Some(true) {
            open = true;
            self.except(name, "read-only-root", "not known yet which paths it writes");
        }
        let user = out.user.as_deref().and_then(|user| user.split(':').next());
        let numbered = user.and_then(|uid| uid.parse::<u32>().ok()).is_some_and(|uid| uid != 0);
        let all = keys.cap_drop.iter().any(|cap| cap.eq_ignore_ascii_case("ALL"));
        if !numbered && !all && keys.privileged != Some(true) {
            let mut wanted: Vec<String> = HANDING_OVER.map(str::to_owned).into();
            wanted.extend(keys.cap_add.iter().map(|cap| plain(cap)));
            wanted.sort();
            wanted.dedup();
            out.compose.insert("cap_add".to_owned(), Item::texts(wanted));
            open = true;
            let words = "not known yet who runs it: it may start as root and hand over";
            self.except(name, "capabilities", words);
        }
        let note = manual(UNKNOWN);
        if open && !self.draft.exceptions_note.contains(&note) {
            self.draft.exceptions_note.push(note);
        }
    }

    /// Accept something at a service, with the reason.
    pub(super) fn except(&mut self, service: &str, control: &str, reason: impl Into<String>) {
        let place = Some(("service", self.names.of_service(service)));
        let reason = reason.into();
        self.draft.exceptions.push(DraftException { control: control.to_owned(), place, reason });
    }
}
