//! nginx itself: what it may do on the machine, and how much it can hold.

use std::fs;
use std::io::Read;
use std::thread;

use crate::gateway::bench::Bench;
use crate::gateway::client::dial;
use crate::gateway::facts::PUBLIC;
use crate::gateway::nginx::Nginx;
use crate::gateway::room::NGINX_UID;
use crate::gateway::suite::checks;

checks![Quick: it_runs_without_rights, nginx_finds_no_fault, there_is_a_worker_for_each_core, three_thousand_connections_fit];

/// The proof that the suite tests what it says: uid, capabilities, no_new_privs, root directory.
fn it_runs_without_rights(bench: &Bench) {
    let nginx = bench.nginx();
    for pid in nginx.workers().into_iter().chain([nginx.pid()]) {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("a process");
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a field");
            line.trim().to_owned()
        };
        assert!(
            field("Uid:").split_whitespace().all(|uid| uid == NGINX_UID.to_string()),
            "{status}"
        );
        assert_eq!(field("Groups:"), "", "{status}");
        for set in ["CapInh:", "CapPrm:", "CapEff:", "CapAmb:"] {
            assert_eq!(field(set), "0000000000000000", "{set}");
        }
        assert_eq!(field("NoNewPrivs:"), "1");
        let mounts = fs::read_to_string(format!("/proc/{pid}/mountinfo")).expect("mounts");
        let root = mounts.lines().find(|line| line.split(' ').nth(4) == Some("/")).expect("a root");
        assert!(
            root.split(' ')
                .nth(5)
                .is_some_and(|options| options.split(',').any(|option| option == "ro")),
            "{root}"
        );
    }
}

fn nginx_finds_no_fault(bench: &Bench) {
    assert_eq!(Nginx::test(&bench.room), Ok(()));
}

fn there_is_a_worker_for_each_core(bench: &Bench) {
    let cores = thread::available_parallelism().expect("cores").get();
    assert_eq!(bench.nginx().workers().len(), cores);
}

/// Idle connections are the first that nginx drops when it runs out of places or files.
fn three_thousand_connections_fit(bench: &Bench) {
    let client = bench.client();
    let held: Vec<_> = (0..3_000).map(|_| dial(client.from, 8443).expect("a connection")).collect();
    bench.client().get(PUBLIC).send().assert_passed();
    for mut connection in held {
        connection.set_nonblocking(true).expect("no waiting");
        let error = connection.read(&mut [0]).expect_err("still open and silent");
        assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
    }
}
