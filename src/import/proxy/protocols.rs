//! Ports that HTTP does not live on, by the names that IANA gave them.

/// What a published port carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// HTTP, for all that is known.
    Http,
    /// HTTP/3 over QUIC (RFC 9114), which browsers leave away where nobody offers it.
    Quic,
    /// Another protocol, by its name; empty where only the transport says that it is another.
    Other(&'static str),
}

/// What a port of a container carries; `transport` is `tcp`, `udp` or `sctp`.
pub fn carried(port: u16, transport: &str) -> Carried {
    match (port, transport) {
        (port, "tcp") => not_http(port).map_or(Carried::Http, Carried::Other),
        (443 | 8443, "udp") => Carried::Quic,
        (port, "udp") => {
            let known = UDP.iter().find(|(number, _)| *number == port).map(|(_, name)| *name);
            Carried::Other(known.or_else(|| not_http(port)).unwrap_or_default())
        }
        _ => Carried::Other(""),
    }
}

/// Name of the protocol that a TCP port carries, where that is known and not HTTP.
pub fn not_http(port: u16) -> Option<&'static str> {
    TCP.iter().find(|(number, _)| *number == port).map(|(_, name)| *name)
}

/// IANA Service Name and Transport Protocol Port Number Registry (RFC 6335); names of programs
/// where the registry has none for the port that their documentation gives.
const TCP: &[(u16, &str)] = &[
    (21, "ftp"),
    (22, "ssh"),
    (23, "telnet"),
    (25, "smtp"),
    (53, "domain"),
    (67, "bootps"),
    (68, "bootpc"),
    (88, "kerberos"),
    (110, "pop3"),
    (111, "sunrpc"),
    (119, "nntp"),
    (139, "netbios-ssn"),
    (143, "imap"),
    (389, "ldap"),
    (445, "microsoft-ds"),
    (464, "kpasswd"),
    (465, "submissions"),
    (514, "syslog"),
    (587, "submission"),
    (631, "ipp"),
    (636, "ldaps"),
    (853, "domain-s"),
    (873, "rsync"),
    (993, "imaps"),
    (995, "pop3s"),
    (1025, "smtp (development)"),
    (1194, "openvpn"),
    (1433, "ms-sql-s"),
    (1521, "oracle"),
    (1883, "mqtt"),
    (1935, "rtmp"),
    (2022, "ssh"),
    (2049, "nfs"),
    (2181, "zookeeper"),
    (2222, "ssh"),
    (3306, "mysql"),
    (3389, "ms-wbt-server"),
    (3478, "stun"),
    (4190, "sieve"),
    (4222, "nats"),
    (4317, "otlp (grpc)"),
    (5060, "sip"),
    (5222, "xmpp-client"),
    (5269, "xmpp-server"),
    (5349, "stuns"),
    (5432, "postgresql"),
    (5514, "syslog (rsyslog's example)"),
    (5671, "amqps"),
    (5672, "amqp"),
    (5900, "rfb"),
    (6379, "redis"),
    (6514, "syslog-tls"),
    (6667, "ircu"),
    (6697, "ircs-u"),
    (7233, "temporal (grpc)"),
    (7687, "bolt"),
    (8883, "secure-mqtt"),
    (9042, "cassandra"),
    (9092, "kafka"),
    (11211, "memcache"),
    (25565, "minecraft"),
    (27017, "mongodb"),
];

/// The same for UDP alone.
const UDP: &[(u16, &str)] = &[
    (69, "tftp"),
    (123, "ntp"),
    (161, "snmp"),
    (162, "snmptrap"),
    (500, "isakmp"),
    (1812, "radius"),
    (1813, "radius-acct"),
    (1900, "ssdp"),
    (2055, "netflow"),
    (4500, "ipsec-nat-t"),
    (5353, "mdns"),
    (5683, "coap"),
    (6343, "sflow"),
    (8125, "statsd"),
    (10000, "rtp (jitsi)"),
    (19132, "minecraft bedrock"),
    (51820, "wireguard"),
    (64738, "mumble"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_told_apart() {
        for (port, transport, expected) in [
            (80, "tcp", Carried::Http),
            (5432, "tcp", Carried::Other("postgresql")),
            (53, "udp", Carried::Other("domain")),
            (123, "udp", Carried::Other("ntp")),
            (123, "tcp", Carried::Http),
            (443, "udp", Carried::Quic),
            (9999, "udp", Carried::Other("")),
            (80, "sctp", Carried::Other("")),
        ] {
            assert_eq!(carried(port, transport), expected, "{port}/{transport}");
        }
        for table in [TCP, UDP] {
            assert!(table.is_sorted_by(|a, b| a.0 < b.0), "{table:?}");
        }
    }
}
