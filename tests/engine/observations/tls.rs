//! What the published ports say before anything is asked: versions, names, certificates, the redirect.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::engine::client::Client;
use crate::engine::observation::{Observation, Presets, running};
use crate::engine::project::{feed, finish};
use crate::engine::reply::Reply;
use crate::engine::stack::{Stack, said};

/// This subject.
pub const OBSERVATIONS: &[Observation] = &[
    running(
        "tls::sslyze_finds_mozillas_intermediate",
        &["MY-8"],
        Presets::Only(&["wavestack"]),
        sslyze,
    ),
    running("tls::nmap_finds_two_ports", &["AC-1"], Presets::Only(&["wavestack"]), nmap),
    running("tls::browsers_are_told_to_stay", &["MY-8", "WS-12"], Presets::Only(ALL), hsts),
    running("tls::unknown_names_get_nothing", &["WS-4", "MY-8"], Presets::Only(ALL), names),
    running("tls::plain_http_only_redirects", &["MY-8"], Presets::Only(ALL), redirect),
];

const ALL: &[&str] = &["wavestack", "ai-camera", "relay"];
/// The suites of Mozilla's guideline 6.0 for a certificate on an elliptic curve, by their IANA names.
const SUITES: [&str; 3] = [
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
];

/// The preset's hosts.
fn hosts(stack: &Stack) -> &'static [&'static str] {
    match stack.preset() {
        "wavestack" => &["api.example.com", "auth.example.com"],
        "ai-camera" => &["api.example.com", "admin.example.com"],
        _ => &["relay.example.com"],
    }
}

/// Each host, as an independent program sees it; it is told of the stack's own authority.
fn sslyze(stack: &Stack) {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin/sslyze");
    for host in hosts(stack) {
        let report = stack.root().join(format!("sslyze-{host}.json"));
        let mut command = stack.town.on_street(program.to_str().expect("a path"));
        command.arg("--mozilla_config=intermediate").arg("--json_out").arg(&report);
        command.arg("--certinfo_ca_file").arg(stack.project.drawn("ca.pem"));
        let output = feed(command.arg(format!("{host}:443{{192.0.2.1}}")), "");
        let text = fs::read_to_string(&report).unwrap_or_else(|_| panic!("{}", said(&output)));
        fs::remove_file(&report).expect("the report");
        let report: Value = serde_json::from_str(&text).expect("JSON");
        let found = &report["server_scan_results"][0]["scan_result"];
        for version in ["ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1"] {
            assert_eq!(accepted(found, version), BTreeSet::new(), "{host} speaks {version}");
        }
        assert_eq!(accepted(found, "tls_1_2"), BTreeSet::from(SUITES), "{host}");
        assert!(!accepted(found, "tls_1_3").is_empty(), "{host} does not speak TLS 1.3");
        assert!(said(&output).contains("OK - Compliant"), "{host}: {}", said(&output));
    }
}

fn accepted<'a>(found: &'a Value, version: &str) -> BTreeSet<&'a str> {
    let scan = &found[format!("{version}_cipher_suites")];
    assert_eq!(scan["status"], "COMPLETED", "{version}: {scan}");
    let suites = scan["result"]["accepted_cipher_suites"].as_array().expect("suites");
    suites.iter().filter_map(|suite| suite["cipher_suite"]["name"].as_str()).collect()
}

/// Every TCP port of the machine, as an independent program sees them.
fn nmap(stack: &Stack) {
    let mut nmap = stack.town.on_street("nmap");
    nmap.args(["-n", "-Pn", "-sS", "-p-", "--min-rate", "5000", "--max-retries", "2"]);
    let output = finish(nmap.args(["-oG", "-", "192.0.2.1"]), "");
    let text = said(&output);
    let ports = text.split_once("Ports: ").unwrap_or_else(|| panic!("no ports: {text}")).1;
    let ports = ports.split(['\t', '\n']).next().unwrap_or_default().split(", ");
    let open: Vec<_> = ports.filter(|port| port.contains("/open/")).collect();
    let numbers: Vec<_> = open.iter().filter_map(|port| port.split('/').next()).collect();
    assert_eq!(numbers, ["80", "443"], "{text}");
}

/// On answers of every kind.
fn hsts(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 100]);
    for host in hosts(stack) {
        for path in ["/", "/health", "/nowhere", "/%zz", "/.env"] {
            let reply = client.get(host, path);
            // The presets say two years or leave it at the default, which is the same.
            let told = reply.header("Strict-Transport-Security").unwrap_or_default();
            assert!(told.starts_with("max-age=63072000"), "{host}{path}: {reply:?}");
        }
    }
}

/// Neither in the handshake, nor by the Host of a request, nor by one that differs from the handshake's.
fn names(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 101]);
    for unknown in ["other.example.com", "www.api.example.com", "localhost"] {
        let error = client.tls(unknown, 443).err().map(|error| error.to_string());
        let error = error.unwrap_or_else(|| panic!("{unknown} was shaken hands with"));
        assert!(error.contains("UnrecognisedName"), "{unknown}: {error}");
        for host in hosts(stack) {
            let answer = client.raw(host, &request(unknown));
            assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
        }
        assert_eq!(plain(&client, &request(unknown)), b"", "{unknown}");
    }
    if let [one, other] = hosts(stack) {
        let answer = client.raw(one, &request(other));
        let reply = Reply::parse(&answer).expect("an answer");
        reply.assert_error(421, "misdirected_request");
    }
}

/// To the same place over TLS; what was asked in clear is answered by nobody else.
fn redirect(stack: &Stack) {
    let client = stack.client().at([198, 51, 100, 102]);
    for host in hosts(stack) {
        let reply = client.plain(host, "/health?a=b");
        assert_eq!(reply.status, 308, "{reply:?}");
        let there = format!("https://{host}/health?a=b");
        assert_eq!(reply.header("Location"), Some(&*there));
    }
}

fn request(host: &str) -> String {
    format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
}

fn plain(client: &Client, text: &str) -> Vec<u8> {
    use std::io::{Read, Write};
    let mut wire = client.tcp((crate::engine::town::MACHINE, 80).into()).expect("port 80");
    wire.write_all(text.as_bytes()).expect("to send");
    let mut answer = Vec::new();
    wire.read_to_end(&mut answer).ok();
    answer
}
