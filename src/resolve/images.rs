//! Services that run an image as it is: any image, or one that we know.

use super::{Known, Resolution, builds};
use crate::description::Located;
use crate::diagnostic::{Diagnostic, Position, did_you_mean};
use crate::knowledge::{Facts, ImageKnowledge};
use crate::stack::{
    Bytes, Command, Exception, ImageReference, Mount, MountSource, Origin, Place, Role, Seconds,
    Service, ServiceName, Sourced, Tmpfs, User, Volume, VolumeName,
};

/// Enough for unpacked libraries and a browser's profile; a guess.
const SIZE_OF_EXECUTABLE: Bytes = Bytes(512 << 20);
/// As every /tmp: all may write, nobody removes another's files (hier(7)).
const MODE: u32 = 0o1777;

/// A service with any image: nothing of it is known.
pub(super) fn any(image: &Located<ImageReference>, at: Position) -> Service {
    let source = Sourced::written(image.value.clone(), image.at);
    let mut service = Service::new(Role::Application, Origin::Written(at), source);
    service.writable.insert("/tmp".to_owned());
    service
}

/// A service with a known image: its user, paths, health check, volumes and secrets come with it.
pub(super) fn known(
    resolution: &mut Resolution<'_>,
    name: &Located<ServiceName>,
    image: &Located<ImageReference>,
) -> Option<Service> {
    let found = match resolution.knowledge.image(&image.value) {
        Ok(Some(found)) => found,
        Ok(None) => {
            let names = resolution.knowledge.image_names();
            let last = image.value.repository().rsplit('/').next().unwrap_or_default();
            let otherwise =
                "write `image:` instead, with `user:`, `health:`, `volumes:` and `writable:`";
            let help = match resolution.knowledge.repository(last) {
                Some(repository) => format!("write `{repository}:TAG`"),
                None => did_you_mean(last, names.iter().copied())
                    .unwrap_or_else(|| otherwise.to_owned()),
            };
            let message =
                format!("the image `{}` is not one that we know", image.value.repository());
            resolution.problems.add(Diagnostic::at(image.at, "unknown-image", message).help(help));
            return None;
        }
        Err(problem) => {
            resolution.problems.add(problem);
            return None;
        }
    };
    let facts = found.facts_for(image.value.tag());
    let role = Role::Known(found.name.clone());
    let source = Sourced::written(image.value.clone(), image.at);
    let mut service = Service::new(role, Origin::Written(name.at), source);
    apply(resolution, &name.value, &found, &facts, &mut service);
    resolution.known.insert(name.value.clone(), Known { image: found, facts });
    Some(service)
}

/// Put what is known of an image into a service.
pub(super) fn apply(
    resolution: &mut Resolution<'_>,
    name: &ServiceName,
    image: &ImageKnowledge,
    facts: &Facts,
    service: &mut Service,
) {
    let source = format!("images/{}", image.name);
    let keys = facts.keys();
    let unproven = image.unproven.iter().filter(|(key, _)| keys.contains(key.as_str()));
    service.unproven = unproven.map(|(key, words)| (key.clone(), words.clone())).collect();
    if let Some(user) = facts.user.as_deref().and_then(numeric) {
        service.user = Sourced::preset(user, source.as_str());
    }
    if let Some(root) = &facts.root {
        service.needs_root.clone_from(&root.reason);
        except(resolution, name, "user", &root.reason);
    }
    // Nobody but an image that cannot do without keeps capabilities.
    if let Some(privilege) = facts.root.as_ref().or(facts.capabilities.as_ref())
        && !privilege.capabilities.is_empty()
    {
        let capabilities = privilege.capabilities.iter().cloned().collect();
        service.capabilities_added = Sourced::preset(capabilities, source.as_str());
        except(resolution, name, "capabilities", &privilege.reason);
    }
    if let Some(reason) = &facts.writes_root {
        except(resolution, name, "read-only-root", reason);
    }
    if let Some(port) = facts.port {
        service.port = Sourced::preset(port, source.as_str());
    }
    for (ending, path) in facts.volumes.iter().flatten() {
        volume(resolution, name, ending, path, &source, service);
    }
    service.writable.extend(facts.writable.iter().flatten().cloned());
    for path in facts.executable.iter().flatten() {
        except(resolution, name, "tmpfs-options", "the image runs programs from it");
        let (uid, gid) = ids(&service.user);
        let size = SIZE_OF_EXECUTABLE;
        let tmpfs = Tmpfs { exec: true, size, mode: MODE, uid, gid, ..Tmpfs::default() };
        service.tmpfs.insert(path.clone(), Sourced::preset(tmpfs, source.as_str()));
        except(resolution, name, "tmpfs-options", &format!("it runs programs from {path}"));
    }
    service.image_has_init = facts.init.unwrap_or_default();
    if let Some(limits) = &facts.limits {
        service.limits = builds::limits(limits, &source);
    }
    if let Some(command) = facts.command.clone() {
        service.command = Sourced::preset(Command::Exec(command), source.as_str());
    }
    if let Some(settings) = &facts.settings {
        builds::settings(settings, &source, service);
    }
    if let Some(grace) = facts.stop_grace.as_deref().and_then(|text| Seconds::parse(text).ok()) {
        service.stop_grace = Sourced::preset(grace, source.as_str());
    }
}

fn volume(
    resolution: &mut Resolution<'_>,
    name: &ServiceName,
    ending: &str,
    path: &str,
    source: &str,
    service: &mut Service,
) {
    let Ok(volume) = VolumeName::new(format!("{name}-{ending}")) else { return };
    resolution.stack.volumes.entry(volume.clone()).or_insert(Volume { external: false });
    service.mounts.push(Mount {
        source: MountSource::Volume(volume),
        target: path.to_owned(),
        read_only: false,
        nocopy: false,
        subpath: String::new(),
        origin: Origin::Preset(source.to_owned()),
    });
}

/// `999:999` as ids.
pub(super) fn numeric(text: &str) -> Option<User> {
    let (uid, gid) = text.split_once(':')?;
    Some(User::Numeric { uid: uid.parse().ok()?, gid: gid.parse().ok()? })
}

fn ids(user: &User) -> (u32, u32) {
    match user {
        User::Numeric { uid, gid } => (*uid, *gid),
        User::Image | User::Named(_) => (0, 0),
    }
}

/// Accept something at a service with a reason of ours.
pub(super) fn except(
    resolution: &mut Resolution<'_>,
    name: &ServiceName,
    control: &str,
    reason: &str,
) {
    resolution.stack.exceptions.push(Exception {
        control: control.to_owned(),
        place: Place::Service(name.clone()),
        reason: reason.to_owned(),
        until: String::new(),
        written: Vec::new(),
    });
}
