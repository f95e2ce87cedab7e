//! Addresses: ranges of them, and where the gateway is published.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use super::Sourced;

/// Why an address range was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be an address or a range such as 203.0.113.0/24 or 2001:db8::/32, without host bits")]
pub struct InvalidAddress;

/// A range of IPv4 or IPv6 addresses in CIDR notation (RFC 4632), host bits zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressRange {
    first: IpAddr,
    prefix: u8,
}

impl AddressRange {
    /// Read `203.0.113.0/24`, `2001:db8::/32` or a single address.
    ///
    /// # Errors
    /// [`InvalidAddress`] where it is neither, or bits below the prefix are set.
    pub fn parse(text: &str) -> Result<Self, InvalidAddress> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => {
                let digits = !prefix.is_empty() && prefix.chars().all(|c| c.is_ascii_digit());
                (address, digits.then(|| prefix.parse().ok()).flatten().ok_or(InvalidAddress)?)
            }
            None => (text, if text.contains(':') { 128 } else { 32 }),
        };
        let first: IpAddr = address.parse().map_err(|_| InvalidAddress)?;
        let range = Self { first, prefix };
        if prefix <= range.width() && range.host_bits() == 0 {
            Ok(range)
        } else {
            Err(InvalidAddress)
        }
    }

    /// An IPv4 range; host bits are cut off.
    pub fn v4(first: Ipv4Addr, prefix: u8) -> Self {
        let prefix = prefix.min(32);
        let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
        Self { first: IpAddr::V4(Ipv4Addr::from(u32::from(first) & mask)), prefix }
    }

    /// The lowest address of the range.
    pub fn first(&self) -> IpAddr {
        self.first
    }

    /// Leading bits that are fixed.
    pub fn prefix(&self) -> u8 {
        self.prefix
    }

    /// True where every address of `other` lies in this range.
    pub fn contains(&self, other: &Self) -> bool {
        let shift = u32::from(self.width() - self.prefix);
        let head = |address: IpAddr| bits(address).checked_shr(shift).unwrap_or(0);
        self.first.is_ipv4() == other.first.is_ipv4()
            && self.prefix <= other.prefix
            && head(self.first) == head(other.first)
    }

    fn width(&self) -> u8 {
        if self.first.is_ipv4() { 32 } else { 128 }
    }

    fn host_bits(&self) -> u128 {
        let host = u32::from(self.width() - self.prefix);
        bits(self.first) & 1u128.checked_shl(host).map_or(u128::MAX, |n| n - 1)
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(u32::from(v4)),
        IpAddr::V6(v6) => u128::from(v6),
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix)
    }
}

/// Where the gateway is reached from outside: the only published ports of the stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Publish {
    /// The host's address; 0.0.0.0 is every one of them.
    pub address: Sourced<IpAddr>,
    /// Port of plain HTTP (redirect and ACME only).
    pub http: Sourced<u16>,
    /// Port of HTTPS.
    pub https: Sourced<u16>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_exact() {
        for good in ["203.0.113.0/24", "0.0.0.0/0", "::/0", "2001:db8::/32", "192.0.2.7/32"] {
            assert_eq!(AddressRange::parse(good).map(|r| r.to_string()), Ok(good.to_owned()));
        }
        for bad in ["203.0.113.1/24", "1.2.3/8", "1.2.3.4/33", "::1/129", "1.2.3.4/+8", "x", ""] {
            assert!(AddressRange::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn containment() {
        let wide = AddressRange::v4(Ipv4Addr::new(10, 128, 0, 0), 9);
        let narrow = AddressRange::v4(Ipv4Addr::new(10, 200, 1, 8), 29);
        assert!(wide.contains(&narrow));
        assert!(!narrow.contains(&wide));
    }
}
