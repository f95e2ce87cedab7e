//! Services that speak TLS themselves.

use crate::typical::imported;

/// What the description asks for at the routes of the one service.
fn asked(keys: &str) -> String {
    let compose = format!("services:\n  dash: {{image: 'acme/dash:1', {keys}}}\n");
    let (_, text, _) = imported(&compose, &[]);
    text.replace("\n  # ", " ").replace("\n      # ", " ")
}

const HTTP: &str = "and the gateway asks services by plain HTTP: switch TLS off in it";

#[test]
fn tls_of_its_own_is_told_at_the_route() {
    for (keys, evidence) in [
        (
            "ports: ['443:5601'], environment: {SERVER_SSL_CERTIFICATE: /c.pem}, \
             healthcheck: {test: [CMD, curl, -k, 'https://localhost:5601/login']}",
            format!(
                "its health check asks port 5601 by HTTPS, {HTTP} (look at `SERVER_SSL_CERTIFICATE`)"
            ),
        ),
        (
            "ports: ['80:80', '443:443'], healthcheck: {test: curl -ks https://localhost/heartbeat || exit 1}",
            format!(
                "its health check asks port 443 by HTTPS: what port 80 answers may only lead there, {HTTP}"
            ),
        ),
        ("ports: ['443:8443']", format!("its only port is 8443, which is for HTTPS, {HTTP}")),
    ] {
        let text = asked(keys);
        assert!(text.contains(&evidence), "{evidence}\n{text}");
    }
}

#[test]
fn plain_services_are_left_alone() {
    for keys in [
        "ports: ['443:8080']",
        "ports: ['80:80', '443:443']",
        "ports: ['8080:8080'], healthcheck: {test: [CMD, curl, 'http://localhost:8080/']}",
        "ports: ['8080:8080'], healthcheck: {test: [CMD, curl, 'https://example.com/']}",
        "ports: ['8080:8080'], healthcheck: {test: [CMD, curl, 'https://localhost:9200/']}",
    ] {
        let text = asked(keys);
        assert!(text.contains("routes:") && !text.contains("plain HTTP"), "{text}");
    }
}
