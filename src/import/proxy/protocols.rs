//! Ports that HTTP does not live on, by the names that IANA gave them.

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
    (110, "pop3"),
    (143, "imap"),
    (389, "ldap"),
    (465, "submissions"),
    (514, "syslog"),
    (587, "submission"),
    (636, "ldaps"),
    (853, "domain-s"),
    (993, "imaps"),
    (995, "pop3s"),
    (1025, "smtp (development)"),
    (1433, "ms-sql-s"),
    (1521, "oracle"),
    (1883, "mqtt"),
    (1935, "rtmp"),
    (2022, "ssh"),
    (2181, "zookeeper"),
    (2222, "ssh"),
    (3306, "mysql"),
    (3478, "stun"),
    (4190, "sieve"),
    (4222, "nats"),
    (4317, "otlp (grpc)"),
    (5060, "sip"),
    (5222, "xmpp-client"),
    (5269, "xmpp-server"),
    (5432, "postgresql"),
    (5672, "amqp"),
    (6379, "redis"),
    (6667, "ircu"),
    (7233, "temporal (grpc)"),
    (7687, "bolt"),
    (8883, "secure-mqtt"),
    (9042, "cassandra"),
    (9092, "kafka"),
    (11211, "memcache"),
    (25565, "minecraft"),
    (27017, "mongodb"),
];
