//! When nginx read its configuration: each time it does, it starts workers anew, and lets the ones
//! before finish what they have begun.

use time::{Duration, OffsetDateTime};

use crate::engine::{Container, Docker, EngineError, Process};

/// Field 22 of `/proc/PID/stat` counted from behind the name: when the process started, in ticks
/// since the machine did (proc(5), `starttime`).
const START: usize = 19;

/// When the oldest worker that takes new connections started; nothing where the engine's
/// processes cannot be seen from here.
pub(super) fn loaded(
    docker: &Docker,
    gateway: &Container,
) -> Result<Option<OffsetDateTime>, EngineError> {
    let processes = docker.processes(&gateway.id)?;
    let Some(begin) = machine_started() else { return Ok(None) };
    let workers = processes.iter().filter(|process| takes_connections(process));
    let starts = workers.filter_map(|worker| ticks(&stat(worker.pid)?));
    Ok(starts.min().map(|ticks| begin + since_begin(ticks)))
}

fn takes_connections(process: &Process) -> bool {
    process.line.starts_with("nginx: worker process") && !process.line.contains("shutting down")
}

fn stat(pid: u32) -> Option<String> {
    fs_err::read_to_string(format!("/proc/{pid}/stat")).ok()
}

/// The time of the start, where the process is nginx: an engine on another machine numbers its own.
fn ticks(stat: &str) -> Option<u64> {
    let (before, after) = stat.rsplit_once(") ")?;
    before.ends_with("(nginx").then_some(())?;
    after.split_whitespace().nth(START)?.parse().ok()
}

fn since_begin(ticks: u64) -> Duration {
    let per_second = rustix::param::clock_ticks_per_second().max(1);
    Duration::milliseconds(
        i64::try_from(ticks.saturating_mul(1000) / per_second).unwrap_or(i64::MAX),
    )
}

/// The clock's time at which the machine started.
fn machine_started() -> Option<OffsetDateTime> {
    let uptime = fs_err::read_to_string("/proc/uptime").ok()?;
    let seconds: f64 = uptime.split_whitespace().next()?.parse().ok()?;
    Some(OffsetDateTime::now_utc() - Duration::seconds_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_that_ends_takes_no_connections() {
        let process = |line: &str| Process { pid: 1, line: line.to_owned() };
        assert!(takes_connections(&process("nginx: worker process")));
        assert!(!takes_connections(&process("nginx: worker process is shutting down")));
        assert!(!takes_connections(&process("nginx: master process nginx -e stderr")));
    }

    #[test]
    fn only_nginx_counts() {
        let line = |name: &str| {
            format!("77 ({name}) S 1 77 77 0 -1 4194624 1 2 3 4 5 6 7 8 20 0 1 0 123456 9 9")
        };
        assert_eq!(ticks(&line("nginx")), Some(123_456));
        assert_eq!(ticks(&line("ngi) nx")), None);
        assert_eq!(ticks(&line("postgres")), None);
        assert_eq!(ticks(""), None);
    }

    #[test]
    fn this_process_started_a_moment_ago() {
        let stat = stat(std::process::id()).unwrap();
        let ticks: u64 =
            stat.rsplit_once(") ").unwrap().1.split(' ').nth(START).unwrap().parse().unwrap();
        let age = OffsetDateTime::now_utc() - (machine_started().unwrap() + since_begin(ticks));
        assert!(age > Duration::milliseconds(-50) && age < Duration::minutes(10), "{age}");
    }
}
