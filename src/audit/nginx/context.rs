//! Where a directive stands: the blocks around it, outermost first.

use crate::directives::Directive;

/// A directive in its blocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing<'a> {
    pub(super) directive: &'a Directive,
    /// The block that it stands in; none: the file.
    pub(super) around: Option<&'a Standing<'a>>,
    /// Its neighbours, itself included.
    pub(super) beside: &'a [Directive],
}

impl<'a> Standing<'a> {
    pub(super) fn name(&self) -> &'a str {
        self.directive.name()
    }

    pub(super) fn arguments(&self) -> &'a [String] {
        self.directive.arguments()
    }

    /// Itself and the blocks around it, from the inside out.
    pub(super) fn outwards(&self) -> impl Iterator<Item = &Standing<'a>> {
        std::iter::successors(Some(self), |standing| standing.around)
    }

    /// The nearest block of a name around it.
    pub(super) fn nearest(&self, name: &str) -> Option<&'a Directive> {
        let mut blocks = self.outwards().skip(1);
        blocks.find(|standing| standing.name() == name).map(|standing| standing.directive)
    }

    /// Where it stands, for people: `location /files`, `server example.org`.
    pub(super) fn place(&self) -> String {
        let named = |standing: &Standing<'a>| match standing.name() {
            "location" => Some(standing.directive.line()),
            "server" => Some(server_name(standing.directive)),
            "http" | "stream" | "upstream" => Some(standing.name().to_owned()),
            _ => None,
        };
        self.outwards().skip(1).find_map(named).unwrap_or_else(|| "the file".to_owned())
    }
}

fn server_name(server: &Directive) -> String {
    let names = server.block().iter().filter(|inner| inner.name() == "server_name");
    match names.flat_map(Directive::arguments).next() {
        Some(name) => format!("server {name}"),
        None => "server".to_owned(),
    }
}

/// Visit every directive with its blocks.
pub(super) fn visit<'a>(
    tree: &'a [Directive],
    around: Option<&Standing<'a>>,
    see: &mut impl FnMut(&Standing<'_>),
) {
    for directive in tree {
        let standing = Standing { directive, around, beside: tree };
        see(&standing);
        visit(directive.block(), Some(&standing), see);
    }
}
