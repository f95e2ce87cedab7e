//! One public host as one nginx server: its locations by class, then by path.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::cors::{CorsNames, of_host};
use super::frame::Frame;
use super::location::{Location, Routes};
use super::upstream::Upstreams;
use super::{DrawError, Sheet};
use crate::stack::{Access, Gateway, Host, HostName, PolicyKind, PolicyName, Route};

/// Routes of one kind of access, in the order in which they stand in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Public,
    Webhook,
    Keyed,
    Protected,
    SignedIn,
}

#[derive(Serialize)]
struct View<'a> {
    host: &'a HostName,
    https: &'a str,
    policies: BTreeSet<&'a PolicyName>,
    groups: Vec<Group>,
    default_deny: bool,
    json_errors: bool,
    limit_status: u16,
}

#[derive(Serialize)]
struct Group {
    title: &'static str,
    locations: Vec<Location>,
}

/// Draws `sites/HOST.conf` for every host.
pub(super) fn draw(
    sheet: &mut Sheet,
    upstreams: &Upstreams,
    frame: &Frame,
) -> Result<(), DrawError> {
    let gateway = &sheet.stack.gateway;
    let cors = CorsNames::of(gateway);
    for (name, host) in &gateway.hosts {
        let routes = Routes { sheet, upstreams, cors: &cors, host, of_host: of_host(host) };
        let groups = groups(gateway, &routes)?;
        let all = || groups.iter().flat_map(|group| &group.locations);
        let rooted = all().any(|location| !location.exact && location.path == "/");
        let view = View {
            host: name,
            https: &frame.https,
            policies: policies(gateway, name, host)?,
            default_deny: frame.default_deny && !rooted,
            json_errors: frame.json_errors,
            limit_status: frame.limit_status,
            groups,
        };
        sheet.file(format!("sites/{name}.conf"), "sites/host.conf", &view)?;
    }
    Ok(())
}

fn groups(gateway: &Gateway, routes: &Routes) -> Result<Vec<Group>, DrawError> {
    let mut classes: BTreeMap<Class, Vec<Location>> = BTreeMap::new();
    for (path, route) in &routes.host.routes {
        let location = routes.location(path, route)?;
        classes.entry(class(gateway, route)?).or_default().push(location);
    }
    let group = |(class, locations)| Group { title: title(class), locations };
    Ok(classes.into_iter().map(group).collect())
}

fn class(gateway: &Gateway, route: &Route) -> Result<Class, DrawError> {
    let name = match &*route.access {
        Access::Unstated | Access::Open => return Ok(Class::Public),
        Access::Webhook(_) => return Ok(Class::Webhook),
        Access::Policy(name) => name,
    };
    match gateway.policies.get(name).map(|policy| &policy.kind) {
        Some(PolicyKind::ApiKey(_)) => Ok(Class::Keyed),
        Some(PolicyKind::Validator(_)) => Ok(Class::Protected),
        Some(PolicyKind::Oidc(_)) => Ok(Class::SignedIn),
        None => Err(DrawError::UnknownPolicy(name.clone())),
    }
}

fn title(class: Class) -> &'static str {
    match class {
        Class::Public => "public",
        Class::Webhook => "webhooks",
        Class::Keyed => "keyed",
        Class::Protected => "protected",
        Class::SignedIn => "signed-in",
    }
}

/// The policies of a host's routes; at most one of them signs people in, at `/oauth2/`.
fn policies<'a>(
    gateway: &Gateway,
    name: &HostName,
    host: &'a Host,
) -> Result<BTreeSet<&'a PolicyName>, DrawError> {
    let named = host.routes.values().filter_map(|route| match &*route.access {
        Access::Policy(policy) => Some(policy),
        Access::Unstated | Access::Open | Access::Webhook(_) => None,
    });
    let policies: BTreeSet<_> = named.collect();
    let signs_in = |policy: &&&PolicyName| {
        let kind = gateway.policies.get(**policy).map(|policy| &policy.kind);
        matches!(kind, Some(PolicyKind::Oidc(_)))
    };
    let mut sign_ins = policies.iter().filter(signs_in);
    if let (Some(first), Some(second)) = (sign_ins.next(), sign_ins.next()) {
        return Err(DrawError::TwoSignIns {
            host: name.clone(),
            first: (*first).clone(),
            second: (*second).clone(),
        });
    }
    Ok(policies)
}
