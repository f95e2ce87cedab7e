//! What a control is: its page, what it finds in a stack, and what it mends.
//!
//! It stands apart from the controls so that their folder holds nothing but controls.

mod catalogue;
mod page;
mod places;
mod section;
mod severity;
#[cfg(test)]
mod trial;
mod violation;

pub use catalogue::{all_without, find, page, pages};
pub use page::Page;
pub(super) use places::{
    builds, gateway, gateway_at, network_at, networks, route_at, routes, secret_at, service_at,
    services,
};
pub use section::Section;
pub use severity::Severity;
#[cfg(test)]
pub(super) use trial::{app, db, mended, places, route};
pub(super) use violation::Found;
pub use violation::Violation;

use crate::stack::{Place, Stack};

/// One wanted condition of a stack.
pub trait Control: Sync {
    /// What people read about it.
    fn page(&self) -> &'static Page;

    /// False where the stack has nothing that the condition is about: no line of the report then,
    /// since no code would earn it.
    fn concerns(&self, _stack: &Stack) -> bool {
        true
    }

    /// Every place where the condition does not hold. Linear in the size of the stack.
    fn check(&self, stack: &Stack) -> Vec<Violation>;

    /// What a machine may safely do about a violation at `at`; nothing by default: a person must.
    fn mend(&self, _stack: &mut Stack, _at: &Place) {}

    /// Stable, kebab-case; used in exceptions and reports.
    fn id(&self) -> &'static str {
        self.page().id
    }

    /// The wanted condition: "The root file system is read-only".
    fn title(&self) -> &'static str {
        self.page().title
    }

    /// The section of the report that it belongs to.
    fn section(&self) -> Section {
        self.page().section
    }

    /// How much a violation gives away, where somebody wrote it.
    fn severity(&self) -> Severity {
        self.page().severity
    }

    /// Markdown: why the condition is wanted.
    fn why(&self) -> &'static str {
        self.page().why
    }

    /// What it satisfies elsewhere, for example `CIS Docker 5.13`, `compose-lint CL-0007`.
    fn references(&self) -> &'static [&'static str] {
        self.page().references
    }

    /// Where the mended condition shows in the generated files.
    fn enforced_in(&self) -> &'static str {
        self.page().enforced_in
    }

    /// True where a value that a person wrote in a description is refused instead of mended.
    fn refuses(&self) -> bool {
        self.page().refuses
    }

    /// True where only people can fulfil it, outside of everything that is generated.
    fn is_advice(&self) -> bool {
        self.page().by_people
    }
}
