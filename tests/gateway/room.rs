//! A room of its own for one nginx: network, mounts and process numbers that nobody else sees.
//!
//! nginx needs fixed ports (8080, 8443, Docker's resolver on 127.0.0.11:53), fixed paths
//! (/etc/portcullis, /run/tls) and a read-only root. In namespaces all of it can be had without
//! touching the machine, several times side by side, and everything ends with the room. The
//! services behind the gateway live in a second network, as they may use the gateway's ports.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use rustix::net::sockopt::set_socket_recv_buffer_size;
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// Set for a process that runs inside a room: the directory that the room may use.
const INSIDE: &str = "PORTCULLIS_TEST_ROOM";

/// The uid and gid of nginx in the nginx-unprivileged image (its Dockerfile: `USER 101`).
pub const NGINX_UID: u32 = 101;

/// Brings the loopback up and lays out what the gateway's container would see below `$ROOM/root`.
/// The sources ($ROOM/tree, tls, ...) stay writable for the test; nginx sees them read-only.
const LAYOUT: &str = r#"
set -eu
ip link set lo up
# RFC 5737: the addresses that documentation uses, so that the checks can come from listed ones.
for range in 203.0.113.0/24 198.51.100.0/24; do ip route add local $range dev lo; done
mount -t tmpfs -o mode=755 tmpfs "$ROOM"
cd "$ROOM"
touch services
unshare --net=services true
ip link add services0 type veth peer name gateway0
ip link set gateway0 netns "$ROOM/services"
ip address add 10.65.0.1/16 dev services0
ip link set services0 up
# Some who never answer, not even with a refusal.
for last in 1 2 3 4; do ip neighbour add "10.65.9.$last" lladdr 02:00:00:00:00:99 dev services0; done
nsenter --net=services sh -eu -c '
    ip link set lo up
    ip address add 10.65.255.254/16 dev gateway0
    ip link set gateway0 up
    ip route add local 10.65.2.0/24 dev lo'
mkdir -p tree tls secrets data acme root
mount -t tmpfs -o mode=755 tmpfs root
mkdir -p root/etc/portcullis root/run/tls root/run/secrets root/data root/var/www/acme root/tmp root/proc root/dev
for pair in tree:etc/portcullis tls:run/tls secrets:run/secrets data:data acme:var/www/acme; do
    mount --bind "${pair%%:*}" "root/${pair#*:}"
    mount -o remount,ro,bind "root/${pair#*:}"
done
mount -t tmpfs -o mode=1777,noexec,nosuid,nodev,size=256m tmpfs root/tmp
mount -t proc proc root/proc
for node in null urandom random; do touch "root/dev/$node"; mount --bind "/dev/$node" "root/dev/$node"; done
# What stands in the image where nginx looks by default: nothing of it may ever be served.
mkdir root/html
mkdir -p root/html/realms root/html/__gw
for page in index.html api files realms/master realms/wavestack nowhere admin resources metrics __gw/anything; do
    echo default page > "root/html/$page"
done
ln -s /proc/self/fd/1 root/dev/stdout
ln -s /proc/self/fd/2 root/dev/stderr
touch root/nginx
mount --bind "$PORTCULLIS_NGINX" root/nginx
mount -o remount,ro root
ulimit -n 16384
exec "$@"
"#;

/// The address of a service's stand-in, `number` of 1 to 254.
pub const fn service_address(number: u8) -> Ipv4Addr {
    Ipv4Addr::new(10, 65, 2, number)
}

/// Addresses from which nothing ever comes back.
pub const SILENT: [Ipv4Addr; 4] = [
    Ipv4Addr::new(10, 65, 9, 1),
    Ipv4Addr::new(10, 65, 9, 2),
    Ipv4Addr::new(10, 65, 9, 3),
    Ipv4Addr::new(10, 65, 9, 4),
];

/// The room this process stands in.
pub struct Room {
    dir: PathBuf,
}

impl Room {
    /// The room around this process, if it was started by [`Room::spawn`].
    pub fn inside() -> Option<Self> {
        let dir = PathBuf::from(std::env::var_os(INSIDE)?);
        // Proof that this is no namespace of the machine's: there, the port is somebody else's.
        UdpSocket::bind("127.0.0.11:53").expect("the room has a network of its own");
        Some(Self { dir })
    }

    /// Starts this very test program in a new room; it ends when its standard input closes.
    ///
    /// # Panics
    /// When the process is not root, or a tool (util-linux, iproute2, nginx) is missing.
    pub fn spawn(number: usize, job: &[(&str, &str)]) -> Child {
        assert!(
            rustix::process::geteuid().is_root(),
            "the gateway suite makes namespaces: run it as root"
        );
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("room-{}-{number}", std::process::id()));
        fs::create_dir_all(&dir).expect("a directory for the room");
        Command::new("unshare")
            .args(["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"])
            .args(["sh", "-c", LAYOUT, "room"])
            .arg(std::env::current_exe().expect("own path"))
            .env("ROOM", &dir)
            .env("PORTCULLIS_NGINX", nginx_binary())
            .env(INSIDE, &dir)
            .envs(job.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare of util-linux")
    }

    /// A port in the services' network.
    pub fn listen(&self, at: (Ipv4Addr, u16)) -> TcpListener {
        let network = fs::File::open(self.path("services")).expect("the services' network");
        // The network is a thread's property; what a thread opens there stays there.
        let listening = thread::spawn(move || {
            move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network))
                .expect("the services' network");
            let listener = TcpListener::bind(at).unwrap_or_else(|e| panic!("{at:?}: {e}"));
            // A service that does not read shall be noticed after kilobytes, not after megabytes.
            set_socket_recv_buffer_size(&listener, 32 << 10).expect("a small buffer");
            listener
        });
        listening.join().expect("a listener")
    }

    /// A directory of the room: `tree`, `tls`, `secrets`, `data` or `acme`; `root` is what nginx sees.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }
}

/// Removes the directories of the rooms and the trees that this process made.
pub fn sweep() {
    for (start, sweep) in
        [("room", fs::remove_dir::<PathBuf> as fn(PathBuf) -> _), ("drawn", fs::remove_dir_all)]
    {
        let mine = format!("{start}-{}-", std::process::id());
        for entry in fs::read_dir(env!("CARGO_TARGET_TMPDIR")).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(&mine) {
                sweep(entry.path()).ok();
            }
        }
    }
}

/// `$PORTCULLIS_NGINX`, or the one that `tests/tools/install` has put below `target/`.
fn nginx_binary() -> PathBuf {
    let path = std::env::var_os("PORTCULLIS_NGINX").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin/nginx"),
        PathBuf::from,
    );
    fs::canonicalize(&path)
        .unwrap_or_else(|_| panic!("no nginx at {}: run tests/tools/install", path.display()))
}
