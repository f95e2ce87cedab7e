//! Issuing certificates: the stack's own authority, and what it signs. Stands alone because it
//! is the only file that names `rcgen`.

use std::collections::BTreeSet;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SerialNumber,
};
use time::{Date, Duration};

use crate::secrets::{NoRandomness, Randomness, SealError, SecretValue};
use crate::stack::{EnvironmentName, HostName, ProjectName};

/// Days that the authority is valid: ten years, since replacing it means that every client
/// must trust another one.
pub const AUTHORITY_DAYS: i64 = 3650;

/// Days that a leaf is valid: Mozilla's server side TLS guidelines, version 6.0, ask for at
/// most 366.
pub const LEAF_DAYS: i64 = 366;

/// The longest common name (RFC 5280 appendix A, `ub-common-name`).
const MOST_OF_A_NAME: usize = 64;

/// A certificate and its key, both in PEM form; ECDSA on P-256.
#[derive(Debug)]
pub struct Issued {
    /// What a server shows: the leaf alone, since its issuer is the root that clients hold.
    pub certificate: String,
    pub key: SecretValue,
}

/// An authority that can sign.
pub struct Authority(Issuer<'static, KeyPair>);

#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error("the authority's certificate and key in the bundle do not form an authority")]
    NoAuthority,
    #[error("a certificate for {0} cannot be made")]
    Subject(String),
    #[error("a certificate could not be signed")]
    Signing,
}

impl Issued {
    /// Certificate and key in one text, as the gateway reads a host's file.
    pub fn with_key(&self) -> SecretValue {
        SecretValue::new([self.certificate.as_bytes(), self.key.expose()].concat())
    }
}

impl Authority {
    /// The authority of a certificate and its key.
    pub fn open(certificate: &str, key: &SecretValue) -> Result<Self, IssueError> {
        let key = key.text().and_then(|pem| KeyPair::from_pem(pem).ok());
        let key = key.ok_or(IssueError::NoAuthority)?;
        let facts = super::inspect(certificate).map_err(|_| IssueError::NoAuthority)?;
        let fits = facts.is_authority && facts.public_key == key.public_key_raw();
        let issuer = Issuer::from_ca_cert_pem(certificate, key);
        let issuer = issuer.map_err(|_| IssueError::NoAuthority)?;
        if fits { Ok(Self(issuer)) } else { Err(IssueError::NoAuthority) }
    }
}

/// The authority of one environment. It signs leaves only, no further authorities. The key
/// comes from the operating system, the serial number from `randomness`.
pub fn issue_authority(
    project: &ProjectName,
    environment: &EnvironmentName,
    today: Date,
    randomness: &mut dyn Randomness,
) -> Result<Issued, IssueError> {
    let mut params = params(&[], today, AUTHORITY_DAYS, randomness)?;
    params.distinguished_name.push(DnType::OrganizationName, project.as_str());
    params.distinguished_name.push(DnType::OrganizationalUnitName, environment.as_str());
    params.distinguished_name.push(DnType::CommonName, "portcullis authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = new_key()?;
    let signed = params.self_signed(&key).map_err(|_| IssueError::Signing)?;
    Ok(Issued { certificate: signed.pem(), key: pem(&key) })
}

/// A certificate with which a server answers for `hosts`.
pub fn issue_leaf(
    authority: &Authority,
    hosts: &BTreeSet<HostName>,
    today: Date,
    randomness: &mut dyn Randomness,
) -> Result<Issued, IssueError> {
    let names: Vec<&str> = hosts.iter().map(HostName::as_str).collect();
    let Some(first) = names.first() else { return Err(IssueError::Subject("no host".into())) };
    let mut params = params(&names, today, LEAF_DAYS, randomness)?;
    // For people only: what counts are the subject alternative names.
    let common = names.iter().find(|name| name.len() <= MOST_OF_A_NAME);
    params.distinguished_name.push(DnType::CommonName, *common.unwrap_or(&"portcullis leaf"));
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    sign(params, authority).map_err(|_| IssueError::Subject((*first).to_owned()))
}

/// A certificate with which a client shows that it is `name`.
pub fn issue_client(
    authority: &Authority,
    name: &str,
    today: Date,
    randomness: &mut dyn Randomness,
) -> Result<Issued, IssueError> {
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "-_.".contains(sign);
    if name.is_empty() || name.len() > MOST_OF_A_NAME || !name.chars().all(plain) {
        return Err(IssueError::Subject("a client of this name".into()));
    }
    let mut params = params(&[], today, LEAF_DAYS, randomness)?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    sign(params, authority)
}

/// What all certificates share: valid from the start of the day, so that a clock that is some
/// hours behind accepts it, and a serial number of 127 random bits (RFC 5280 section 4.1.2.2
/// wants a positive one of at most 20 bytes, the CA/Browser Forum 64 random bits).
fn params(
    hosts: &[&str],
    today: Date,
    days: i64,
    randomness: &mut dyn Randomness,
) -> Result<CertificateParams, IssueError> {
    let names: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let unfit = || IssueError::Subject(hosts.join(", "));
    let mut params = CertificateParams::new(names).map_err(|_| unfit())?;
    let mut serial = [0; 16];
    randomness.fill(&mut serial)?;
    if let Some(first) = serial.first_mut() {
        *first = *first & 0x7f | 0x40;
    }
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    params.not_before = today.midnight().assume_utc();
    let end = params.not_before.checked_add(Duration::days(days));
    params.not_after = end.ok_or(IssueError::Signing)?;
    params.distinguished_name = DistinguishedName::new();
    Ok(params)
}

fn sign(mut params: CertificateParams, authority: &Authority) -> Result<Issued, IssueError> {
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    params.is_ca = IsCa::ExplicitNoCa;
    let key = new_key()?;
    let signed = params.signed_by(&key, &authority.0).map_err(|_| IssueError::Signing)?;
    Ok(Issued { certificate: signed.pem(), key: pem(&key) })
}

fn new_key() -> Result<KeyPair, IssueError> {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|_| IssueError::Signing)
}

fn pem(key: &KeyPair) -> SecretValue {
    SecretValue::new(key.serialize_pem().into_bytes())
}
