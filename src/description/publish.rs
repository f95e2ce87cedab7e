//! Where the stack meets the world: published ports, encryption, addresses, streams.

use std::net::IpAddr;
use std::num::NonZeroU16;

use super::keys::keys;
use super::leaf::leaves;
use super::read::Located;
use super::word::{EmailAddress, Reason};
use crate::stack::{AddressRange, ServiceName, TlsVersion, Transport};

keys! {
    /// The only published ports of the stack, besides streams.
    pub struct Publish("`publish`") {
        /// Address of the host. Default: 0.0.0.0, every one. On loopback the environment is local.
        pub address: Option<Located<IpAddr>>,
        /// Port for plain HTTP, which only redirects. Default: 80.
        pub http: Option<Located<NonZeroU16>>,
        /// Port for HTTPS. Default: 443.
        pub https: Option<Located<NonZeroU16>>,
    }
}

keys! {
    /// Encryption towards clients.
    pub struct Tls("`tls`") {
        /// internal (the stack's own authority, the default), acme, or files (the provided
        /// secrets tls_cert and tls_key).
        pub issuer: Option<Located<IssuerChoice>>,
        /// Address that the ACME authority writes to. Only for acme.
        pub email: Option<Located<EmailAddress>>,
        /// Oldest version of TLS that is spoken: "1.2" (the default) or "1.3".
        pub minimum: Option<Located<TlsVersion>>,
        /// Seconds for which browsers insist on HTTPS. 0 turns it off and needs an exception.
        pub hsts: Option<Located<u32>>,
    }
}

keys! {
    /// Addresses of the stack's own networks.
    pub struct NetworkKeys("`network`") {
        /// Range that the networks are cut from. Default: a /19 of 10.128.0.0/9.
        pub pool: Option<Located<AddressRange>>,
    }
}

keys! {
    /// A port for what HTTP cannot carry; it still goes through the gateway, and is an exception.
    pub struct Stream("a stream") {
        /// Who answers.
        pub service: Located<ServiceName>,
        /// Its port.
        pub port: Located<NonZeroU16>,
        /// Why HTTP cannot carry it; printed in the report.
        pub reason: Located<Reason>,
    }
}

/// Who issues certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssuerChoice {
    /// The stack's own authority.
    Internal,
    /// An ACME authority.
    Acme,
    /// The provided secrets `tls_cert` and `tls_key`.
    Files,
}

impl IssuerChoice {
    fn new(text: &str) -> Result<Self, &'static str> {
        match text {
            "internal" => Ok(Self::Internal),
            "acme" => Ok(Self::Acme),
            "files" => Ok(Self::Files),
            _ => Err("write internal, acme or files"),
        }
    }
}

/// A published port of a stream: `2525/tcp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StreamPort {
    /// The port.
    pub port: NonZeroU16,
    /// The protocol.
    pub transport: Transport,
}

impl StreamPort {
    fn new(text: &str) -> Result<Self, &'static str> {
        const RULE: &str = "write PORT/tcp or PORT/udp, with a port from 1 to 65535";
        let (port, transport) = text.split_once('/').ok_or(RULE)?;
        let transport = match transport {
            "tcp" => Transport::Tcp,
            "udp" => Transport::Udp,
            _ => return Err(RULE),
        };
        let plain = !port.starts_with('0') && port.bytes().all(|b| b.is_ascii_digit());
        let port = port.parse().ok().filter(|_| plain).ok_or(RULE)?;
        Ok(Self { port, transport })
    }
}

fn version(text: &str) -> Result<TlsVersion, &'static str> {
    match text {
        "1.2" => Ok(TlsVersion::V1_2),
        "1.3" => Ok(TlsVersion::V1_3),
        _ => Err("write \"1.2\" or \"1.3\"; older versions are broken (RFC 8996)"),
    }
}

leaves! {
    IssuerChoice, "an issuer", Self::new, {"enum": ["internal", "acme", "files"]};
    StreamPort, "a port", Self::new, {"type": "string", "pattern": "^[1-9][0-9]{0,4}/(tcp|udp)$"};
    TlsVersion, "a version of TLS", version, {"enum": ["1.2", "1.3", 1.2, 1.3]};
}
