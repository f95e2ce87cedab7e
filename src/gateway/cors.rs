//! Which origins may read answers: one snippet per rule, named by its first origin.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{DrawError, Sheet};
use crate::escape::nginx;
use crate::stack::{CorsRule, Gateway, OriginRule};

/// The snippets' names by rule. A route whose rule is closed has none.
pub(super) struct CorsNames(BTreeMap<BTreeSet<String>, String>);

impl CorsNames {
    /// Names every rule that a route of this gateway has.
    pub(super) fn of(gateway: &Gateway) -> Self {
        let rules = gateway.routes().filter_map(|(_, _, route)| match &route.cors.origins {
            OriginRule::Listed(origins) if !origins.is_empty() => Some(origins.clone()),
            OriginRule::Listed(_) | OriginRule::Closed | OriginRule::Any => None,
        });
        let mut names = BTreeMap::new();
        let mut taken: BTreeMap<String, u32> = BTreeMap::new();
        for rule in rules.collect::<BTreeSet<_>>() {
            let first = rule.first().map(|origin| slug(origin)).unwrap_or_default();
            let count = taken.entry(first.clone()).or_default();
            *count += 1;
            let name = if *count == 1 { first } else { format!("{first}-{count}") };
            names.insert(rule, name);
        }
        Self(names)
    }

    /// The snippet of a rule; empty where the rule is closed.
    pub(super) fn name(&self, rule: &CorsRule) -> &str {
        match &rule.origins {
            OriginRule::Any => "any",
            OriginRule::Closed => "",
            OriginRule::Listed(origins) => self.0.get(origins).map_or("", String::as_str),
        }
    }
}

#[derive(Serialize)]
struct View {
    origins: String,
}

/// Draws `snippets/cors-NAME.conf` for every rule.
pub(super) fn draw(sheet: &mut Sheet) -> Result<(), DrawError> {
    let gateway = &sheet.stack.gateway;
    for (rule, name) in CorsNames::of(gateway).0 {
        for origin in &rule {
            nginx::word(origin)?; // a space inside would make it two
        }
        let origins: Vec<_> = rule.into_iter().collect();
        let view = View { origins: format!(" {} ", origins.join(" ")) };
        sheet.file(format!("snippets/cors-{name}.conf"), "snippets/cors.conf", &view)?;
    }
    if gateway.routes().any(|(_, _, route)| route.cors.origins == OriginRule::Any) {
        let view = View { origins: "*".to_owned() };
        sheet.file("snippets/cors-any.conf", "snippets/cors.conf", &view)?;
    }
    Ok(())
}

/// The host and port of an origin, as part of a file's name.
fn slug(origin: &str) -> String {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    format!("of-{}", host.chars().map(plain).collect::<String>())
}
