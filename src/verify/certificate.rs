//! The certificates that the hosts show.

use super::promise::Tally;
use super::request::Answer;
use super::trust::Shown;
use super::{Observation, Promise, Target, Turn};
use crate::certificates::inspect_der;

/// Days before its end at which a certificate that nobody renewed is one that nobody will:
/// renewal begins 30 days before the end, for our own leaves as for those of ACME.
const LATE_DAYS: i64 = 7;

/// RFC 5280 section 6 and RFC 9525.
pub(super) const BELIEVED: Promise = Promise {
    id: "certificate",
    text: "Every host shows a certificate for its name, now valid, of an authority that its clients believe",
    turn: Turn::Any,
    run: believed,
};

/// Renewal works.
pub(super) const RENEWED: Promise = Promise {
    id: "certificate-renewed",
    text: "No certificate ends within 7 days",
    turn: Turn::Any,
    run: renewed,
};

fn believed(target: &Target<'_>) -> Observation {
    let mut tally = Tally::default();
    for host in target.hosts() {
        match target.open(host) {
            Ok((_, Shown { doubt: None, .. })) => tally.keep(),
            Ok((_, Shown { doubt: Some(why), .. })) => {
                tally.broken(format!("{host}: {why} (believed: {})", target.given.trust.origin));
            }
            Err(none) => tally.unseen(format!("{host}: {}", Answer::from(none).words())),
        }
    }
    tally.conclude("hosts")
}

fn renewed(target: &Target<'_>) -> Observation {
    let mut tally = Tally::default();
    let mut fewest = i64::MAX;
    for host in target.hosts() {
        let shown = match target.open(host) {
            Ok((_, shown)) => shown,
            Err(none) => {
                tally.unseen(format!("{host}: {}", Answer::from(none).words()));
                continue;
            }
        };
        let Ok(facts) = inspect_der(&shown.leaf) else {
            tally.unseen(format!("{host}: its certificate cannot be read"));
            continue;
        };
        let left = (facts.not_after - target.given.today).whole_days();
        fewest = fewest.min(left);
        tally.judge(left >= LATE_DAYS, || match left {
            ..0 => format!("{host}: it ended on {}", facts.not_after),
            _ => format!("{host}: it ends on {}, in {left} days", facts.not_after),
        });
    }
    tally.conclude(&format!("hosts, the first certificate ends in {fewest} days"))
}
