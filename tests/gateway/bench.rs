//! What a check works with: a running gateway, its surroundings, clients with fresh addresses.

use std::fs;
use std::net::Ipv4Addr;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::client::Client;
use super::facts::{API, Facts, PUBLIC};
use super::nginx::Nginx;
use super::reply::Reply;
use super::room::Room;
use super::stubs::{Seen, Stubs};
use super::trust::Trust;

/// The gateway on trial.
pub struct Bench {
    /// What is known of the stack.
    pub facts: &'static Facts,
    /// The room around it.
    pub room: Room,
    /// The services and the resolver.
    pub stubs: Stubs,
    /// Certificates.
    pub trust: Trust,
    nginx: Mutex<Option<Arc<Nginx>>>,
    clients: AtomicU32,
    offices: AtomicU32,
    markers: AtomicU32,
}

impl Bench {
    /// Lays out certificates, secrets and files; nginx is not running yet.
    pub fn new(facts: &'static Facts, room: Room) -> Self {
        let trust = Trust::new();
        for host in facts.hosts {
            trust.issue(&room.path("tls"), host);
        }
        for (name, content) in facts.secrets {
            fs::write(room.path("secrets").join(name), content).expect("a secret");
        }
        lay_out_files(&room);
        let stubs = Stubs::start(&room, facts.services);
        Self {
            facts,
            room,
            stubs,
            trust,
            nginx: Mutex::default(),
            clients: AtomicU32::new(1),
            offices: AtomicU32::new(1),
            markers: AtomicU32::new(0),
        }
    }

    /// Starts nginx on what stands in the room's tree and waits until it has found its services.
    pub fn start(&self) -> Result<(), String> {
        self.start_alone()?;
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(1) {
            if self.client().get(PUBLIC).try_send().is_some_and(|reply| reply.status == 200) {
                break;
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Starts nginx and waits for nothing but its ports.
    pub fn start_alone(&self) -> Result<(), String> {
        self.stop();
        // Nobody has been counted yet.
        self.clients.store(1, Ordering::Relaxed);
        self.offices.store(1, Ordering::Relaxed);
        *self.nginx.lock().expect("nginx") = Some(Arc::new(Nginx::start(&self.room)?));
        Ok(())
    }

    /// Ends nginx.
    pub fn stop(&self) {
        self.nginx.lock().expect("nginx").take();
    }

    /// The running nginx.
    pub fn nginx(&self) -> Arc<Nginx> {
        self.nginx.lock().expect("nginx").clone().expect("a running nginx")
    }

    /// A client that no other check's limits have counted.
    pub fn client(&self) -> Client {
        let number = self.clients.fetch_add(1, Ordering::Relaxed);
        let [_, high, middle, low] = number.to_be_bytes();
        assert!(high < 64, "addresses run out");
        Client {
            from: Ipv4Addr::new(127, 64 + high, middle, low),
            host: API.to_owned(),
            tls: Some(Arc::clone(&self.trust.config)),
        }
    }

    /// A client with an address of the allow list `office`, 203.0.113.0/24; after 250 of them they come again.
    pub fn listed(&self) -> Client {
        let [.., low] = self.offices.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        Client { from: Ipv4Addr::new(203, 0, 113, low.clamp(1, 254)), ..self.client() }
    }

    /// A client that may ask for this path: from a listed address only where nobody else may, as there are few.
    pub fn visitor(&self, path: &str) -> Client {
        let closed = path.starts_with("/admin/") || path.starts_with("/realms/master/");
        if closed { self.listed() } else { self.client() }
    }

    /// A client with an address of the allow list `near`, 198.51.100.0/24.
    pub fn near(&self) -> Client {
        let [.., low] = self.offices.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        Client { from: Ipv4Addr::new(198, 51, 100, low.clamp(1, 254)), ..self.client() }
    }

    /// A word that stands nowhere else.
    pub fn marker(&self) -> String {
        format!("marker{}x", self.markers.fetch_add(1, Ordering::Relaxed))
    }

    /// What a service, not as validator, got of the request that was answered so.
    pub fn service_saw(&self, reply: &Reply) -> Seen {
        self.one(reply, false)
    }

    /// What the validator got of the request that was answered so.
    pub fn validator_saw(&self, reply: &Reply) -> Seen {
        self.one(reply, true)
    }

    /// Everything that services got under the request's number.
    pub fn seen(&self, reply: &Reply) -> Vec<Seen> {
        let id = reply.request_id();
        self.stubs.seen(|request| request.all("X-Request-Id") == [id])
    }

    fn one(&self, reply: &Reply, by_validator: bool) -> Seen {
        let seen = self.seen(reply);
        let mut wanted = seen.iter().filter(|request| request.by_validator() == by_validator);
        let one = wanted.next().unwrap_or_else(|| {
            panic!("not seen (validator: {by_validator}) of {reply:?}: {seen:?}")
        });
        assert!(wanted.next().is_none(), "seen more than once: {seen:?}");
        one.clone()
    }

    /// The access log's line for a request number.
    pub fn log_of(&self, id: &str) -> Value {
        let field = format!("\"{id}\"");
        let line = self.nginx().access.wait_for(Duration::from_secs(2), |line| {
            line.contains(&field) && !line.contains("\"log\":\"audit\"")
        });
        let line = line.unwrap_or_else(|| panic!("{id} is not in the log"));
        serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e} in the log line {line}"))
    }
}

/// Files of the volume by which a browser must know what they are (IANA's registry of media types).
pub const MEDIA_TYPES: [(&str, &str); 16] = [
    ("page.html", "text/html"),
    ("page.htm", "text/html"),
    ("a.css", "text/css"),
    ("folder/inner.txt", "text/plain"),
    ("a.js", "application/javascript"),
    ("a.mjs", "application/javascript"),
    ("a.json", "application/json"),
    ("a.map", "application/json"),
    ("a.wasm", "application/wasm"),
    ("a.png", "image/png"),
    ("a.jpeg", "image/jpeg"),
    ("a.jpg", "image/jpeg"),
    ("a.svg", "image/svg+xml"),
    ("a.webp", "image/webp"),
    ("b.mp4", "video/mp4"),
    ("a.webm", "video/webm"),
];

/// The volume `clips` and the ACME webroot.
fn lay_out_files(room: &Room) {
    let clips = room.path("data/clips");
    fs::create_dir_all(clips.join("folder")).expect("a folder");
    for (name, _) in MEDIA_TYPES {
        fs::write(clips.join(name), "inner").expect("a file");
    }
    for (name, content) in
        [("clip.mp4", "moving pictures"), (".hidden", "hidden"), ("what.unheard-of", "?")]
    {
        fs::write(clips.join(name), content).expect("a file");
    }
    fs::write(clips.join("large.bin"), vec![b'x'; 32 << 20]).expect("a large file");
    symlink("/etc/portcullis/nginx.conf", clips.join("link.txt")).expect("a symlink");
    symlink("/etc/portcullis", clips.join("out")).expect("a symlink");
    let challenge = room.path("acme/.well-known/acme-challenge");
    fs::create_dir_all(&challenge).expect("the webroot");
    fs::write(challenge.join("proof"), "proof of control").expect("a challenge");
}

/// Replaces what stands in `to` by a copy of `from`.
pub fn copy_tree(from: &Path, to: &Path) {
    for entry in fs::read_dir(to).expect("the tree").flatten() {
        let path = entry.path();
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
            .expect("an empty tree");
    }
    copy_into(from, to);
}

fn copy_into(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap_or_else(|e| panic!("{}: {e}", from.display())).flatten()
    {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir_all(&target).expect("a folder");
            copy_into(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file");
        }
    }
}
