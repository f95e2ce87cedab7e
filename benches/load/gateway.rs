//! The gateway's processes: what they hold open and how much memory they take.

use std::fs;

use super::engine::stack::Stack;

/// nginx's master and workers, as the kernel counts them.
pub struct Gateway {
    processes: Vec<String>,
}

impl Gateway {
    /// Those that run now; nothing here restarts them.
    pub fn of(stack: &Stack) -> Self {
        let all = stack.processes("gateway");
        let nginx = all.iter().filter(|fields| fields["Name"] == "nginx");
        Self { processes: nginx.map(|fields| fields["Pid"].clone()).collect() }
    }

    /// Open files and connections.
    pub fn descriptors(&self) -> usize {
        let folders =
            self.processes.iter().map(|process| fs::read_dir(format!("/proc/{process}/fd")));
        folders.flatten().map(Iterator::count).sum()
    }

    /// Resident memory in KiB, in which shared pages count once for each process.
    pub fn resident(&self) -> u64 {
        let statuses = self
            .processes
            .iter()
            .map(|process| fs::read_to_string(format!("/proc/{process}/status")));
        let lines: Vec<String> = statuses.map(|text| text.expect("a living nginx")).collect();
        let fields =
            lines.iter().flat_map(|text| text.lines()).filter_map(|l| l.strip_prefix("VmRSS:"));
        fields.filter_map(|field| field.split_whitespace().next()?.parse::<u64>().ok()).sum()
    }
}

/// The first third of the samples beside the last.
pub fn print_memory(kibibytes: &[u64]) {
    let third = kibibytes.len().div_ceil(3).max(1);
    let mean = |part: &[u64]| part.iter().sum::<u64>() / part.len().max(1) as u64;
    let (first, last) = (
        mean(&kibibytes[..third.min(kibibytes.len())]),
        mean(&kibibytes[kibibytes.len().saturating_sub(third)..]),
    );
    let verdict = if last * 20 <= first * 21 { "held" } else { "missed" };
    println!(
        "{verdict}: memory of the gateway {first} KiB in the first third, {last} KiB in the last; at most 5 % more"
    );
}
