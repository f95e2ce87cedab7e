//! Names: the known ones are served, every other one gets nothing.

use super::promise::Tally;
use super::request::{Answer, Request};
use super::{Observation, Promise, Target, Turn};

/// A name that nobody owns (RFC 6761 section 6.4).
const STRANGER: &str = "portcullis-verify.invalid";

/// Neither a handshake nor an answer.
pub(super) const UNKNOWN_HOST: Promise = Promise {
    id: "unknown-host",
    text: "A request for a host that the description does not name gets no answer",
    turn: Turn::Any,
    run: unknown_host,
};

/// RFC 9110 section 15.5.20.
pub(super) const MISDIRECTED: Promise = Promise {
    id: "misdirected-request",
    text: "A connection opened for one host answers 421 to a request for another",
    turn: Turn::Any,
    run: misdirected,
};

/// Plain HTTP only leads away from itself.
pub(super) const REDIRECT: Promise = Promise {
    id: "https-redirect",
    text: "Plain HTTP redirects every host to HTTPS on the published port",
    turn: Turn::Any,
    run: redirect,
};

fn unknown_host(target: &Target<'_>) -> Observation {
    let host = target.host();
    let mut tally = Tally::default();
    let asked = [
        ("TLS for another name", Request::get(STRANGER, "/")),
        ("another Host on a known name's connection", Request::get(host, "/").naming(STRANGER)),
        ("another Host over plain HTTP", Request::get(STRANGER, "/").plain()),
    ];
    for (what, request) in asked {
        match target.ask(&request) {
            Answer::Silence | Answer::Refused(_) => tally.keep(),
            Answer::Failed(why) => tally.unseen(format!("{what}: {why}")),
            Answer::Reply(reply) => tally.broken(format!("{what} is answered {}", reply.status)),
        }
    }
    tally.conclude("ways to ask for another host")
}

fn misdirected(target: &Target<'_>) -> Observation {
    let mut tally = Tally::default();
    let hosts: Vec<&str> = target.hosts().collect();
    let next = hosts.iter().cycle().skip(1);
    for (sni, host) in hosts.iter().zip(next).filter(|(sni, host)| sni != host) {
        match target.ask(&Request::get(sni, "/").naming(host)) {
            Answer::Reply(reply) if reply.status == 421 => tally.keep(),
            Answer::Failed(why) => tally.unseen(why),
            other => tally.broken(format!("{host} on the connection of {sni} {}", other.words())),
        }
    }
    tally.conclude("pairs of hosts")
}

fn redirect(target: &Target<'_>) -> Observation {
    const PATH: &str = "/portcullis-verify?a=b";
    let mut tally = Tally::default();
    for host in target.hosts() {
        let expected = format!("{}{PATH}", target.origin(host));
        match target.ask(&Request::get(host, PATH).plain()) {
            Answer::Failed(why) => tally.unseen(why),
            Answer::Reply(reply) => {
                let to = reply.header("Location").unwrap_or("nowhere");
                let good = matches!(reply.status, 301 | 308) && to == expected;
                tally.judge(good, || format!("{host} answered {} to {to}", reply.status));
            }
            other => tally.broken(format!("{host} {}", other.words())),
        }
    }
    tally.conclude("hosts")
}
