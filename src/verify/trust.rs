//! Whose certificates are believed, and what a server showed.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring::default_provider};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    SupportedProtocolVersion,
};

/// Authorities that a client of the stack believes.
#[derive(Debug, Clone)]
pub struct Trust {
    provider: Arc<CryptoProvider>,
    verifier: Arc<WebPkiServerVerifier>,
    /// Where they come from, in words.
    pub origin: String,
}

/// Why no certificate could be believed.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// Not one certificate.
    #[error("{0} holds no certificate in PEM form")]
    Empty(String),
    /// One that no chain can end in.
    #[error("{origin}: {why}")]
    Unusable {
        /// Where it stands.
        origin: String,
        /// What is wrong.
        why: String,
    },
}

impl Trust {
    /// The certificates of a PEM text, which `origin` names.
    ///
    /// # Errors
    /// [`TrustError`] where there is none, or one is broken.
    pub fn read(pem: &[u8], origin: impl Into<String>) -> Result<Self, TrustError> {
        let origin = origin.into();
        let mut roots = RootCertStore::empty();
        let certificates = CertificateDer::pem_slice_iter(pem).filter_map(Result::ok);
        // A bundle of a system may hold one that nobody can use any more.
        let (_, _) = roots.add_parsable_certificates(certificates);
        if roots.is_empty() {
            return Err(TrustError::Empty(origin));
        }
        let provider = Arc::new(default_provider());
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        let verifier = verifier.build().map_err(|error| TrustError::Unusable {
            origin: origin.clone(),
            why: error.to_string(),
        })?;
        Ok(Self { provider, verifier, origin })
    }

    pub(super) fn config(
        &self,
        witness: Arc<Witness>,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Result<ClientConfig, Error> {
        let config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(versions)?
            .dangerous()
            .with_custom_certificate_verifier(witness)
            .with_no_client_auth();
        Ok(config)
    }
}

/// What a server showed in its handshake.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    /// Its certificate, in DER form.
    pub(super) leaf: Vec<u8>,
    /// Why it is not believed; nothing where it is.
    pub(super) doubt: Option<String>,
}

/// A verifier that lets every certificate pass and remembers what the real one said.
#[derive(Debug)]
pub(super) struct Witness {
    inner: Arc<WebPkiServerVerifier>,
    shown: Mutex<Shown>,
}

impl Witness {
    pub(super) fn new(trust: &Trust) -> Self {
        let unseen = Shown { leaf: Vec::new(), doubt: Some("no certificate was shown".to_owned()) };
        Self { inner: Arc::clone(&trust.verifier), shown: Mutex::new(unseen) }
    }

    pub(super) fn shown(&self) -> Shown {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verdict =
            self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp, now);
        let doubt = verdict.err().map(|error| doubt(&error));
        let shown = Shown { leaf: end_entity.to_vec(), doubt };
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = shown;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// The verdict in words that a person can act on.
fn doubt(error: &Error) -> String {
    use rustls::CertificateError as E;
    let Error::InvalidCertificate(reason) = error else { return error.to_string() };
    match reason {
        E::Expired | E::ExpiredContext { .. } => "it has ended".to_owned(),
        E::NotValidYet | E::NotValidYetContext { .. } => "it is not valid yet".to_owned(),
        E::UnknownIssuer => "its authority is not among those believed".to_owned(),
        E::NotValidForName | E::NotValidForNameContext { .. } => {
            "it is for another name".to_owned()
        }
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_certificate_is_refused() {
        for text in ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
        {
            assert!(Trust::read(text.as_bytes(), "x.pem").is_err(), "{text}");
        }
    }
}
