//! The table of API keys, judged by nginx: it knows each client by its key and nobody else.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use portcullis::secrets::derived::{ApiKey, KEY_MINIMUM, KEY_MOST, api_key_map};
use portcullis::secrets::{SecretValue, generate};
use rand::SeedableRng;
use rand::rngs::StdRng;

/// An nginx on a socket of its own, which answers with the client's name. Ends with its value.
struct Gateway {
    process: Child,
    home: tempfile::TempDir,
}

impl Gateway {
    fn start(table: &SecretValue) -> Self {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("keys"), table.expose()).unwrap();
        let path = home.path().display();
        let configuration = format!(
            "daemon off; master_process off; pid {path}/pid; error_log stderr crit; events {{}}\n\
             http {{ access_log off; map_hash_bucket_size 256;\n\
             client_body_temp_path {path}/b; proxy_temp_path {path}/p; fastcgi_temp_path {path}/f;\n\
             uwsgi_temp_path {path}/u; scgi_temp_path {path}/s;\n\
             map $http_x_api_key $client {{ default \"\"; include {path}/keys; }}\n\
             server {{ listen unix:{path}/socket; location / {{ return 200 \"<$client>\"; }} }} }}\n"
        );
        std::fs::write(home.path().join("nginx.conf"), configuration).unwrap();
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin/nginx");
        let process = Command::new(program)
            .args(["-e", "stderr", "-p", &path.to_string(), "-c", &format!("{path}/nginx.conf")])
            .stdin(Stdio::null())
            .spawn()
            .expect("nginx is needed here; tests/tools/install puts it into target/tools");
        Self { process, home }
    }

    fn socket(&self) -> PathBuf {
        self.home.path().join("socket")
    }

    fn client(&self, key: &[u8]) -> String {
        let patience = Instant::now() + Duration::from_secs(10);
        let mut stream = loop {
            match UnixStream::connect(self.socket()) {
                Ok(stream) => break stream,
                Err(error) => assert!(Instant::now() < patience, "nginx did not start: {error}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        let head = b"GET / HTTP/1.0\r\nX-API-Key: ";
        stream.write_all(&[&head[..], key, b"\r\n\r\n"].concat()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer[answer.find('<').unwrap()..].trim_matches(['<', '>']).to_owned()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[test]
fn nginx_finds_each_client_by_its_key_and_by_no_other() {
    let mut dice = StdRng::seed_from_u64(11);
    let visible: Vec<u8> = (b'!'..=b'~').filter(|sign| !sign.is_ascii_uppercase()).collect();
    let mut keys: Vec<SecretValue> = (0..100)
        .map(|index| generate(KEY_MINIMUM + index % 40, &visible, &mut dice).unwrap())
        .collect();
    for awkward in [r"~.*aaaaaaaaaaaaaa", r"\\\~aaaaaaaaaaaa\", r#"";}{$host#'aaaaaaaa"#] {
        keys.push(awkward.into());
    }
    keys.push(SecretValue::new(vec![b'k'; KEY_MOST]));
    let names: Vec<String> = (0..keys.len()).map(|index| format!("client-{index}")).collect();
    let entries: Vec<ApiKey<'_>> = keys
        .iter()
        .zip(&names)
        .map(|(key, client)| ApiKey { client, secret: client, key })
        .collect();
    let gateway = Gateway::start(&api_key_map(&entries).unwrap());
    for (key, name) in keys.iter().zip(&names) {
        assert_eq!(gateway.client(key.expose()), *name, "{}", key.text().unwrap());
        assert_eq!(gateway.client(&key.expose().to_ascii_uppercase()), *name);
        assert_eq!(gateway.client(&key.expose()[1..]), "");
    }
    assert_eq!(gateway.client(b"aaaaaaaaaaaaaaaaaaaaaa"), "", "no key is a pattern");
}
