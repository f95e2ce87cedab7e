//! Rules that one directive breaks where it stands.
//!
//! What a directive means: nginx.org, "Alphabetical index of directives".

use super::super::judged_file::Found;
use super::context::Standing;

/// What is wrong with a directive.
pub(super) fn found(standing: &Standing<'_>) -> Option<Found> {
    RULES.iter().find_map(|rule| rule(standing))
}

type Rule = fn(&Standing<'_>) -> Option<Found>;

const RULES: &[Rule] = &[
    server_tokens,
    tls_version,
    tls_ciphers,
    autoindex,
    alias,
    host_header,
    proxy_target,
    response_splitting,
    body_limit,
    header_inheritance,
];

fn server_tokens(at: &Standing<'_>) -> Option<Found> {
    let on = at.name() == "server_tokens" && matches!(at.arguments(), [word] if word == "on");
    let found = || new(at, "server-tokens", "answers name nginx's version".to_owned(), TOKENS);
    on.then(found)
}

pub(super) const TOKENS: &str = "write `server_tokens off;` in `http`";

fn tls_version(at: &Standing<'_>) -> Option<Found> {
    const OLD: [&str; 4] = ["SSLv2", "SSLv3", "TLSv1", "TLSv1.1"];
    if at.name() != "ssl_protocols" {
        return None;
    }
    let old = at.arguments().iter().filter(|word| OLD.contains(&word.as_str()));
    let old: Vec<&str> = old.map(String::as_str).collect();
    let found = || new(at, "tls-version", format!("{} is spoken", old.join(" and ")), VERSIONS);
    (!old.is_empty()).then(found)
}

const VERSIONS: &str = "write `ssl_protocols TLSv1.2 TLSv1.3;`";

fn tls_ciphers(at: &Standing<'_>) -> Option<Found> {
    const BROKEN: [&str; 7] = ["NULL", "EXPORT", "EXP", "RC4", "3DES", "DES", "MD5"];
    if at.name() != "ssl_ciphers" {
        return None;
    }
    let suites = at.arguments().iter().flat_map(|word| word.split([':', ' ', ',']));
    let offered = suites.filter(|suite| !suite.starts_with(['!', '-', '+', '@']));
    let broken = |suite: &&str| {
        suite.split(['-', '+', '_']).any(|part| {
            BROKEN.contains(&part) || matches!(part, "aNULL" | "eNULL" | "LOW" | "EXPORT40")
        })
    };
    let suite = offered.into_iter().find(broken)?;
    let advice = "take the suites of Mozilla's intermediate list, or leave `ssl_ciphers` away";
    Some(new(at, "tls-ciphers", format!("{suite} is offered"), advice))
}

fn autoindex(at: &Standing<'_>) -> Option<Found> {
    let on = at.name() == "autoindex" && matches!(at.arguments(), [word] if word == "on");
    let found = || new(at, "nginx-autoindex", "folders list their files".to_owned(), "remove it");
    on.then(found)
}

fn alias(at: &Standing<'_>) -> Option<Found> {
    let ("alias", [folder]) = (at.name(), at.arguments()) else { return None };
    let place = at.around.filter(|around| around.name() == "location")?;
    let path = match place.arguments() {
        [path] => path,
        [how, path] if how == "^~" => path,
        _ => return None,
    };
    // `location ~x` in one word is a pattern, `@x` a name.
    let open = path.starts_with('/') && !path.ends_with('/') && folder.ends_with('/');
    let found = format!("`{path}../` leaves {folder}");
    let advice = "end the location with `/` as the folder does";
    open.then(|| new(at, "nginx-alias-traversal", found, advice))
}

fn host_header(at: &Standing<'_>) -> Option<Found> {
    let ("proxy_set_header", [name, value]) = (at.name(), at.arguments()) else { return None };
    let sent = is_variable(value, "http_host") || value.contains("$arg_");
    let found = || new(at, "nginx-host-header", format!("Host is {value}"), "write `$host`");
    (name.eq_ignore_ascii_case("host") && sent).then(found)
}

fn proxy_target(at: &Standing<'_>) -> Option<Found> {
    let ("proxy_pass", [target]) = (at.name(), at.arguments()) else { return None };
    let (_, rest) = target.split_once("://")?;
    let authority = rest.split('/').next().unwrap_or_default();
    let sent = |variable: &str| {
        ["arg_", "cookie_", "http_"].iter().any(|start| variable.starts_with(start))
            || matches!(variable, "args" | "query_string" | "host")
    };
    let chosen = variables(authority).into_iter().find(|variable| sent(variable))?;
    let guarded = at.outwards().any(|block| {
        // A condition may have narrowed it down; `internal` leaves the client out.
        block.name() == "if" || block.beside.iter().any(|beside| beside.name() == "internal")
    });
    // A server with names has already compared the host with them.
    let named = chosen == "host"
        && at.nearest("server").is_some_and(|server| {
            let names = server.block().iter().filter(|inner| inner.name() == "server_name");
            names.flat_map(|name| name.arguments()).any(|name| name.contains('.'))
        });
    let found = format!("the client names the target with ${chosen}");
    let advice = "name the upstream, or choose among known ones with `map`";
    (!guarded && !named).then(|| new(at, "nginx-proxy-target", found, advice))
}

fn response_splitting(at: &Standing<'_>) -> Option<Found> {
    let value = match (at.name(), at.arguments()) {
        ("return", [code, to]) if code.starts_with('3') => to,
        ("rewrite", [_, to, how]) if matches!(how.as_str(), "redirect" | "permanent") => to,
        ("add_header", [_, value, ..]) => value,
        _ => return None,
    };
    let decoded = variables(value).into_iter().find(|name| matches!(*name, "uri" | "document_uri"));
    let decoded = decoded?;
    // Where only some paths come, it depends on which: not told here.
    let narrowed = at.outwards().skip(1).any(|block| match (block.name(), block.arguments()) {
        ("if", _) => true,
        ("location", [how, _]) => how != "^~",
        ("location", [path]) => !path.starts_with('/'),
        _ => false,
    });
    let found = format!("${decoded} is decoded: it may hold line ends");
    let advice = "write `$request_uri`";
    (!narrowed).then(|| new(at, "nginx-response-splitting", found, advice))
}

fn body_limit(at: &Standing<'_>) -> Option<Found> {
    let none =
        at.name() == "client_max_body_size" && matches!(at.arguments(), [size] if is_zero(size));
    let internal = || at.beside.iter().any(|beside| beside.name() == "internal");
    let found = || new(at, "body-limits", "bodies of any size are taken".to_owned(), LIMIT);
    (none && !internal()).then(found)
}

const LIMIT: &str = "write the largest that is needed: `client_max_body_size 10m;`";

fn is_zero(size: &str) -> bool {
    let digits = size.trim_end_matches(|c: char| "kKmMgG".contains(c));
    !digits.is_empty() && digits.chars().all(|c| c == '0')
}

/// Headers for browsers whose loss opens something.
const SECURITY: [&str; 5] = [
    "content-security-policy",
    "cross-origin-opener-policy",
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
];

/// Told at a block's first `add_header`.
fn header_inheritance(at: &Standing<'_>) -> Option<Found> {
    let header = |directive: &crate::directives::Directive| {
        let name = directive.arguments().first()?.to_lowercase();
        (directive.name() == "add_header").then_some(name)
    };
    let is_first = at.name() == "add_header"
        && at.beside.iter().find(|d| d.name() == "add_header") == Some(at.directive);
    let merges = |block: &&Standing<'_>| {
        block
            .beside
            .iter()
            .any(|beside| beside.name() == "add_header_inherit" && beside.arguments() != ["on"])
    };
    // An `include` may bring them along.
    let included = || at.beside.iter().any(|beside| beside.name() == "include");
    if !is_first || included() || at.outwards().any(|block| merges(&block)) {
        return None;
    }
    let own: Vec<String> = at.beside.iter().filter_map(header).collect();
    let outer = at.outwards().skip(1).map(|block| block.beside);
    let outer = outer.map(|beside| beside.iter().filter_map(header).collect::<Vec<String>>());
    let inherited = outer.into_iter().find(|names| !names.is_empty())?;
    let lost =
        inherited.iter().filter(|name| SECURITY.contains(&name.as_str()) && !own.contains(name));
    let lost: Vec<&str> = lost.map(String::as_str).collect();
    let found = || format!("it takes away {}, which stands around it", lost.join(" and "));
    let advice = "repeat them here, or write `add_header_inherit merge;` (nginx 1.29.3)";
    (!lost.is_empty()).then(|| new(at, "nginx-header-inheritance", found(), advice))
}

fn is_variable(word: &str, name: &str) -> bool {
    variables(word) == [name] && word.trim_start_matches(['$', '{']).trim_end_matches('}') == name
}

/// Names of the variables in a word.
fn variables(word: &str) -> Vec<&str> {
    let names = word.split('$').skip(1).map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    });
    names.filter(|name| !name.is_empty()).collect()
}

fn new(at: &Standing<'_>, rule: &'static str, found: String, advice: &'static str) -> Found {
    let offset = at.directive.offset;
    Found { rule, offset, place: at.place(), found, advice, lacking: false }
}
