//! What the machine of the engine shows of a container's processes, where that is this machine.

use std::collections::BTreeSet;

use super::attempt::Attempt;
use crate::engine::Docker;

/// State of a listening socket in `/proc/net/tcp` (Linux, include/net/tcp_states.h).
const LISTENING: &str = "0A";

/// `uid:gid` of the main process; empty where nothing runs.
pub(super) fn user(docker: &Docker, attempt: &Attempt<'_>) -> String {
    let printed = docker.ask(&["top", attempt.id(), "-eo", "pid,uid,gid"]).unwrap_or_default();
    let main = attempt.pid().to_string();
    let lines = printed.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let mut of_main = lines.filter_map(|words| match words.as_slice() {
        [pid, uid, gid] if *pid == main => Some(format!("{uid}:{gid}")),
        _ => None,
    });
    of_main.next_back().unwrap_or_default()
}

/// TCP ports on which anything in the container listens; none where this machine does not show it.
pub(super) fn ports(attempt: &Attempt<'_>) -> Option<Vec<u16>> {
    if attempt.pid() <= 0 {
        return None;
    }
    let process = format!("/proc/{}", attempt.pid());
    // On another machine the number is somebody else's.
    let groups = fs_err::read_to_string(format!("{process}/cgroup")).ok()?;
    if !groups.contains(attempt.id()) {
        return None;
    }
    let four = fs_err::read_to_string(format!("{process}/net/tcp")).ok()?;
    let six = fs_err::read_to_string(format!("{process}/net/tcp6")).unwrap_or_default();
    Some(listening(&format!("{four}\n{six}")))
}

fn listening(table: &str) -> Vec<u16> {
    let port = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (local, state) = (words.get(1)?, words.get(3)?);
        let (_, port) = local.rsplit_once(':')?;
        (*state == LISTENING).then(|| u16::from_str_radix(port, 16).ok())?
    };
    table.lines().filter_map(port).collect::<BTreeSet<_>>().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listening_ports_are_read() {
        let table = "  sl  local_address rem_address   st tx_queue\n\
            0: 00000000:1538 00000000:0000 0A 00000000:00000000\n\
            1: 0100007F:9C40 0100007F:1538 01 00000000:00000000\n\
            0: 00000000000000000000000000000000:1538 0:0 0A 0:0\n";
        assert_eq!(listening(table), [5432]);
    }
}
