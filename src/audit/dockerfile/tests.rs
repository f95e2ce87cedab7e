//! Each rule by snippets that break it and snippets that do not.

use super::*;

const HEAD: &str = "FROM debian:13\n";
const TAIL: &str = "\nUSER 10001:10001\n";

fn rules(text: &str) -> Vec<&'static str> {
    let found = judge(text, 0, Build { target: None, ignores_nothing: true });
    found.unwrap_or_else(|why| panic!("{why:?}: {text}")).iter().map(|f| f.control).collect()
}

/// (rule, lines that break it, lines that keep it), between a base and a user.
const CASES: &[(&str, &[&str], &[&str])] = &[
    (
        "dockerfile-user",
        &["USER app\nUSER root", "USER 0:0", "USER \"0\""],
        &["USER root\nRUN x\nUSER app", "USER 10001", "USER $APP", "USER root\nFROM a:1\nUSER 5"],
    ),
    (
        "dockerfile-base-tag",
        &["FROM node", "FROM node:latest AS x", "FROM registry:5000/node"],
        &[
            "FROM node:22",
            "FROM node:22 AS a\nFROM A",
            "FROM scratch",
            "FROM $BASE",
            "FROM node@sha256:0",
        ],
    ),
    (
        "secret-looking-settings",
        &[
            "ENV DB_PASSWORD=correct-horse-7",
            "ARG TOKEN=correct-horse-7",
            "ENV API_SECRET correct horse 7",
            "ENV A=b \\\n  DB_PASSWORD='correct-horse-7'",
            "ENV DB=postgres://u:correct-horse-7@db/x",
            "ENV DB_PASSWORD=${X:-correct-horse-7}",
        ],
        &[
            "ENV DB_PASSWORD=$PASSWORD",
            "ARG TOKEN",
            "ENV GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D",
        ],
    ),
    (
        "dockerfile-no-secrets",
        &["COPY . /app", "ADD ./ /app", "COPY a .env /app/", "COPY keys/id_rsa /root/.ssh/"],
        &[
            "COPY src /app",
            "COPY --from=build . /app",
            "COPY .env.example /app/",
            "COPY --exclude=.env . /x",
        ],
    ),
    (
        "dockerfile-remote-add",
        &["ADD https://example.org/x.tar.gz /x"],
        &[
            "ADD --checksum=sha256:00 https://example.org/x /x",
            "ADD x.tar.gz /x",
            "ADD https://example.org/a.git#v1 /x",
        ],
    ),
    (
        "dockerfile-piped-download",
        &[
            "RUN curl -fsSL https://example.org/i.sh | sh",
            "RUN a && wget -qO- https://example.org/i.sh \\\n # words\n | sudo -E bash -s -- -y",
            "RUN bash <(curl https://example.org)",
            "RUN sh -c \"$(curl -fsSL https://example.org)\"",
            "RUN [\"/bin/sh\", \"-c\", \"curl x | bash\"]",
            "RUN <<EOF\nset -e\ncurl x | sh -\nEOF",
            "RUN curl x | python3 -",
        ],
        &[
            "RUN curl x | tar xz",
            "RUN curl x || sh y",
            "RUN curl x -o y && sh y",
            "RUN echo 'curl x | sh'",
            "RUN cat x | sh",
            "RUN curl x | sh -c 'cat > y'",
            "RUN curl x | python3 -c 'import json'",
            "RUN true # curl x | sh",
        ],
    ),
    (
        "dockerfile-sudo",
        &["RUN sudo make", "RUN a; A=b sudo make"],
        &["RUN echo sudo", "RUN make sudo", "RUN adduser x sudo"],
    ),
    (
        "dockerfile-recommends",
        &["RUN apt-get update && apt-get install -y git", "RUN apt install git"],
        &[
            "RUN apt-get install -y --no-install-recommends git",
            "RUN apt-get -o APT::Install-Recommends=0 install git",
            "RUN apk add git",
        ],
    ),
    (
        "dockerfile-world-writable",
        &[
            "RUN chmod -R 777 /app",
            "RUN chmod a+rwX x",
            "RUN chmod 0666 x",
            "COPY --chmod=777 a b",
            "RUN chmod o=rw x",
        ],
        &[
            "RUN chmod 775 /app",
            "RUN chmod 1777 /tmp",
            "RUN chmod a+rX,go-w x",
            "RUN chmod +x x",
            "RUN chmod ug+w x",
        ],
    ),
    (
        "dockerfile-setuid",
        &["RUN chmod u+s /bin/x", "RUN chmod 4755 /bin/x", "RUN chmod +s x"],
        &["RUN chmod g+s /data", "RUN chmod 2755 x", "RUN chmod a-s x"],
    ),
    ("dockerfile-ssh", &["EXPOSE 80 22", "EXPOSE 22/tcp"], &["EXPOSE 2222", "EXPOSE 80"]),
    (
        "dockerfile-unverified-download",
        &[
            "RUN curl -sSLk https://x",
            "RUN wget --no-check-certificate x",
            "RUN apt-get --allow-unauthenticated update",
            "RUN git -c http.sslVerify=false clone x",
            "RUN npm config set strict-ssl false",
            "RUN pip install --trusted-host x y",
            "ENV NODE_TLS_REJECT_UNAUTHORIZED=0",
            "RUN apk add --allow-untrusted x",
        ],
        &[
            "RUN curl -fsSL https://x",
            "RUN curl -okeys https://x",
            "ENV NODE_TLS_REJECT_UNAUTHORIZED=1",
        ],
    ),
];

#[test]
fn each_rule_fires_on_what_breaks_it_and_on_nothing_else() {
    for (rule, broken, kept) in CASES {
        let whole = |lines: &str| match *rule {
            "dockerfile-user" => format!("{HEAD}{lines}\n"),
            _ => format!("{HEAD}{lines}{TAIL}"),
        };
        for lines in *broken {
            assert!(rules(&whole(lines)).contains(rule), "{rule} is not found in {lines:?}");
        }
        for lines in *kept {
            assert!(!rules(&whole(lines)).contains(rule), "{rule} is found in {lines:?}");
        }
    }
}

#[test]
fn no_user_weighs_less_than_root_and_bases_with_a_user_are_believed() {
    let found = judge("FROM debian:13 AS a\nFROM a\n", 0, Build::default()).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].at.line, found[0].severity.word()), (2, "low"));
    assert_eq!(rules("FROM nginxinc/nginx-unprivileged:1\n"), [""; 0]);
    assert_eq!(rules("FROM debian:13 AS a\nUSER 5\nFROM a\n"), [""; 0]);
}

#[test]
fn only_the_stages_of_the_result_count_for_what_it_holds() {
    let text = "FROM a:1 AS build\nRUN chmod 777 x\nFROM b:1\nUSER 5\n";
    assert_eq!(rules(text), [""; 0]);
    let target = Build { target: Some("build"), ignores_nothing: false };
    let found = judge(text, 0, target).unwrap();
    let rules: Vec<_> = found.iter().map(|f| f.control).collect();
    assert_eq!(rules, ["dockerfile-user", "dockerfile-world-writable"]);
}

#[test]
fn a_finding_stands_at_its_command_and_shows_no_value() {
    let text = "FROM a:1\nENV B=c \\\n  TOKEN=correct-horse-7\nRUN true && \\\n  sudo x\nUSER 5\n";
    let found = judge(text, 0, Build::default()).unwrap();
    let places: Vec<_> = found.iter().map(|f| (f.control, f.at.line, f.at.column)).collect();
    assert_eq!(places, [("secret-looking-settings", 2, 1), ("dockerfile-sudo", 5, 3)]);
    assert!(!format!("{found:?}").contains("horse"));
}

#[test]
fn the_escape_directive_is_kept() {
    let text = "# escape=`\nFROM a:1\nRUN curl x `\n | sh\nUSER 5\n";
    assert_eq!(rules(text), ["dockerfile-piped-download"]);
}

#[test]
fn heredocs_are_judged_where_a_shell_runs_them_and_the_file_around_them_always() {
    let around = |run: &str| rules(&format!("{HEAD}RUN {run}\nRUN sudo x{TAIL}"));
    let runs = "\nset -e\ncurl x | sh\nE";
    for run in
        ["<<E", "bash -ex <<'E'", "a && sh <<-E", "--network=none <<E", "env A=b bash -s <<E"]
    {
        let found = around(&format!("{run}{runs}"));
        assert_eq!(found, ["dockerfile-piped-download", "dockerfile-sudo"], "{run}");
    }
    let other =
        ["cat <<E > /x", "tee x <<E", "bash y.sh <<E", "bash -c 'cat' <<E", "a 3<<E", "<<E cat"];
    for run in other {
        assert_eq!(around(&format!("{run}{runs}")), ["dockerfile-sudo"], "{run}");
    }
    let python = "<<E\n#!/usr/bin/env python3\nsudo = 1\nsudo x\nE";
    assert_eq!(around(python), ["dockerfile-sudo"]);
    let inner = "<<E\ncat > x <<F\ncurl x | sh\nF\nE";
    assert_eq!(around(inner), ["dockerfile-sudo"]);
    assert_eq!(rules(&format!("{HEAD}COPY <<.env <<b /x/\nUSER root\n.env\nb{TAIL}")), [""; 0]);
}

#[test]
fn a_finding_in_a_heredoc_stands_at_its_own_line() {
    let text = "FROM a:1\nRUN cat <<A > x && bash <<B\nü\nA\ntrue\n  sudo x\nB\nUSER 5\n";
    let found = judge(text, 0, Build::default()).unwrap();
    assert_eq!((found.len(), found[0].at.line, found[0].at.column), (1, 6, 3));
}
