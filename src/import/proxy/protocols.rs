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
    (135, "epmap"),
    (139, "netbios-ssn"),
    (143, "imap"),
    (179, "bgp"),
    (389, "ldap"),
    (445, "microsoft-ds"),
    (464, "kpasswd"),
    (465, "submissions"),
    (502, "mbap"),
    (514, "syslog"),
    (548, "afpovertcp"),
    (554, "rtsp"),
    (587, "submission"),
    (631, "ipp"),
    (636, "ldaps"),
    (853, "domain-s"),
    (873, "rsync"),
    (990, "ftps"),
    (993, "imaps"),
    (995, "pop3s"),
    (1025, "smtp (development)"),
    (1194, "openvpn"),
    (1389, "ldap (openldap images)"),
    (1433, "ms-sql-s"),
    (1514, "syslog, wazuh agents"),
    (1515, "wazuh enrollment"),
    (1521, "oracle"),
    (1636, "ldaps (openldap images)"),
    (1723, "pptp"),
    (1883, "mqtt"),
    (1935, "rtmp"),
    (2003, "carbon (graphite)"),
    (2004, "carbon pickle (graphite)"),
    (2022, "ssh"),
    (2049, "nfs"),
    (2181, "zookeeper"),
    (2222, "ssh"),
    (2525, "smtp (alternative)"),
    (3025, "smtp (greenmail)"),
    (3050, "firebird"),
    (3110, "pop3 (greenmail)"),
    (3143, "imap (greenmail)"),
    (3268, "msft-gc"),
    (3269, "msft-gc-ssl"),
    (3306, "mysql"),
    (3389, "ms-wbt-server"),
    (3465, "smtps (greenmail)"),
    (3478, "stun"),
    (3493, "nut"),
    (3993, "imaps (greenmail)"),
    (3995, "pop3s (greenmail)"),
    (4190, "sieve"),
    (4222, "nats"),
    (4317, "otlp (grpc)"),
    (4369, "epmd"),
    (4505, "salt"),
    (4506, "salt"),
    (4822, "guacd"),
    (5038, "asterisk manager"),
    (5044, "beats"),
    (5060, "sip"),
    (5061, "sips"),
    (5222, "xmpp-client"),
    (5269, "xmpp-server"),
    (5349, "stuns"),
    (5432, "postgresql"),
    (5514, "syslog (rsyslog's example)"),
    (5671, "amqps"),
    (5672, "amqp"),
    (5900, "rfb"),
    (6379, "redis"),
    (6432, "pgbouncer"),
    (6514, "syslog-tls"),
    (6667, "ircu"),
    (6697, "ircs-u"),
    (7233, "temporal (grpc)"),
    (7687, "bolt"),
    (8009, "ajp13"),
    (8883, "secure-mqtt"),
    (9042, "cassandra"),
    (9092, "kafka"),
    (9300, "elasticsearch transport"),
    (9418, "git"),
    (10050, "zabbix-agent"),
    (10051, "zabbix-trapper"),
    (10389, "ldap (apacheds)"),
    (10636, "ldaps (apacheds)"),
    (11211, "memcache"),
    (12201, "gelf"),
    (19530, "milvus (grpc)"),
    (24224, "fluentd forward"),
    (25565, "minecraft"),
    (26257, "cockroachdb"),
    (26379, "redis sentinel"),
    (27017, "mongodb"),
    (27018, "mongodb"),
    (27019, "mongodb"),
    (28015, "rethinkdb"),
    (33060, "mysqlx"),
    (50000, "jenkins agents, logstash's example"),
    (61613, "stomp"),
    (61616, "openwire"),
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
            (5044, "tcp", Carried::Other("beats")),
            (1514, "tcp", Carried::Other("syslog, wazuh agents")),
            (10389, "tcp", Carried::Other("ldap (apacheds)")),
            (3143, "tcp", Carried::Other("imap (greenmail)")),
            (5601, "tcp", Carried::Http),
            (9200, "tcp", Carried::Http),
            (9600, "tcp", Carried::Http),
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
