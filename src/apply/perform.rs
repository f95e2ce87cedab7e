//! Does what a plan says, step by step, and stops at the first that fails.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use super::builder::Builder;
use super::plan::{Action, How, Plan, Step};
use super::running::Running;
use super::site::Site;
use super::survey::running_gateway;
use super::wait::{ill, states, wait};
use super::{Drawn, GATEWAY, loaded};
use crate::engine::{Container, Docker, EngineError, IMAGE_LABEL};
use crate::stack::ServiceName;

/// Time for nginx to read its configuration and start its workers anew.
const RELOAD: Duration = Duration::from_secs(10);

/// Why a plan was not done to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// The step.
    pub step: String,
    /// What went wrong.
    pub why: String,
    /// True where something that runs may not be as it was.
    pub touched: bool,
    /// What was done before, in order.
    pub done: Vec<String>,
    /// What runs now, a line for each container; nothing where the engine does not say.
    pub now: Vec<String>,
}

/// What became of a plan that was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// Services that were left alone, as their image turned out to be the one that they have.
    pub spared: Vec<String>,
}

/// A plan being done.
struct Work<'a, 'b> {
    site: &'a Site<'b>,
    drawn: &'a Drawn,
    running: &'a Running,
    shown: bool,
    touched: bool,
    done: Vec<String>,
    spared: Vec<String>,
    /// Containers, by number.
    removed: BTreeSet<String>,
}

/// Do everything that `plan` says. `shown`: what the programs print is let through to standard
/// error.
///
/// # Errors
/// [`Stopped`] at the first step that fails; no later one was begun.
pub fn perform(
    plan: &Plan,
    site: &Site<'_>,
    drawn: &Drawn,
    running: &Running,
    shown: bool,
    say: &mut dyn FnMut(&str),
) -> Result<Done, Stopped> {
    let mut work = Work {
        site,
        drawn,
        running,
        shown,
        touched: false,
        done: Vec::new(),
        spared: Vec::new(),
        removed: BTreeSet::new(),
    };
    let mut left = plan.steps.as_slice();
    while let Some(first) = left.first() {
        // Compose brings up all of them at once, in the order in which they wait for each other.
        let together = left.iter().take_while(|step| is_up(step)).count().max(1);
        let (now, later) = left.split_at(together.min(left.len()));
        let names: Vec<String> = now.iter().map(|step| step.action.to_string()).collect();
        let name = names.join(", ");
        say(&name);
        let result = if is_up(first) { work.up(now) } else { work.one(&first.action) };
        if let Err(why) = result {
            let now = states(site).unwrap_or_default();
            let touched = work.touched || first.action.touches();
            return Err(Stopped { step: name, why, touched, done: work.done, now });
        }
        work.touched |= first.action.touches();
        work.done.push(name);
        left = later;
    }
    Ok(Done { spared: work.spared })
}

fn is_up(step: &Step) -> bool {
    matches!(step.action, Action::Up { .. })
}

impl Work<'_, '_> {
    fn one(&mut self, action: &Action) -> Result<(), String> {
        let docker = &self.site.docker;
        let wrong = |error: EngineError| error.to_string();
        match action {
            Action::Up { .. } => Ok(()),
            Action::Pull { service } => {
                self.site.compose.run(&["pull", service], self.shown).map_err(wrong)
            }
            Action::Build { service } => {
                let builder = Builder::find(docker).map_err(wrong)?;
                builder.build(self.site, service, self.shown).map_err(wrong)
            }
            Action::Clear { network } => self.clear(network).map_err(wrong),
            Action::Test { anew } => self.test(*anew),
            Action::Restart { service } => {
                for container in self.running.of(service) {
                    docker.run(&["restart", container.plain_name()], false).map_err(wrong)?;
                }
                self.well(std::slice::from_ref(service))
            }
            Action::Reload => self.reload(),
            Action::Remove { service } => self.remove(self.running.of(service)).map_err(wrong),
            Action::RemoveNetwork { network } => {
                docker.run(&["network", "rm", network], false).map_err(wrong)
            }
        }
    }

    fn up(&mut self, steps: &[Step]) -> Result<(), String> {
        let mut services = Vec::new();
        for step in steps {
            let Action::Up { service, how } = &step.action else { continue };
            if *how == How::Remake {
                self.remove(self.running.of(service)).map_err(|error| error.to_string())?;
            }
            if *how == How::RecreateIfImageDiffers && self.has_its_image(service)? {
                self.spared.push(service.clone());
            } else {
                services.push(service.clone());
            }
        }
        if services.is_empty() {
            return Ok(());
        }
        let mut words = vec!["up", "--detach", "--no-deps", "--no-build"];
        words.extend(services.iter().map(String::as_str));
        match self.site.compose.run(&words, self.shown) {
            Ok(()) => self.well(&services),
            // A service that others wait for may be what failed: its own words say more.
            Err(error) => {
                let ill = ill(self.site, &services).unwrap_or_default();
                Err([vec![error.to_string()], ill].concat().join("\n"))
            }
        }
    }

    /// The image that was just built or pulled is the one that the containers have.
    fn has_its_image(&self, service: &str) -> Result<bool, String> {
        let Some(drawn) = self.drawn.services.get(service) else { return Ok(false) };
        let image = self.site.docker.image(&drawn.image).map_err(|error| error.to_string())?;
        let id = image.map(|image| image.id).unwrap_or_default();
        let mut containers = self.running.of(service);
        Ok(containers.all(|one| one.label(IMAGE_LABEL) == id && one.state.running))
    }

    fn well(&self, services: &[String]) -> Result<(), String> {
        let ill = wait(self.site, services).map_err(|error| error.to_string())?;
        if ill.is_empty() { Ok(()) } else { Err(ill.join("\n")) }
    }

    /// Nobody is left on the network, then it goes. A job that has ended is on it in name only.
    fn clear(&mut self, network: &str) -> Result<(), EngineError> {
        let containers = self.running.inspection.containers.iter();
        let on = |one: &&Container| one.network_settings.networks.contains_key(network);
        let ended = |one: &&Container| one.state.status == "exited" && one.state.exit_code == 0;
        self.remove(containers.filter(on).filter(|one| !ended(one)))?;
        self.site.docker.run(&["network", "rm", network], false)
    }

    /// Containers are stopped within their grace and removed; their volumes stay.
    fn remove<'c>(
        &mut self,
        containers: impl Iterator<Item = &'c Container>,
    ) -> Result<(), EngineError> {
        for container in containers {
            if self.removed.insert(container.id.clone()) {
                self.site.docker.run(&["stop", container.plain_name()], false)?;
                self.site.docker.run(&["rm", container.plain_name()], false)?;
            }
        }
        Ok(())
    }

    fn test(&self, anew: bool) -> Result<(), String> {
        let Some(gateway) = self.site.stack.services.get(&ServiceName::gateway()) else {
            return Ok(());
        };
        let mut arguments = vec!["-t".to_owned(), "-q".to_owned()];
        arguments.extend(gateway.command.words());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let result = if anew {
            let once = ["run", "--rm", "--no-deps", "-T", GATEWAY];
            self.site.compose.run(&[&once, arguments.as_slice()].concat(), false)
        } else {
            let Some(container) = running_gateway(&self.running.inspection) else { return Ok(()) };
            let program = gateway.entrypoint.words();
            let mut words = vec!["exec", container.plain_name()];
            words.extend(program.iter().map(String::as_str));
            words.extend(arguments);
            self.site.docker.run(&words, false)
        };
        result.map_err(|error| masked(&error.to_string()))
    }

    fn reload(&self) -> Result<(), String> {
        let Some(container) = running_gateway(&self.running.inspection) else { return Ok(()) };
        let docker: &Docker = &self.site.docker;
        let wrong = |error: EngineError| error.to_string();
        docker.run(&["kill", "--signal", "HUP", container.plain_name()], false).map_err(wrong)?;
        let Some(newest) = self.drawn.gateway.files.iter().map(|changed| changed.at).max() else {
            return Ok(());
        };
        let begun = Instant::now();
        while begun.elapsed() < RELOAD {
            match loaded::loaded(docker, container).map_err(wrong)? {
                Some(loaded) if loaded <= newest => thread::sleep(Duration::from_millis(100)),
                // Where it cannot be seen, the test before has to do.
                _ => return Ok(()),
            }
        }
        Err(format!("its workers are the ones from before after {} s", RELOAD.as_secs()))
    }
}

/// nginx repeats the word that it stumbles over, which in a file of secrets is one.
fn masked(said: &str) -> String {
    let lines = said.lines().map(|line| {
        if !line.contains("/run/secrets/") {
            return line.to_owned();
        }
        let parts = line.split('"').enumerate();
        let shown = parts.map(|(number, part)| if number % 2 == 1 { "..." } else { part });
        shown.collect::<Vec<_>>().join("\"")
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_nginx_stumbles_over_is_masked() {
        let said = "nginx: [emerg] conflicting parameter \"k3y\" in /run/secrets/keys:3\nnginx: [emerg] unknown directive \"lisen\" in /etc/portcullis/nginx.conf:3";
        let masked = masked(said);
        assert!(!masked.contains("k3y") && masked.contains("lisen"), "{masked}");
    }
}
