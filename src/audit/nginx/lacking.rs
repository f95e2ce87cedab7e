//! What a whole configuration does not say, each told at the first server of it.

use super::super::Finding;
use super::super::judged_file::Found;
use super::whole::Whole;
use super::{Configuration, context, rules};
use crate::directives::Directive;

/// The findings; none about what another file may say.
pub(super) fn found(read: &Whole<'_>, configuration: Configuration) -> Vec<Finding> {
    let mut findings = Vec::new();
    if configuration.is_edge && !says(read, |d| d.name() == "set_real_ip_from") {
        findings.extend(forwarded(read));
    }
    if !configuration.is_whole {
        return findings;
    }
    let Some(server) = first_server(read) else { return findings };
    let mut tell = |rule, found: &str, advice| {
        let (found, place) = (found.to_owned(), "the whole configuration".to_owned());
        let found = Found { rule, offset: server.offset, place, found, advice, lacking: true };
        findings.extend(read.finding(found, server.offset));
    };
    if !says(read, |directive| directive.name() == "server_tokens") {
        tell("server-tokens", "answers name nginx's version", rules::TOKENS);
    }
    let named = |directive: &Directive| {
        let is_name = |name: &String| name.contains('.') && !name.starts_with(['~', '*']);
        directive.name() == "server_name" && directive.arguments().iter().any(is_name)
    };
    if says(read, named)
        && !says(read, |directive| directive.name() == "server" && refuses(directive))
    {
        let advice = "add a server with `listen ... default_server;` and `return 444;`";
        tell("unknown-host", "a request for any other host is answered too", advice);
    }
    findings
}

/// `X-Forwarded-For` with what the client sent, each where it stands.
fn forwarded(read: &Whole<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for tree in &read.trees {
        context::visit(tree, None, &mut |standing| {
            let ("proxy_set_header", [name, value]) = (standing.name(), standing.arguments())
            else {
                return;
            };
            let sent = value.contains("$proxy_add_x_forwarded_for")
                || value.contains("$http_x_forwarded_for");
            if name.eq_ignore_ascii_case("x-forwarded-for") && sent {
                let offset = standing.directive.offset;
                let found = Found {
                    rule: "nginx-forwarded-for",
                    offset,
                    place: standing.place(),
                    found: "the client may name addresses before its own".to_owned(),
                    advice: "write `$remote_addr`; behind another proxy, name it with `set_real_ip_from`",
                    lacking: false,
                };
                findings.extend(read.finding(found, offset));
            }
        });
    }
    findings
}

/// A server that answers nobody: it is what unknown hosts are meant to get.
fn refuses(server: &Directive) -> bool {
    server.block().iter().any(|inner| match (inner.name(), inner.arguments()) {
        ("ssl_reject_handshake", [word]) => word == "on",
        ("return", [code, ..]) => code.starts_with('4'),
        ("deny", [who]) => who == "all",
        _ => false,
    })
}

fn first_server<'r>(read: &'r Whole<'_>) -> Option<&'r Directive> {
    read.trees.iter().find_map(|tree| {
        let http = tree.iter().filter(|directive| directive.name() == "http");
        let mut all = tree.iter().chain(http.flat_map(|http| http.block()));
        all.find(|directive| directive.name() == "server")
    })
}

/// True where some directive of the files, on any level, is one that is asked for.
fn says(read: &Whole<'_>, is: impl Fn(&Directive) -> bool) -> bool {
    let mut said = false;
    for tree in &read.trees {
        context::visit(tree, None, &mut |standing| said |= is(standing.directive));
    }
    said
}
