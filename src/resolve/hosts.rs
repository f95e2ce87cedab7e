//! Public hosts, their addresses, and what stands for them in a description.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use crate::description::{
    Description, Hole, IssuerChoice, Located, Piece, Publish as Published, Template,
};
use crate::diagnostic::{Diagnostic, Position, Problems, did_you_mean};
use crate::stack::{HostName, Publish, Seconds, Sourced, Tls, TlsIssuer, TlsVersion};

/// Ports of HTTP and HTTPS (RFC 9110).
const PORTS: (u16, u16) = (80, 443);

/// The hosts of a description.
pub(super) struct Hosts {
    pub(super) domain: (HostName, Position),
    pub(super) aliases: BTreeMap<String, (HostName, Position)>,
    https: u16,
}

impl Hosts {
    /// The description's hosts.
    pub(super) fn of(description: &Description, problems: &mut Problems) -> Option<Self> {
        let domain = match &description.domain {
            Some(domain) => (domain.value.clone(), domain.at),
            // The mistake is reported; the rest is resolved for a stand-in to find the others.
            None => (no_domain(description, problems)?, description.name.at),
        };
        let mut aliases = BTreeMap::new();
        let mut seen = BTreeMap::from([domain.clone()]);
        for (alias, host) in &description.hosts {
            if let Some(first) = seen.insert(host.value.clone(), host.at) {
                let message = format!("`{}` is named twice", host.value);
                let diagnostic = Diagnostic::at(host.at, "duplicate-host", message);
                problems.add(
                    diagnostic.note(first, "first named here").help("give each host one name"),
                );
            }
            aliases.insert(alias.value.as_str().to_owned(), (host.value.clone(), host.at));
        }
        let https = publish(description).https;
        Some(Self { domain, aliases, https: *https })
    }

    /// Every declared host with its place, the domain first.
    pub(super) fn all(&self) -> impl Iterator<Item = &(HostName, Position)> {
        std::iter::once(&self.domain).chain(self.aliases.values())
    }

    /// The host that a route names; the domain where it names none.
    pub(super) fn find(
        &self,
        named: Option<&Located<HostName>>,
        problems: &mut Problems,
    ) -> Option<HostName> {
        let Some(named) = named else { return Some(self.domain.0.clone()) };
        if let Some((host, _)) = self.aliases.get(named.value.as_str()) {
            return Some(host.clone());
        }
        if self.all().any(|(host, _)| *host == named.value) || named.value.as_str().contains('.') {
            return Some(named.value.clone());
        }
        self.unknown(named.value.as_str(), named.at, problems);
        None
    }

    /// `https://HOST`, with the port where it is not 443.
    pub(super) fn url(&self, host: &HostName) -> String {
        match self.https {
            443 => format!("https://{host}"),
            port => format!("https://{host}:{port}"),
        }
    }

    /// The text with its holes filled; a secret has no place in it.
    pub(super) fn fill(&self, template: &Template, problems: &mut Problems) -> Option<String> {
        let mut filled = String::new();
        for piece in &template.0 {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Hole(hole) => match self.address(hole, problems)? {
                    Some(address) => filled.push_str(&address),
                    None => {
                        let message = "a secret has no place here: anybody can read this value";
                        let help = "use `secrets:` or `env_secrets:` of the service for it";
                        problems.report(hole.at, "secret-in-setting", message, help);
                        return None;
                    }
                },
            }
        }
        Some(filled)
    }

    /// The public address that fills a hole; `Some(None)` where the hole is a secret's.
    pub(super) fn address(
        &self,
        hole: &Located<Hole>,
        problems: &mut Problems,
    ) -> Option<Option<String>> {
        match &hole.value {
            Hole::Url => Some(Some(self.url(&self.domain.0))),
            Hole::UrlOf(alias) => match self.aliases.get(alias.as_str()) {
                Some((host, _)) => Some(Some(self.url(host))),
                None => {
                    self.unknown(alias.as_str(), hole.at, problems);
                    None
                }
            },
            Hole::Secret(_) => Some(None),
        }
    }

    fn unknown(&self, name: &str, at: Position, problems: &mut Problems) {
        let known = self.aliases.keys().map(String::as_str);
        let help = did_you_mean(name, known)
            .unwrap_or_else(|| "declare it below `hosts:`, or write a full host name".to_owned());
        let message = format!("there is no host named `{name}`");
        problems.add(Diagnostic::at(at, "unknown-name", message).help(help));
    }
}

fn no_domain(description: &Description, problems: &mut Problems) -> Option<HostName> {
    if !problems.is_spoiled("domain") {
        let message = "the description needs the key `domain`";
        let help = "add `domain: app.example.com`, the public host; `localhost` for a local stack";
        problems.report(description.name.at, "missing-key", message, help);
    }
    HostName::new("localhost").ok()
}

/// Where the gateway is published.
pub(super) fn publish(description: &Description) -> Publish {
    let Published { address, http, https } =
        description.publish.clone().unwrap_or(Published { address: None, http: None, https: None });
    let port = |port: Option<Located<std::num::NonZeroU16>>, usual: u16| {
        port.map_or(Sourced::derived(usual), |port| Sourced::written(port.value.get(), port.at))
    };
    Publish {
        address: address.map_or(Sourced::derived(IpAddr::V4(Ipv4Addr::UNSPECIFIED)), |address| {
            Sourced::written(address.value, address.at)
        }),
        http: port(http, PORTS.0),
        https: port(https, PORTS.1),
    }
}

/// Encryption towards clients.
pub(super) fn tls(description: &Description, problems: &mut Problems) -> Tls {
    let mut tls = Tls {
        issuer: Sourced::derived(TlsIssuer::Internal),
        minimum: Sourced::plain(TlsVersion::V1_2),
        ciphers: Sourced::default(),
        hsts: Sourced::default(),
    };
    let Some(keys) = &description.tls else { return tls };
    let email = keys.email.as_ref();
    if let Some(choice) = keys.issuer {
        let issuer = match (choice.value, email) {
            (IssuerChoice::Internal, _) => TlsIssuer::Internal,
            (IssuerChoice::Files, _) => TlsIssuer::Files,
            (IssuerChoice::Acme, Some(_)) if is_this_machine(description) => TlsIssuer::Internal,
            (IssuerChoice::Acme, Some(email)) => {
                TlsIssuer::Acme { email: email.value.as_str().to_owned() }
            }
            (IssuerChoice::Acme, None) => {
                let message = "an ACME account needs an address";
                problems.report(choice.at, "missing-key", message, "add `email: you@example.com`");
                TlsIssuer::Internal
            }
        };
        tls.issuer = Sourced::written(issuer, choice.at);
    }
    let asks_acme = keys.issuer.is_some_and(|choice| choice.value == IssuerChoice::Acme);
    if let (Some(email), false) = (email, asks_acme) {
        let message = "`email` belongs to `issuer: acme`";
        problems.report(email.at, "wrong-value", message, "remove it, or write `issuer: acme`");
    }
    if let Some(minimum) = keys.minimum {
        tls.minimum = Sourced::written(minimum.value, minimum.at);
    }
    if let Some(hsts) = keys.hsts {
        tls.hsts = Sourced::written(Seconds(hsts.value.into()), hsts.at);
    }
    tls
}

/// True for a name that no public authority certifies, such as an environment for development has
/// (RFC 6761 section 6.3; CA/Browser Forum Baseline Requirements 4.2.2).
fn is_this_machine(description: &Description) -> bool {
    let domain = description.domain.as_ref().map(|domain| domain.value.as_str());
    domain.is_some_and(|domain| domain == "localhost" || domain.ends_with(".localhost"))
}
