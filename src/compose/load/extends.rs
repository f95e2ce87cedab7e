//! `extends`: a service laid over another one, of the same file or of another.

use camino::{Utf8Path, Utf8PathBuf};

use super::loader::{Loader, Part, Scope};
use super::merge::{merge, reset};
use super::path::Path;
use super::relative::{between, rebase};
use super::tree::{as_text, get_mut, map, remove, set};
use crate::diagnostic::{Diagnostic, Position, did_you_mean, quoted};
use crate::yaml::{Mark, Node};

/// Longest chain of services that extend each other.
const MAX_CHAIN: usize = 50;

/// The services of one file.
struct Base<'a> {
    file: Utf8PathBuf,
    services: &'a mut Node,
    marks: &'a [Mark],
}

impl Loader<'_> {
    /// Replace `extends` of every service of a file.
    pub(super) fn extend(
        &mut self,
        node: &mut Node,
        file: &Utf8Path,
        scope: &Scope,
        marks: &[Mark],
    ) {
        let Some(services) = get_mut(node, "services") else { return };
        let names: Vec<_> =
            services.mapping().into_iter().flatten().map(|(key, _)| key.text.clone()).collect();
        let mut base = Base { file: file.to_owned(), services, marks };
        for name in names {
            self.extended(&name, &mut base, scope, &mut Vec::new());
        }
    }

    /// The service with everything that it extends; kept in `base` for those that extend it.
    fn extended(
        &mut self,
        name: &str,
        base: &mut Base<'_>,
        scope: &Scope,
        chain: &mut Vec<(Utf8PathBuf, String)>,
    ) -> Option<Node> {
        let service = base.services.get(name)?.clone();
        let Some(extends) = service.get("extends") else {
            return Some(service).filter(|service| !service.is_null());
        };
        let (other, file) = self.reference(extends)?;
        let link = (base.file.clone(), name.to_owned());
        if chain.contains(&link) || chain.len() >= MAX_CHAIN {
            let message = format!("the service {} extends itself", quoted(name));
            self.problems
                .add(Diagnostic::at(extends.at, "extends-cycle", message).help("remove one"));
            return None;
        }
        chain.push(link);
        let extended = match file {
            None => {
                self.known(base.services, &other, extends.at)?;
                self.extended(&other, base, scope, chain)
            }
            Some((file, at)) => self.elsewhere(&other, &file, at, scope, chain),
        };
        chain.pop();
        let Some(mut source) = extended else { return Some(service) };
        for mark in base.marks {
            if let Some([kind, service, rest @ ..]) = mark.path.get(..).filter(|p| p.len() > 2)
                && kind == "services"
                && service == name
            {
                reset(&mut source, rest);
            }
        }
        let services = Path::ROOT.next("services");
        let mut merged = merge(source, service, &services.next(name), self.problems);
        remove(&mut merged, "extends");
        set(base.services, name, merged.clone());
        Some(merged)
    }

    /// Service and file of an `extends`.
    fn reference(&mut self, extends: &Node) -> Option<(String, Option<(String, Position)>)> {
        if let Some(service) = as_text(extends) {
            return Some((service.to_owned(), None));
        }
        let Some(service) = extends.get("service").and_then(as_text) else {
            let message = "`extends` needs the name of a service";
            let help = "write `extends: {service: NAME}`";
            self.problems.add(Diagnostic::at(extends.at, "missing-key", message).help(help));
            return None;
        };
        let file = extends.get("file").and_then(|file| Some((as_text(file)?.to_owned(), file.at)));
        Some((service.to_owned(), file))
    }

    fn known(&mut self, services: &Node, name: &str, at: Position) -> Option<()> {
        if services.get(name).is_some() {
            return Some(());
        }
        let message = format!("there is no service {} to extend", quoted(name));
        let names = services.mapping().into_iter().flatten().map(|(key, _)| key.text.as_str());
        let help = did_you_mean(name, names);
        self.problems.add(Diagnostic::at(at, "unknown-service", message).maybe_help(help));
        None
    }

    /// A service of another file, with its paths as seen from the project's folder.
    fn elsewhere(
        &mut self,
        name: &str,
        file: &str,
        at: Position,
        scope: &Scope,
        chain: &mut Vec<(Utf8PathBuf, String)>,
    ) -> Option<Node> {
        let path = self.local(file, at, &scope.folder)?;
        let (mut tree, marks) = self.file(&path, at, scope, None, Part::Base)?;
        let folder = path.parent().unwrap_or(Utf8Path::new("/"));
        let base = between(scope.folder.as_str(), folder.as_str());
        rebase(&mut tree, &base, self.home.as_deref());
        let nothing = map(Vec::new(), tree.at);
        let mut services = remove(&mut tree, "services").unwrap_or(nothing);
        self.known(&services, name, at)?;
        let mut base = Base { file: path, services: &mut services, marks: &marks };
        self.extended(name, &mut base, scope, chain)
    }
}
