//! nginx as the gateway's container would run it: uid 101, no capabilities, no_new_privs,
//! read-only root; what it prints is kept for the checks.

use std::io::{BufRead, BufReader, PipeReader, pipe};
use std::net::TcpStream;
use std::os::unix::fs::fchown;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::room::{NGINX_UID, Room};

/// How long a start may take on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running nginx; it ends when this is dropped.
pub struct Nginx {
    process: Child,
    /// Standard output: the access log.
    pub access: Arc<Lines>,
    /// Standard error: nginx's own messages.
    pub errors: Arc<Lines>,
}

impl Nginx {
    /// What `nginx -t` says; the error holds its words, be they only a warning.
    pub fn test(room: &Room) -> Result<(), String> {
        let (mut process, access, errors) = launch(room, &["-t"]);
        let good = process.wait().expect("nginx -t").success();
        let words = format!("{}{}", errors.text(), access.text());
        if good && !words.contains("[warn]") { Ok(()) } else { Err(words) }
    }

    /// Starts nginx and waits until it listens. The error holds what it printed instead.
    pub fn start(room: &Room) -> Result<Self, String> {
        let (mut process, access, errors) = launch(room, &[]);
        let begun = Instant::now();
        loop {
            // The ports open before all is well: an nginx that fails later has no workers.
            if TcpStream::connect(("127.0.0.1", 8443)).is_ok() && !children(process.id()).is_empty()
            {
                return Ok(Self { process, access, errors });
            }
            if process.try_wait().expect("nginx").is_some() || begun.elapsed() > PATIENCE {
                process.kill().ok();
                process.wait().ok();
                return Err(format!("nginx did not start: {}", errors.text()));
            }
            thread::sleep(Duration::from_millis(3));
        }
    }

    /// The master's process number.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// The workers' process numbers.
    pub fn workers(&self) -> Vec<u32> {
        children(self.pid())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let pid = rustix::process::Pid::from_child(&self.process);
        // TERM, so that the master ends its workers; KILL would leave them behind with the ports.
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).ok();
        self.process.wait().ok();
    }
}

fn children(pid: u32) -> Vec<u32> {
    let children =
        std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    children.split_whitespace().map(|child| child.parse().expect("a number")).collect()
}

fn launch(room: &Room, arguments: &[&str]) -> (Child, Arc<Lines>, Arc<Lines>) {
    let (stdout, out) = pipe().expect("a pipe");
    let (stderr, err) = pipe().expect("a pipe");
    // The log is opened anew as /dev/stdout, which needs the pipe's owner. Docker hands stdio over likewise.
    for end in [&out, &err] {
        fchown(end, Some(NGINX_UID), Some(NGINX_UID)).expect("the pipe's owner");
    }
    let process = Command::new("setpriv")
        .args([
            "--no-new-privs",
            "--inh-caps=-all",
            "--bounding-set=-all,+sys_chroot,+setuid,+setgid",
        ])
        .args(["prlimit", "--nofile=1024:8192"])
        .arg("unshare")
        .arg(format!("--root={}", room.path("root").display()))
        .args(["--wd=/", &format!("--setgid={NGINX_UID}"), &format!("--setuid={NGINX_UID}")])
        .args(["/nginx", "-c", "/etc/portcullis/nginx.conf", "-g", "daemon off;"])
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err)
        .spawn()
        .expect("setpriv of util-linux");
    (process, Lines::collect(stdout), Lines::collect(stderr))
}

/// Lines that a process has printed so far.
#[derive(Default)]
pub struct Lines {
    seen: Mutex<(Vec<String>, bool)>,
    changed: Condvar,
}

impl Lines {
    fn collect(from: PipeReader) -> Arc<Self> {
        let lines = Arc::new(Self::default());
        let sink = Arc::clone(&lines);
        thread::spawn(move || {
            for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
                sink.seen
                    .lock()
                    .expect("lines")
                    .0
                    .push(String::from_utf8_lossy(&line).into_owned());
                sink.changed.notify_all();
            }
            sink.seen.lock().expect("lines").1 = true;
            sink.changed.notify_all();
        });
        lines
    }

    /// The first line that `wanted` accepts, waited for up to `patience`.
    pub fn wait_for(&self, patience: Duration, wanted: impl Fn(&str) -> bool) -> Option<String> {
        let end = Instant::now() + patience;
        let mut seen = self.seen.lock().expect("lines");
        let mut read = 0;
        loop {
            if let Some(line) = seen.0.iter().skip(read).find(|line| wanted(line)) {
                return Some(line.clone());
            }
            read = seen.0.len();
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || seen.1 {
                return None;
            }
            seen = self.changed.wait_timeout(seen, left).expect("lines").0;
        }
    }

    /// All so far, once the process has closed its end or a second has passed.
    fn text(&self) -> String {
        self.wait_for(Duration::from_secs(1), |_| false);
        self.now().join("\n")
    }

    /// All lines so far.
    pub fn now(&self) -> Vec<String> {
        self.seen.lock().expect("lines").0.clone()
    }
}
