//! The stack on trial as promises see it: what was drawn, where it runs, and a way to ask it.
//!
//! What is asked twice is sent once: the stack's rates leave room for few requests.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use time::Date;

use super::doors::{Doors, main_host};
use super::pace::Pace;
use super::reply::Reply;
use super::request::{Answer, Request};
use super::trust::{Shown, Trust};
use super::wire::{NoWire, Wire};
use crate::engine::Inspection;
use crate::secrets::SecretValue;
use crate::stack::{Rate, RateName, Route, Stack};

/// Time for everything: a person waits for it, and the last answer may be late.
const TIME: Duration = Duration::from_secs(8);

/// Every version of TLS that this program can speak.
pub(super) const VERSIONS: &[&rustls::SupportedProtocolVersion] =
    &[&rustls::version::TLS13, &rustls::version::TLS12];

/// What a run is given besides the stack.
pub struct Given {
    /// Where it runs.
    pub doors: Doors,
    /// Whom its clients believe.
    pub trust: Trust,
    /// A token that the stack accepts; none where nobody gave one.
    pub bearer: Option<SecretValue>,
    /// Its containers, or why they cannot be seen.
    pub inspection: Result<Inspection, String>,
    /// The day of the run.
    pub today: Date,
    /// Rates may be used up.
    pub load: bool,
}

/// A stack on trial.
pub struct Target<'a> {
    pub(super) stack: &'a Stack,
    pub(super) given: Given,
    deadline: Instant,
    pace: Pace,
    answers: Mutex<BTreeMap<Request, Arc<OnceLock<Answer>>>>,
}

impl<'a> Target<'a> {
    /// From now on the time runs.
    pub fn new(stack: &'a Stack, given: Given) -> Self {
        let deadline = Instant::now() + TIME;
        Self { stack, given, deadline, pace: Pace::default(), answers: Mutex::default() }
    }

    /// The description's domain.
    pub(super) fn host(&self) -> &str {
        main_host(&self.stack.gateway).unwrap_or_default()
    }

    /// Every public name.
    pub(super) fn hosts(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.stack.gateway.hosts.keys().map(|name| name.as_str())
    }

    /// `https://HOST[:PORT]` as browsers name it.
    pub(super) fn origin(&self, host: &str) -> String {
        match *self.stack.gateway.publish.https {
            443 => format!("https://{host}"),
            port => format!("https://{host}:{port}"),
        }
    }

    /// True while there is time for one more answer.
    pub(super) fn has_time(&self) -> bool {
        Instant::now() < self.deadline
    }

    /// When a part of the run has to end.
    pub(super) fn within(&self, time: Duration) -> Instant {
        self.deadline.min(Instant::now() + time)
    }

    /// The rates that count a route's requests.
    pub(super) fn rates(&self, route: &Route) -> Vec<(RateName, Rate)> {
        let rate =
            |name: &RateName| self.stack.gateway.rates.get(name).map(|rate| (name.clone(), **rate));
        route.rates.iter().filter_map(rate).collect()
    }

    /// Ask what no rate counts.
    pub(super) fn ask(&self, request: &Request) -> Answer {
        self.once(request, || self.send(request))
    }

    /// Ask within the rates of a route.
    pub(super) fn ask_at(&self, route: &Route, request: &Request) -> Answer {
        let rates = self.rates(route);
        self.once(request, || {
            loop {
                if !self.pace.wait(&rates, self.deadline) {
                    return Answer::Failed("its rate left no time to ask".to_owned());
                }
                let answer = self.send(request);
                let Some(wait) = counted_out(&answer) else { return answer };
                if Instant::now() + wait > self.deadline {
                    let why =
                        format!("429: asked too often from here, again in {} s", wait.as_secs());
                    return Answer::Failed(why);
                }
                thread::sleep(wait);
            }
        })
    }

    /// A connection for a name, and what the handshake showed.
    pub(super) fn open(&self, name: &str) -> Result<(Wire, Shown), NoWire> {
        Wire::tls(self.given.doors.https, name, &self.given.trust, VERSIONS)
    }

    /// A plain connection.
    pub(super) fn open_plain(&self) -> Result<Wire, NoWire> {
        let address: SocketAddr = self.given.doors.http.clone().map_err(NoWire::Failed)?;
        Wire::plain(address)
    }

    /// The bytes of a request, with the token where it says so.
    pub(super) fn bytes(&self, request: &Request, keep: bool) -> Vec<u8> {
        let token = self.given.bearer.as_ref().and_then(SecretValue::text);
        request.bytes(token.unwrap_or_default(), keep)
    }

    /// Why no token can be sent to a host; nothing where one can. A token is for the stack alone:
    /// whoever shows a certificate that is not believed gets none.
    pub(super) fn no_token(&self, host: &str) -> Option<String> {
        if self.given.bearer.is_none() {
            return Some("it needs a token: --bearer FILE".to_owned());
        }
        match self.open(host) {
            Ok((_, Shown { doubt: None, .. })) => None,
            Ok((_, Shown { doubt: Some(why), .. })) => Some(format!(
                "no token was sent to {host}, whose certificate is not believed: {why}"
            )),
            Err(none) => Some(format!("{host}: {}", Answer::from(none).words())),
        }
    }

    fn once(&self, request: &Request, send: impl FnOnce() -> Answer) -> Answer {
        let slot = {
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(answers.entry(request.clone()).or_default())
        };
        slot.get_or_init(send).clone()
    }

    /// Ask, whatever was asked before.
    pub(super) fn send(&self, request: &Request) -> Answer {
        if !self.has_time() {
            return Answer::Failed("no time was left to ask".to_owned());
        }
        let wire = if request.tls {
            self.open(&request.sni).map(|(wire, shown)| (wire, shown.doubt))
        } else {
            self.open_plain().map(|wire| (wire, Some("it is plain HTTP".to_owned())))
        };
        let (mut wire, doubt) = match wire {
            Ok(open) => open,
            Err(none) => return none.into(),
        };
        if let (true, Some(why)) = (request.token, doubt) {
            return Answer::Failed(format!("no token was sent: {why}"));
        }
        let sent = wire.write_all(&self.bytes(request, false)).and_then(|()| wire.flush());
        // A refused request is answered before all of it is read; the answer is what counts.
        match (Reply::read(&mut wire, &request.method), sent) {
            (Ok(Some(reply)), _) => Answer::Reply(reply),
            (Ok(None), _) => Answer::Silence,
            (Err(error), Ok(())) if is_reset(&error) => Answer::Silence,
            (Err(error), _) => no_answer(&error),
        }
    }
}

fn no_answer(error: &std::io::Error) -> Answer {
    use std::io::ErrorKind as K;
    Answer::Failed(match error.kind() {
        K::WouldBlock | K::TimedOut => "no answer in time".to_owned(),
        _ => error.to_string(),
    })
}

fn is_reset(error: &std::io::Error) -> bool {
    use std::io::ErrorKind as K;
    matches!(error.kind(), K::ConnectionReset | K::BrokenPipe)
}

/// The time to wait after a refusal by a rate.
fn counted_out(answer: &Answer) -> Option<Duration> {
    let Answer::Reply(reply) = answer else { return None };
    let wait = reply.header("Retry-After").and_then(|seconds| seconds.parse().ok()).unwrap_or(1);
    (reply.status == 429).then(|| Duration::from_secs(wait))
}
