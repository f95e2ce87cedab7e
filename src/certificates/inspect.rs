//! What a certificate says of itself. Stands alone because it needs no key: `certs show` and
//! the drawing read public certificates only.

use std::collections::BTreeSet;
use std::net::IpAddr;

use time::Date;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::parse_x509_certificate;
use x509_parser::prelude::{X509Certificate, parse_x509_pem};

/// The facts of one certificate that this program decides by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// The DNS names and addresses of its subject alternative names.
    pub hosts: BTreeSet<String>,
    pub not_before: Date,
    pub not_after: Date,
    pub is_authority: bool,
    /// Its serial number in hexadecimal.
    pub serial: String,
    /// Its own key, and the key that signed it, as X.509 identifies them (RFC 5280 section
    /// 4.2.1.1 and 4.2.1.2); empty where the certificate does not say.
    pub key_id: Vec<u8>,
    pub issuer_key_id: Vec<u8>,
    /// Its public key, as the certificate holds it.
    pub public_key: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a certificate")]
pub struct Unreadable;

/// Reads the first certificate of a PEM text; what follows it is the rest of a chain.
pub fn inspect(pem: &str) -> Result<CertificateFacts, Unreadable> {
    let (_, block) = parse_x509_pem(pem.as_bytes()).map_err(|_| Unreadable)?;
    inspect_der(&block.contents)
}

/// Reads a certificate as a server shows it in a handshake.
pub fn inspect_der(der: &[u8]) -> Result<CertificateFacts, Unreadable> {
    let (_, certificate) = parse_x509_certificate(der).map_err(|_| Unreadable)?;
    let validity = certificate.validity();
    let mut facts = CertificateFacts {
        hosts: hosts(&certificate),
        not_before: validity.not_before.to_datetime().date(),
        not_after: validity.not_after.to_datetime().date(),
        is_authority: certificate.is_ca(),
        serial: hexadecimal(certificate.raw_serial()),
        key_id: Vec::new(),
        issuer_key_id: Vec::new(),
        public_key: certificate.public_key().subject_public_key.data.to_vec(),
    };
    for extension in certificate.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::SubjectKeyIdentifier(id) => facts.key_id = id.0.to_vec(),
            ParsedExtension::AuthorityKeyIdentifier(authority) => {
                let id = authority.key_identifier.as_ref();
                facts.issuer_key_id = id.map(|id| id.0.to_vec()).unwrap_or_default();
            }
            _ => {}
        }
    }
    Ok(facts)
}

fn hosts(certificate: &X509Certificate<'_>) -> BTreeSet<String> {
    let names = certificate.subject_alternative_name().ok().flatten();
    let names = names.map(|names| names.value.general_names.as_slice()).unwrap_or_default();
    names.iter().filter_map(host).collect()
}

fn host(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            let four = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            let address = four.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from));
            address.ok().map(|address| address.to_string())
        }
        _ => None,
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_refused() {
        let begin = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for text in ["", "text", begin] {
            assert_eq!(inspect(text), Err(Unreadable));
        }
    }
}
