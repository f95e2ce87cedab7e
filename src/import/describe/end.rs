//! Whether what a service is told to run ends: a server does not, nor a shell that waits for ever.
//!
//! Alone because it reads shell lines, and only as far as to answer this one question.

use crate::compose::{Service, words};

/// Programs that run until somebody stops them, by the last part of their path.
const SERVERS: &[&str] = &[
    "apache2-foreground",
    "caddy",
    "celery",
    "cron",
    "crond",
    "daphne",
    "dockerd",
    "go-crond",
    "granian",
    "gunicorn",
    "haproxy",
    "httpd-foreground",
    "hypercorn",
    "inotifywait",
    "mongod",
    "mysqld",
    "nginx",
    "nodemon",
    "php-fpm",
    "pm2-runtime",
    "puma",
    "redis-server",
    "sidekiq",
    "socat",
    "sshd",
    "supercronic",
    "supervisord",
    "traefik",
    "uvicorn",
    "uwsgi",
];

/// Words of a program's own that start a server: `manage.py runserver`, `npm start`.
const SERVES: &[(&[&str], &[&str])] = &[
    (&["manage.py", "django-admin"], &["runserver", "qcluster"]),
    (&["npm", "yarn", "pnpm", "bun"], &["start", "dev", "serve", "start:prod", "start:dev"]),
    (
        &["artisan"],
        &["serve", "queue:work", "queue:listen", "schedule:work", "horizon", "octane:start"],
    ),
    (&["rails"], &["server", "s"]),
    (&["flask"], &["run"]),
    (&["hugo", "mkdocs", "jekyll", "vite"], &["server", "serve", "dev"]),
];

/// Programs whose only job is to start the one that follows.
const STARTERS: &[&str] = &[
    "exec",
    "bundle",
    "tini",
    "dumb-init",
    "gosu",
    "su-exec",
    "nohup",
    "time",
    "env",
    "sudo",
    "--",
];

/// Programs that do one thing and end, by the last part of their path.
const ENDING: &[&str] = &[
    "alembic", "aws", "chmod", "chown", "cp", "curl", "echo", "exit", "git", "ln", "mc", "mkdir",
    "mv", "mysql", "openssl", "printf", "psql", "rm", "sed", "tar", "touch", "true", "unzip",
    "wget",
];

/// Words that bring a database to its newest shape and end, whatever program reads them.
const MIGRATES: &[&str] = &[
    "migrate",
    "db:migrate",
    "db:prepare",
    "db:setup",
    "db:seed",
    "collectstatic",
    "createsuperuser",
    "loaddata",
];

/// What is known of a command's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It serves, or waits for ever.
    Never,
    /// Its last words do one thing and end.
    InSight,
    /// Nobody knows.
    Unknown,
}

/// Whether the command of a service ends.
pub(super) fn of(keys: &Service) -> End {
    let words = [&keys.entrypoint, &keys.command].into_iter().flatten().flat_map(words);
    let text = words.collect::<Vec<_>>().join(" ");
    let commands = commands(&text);
    let commands: Vec<Vec<&str>> = commands.iter().map(|one| split(one)).collect();
    // Whoever leaves a loop ends; a trap leaves it when somebody stops it.
    let leaves = commands
        .iter()
        .filter(|words| !words.contains(&"trap"))
        .any(|words| words.iter().any(|word| matches!(*word, "break" | "exit" | "return")));
    if commands.iter().any(|words| waits(words) || serves(words) || !leaves && loops(words)) {
        return End::Never;
    }
    let last = commands.iter().rfind(|words| started(words).next().is_some());
    let ends = last.is_some_and(|words| {
        let first = started(words).next().unwrap_or_default();
        let stays = words.contains(&"--watch");
        !stays && ENDING.contains(&first) || words.iter().any(|word| MIGRATES.contains(word))
    });
    if ends { End::InSight } else { End::Unknown }
}

/// The simple commands of a shell's text that the shell waits for.
fn commands(text: &str) -> Vec<String> {
    let text = text.replace(">&", ">").replace("&>", ">").replace("&&", ";");
    let apart = text.split([';', '|', '\n', '(', ')', '`']);
    // What runs beside the shell does not keep it.
    let kept = apart.filter_map(|part| part.rsplit('&').next());
    kept.map(str::to_owned).collect()
}

/// The words of a command, without what quotes them.
fn split(command: &str) -> Vec<&str> {
    command.split_whitespace().map(|word| word.trim_matches(['"', '\''])).collect()
}

/// `tail -f`, `sleep infinity`, `cat` of nothing.
fn waits(words: &[&str]) -> bool {
    let mut rest = words.iter().skip_while(|word| !matches!(program(word), "tail" | "sleep"));
    let Some(first) = rest.next() else { return false };
    match program(first) {
        "tail" => rest.any(|word| {
            let short = word.strip_prefix('-').filter(|word| !word.starts_with('-'));
            short.is_some_and(|letters| letters.contains(['f', 'F']))
                || word.starts_with("--follow")
        }),
        _ => rest.next().is_some_and(|time| matches!(*time, "infinity" | "inf")),
    }
}

/// `while true`, `while :`, `until false`, `while sleep 60`.
fn loops(words: &[&str]) -> bool {
    words.windows(2).any(|pair| match pair {
        ["while", what] => matches!(*what, "true" | ":" | "1" | "sleep" | "[1]"),
        ["until", what] => matches!(*what, "false"),
        _ => false,
    }) || words.windows(3).any(|three| matches!(three, ["while", "[" | "[[", "1" | "true"]))
}

/// A server, or a program with the words that make it one.
fn serves(words: &[&str]) -> bool {
    let mut rest = started(words);
    let first = rest.next().unwrap_or_default();
    if SERVERS.contains(&first) {
        // `nginx -t` and `celery inspect` answer a question and end.
        let asks = ["-t", "-v", "--version", "-V", "inspect", "validate", "version", "reload"];
        return !rest.any(|word| asks.contains(&word));
    }
    let own: Vec<&str> = words.iter().map(program).collect();
    SERVES.iter().any(|(programs, starts)| {
        let mut after = own.iter().skip_while(|word| !programs.contains(word));
        after.next().is_some() && after.any(|word| starts.contains(word))
    })
}

/// The program that a command starts, and its words.
fn started<'a>(words: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    const WORDS: [&str; 8] = ["then", "do", "else", "done", "fi", "sh", "bash", "ash"];
    let before = |word: &str| {
        STARTERS.contains(&word)
            || WORDS.contains(&word)
            || word.contains('=')
            || word.starts_with('-')
    };
    words.iter().map(program).skip_while(move |word| before(word))
}

/// The name of a program without the way to it.
fn program<'a>(word: &&'a str) -> &'a str {
    word.rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(line: &str) -> End {
        let words = crate::compose::Words::List(vec!["sh".into(), "-c".into(), line.into()]);
        of(&Service { command: Some(words), ..Service::default() })
    }

    #[test]
    fn what_has_no_end() {
        for line in [
            "echo x > /c/x; tail -f /dev/null",
            "tail -n0 -F /var/log/x",
            "apk add tzdata && crond -f",
            "exec sleep infinity",
            "while true; do backup; sleep 3600; done",
            "trap : TERM; while :; do sleep 60 & wait $!; done",
            "migrate && exec gunicorn app:app",
            "prisma migrate deploy && npm run start",
            "python manage.py migrate; python manage.py runserver 0:8000",
            "/usr/sbin/nginx -g 'daemon off;'",
            "FOO=1 bundle exec sidekiq -C x.yml",
        ] {
            assert_eq!(judged(line), End::Never, "{line}");
        }
    }

    #[test]
    fn what_ends() {
        for line in [
            "chown -R 1000:1000 /data",
            "until nc -z db 5432; do sleep 1; done; migrate",
            "while ! nc -z db 5432; do sleep 1; done; migrate",
            "while true; do mc ready x && break; sleep 1; done; mc mb x/y",
            "sleep 10 && mc mb x/y",
            "python manage.py migrate && python manage.py collectstatic",
        ] {
            assert_eq!(judged(line), End::InSight, "{line}");
        }
    }

    #[test]
    fn what_nobody_knows() {
        for line in [
            "",
            "/start",
            "npm run build",
            "tail -n 5 /var/log/x",
            "nginx -t",
            "nginx & certbot renew",
            "mc mirror --watch /data x/y",
        ] {
            assert_eq!(judged(line), End::Unknown, "{line}");
        }
    }
}
