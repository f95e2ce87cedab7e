//! Mistakes outside services, and all of them together.

use indoc::indoc;
use portcullis::description::Document;
use portcullis::diagnostic::Problems;
use portcullis::stack::ServiceName;

use super::mistakes;

/// The one mistake of a description that is otherwise right.
fn at_the_top(key: &str) -> String {
    let text = format!("name: x\n{key}\n");
    let found = mistakes(&text);
    assert_eq!(found.len(), 1, "{text} {found:#?}");
    found.into_iter().next().unwrap_or_default()
}

#[test]
fn mistakes_at_the_top_are_named_at_their_place() {
    for (key, expected) in [
        (
            "secrets: {a_key: drawn}",
            "2:18 wrong-value this does not say where the value comes from (write `generate`",
        ),
        (
            "services: {a: {image: \"b:1\", routes: {/: open}}}",
            "2:42 wrong-value `open` is no route (write `passthrough`",
        ),
        (
            "servces: {}",
            "2:1 unknown-key the description has no key `servces` (did you mean `services`?)",
        ),
        (
            "networks: {}",
            "2:1 unknown-key the description has no key `networks` (networks follow from",
        ),
        (
            "forbidden_settings: []",
            "2:1 unknown-key the description has no key `forbidden_settings` (it belongs into one",
        ),
        (
            "name: y",
            "2:1 duplicate-key the key `name` stands twice in one map (keep one of the two; the other is in line 1)",
        ),
        (
            "services: {a--b: {}}",
            "2:12 wrong-value `a--b` is not a service's name (it must not hold '--'",
        ),
        (
            "services: {gateway: {}}",
            "2:12 wrong-value `gateway` is not a service's name (`gateway` and",
        ),
        (
            "services: {App: {}}",
            "2:12 wrong-value `App` is not a service's name (it must start with a lower",
        ),
        ("services: [a]", "2:11 wrong-type a map is expected here, not a list"),
        (
            "domain: Example.com",
            "2:9 wrong-value `Example.com` is not a host name (it must be a DNS name in lower",
        ),
        ("domain: exаmple.com", "2:9 wrong-value `exаmple.com` is not a host name"),
        ("publish: {address: localhost}", "2:20 wrong-value `localhost` is not an IP address"),
        ("publish: {https: 70000}", "2:18 wrong-value `70000` is not within the bounds"),
        ("trusted_proxies: [10.0.0.1/8]", "2:19 wrong-value `10.0.0.1/8` is not an address range"),
        ("tls: {minimum: 1.1}", "2:16 wrong-value `1.1` is not a version of TLS"),
        (
            "rates: {login: 5/hour}",
            "2:16 wrong-value `5/hour` is not a rate (must be a rate such as",
        ),
        ("cors: {origins: [example.com]}", "2:18 wrong-value `example.com` is not an origin"),
        (
            "cors: {origins: ['https://a.b:443']}",
            "2:18 wrong-value `https://a.b:443` is not an origin (leave the scheme's own port out",
        ),
        ("blocked: [api]", "2:11 wrong-value `api` is not a path"),
        (
            "streams: {25: {service: a, port: 1, reason: b}}",
            "2:11 wrong-value `25` is not a port (write PORT/tcp",
        ),
        (
            "streams: {25/tcp: {service: a, port: 1}}",
            "2:19 missing-key a stream needs the key `reason`",
        ),
        (
            "auth: {user: {}}",
            "2:14 missing-key a policy needs one of `validator`, `api_key` and `oidc`",
        ),
        ("auth: {user: {validator: a/b, api_key: c}}", "2:14 wrong-value a policy is one of"),
        (
            "auth: {user: {validator: ab}}",
            "2:26 wrong-value `ab` is not a validator (write SERVICE/PATH",
        ),
        (
            "auth: {user: {validator: a/b, forward: true}}",
            "2:40 wrong-value `header` and `forward` belong to `api_key`",
        ),
        ("auth: {none: {validator: a/b}}", "2:8 wrong-value `none` is not a policy's name"),
        (
            "auth: {a: {oidc: {issuer: 'http://x', client_id: y, client_secret: z, groups: [g]}}}",
            "2:27 wrong-value the issuer is no https URL",
        ),
        (
            "secrets: {a: {}}",
            "2:14 missing-key a secret needs one of `template`, `generate` and `provided`",
        ),
        ("secrets: {a: {provided: true, generate: {}}}", "2:14 wrong-value a secret is one of"),
        ("secrets: {a: {provided: false}}", "2:25 wrong-value `provided` is true or not there"),
        (
            "secrets: {a: {generate: {length: 8}}}",
            "2:34 wrong-value `8` is not within the bounds (write a whole number from 16 to 1024)",
        ),
        (
            "secrets: {a: {generate: {}, minimum: 50}}",
            "2:38 wrong-value 43 characters are drawn, fewer than the minimum",
        ),
        (
            "secrets: {a: {provided: true, readers: ci}}",
            "2:40 wrong-value `ci` is not a kind of reader",
        ),
        ("exceptions: [{control: x}]", "2:14 missing-key an exception needs the key `reason`"),
        (
            "exceptions: [{control: x, reason: \"a\\nb\"}]",
            "2:35 wrong-value `a\\u{a}b` is not a reason",
        ),
        (
            "exceptions: [{control: x, reason: y, until: 2027-02-30}]",
            "2:45 wrong-value `2027-02-30` is not a day",
        ),
        ("recipients: [AGE-SECRET-KEY-1ABC]", "2:14 wrong-value"),
        ("environments: {dev: {name: y}}", "2:22 unknown-key an environment has no key `name`"),
        (
            "environments: {dev: {domian: y}}",
            "2:22 unknown-key the description has no key `domian` (did you mean `domain`?)",
        ),
        ("environments: {dev: 1}", "2:21 wrong-type a map is expected here"),
        ("environments: {Dev: {}}", "2:16 wrong-value `Dev` is not an environment's name"),
    ] {
        let found = at_the_top(key);
        assert!(found.starts_with(expected), "{key}\n found {found}\nwanted {expected}");
    }
}

#[test]
fn every_mistake_of_a_file_is_found_in_one_run() {
    let text = indoc! {"
        name: Shop
        services:
          app:
            prot: 3000
            needs: [db, Db]
            routes:
              api: {}
              /x: {auht: none}
          -bad: {}
        auth: {user: {validtor: a/b}}
        environments:
          staging: {services: {app: {port: 0}}, rates: 5}
    "};
    let places: Vec<_> =
        mistakes(text).iter().map(|m| m.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        places,
        [
            "1:7 wrong-value",
            "4:5 unknown-key",
            "5:17 wrong-value",
            "7:7 wrong-value",
            "8:12 unknown-key",
            "9:3 wrong-value",
            "10:15 unknown-key",
            "12:36 wrong-value",
            "12:48 wrong-type",
        ]
    );
}

#[test]
fn what_is_right_beside_a_mistake_is_still_read() {
    let mut problems = Problems::new();
    let text = "name: x\nservices: {app: {port: 0, egress: true}, db: {}, Bad: {}}\n";
    let document = Document::read(0, text, &mut problems).unwrap();
    let description = document.environment("production", &mut problems).unwrap();
    let name = |text| ServiceName::new(text).unwrap();
    assert!(description.services[&name("app")].egress.is_some_and(|egress| *egress));
    assert_eq!(description.services.len(), 2);
    assert!(problems.is_spoiled("app") && problems.is_spoiled("Bad"));
    assert!(!problems.is_spoiled("db"));
}

#[test]
fn a_description_without_a_right_name_is_still_looked_into() {
    for (text, mistakes) in [
        ("name: Shop\ndomain: a.b\n", 1),
        ("domain: a.b\n", 1),
        ("domian: a.b\n", 2),
        ("", 1),
        ("[]", 1),
    ] {
        let mut problems = Problems::new();
        let document = Document::read(0, text, &mut problems).unwrap();
        let description = document.environment("production", &mut problems);
        assert_eq!(description.is_some(), text != "[]", "{text}");
        assert_eq!(problems.len(), mistakes, "{text}");
        assert_eq!(problems.is_spoiled("domain"), text.contains("domian"), "{text}");
    }
}
