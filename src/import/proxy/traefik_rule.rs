//! Rules of traefik's routers: `Host(`a`) && (PathPrefix(`/x`) || Path(`/y`))`, and the older
//! `Host:a;PathPrefix:/x`.
//!
//! Grammar: doc.traefik.io, "Routers", rules of version 3 (syntax of version 2 included) and of
//! version 1 ("Basics", matchers).

/// Hosts and paths that have to fit together; an empty list fits everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Case {
    pub(super) hosts: Vec<String>,
    pub(super) paths: Vec<Path>,
}

/// A path of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Path {
    /// `Path(...)`.
    Exact(String),
    /// `PathPrefix(...)`.
    Prefix(String),
    /// `PathPrefixStrip:...`, of version 1.
    Stripped(String),
}

/// The cases of a rule, any of which admits a request; none where it is not understood.
pub(super) fn parse(rule: &str) -> Option<Vec<Case>> {
    if !rule.contains('(') {
        return first_version(rule);
    }
    let mut reader = Reader { rest: rule.trim(), depth: 0 };
    let cases = reader.any()?;
    reader.rest.is_empty().then_some(cases)
}

/// Every host that a rule names, whether it is understood or not.
pub(super) fn hosts(rule: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in rule.split("Host").skip(1) {
        let old = part.strip_prefix(':').map(|rest| rest.split(';').next().unwrap_or_default());
        let new = part.strip_prefix('(').map(|rest| rest.split(')').next().unwrap_or_default());
        let names = old.or(new).unwrap_or_default().split(',');
        let names = names.map(|name| name.trim().trim_matches(['`', '"', '\'']));
        found.extend(
            names.filter(|name| !name.is_empty() && super::is_host(name)).map(str::to_owned),
        );
    }
    found
}

/// `Host:a,b;PathPrefix:/x`.
fn first_version(rule: &str) -> Option<Vec<Case>> {
    let mut case = Case::default();
    for part in rule.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (matcher, values) = part.split_once(':')?;
        let values: Vec<_> = values.split(',').map(|value| value.trim().to_owned()).collect();
        case = both(&case, &one(matcher.trim(), values)?)?;
    }
    (case != Case::default()).then(|| vec![case])
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

/// More parentheses than a person writes, fewer than a stack holds.
const DEEP: usize = 32;

/// More cases than a person writes; `&&` multiplies them.
const MANY: usize = 256;

impl Reader<'_> {
    fn any(&mut self) -> Option<Vec<Case>> {
        let mut cases = self.all()?;
        while self.take("||") {
            cases.extend(self.all()?);
        }
        (cases.len() <= MANY).then_some(cases)
    }

    fn all(&mut self) -> Option<Vec<Case>> {
        let mut cases = self.single()?;
        while self.take("&&") {
            let next = self.single()?;
            let pairs = cases.iter().flat_map(|one| next.iter().map(move |other| (one, other)));
            cases = pairs.map(|(one, other)| both(one, other)).collect::<Option<_>>()?;
            if cases.len() > MANY {
                return None;
            }
        }
        Some(cases)
    }

    fn single(&mut self) -> Option<Vec<Case>> {
        if self.take("(") {
            self.depth += 1;
            let inside = (self.depth < DEEP).then(|| self.any())??;
            self.depth -= 1;
            return self.take(")").then_some(inside);
        }
        let (matcher, _) = self.rest.split_once('(')?;
        let matcher = matcher.to_owned();
        self.rest = self.rest.get(matcher.len() + 1..)?;
        let mut values = Vec::new();
        loop {
            values.push(self.quoted()?);
            if !self.take(",") {
                break;
            }
        }
        self.take(")").then_some(())?;
        Some(vec![one(matcher.trim(), values)?])
    }

    fn quoted(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        let quote = self.rest.chars().next().filter(|c| matches!(c, '`' | '"' | '\''))?;
        let (value, rest) = self.rest.get(1..)?.split_once(quote)?;
        self.rest = rest;
        Some(value.to_owned())
    }

    fn take(&mut self, what: &str) -> bool {
        let rest = self.rest.trim_start().strip_prefix(what).map(str::trim_start);
        rest.inspect(|rest| self.rest = rest).is_some()
    }
}

/// The case of one matcher; none for one that a route cannot say.
fn one(matcher: &str, values: Vec<String>) -> Option<Case> {
    let paths = |of: fn(String) -> Path| Case {
        paths: values.iter().cloned().map(of).collect(),
        ..Case::default()
    };
    let hosts_fit = || values.iter().all(|host| super::is_host(host));
    let paths_fit = || values.iter().all(|path| super::is_path(path));
    match matcher {
        "Host" if hosts_fit() => Some(Case { hosts: values, ..Case::default() }),
        "Path" if paths_fit() => Some(paths(Path::Exact)),
        "PathPrefix" if paths_fit() => Some(paths(Path::Prefix)),
        "PathPrefixStrip" if paths_fit() => Some(paths(Path::Stripped)),
        _ => None,
    }
}

/// What fits two cases; none where both name hosts, or both paths: which of them is meant is a
/// question of their overlap.
fn both(one: &Case, other: &Case) -> Option<Case> {
    let hosts = one.hosts.is_empty() || other.hosts.is_empty();
    let paths = one.paths.is_empty() || other.paths.is_empty();
    (hosts && paths).then(|| Case {
        hosts: [one.hosts.as_slice(), &other.hosts].concat(),
        paths: [one.paths.as_slice(), &other.paths].concat(),
    })
}
