//! Try one control on the sample stack: where does it fire, and what is left after its mending?

use super::Control;
use crate::hardening::judge;
use crate::stack::{Route, RoutePath, Service, Stack, testing::sample};

/// Where `control` fires in the sample stack after `change`, as one line.
pub(in crate::controls) fn places(
    control: &dyn Control,
    change: impl FnOnce(&mut Stack),
) -> String {
    let mut stack = sample();
    change(&mut stack);
    fired(control, &stack)
}

/// Where `control` still fires after it has mended the changed sample stack, as one line.
pub(in crate::controls) fn mended(
    control: &dyn Control,
    change: impl FnOnce(&mut Stack),
) -> String {
    let mut stack = sample();
    change(&mut stack);
    judge(&mut stack, &[control]);
    fired(control, &stack)
}

/// The sample's application.
pub(in crate::controls) fn app(stack: &mut Stack) -> &mut Service {
    stack.services.get_mut("app").expect("the sample has an app")
}

/// The sample's database.
pub(in crate::controls) fn db(stack: &mut Stack) -> &mut Service {
    stack.services.get_mut("db").expect("the sample has a database")
}

/// The sample's route `/api/`.
pub(in crate::controls) fn route(stack: &mut Stack) -> &mut Route {
    let host = stack.gateway.hosts.values_mut().next().expect("the sample has a host");
    let path = RoutePath::new("/api/").expect("a valid path");
    host.routes.get_mut(&path).expect("the sample has a route")
}

fn fired(control: &dyn Control, stack: &Stack) -> String {
    let mut places: Vec<String> =
        control.check(stack).iter().map(|violation| violation.place.to_string()).collect();
    places.dedup();
    places.join(", ")
}
