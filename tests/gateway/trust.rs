//! Certificates of the test: an authority, one PEM per host (chain, then key), and the client's trust in it.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::client::{Resumption, Tls12Resumption};
use rustls::crypto::ring::default_provider;
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};

/// An authority that only this run knows.
pub struct Trust {
    issuer: CertifiedIssuer<'static, KeyPair>,
    roots: Arc<RootCertStore>,
    /// What the ordinary client of a check uses.
    pub config: Arc<ClientConfig>,
}

impl Trust {
    /// A new authority.
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "gateway suite");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key"))
            .expect("an authority");
        let mut roots = RootCertStore::empty();
        roots.add(issuer.der().clone()).expect("a root");
        let roots = Arc::new(roots);
        let config = Arc::new(client(&roots, rustls::DEFAULT_VERSIONS));
        Self { issuer, roots, config }
    }

    /// Puts `HOST.pem` into `dir` by a rename, as a renewal does, and returns the leaf's DER.
    pub fn issue(&self, dir: &Path, host: &str) -> Vec<u8> {
        let params = CertificateParams::new(vec![host.to_owned()]).expect("a name");
        self.issue_as(dir, host, params)
    }

    /// The same for a certificate that says anything.
    pub fn issue_as(&self, dir: &Path, host: &str, params: CertificateParams) -> Vec<u8> {
        let key = KeyPair::generate().expect("a key");
        let leaf = params.signed_by(&key, &self.issuer).expect("a leaf");
        let staged = dir.join(format!(".{host}"));
        fs::write(&staged, format!("{}{}{}", leaf.pem(), self.issuer.pem(), key.serialize_pem()))
            .expect("a pem");
        fs::rename(staged, dir.join(format!("{host}.pem"))).expect("a pem");
        leaf.der().to_vec()
    }

    /// The authority's certificate.
    pub fn authority(&self) -> String {
        self.issuer.pem()
    }

    /// A configuration of its own for a check about TLS, without memory of earlier sessions.
    pub fn fresh(&self, versions: &[&'static SupportedProtocolVersion]) -> ClientConfig {
        client(&self.roots, versions)
    }

    /// TLS 1.2 with sessions resumed by their number only.
    pub fn by_session_id(&self) -> ClientConfig {
        let mut config = client(&self.roots, &[&rustls::version::TLS12]);
        config.resumption =
            Resumption::in_memory_sessions(8).tls12_resumption(Tls12Resumption::SessionIdOnly);
        config
    }
}

fn client(
    roots: &Arc<RootCertStore>,
    versions: &[&'static SupportedProtocolVersion],
) -> ClientConfig {
    ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(versions)
        .expect("versions")
        .with_root_certificates(Arc::clone(roots))
        .with_no_client_auth()
}
