//! Asking more often than a rate allows, with a bounded number of requests.

use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use super::Target;
use super::pace::per_second;
use super::reply::Reply;
use super::request::{Answer, Request};
use crate::stack::Rate;

/// The largest burst that is used up.
const MOST: u32 = 120;
/// The fastest rate that is overtaken, in requests a second.
const FASTEST: f64 = 20.0;
/// Requests that may pass beyond what is reckoned: the gateway's clock is not this one.
const SLACK: f64 = 3.0;
/// Requests that are sent after a refusal to see which of several rates it was.
const RETRIES: u32 = 3;
/// Time for one rate.
const TIME: Duration = Duration::from_secs(3);

/// What came of it.
pub(super) enum Overtaken {
    /// So many passed, and the rate allows fewer.
    Passed(u32),
    /// The first refusal.
    Refused(Reply),
    /// It could not be tried to the end.
    Unseen(String),
}

/// Ask until the rate refuses. `others` count the same requests, each with a larger burst.
pub(super) fn overtake(
    target: &Target<'_>,
    request: &Request,
    rate: &Rate,
    others: &[Rate],
) -> Overtaken {
    if rate.burst > MOST || per_second(rate) > FASTEST {
        return Overtaken::Unseen("it takes more requests than are sent here".to_owned());
    }
    let first = match use_up(target, request, rate) {
        Ok(Overtaken::Refused(reply)) => reply,
        Ok(other) => return other,
        Err(why) => return Overtaken::Unseen(why),
    };
    // What others have asked for before may have used up a wider rate, which then refused.
    match pause(rate, others).map(|pause| retry(target, request, pause)) {
        Some(Ok(more)) if more > 1 => Overtaken::Passed(more),
        Some(Err(why)) => Overtaken::Unseen(why),
        _ => Overtaken::Refused(first),
    }
}

/// One at once, the burst, and what leaks out of the bucket in a time.
fn allowed(rate: &Rate, time: Duration) -> u32 {
    let leaked = time.as_secs_f64() * per_second(rate);
    let whole = (leaked + SLACK).ceil();
    // A few hundred at most: the rate is bounded by FASTEST.
    rate.burst.saturating_add(1).saturating_add(whole as u32)
}

/// Equal requests, one after the other, until one is refused or more passed than the rate allows.
fn use_up(target: &Target<'_>, request: &Request, rate: &Rate) -> Result<Overtaken, String> {
    let (begun, until) = (Instant::now(), target.within(TIME));
    let bytes = target.bytes(request, true);
    let mut wire = None;
    let mut passed = 0;
    while passed <= allowed(rate, begun.elapsed()) {
        if Instant::now() >= until {
            return Err("no time was left to use it up".to_owned());
        }
        let mut open = match wire.take() {
            Some(open) => open,
            None => target.open(&request.sni).map_err(|none| Answer::from(none).words())?.0,
        };
        open.write_all(&bytes).map_err(|error| error.to_string())?;
        match Reply::read(&mut open, &request.method) {
            Ok(Some(reply)) if reply.status == 429 => return Ok(Overtaken::Refused(reply)),
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
    Ok(Overtaken::Passed(passed))
}

/// The time after which all others have room for [`RETRIES`] more, and this one for one at most;
/// nothing where there is no such time, or no other rate.
fn pause(rate: &Rate, others: &[Rate]) -> Option<Duration> {
    let slowest = others.iter().map(per_second).min_by(f64::total_cmp)?;
    let pause = (f64::from(RETRIES) + 0.5) / slowest;
    (pause * per_second(rate) < 0.5).then(|| Duration::from_secs_f64(pause))
}

/// How many pass after a pause.
fn retry(target: &Target<'_>, request: &Request, pause: Duration) -> Result<u32, String> {
    if target.within(pause * 2) < Instant::now() + pause {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(text: &str) -> Rate {
        Rate::parse(text).unwrap()
    }

    #[test]
    fn a_rate_allows_its_burst_and_what_leaks() {
        assert_eq!(allowed(&rate("60/min burst 5"), Duration::ZERO), 9);
        assert_eq!(allowed(&rate("60/min burst 5"), Duration::from_secs(10)), 19);
    }

    #[test]
    fn rates_are_told_apart_only_where_time_can() {
        let (login, common) = (rate("5/min burst 5"), rate("100/min burst 20"));
        let pause_of_both = pause(&login, &[common]).unwrap();
        assert!(pause_of_both > Duration::from_secs(2) && pause_of_both < Duration::from_secs(3));
        assert_eq!(pause(&login, &[]), None);
        assert_eq!(pause(&rate("60/min burst 5"), &[common]), None);
    }
}
