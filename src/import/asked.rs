//! Whether the health check that is known for an image takes the place of the one that a service has itself:
//! both the secrets of a check and its description go by the same answer.

use crate::compose::{Healthcheck, Number, Service, Words, seconds, words};
use crate::knowledge::{Dialect, Facts, HealthFact, ImageKnowledge};

/// Programs that ask the same of a server, in one line each, and the word that makes it that question.
const SAME: &[(&[&str], &str)] = &[
    (&["pg_isready"], ""),
    (&["healthcheck.sh"], "--connect"),
    (&["mysqladmin", "mariadb-admin", "healthcheck.sh"], "ping"),
    (&["redis-cli", "valkey-cli"], "ping"),
    (&["mongosh", "mongo"], "ping"),
    (&["rabbitmq-diagnostics", "rabbitmqctl"], "ping"),
];
const HTTP: &[&str] = &["curl", "wget"];

/// Seconds that a service has until a check of ours that always fails counts: a start of 30, and five questions 10 apart.
const PATIENCE: u64 = 80;

/// Why the known check is asked instead; None where the service's own says more, or waits longer.
pub(super) fn instead(
    known: &ImageKnowledge,
    facts: &Facts,
    keys: &Service,
) -> Option<&'static str> {
    let own = keys.healthcheck.as_ref()?;
    let fact = facts.health.as_ref().filter(|fact| !matches!(fact, HealthFact::Impossible(_)))?;
    let told = |own: &Option<Words>| own.as_ref().map(words).unwrap_or_default();
    if facts.is_told(&told(&keys.entrypoint), &told(&keys.command)) {
        return None;
    }
    let Some(line) = line(own.test.as_ref()) else {
        return Some("the question that is known for this image is asked");
    };
    if has_accounts_in_a_file(keys) {
        return None;
    }
    // Known settings have a new database ask for a password on every way in (initdb's --auth-local and --auth-host).
    let signs_in =
        line.split_whitespace().any(|word| word == "psql") && !line.contains("PGPASSWORD");
    if known.dialect == Dialect::Postgres && signs_in {
        return Some(
            "`pg_isready` asks instead: signing in takes a password now, which this check does not have",
        );
    }
    let usual = match fact {
        HealthFact::Command(words) => words.join(" "),
        HealthFact::Shell(line) | HealthFact::Impossible(line) => line.clone(),
    };
    let same = !waits_longer(own) && asks_the_same(&line, &usual);
    same.then_some("the question that is known for this image is asked")
}

/// True for a redis or valkey whose users stand in a file of the project's own: who may ask, only that knows.
pub(super) fn has_accounts_in_a_file(keys: &Service) -> bool {
    let words = match keys.command.as_ref() {
        Some(Words::Line(line)) => line.split_whitespace().collect(),
        Some(Words::List(words)) => words.iter().map(String::as_str).collect(),
        None => Vec::new(),
    };
    let has = |word: &str| words.contains(&word);
    !has("--requirepass") && (has("--aclfile") || words.iter().any(|word| word.ends_with(".conf")))
}

/// The test as a line; None where nothing is asked.
fn line(test: Option<&Words>) -> Option<String> {
    match test? {
        Words::Line(line) => Some(line.clone()),
        Words::List(words) => match words.split_first() {
            Some((kind, rest)) if kind != "NONE" && !rest.is_empty() => Some(rest.join(" ")),
            _ => None,
        },
    }
}

/// Longer than a check of ours would: a server with much data needs it at its start.
fn waits_longer(own: &Healthcheck) -> bool {
    let time = |text: &Option<String>| text.as_deref().and_then(seconds).map(|time| time.0);
    let count = |count: &Number| count.0.parse::<u64>().ok();
    let retries = own.retries.as_ref().and_then(count).unwrap_or(5);
    let asked = time(&own.interval).unwrap_or(10).saturating_mul(retries);
    asked.saturating_add(time(&own.start_period).unwrap_or(0)) > PATIENCE
}

fn asks_the_same(own: &str, usual: &str) -> bool {
    let (Some(own), Some(usual)) = (single(own), single(usual)) else { return false };
    if own == usual {
        return true;
    }
    let (a, b) = (program(&own), program(&usual));
    if HTTP.contains(&a) && HTTP.contains(&b) {
        return address(&own).is_some_and(|asked| address(&usual) == Some(asked));
    }
    let says = |line: &str, word: &str| line.to_lowercase().contains(word);
    SAME.iter().any(|(programs, word)| {
        let asks = |line: &str| programs.contains(&program(line));
        // Who signs in as somebody wants to know more than whether there is an answer.
        asks(&own) && asks(&usual) && says(&own, word) && !own.contains("--user ")
    })
}

/// The one command of a line, without what only looks at its answer; None where there are several.
fn single(line: &str) -> Option<String> {
    let mut rest = line.trim();
    for (operator, words) in [("||", &["exit", "false"][..]), ("|", &["grep"])] {
        let looks = |after: &str| words.iter().any(|word| after.trim_start().starts_with(word));
        match rest.rsplit_once(operator) {
            Some((before, after)) if looks(after) => rest = before.trim_end(),
            _ => (),
        }
    }
    let rest = rest.replace("2>&1", "").replace("&>", ">");
    (!rest.contains(['|', ';', '&', '\n', '`'])).then(|| rest.trim().to_owned())
}

/// The name of the program that a command starts.
fn program(line: &str) -> &str {
    let assigns = |word: &&str| word.contains('=');
    let first = line.split_whitespace().find(|word| !assigns(word)).unwrap_or_default();
    first.rsplit('/').next().unwrap_or_default()
}

/// Port and path that a line asks by HTTP.
fn address(line: &str) -> Option<(u16, &str)> {
    let words = line.split_whitespace().map(|word| word.trim_matches(['"', '\'']));
    let local = |word: &str| word.starts_with("localhost") || word.starts_with("127.0.0.1");
    let (rest, usual) = words.into_iter().find_map(|word| match word.split_once("://") {
        Some(("https", rest)) => Some((rest, 443)),
        Some((_, rest)) => Some((rest, 80)),
        None => local(word).then_some((word, 80)),
    })?;
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let port = authority.rsplit_once(':').map_or(Some(usual), |(_, port)| port.parse().ok());
    Some((port?, path))
}

#[cfg(test)]
mod tests {
    use super::asks_the_same;

    #[test]
    fn the_same_question_in_other_words() {
        for (own, usual) in [
            ("pg_isready -U shop -d shop || exit 1", "pg_isready -q -h 127.0.0.1 -U postgres"),
            (
                "redis-cli ping | grep PONG",
                "redis-cli --user health --pass health ping | grep -q PONG",
            ),
            ("redis-cli -a word PING", "redis-cli --user health --pass health ping | grep -q PONG"),
            ("mysqladmin ping -h localhost -pword", "mysqladmin ping --silent -h 127.0.0.1"),
            ("curl -f http://localhost/ || exit 1", "wget -q -O /dev/null http://127.0.0.1:80/"),
            ("mc ready local", "mc ready local"),
        ] {
            assert!(asks_the_same(own, usual), "{own}");
        }
    }

    #[test]
    fn a_question_that_says_more() {
        for (own, usual) in [
            ("pg_isready -U shop && test -e /ready", "pg_isready -q"),
            ("redis-cli --user monitor --pass word ping", "redis-cli ping"),
            ("redis-cli info replication", "redis-cli ping"),
            (
                "mongosh --eval 'try { rs.status() } catch (e) { rs.initiate() }'",
                "mongosh --eval ping",
            ),
            ("curl -f http://localhost/ready", "curl -fs http://127.0.0.1:80/"),
            ("curl -f http://localhost:8080/", "curl -fs http://127.0.0.1:80/"),
            ("mysql -e 'select 1'", "mysqladmin ping"),
            ("own-check", "pg_isready -q"),
        ] {
            assert!(!asks_the_same(own, usual), "{own}");
        }
    }
}
