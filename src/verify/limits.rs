//! How often one client may ask.

use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use super::pace::per_second;
use super::promise::Tally;
use super::reply::Reply;
use super::request::{Answer, Request};
use super::visitor::visitor;
use super::{Observation, Promise, Target, Turn};
use crate::stack::{HostName, Rate, RateKey, RateName, Route, RoutePath};

/// The largest burst that is used up.
const MOST: u32 = 120;
/// The fastest rate that is overtaken, in requests a second.
const FASTEST: f64 = 20.0;
/// Requests that may pass beyond what is reckoned: the gateway's clock is not this one.
const SLACK: f64 = 3.0;
/// Time for one rate.
const TIME: Duration = Duration::from_secs(3);

/// RL-8 and AC-6.
pub(super) const RATES: Promise = Promise {
    id: "rate-limits",
    text: "Whoever asks more often than a rate allows gets 429 with Retry-After",
    turn: Turn::Last,
    run: rates,
};

fn rates(target: &Target<'_>) -> Observation {
    if target.stack.gateway.routes().all(|(_, _, route)| route.rates.is_empty()) {
        return Observation::NotMade;
    }
    if !target.given.load {
        return Observation::Unseen("--no-load: no rate was used up".to_owned());
    }
    let mut tally = Tally::default();
    let mut rates: Vec<(&RateName, Rate)> =
        target.stack.gateway.rates.iter().map(|(name, rate)| (name, **rate)).collect();
    // The tightest first: what it takes, the wider ones need not be asked for again.
    rates.sort_by_key(|(name, rate)| (rate.burst, *name));
    for (name, rate) in rates {
        let Some((host, path, route)) = route_of(target, name, &rate) else {
            let used =
                target.stack.gateway.routes().any(|(_, _, route)| route.rates.contains(name));
            if used {
                tally.unseen(format!("`{name}` cannot be reached from one address alone"));
            }
            continue;
        };
        if rate.burst > MOST || per_second(&rate) > FASTEST {
            tally.unseen(format!("`{name}` takes more requests than are sent here"));
            continue;
        }
        let Some(request) = visitor(target, host, path, route) else { continue };
        let used_up = use_up(target, &request, &rate);
        let again = pause(target, name, &rate, route).filter(|_| used_up.is_ok());
        match used_up.and_then(|first| {
            Ok((first, again.map(|pause| retry(target, &request, pause)).transpose()?))
        }) {
            Err(why) => tally.unseen(format!("`{name}`: {why}")),
            Ok((UsedUp { passed, refusal: None }, _)) => {
                tally.broken(format!(
                    "{passed} requests to {host}{path} passed, more than `{name}`"
                ));
            }
            Ok((_, Some(more))) if more > 1 => {
                tally.broken(format!("{host}{path} lets {more} more through before `{name}` does"));
            }
            Ok((UsedUp { refusal: Some(reply), .. }, _)) => {
                let after = reply.header("Retry-After").and_then(|after| after.parse::<u32>().ok());
                tally.judge(after.is_some_and(|after| after > 0), || {
                    format!("{host}{path} answers 429 without Retry-After")
                });
            }
        }
    }
    tally.conclude("rates")
}

/// A route on which this rate is the first to be used up, a public one if there is any.
fn route_of<'t>(
    target: &'t Target<'_>,
    name: &RateName,
    rate: &Rate,
) -> Option<(&'t HostName, &'t RoutePath, &'t Route)> {
    // Without a credential every request of this address counts as one client's.
    let routes = target.stack.gateway.routes().filter(|(host, path, route)| {
        let tightest = target.rates(route).iter().all(|(other, their)| {
            other == name || their.burst > rate.burst || (their.burst == rate.burst && other > name)
        });
        let keyed = rate.key == RateKey::Address || !route.is_open();
        route.rates.contains(name)
            && tightest
            && keyed
            && route.allow.is_empty()
            && visitor(target, host, path, route).is_some()
    });
    routes.min_by_key(|(_, _, route)| !route.is_open())
}

/// What came of many equal requests.
struct UsedUp {
    passed: u32,
    /// The first 429, or more passed than the rate allows.
    refusal: Option<Reply>,
}

/// Ask until the rate refuses, one request after the other, or lets more through than it should.
fn use_up(target: &Target<'_>, request: &Request, rate: &Rate) -> Result<UsedUp, String> {
    let (begun, until) = (Instant::now(), target.within(TIME));
    let bytes = target.bytes(request, true);
    let mut wire = None;
    let mut passed = 0;
    loop {
        // One at once, the burst, and what leaked out of the bucket meanwhile.
        let leaked = begun.elapsed().as_secs_f64() * per_second(rate);
        if f64::from(passed) > f64::from(rate.burst) + 1.0 + leaked + SLACK {
            return Ok(UsedUp { passed, refusal: None });
        }
        if Instant::now() >= until {
            return Err("no time was left to use it up".to_owned());
        }
        let mut open = match wire.take() {
            Some(open) => open,
            None => target.open(&request.sni).map_err(|none| Answer::from(none).words())?.0,
        };
        open.write_all(&bytes).map_err(|error| error.to_string())?;
        match Reply::read(&mut open, &request.method) {
            Ok(Some(reply)) if reply.status == 429 => {
                return Ok(UsedUp { passed, refusal: Some(reply) });
            }
            Ok(Some(reply)) => {
                let closing = reply.header("Connection");
                let closes = closing.is_some_and(|word| word.eq_ignore_ascii_case("close"));
                wire = (!closes).then_some(open);
                passed += 1;
            }
            Ok(None) => return Err(Answer::Silence.words()),
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// Requests that are sent after a refusal to see which rate it was.
const RETRIES: u32 = 3;

/// The time after which every wider rate of the route has room for [`RETRIES`] more, and this one
/// for one at most; nothing where there is no such time, or no other rate.
fn pause(target: &Target<'_>, name: &RateName, rate: &Rate, route: &Route) -> Option<Duration> {
    let others = target.rates(route).into_iter().filter(|(other, _)| other != name);
    let slowest = others.map(|(_, other)| per_second(&other)).min_by(f64::total_cmp)?;
    let pause = (f64::from(RETRIES) + 0.5) / slowest;
    (pause * per_second(rate) < 0.5).then(|| Duration::from_secs_f64(pause))
}

/// How many pass after a pause.
fn retry(target: &Target<'_>, request: &Request, pause: Duration) -> Result<u32, String> {
    if Instant::now() + pause > target.within(pause * 2) {
        return Err("no time was left to see which rate refuses".to_owned());
    }
    thread::sleep(pause);
    let mut passed = 0;
    for _ in 0..RETRIES {
        match target.send(request) {
            Answer::Reply(reply) => passed += u32::from(reply.status != 429),
            other => return Err(other.words()),
        }
    }
    Ok(passed)
}
