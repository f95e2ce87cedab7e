//! Certificates, judged by a TLS client that trusts the stack's authority alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use portcullis::certificates::{
    Authority, Issued, inspect, issue_authority, issue_client, issue_leaf,
};
use portcullis::secrets::SecretValue;
use portcullis::stack::{EnvironmentName, HostName, ProjectName};
use rand::rngs::SysRng;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection};
use time::{Date, OffsetDateTime};

fn today() -> Date {
    OffsetDateTime::now_utc().date()
}

fn authority() -> (Issued, Authority) {
    let project = ProjectName::new("shop").unwrap();
    let environment = EnvironmentName::new("production").unwrap();
    let issued = issue_authority(&project, &environment, today(), &mut SysRng).unwrap();
    let authority = Authority::open(&issued.certificate, &issued.key).unwrap();
    (issued, authority)
}

fn leaf(authority: &Authority, hosts: &[&str]) -> Issued {
    let hosts: BTreeSet<HostName> =
        hosts.iter().map(|host| HostName::new(*host).unwrap()).collect();
    issue_leaf(authority, &hosts, today(), &mut SysRng).unwrap()
}

/// Shakes hands in memory, as a client that trusts `root`, with a server that has read one
/// file with chain and key.
fn handshake(root: &str, file: &SecretValue, host: &str) -> Result<(), rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(root.as_bytes()).unwrap()).unwrap();
    let client = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let chain: Vec<_> =
        CertificateDer::pem_slice_iter(file.expose()).collect::<Result<_, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_slice(file.expose()).unwrap();
    let server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    let name = ServerName::try_from(host.to_owned()).unwrap();
    let mut client = ClientConnection::new(Arc::new(client), name)?;
    let mut server = ServerConnection::new(Arc::new(server))?;
    while client.is_handshaking() || server.is_handshaking() {
        let mut wire = Vec::new();
        client.write_tls(&mut wire).unwrap();
        server.read_tls(&mut wire.as_slice()).unwrap();
        server.process_new_packets()?;
        let mut wire = Vec::new();
        server.write_tls(&mut wire).unwrap();
        client.read_tls(&mut wire.as_slice()).unwrap();
        client.process_new_packets()?;
    }
    Ok(())
}

#[test]
fn a_client_that_trusts_the_authority_accepts_every_host_and_no_other() {
    let (root, authority) = authority();
    let file = leaf(&authority, &["api.shop.test", "localhost", "127.0.0.1"]).with_key();
    for host in ["api.shop.test", "localhost", "127.0.0.1"] {
        assert_eq!(handshake(&root.certificate, &file, host), Ok(()), "{host}");
    }
    assert!(handshake(&root.certificate, &file, "evil.test").is_err());
}

#[test]
fn a_client_that_trusts_another_authority_refuses() {
    let (other, _) = authority();
    let (_, authority) = authority();
    let file = leaf(&authority, &["api.shop.test"]).with_key();
    assert!(handshake(&other.certificate, &file, "api.shop.test").is_err());
}

#[test]
fn a_clients_certificate_is_no_servers() {
    let (root, authority) = authority();
    let client = issue_client(&authority, "ci", today(), &mut SysRng).unwrap();
    assert!(handshake(&root.certificate, &client.with_key(), "ci").is_err());
    for name in ["", "a b", "a/b", &"x".repeat(65)] {
        assert!(issue_client(&authority, name, today(), &mut SysRng).is_err(), "{name}");
    }
}

#[test]
fn an_authority_signs_only_with_its_own_key() {
    let (first, _) = authority();
    let (second, _) = authority();
    assert!(Authority::open(&first.certificate, &second.key).is_err());
    let file = leaf(&Authority::open(&first.certificate, &first.key).unwrap(), &["a.test"]);
    assert!(Authority::open(&file.certificate, &file.key).is_err());
    assert!(Authority::open("", &first.key).is_err());
}

#[test]
fn the_facts_of_a_certificate_are_read_back() {
    let (root, authority) = authority();
    let facts = inspect(&leaf(&authority, &["b.test", "127.0.0.1"]).certificate).unwrap();
    let root = inspect(&root.certificate).unwrap();
    assert_eq!(facts.hosts.into_iter().collect::<Vec<_>>(), ["127.0.0.1", "b.test"]);
    assert_eq!((facts.is_authority, root.is_authority), (false, true));
    assert_eq!(facts.issuer_key_id, root.key_id);
    assert_eq!((facts.not_after - facts.not_before).whole_days(), 366);
    assert_eq!(facts.serial.len(), 32);
}
