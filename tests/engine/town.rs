//! A machine for the engine and a street for everybody else, joined by one cable.
//!
//! Both are network namespaces; the machine has mounts of its own as well, with a fresh `/run`, so
//! that an engine there has its usual paths, `secrets unseal` its usual folder, and ports 80 and 443
//! are never the real host's. Each lives as long as a process that waits for this one, so a test that
//! is killed leaves nothing behind.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::observation::complaint;
use super::project::finish;

/// The machine on the street (RFC 5737 and RFC 3849: addresses that documentation uses).
pub const MACHINE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
/// The same over IPv6.
pub const MACHINE_V6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1));
/// One of the street's many addresses, all of 198.51.100.0/24: somebody on the internet.
pub const INTERNET: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 80));

const STREET: &str = "set -eu; ip link set lo up; echo ready; exec cat >/dev/null";

/// `$STREET` is the process that holds the street.
const LAYOUT: &str = r#"
set -eu
mount -t tmpfs -o mode=755 tmpfs /run
ip link set lo up
ip link add street0 type veth peer name machine0 netns "$STREET"
ip address add 192.0.2.1/24 dev street0
ip address add 2001:db8::1/64 dev street0 nodad
ip link set street0 up
nsenter --target "$STREET" --net sh -eu -c '
    ip address add 192.0.2.2/24 dev machine0
    ip address add 2001:db8::2/64 dev machine0 nodad
    ip link set machine0 up
    for range in 203.0.113.0/24 198.51.100.0/24; do ip route add local "$range" dev lo; done'
ip route add default via 192.0.2.2
ip -6 route add default via 2001:db8::2
echo ready
exec cat >/dev/null
"#;

/// The machine and the street.
pub struct Town {
    machine: Holder,
    street: Holder,
}

impl Town {
    /// A new town.
    ///
    /// # Panics
    /// Without root, or when util-linux or iproute2 is missing.
    pub fn found() -> Self {
        assert!(
            rustix::process::geteuid().is_root(),
            "the engine tests make namespaces: run them as root"
        );
        let street = Holder::hold(&["--net"], STREET, &[]);
        let of_street = ("STREET", street.0.id().to_string());
        let machine = Holder::hold(&["--net", "--mount"], LAYOUT, &[of_street]);
        Self { machine, street }
    }

    /// A command that runs on the machine, in `folder`.
    pub fn machine(&self, folder: &Path, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command
            .args(["--target", &self.machine.0.id().to_string(), "--net", "--mount"])
            .args(["--", "env", "-C"])
            .args([folder.as_os_str(), program.as_ref()])
            .stdin(Stdio::null());
        command
    }

    /// Where a file of the machine, of its own `/run` for instance, is found from here.
    pub fn on_machine(&self, path: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{path}", self.machine.0.id()))
    }

    /// Runs a command in the street, which must succeed.
    pub fn street(&self, command: &[&str]) {
        let process = self.street.0.id().to_string();
        let mut enter = Command::new("nsenter");
        finish(enter.args(["--target", &process, "--net"]).args(command), "");
    }

    /// A program that runs in the street.
    pub fn on_street(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.street.0.id().to_string(), "--net", "--", program]);
        command
    }

    /// Does something in the street: what is opened there stays there.
    pub fn in_street<T: Send>(&self, job: impl FnOnce() -> T + Send) -> T {
        within(&self.street, job)
    }

    /// Does something in the machine's network, as a program on the host would.
    pub fn in_machine<T: Send>(&self, job: impl FnOnce() -> T + Send) -> T {
        within(&self.machine, job)
    }

    /// Somebody listening, who accepts whoever comes and says nothing, for as long as it is kept.
    pub fn listen_in_street(&self, port: u16) -> TcpListener {
        self.in_street(|| TcpListener::bind(("0.0.0.0", port)).expect("a port in the street"))
    }

    /// The process that holds the machine, for `nsenter --target`.
    pub fn machine_process(&self) -> u32 {
        self.machine.0.id()
    }
}

fn within<T: Send>(place: &Holder, job: impl FnOnce() -> T + Send) -> T {
    let network = File::open(format!("/proc/{}/ns/net", place.0.id())).expect("a network");
    // The network is a thread's property, so a thread of its own goes there.
    let result = thread::scope(|scope| {
        let visit = scope.spawn(|| {
            move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network))
                .expect("to enter a network");
            catch_unwind(AssertUnwindSafe(job)).map_err(|panic| complaint(&*panic))
        });
        visit.join().expect("a visit")
    });
    result.unwrap_or_else(|words| resume_unwind(Box::new(words)))
}

/// A process that keeps namespaces alive until its standard input closes.
struct Holder(Child);

impl Holder {
    fn hold(namespaces: &[&str], script: &str, variables: &[(&str, String)]) -> Self {
        let mut child = Command::new("unshare")
            .args(namespaces)
            .args(["sh", "-c", script])
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare of util-linux");
        let mut said = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut said).expect("a line");
        assert_eq!(said, "ready\n", "a namespace was not laid out");
        Self(child)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        self.0.wait().ok();
    }
}
