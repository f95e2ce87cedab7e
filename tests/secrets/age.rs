//! The bundle without portcullis: every entry opens with the `age` program, and what people
//! already have, age's identities and SSH keys, opens it with portcullis.

use std::path::Path;
use std::process::{Command, Output};

use camino::Utf8Path;
use portcullis::secrets::{Identities, Recipient, SecretValue, seal, unseal};

use super::{TODAY, sealed};

fn run(program: &str, arguments: &[&str], directory: &Path) -> Output {
    let output = Command::new(program).args(arguments).current_dir(directory).output();
    let output = output.unwrap_or_else(|error| {
        panic!("`{program}` is needed here; Debian has it in the packages age and openssh-client: {error}")
    });
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

fn nobody() -> Option<SecretValue> {
    None
}

/// The armoured text of the only entry, cut out of the file as a person would.
fn cut_out(bundle: &str) -> String {
    let armour = bundle.lines().map(str::trim_start);
    let armour = armour.skip_while(|line| !line.starts_with("-----BEGIN"));
    armour.map(|line| format!("{line}\n")).collect()
}

#[test]
fn needs_age_an_entry_opens_with_age_and_shows_its_name_first() {
    let home = tempfile::tempdir().unwrap();
    run("age-keygen", &["-o", "identity.txt"], home.path());
    let path = Utf8Path::from_path(home.path()).unwrap().join("identity.txt");
    let identities = Identities::read(&path, &nobody).unwrap();
    let bundle = sealed("session_key", "a value\nof two lines", &identities.recipients());
    std::fs::write(home.path().join("entry.age"), cut_out(&bundle.to_text().unwrap())).unwrap();
    let output = run("age", &["-d", "-i", "identity.txt", "entry.age"], home.path());
    let expected = "portcullis/v1 session_key production\na value\nof two lines";
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
}

#[test]
fn needs_age_an_identity_of_ours_is_one_of_ages() {
    let home = tempfile::tempdir().unwrap();
    let path = Utf8Path::from_path(home.path()).unwrap().join("identity.txt");
    let made = Identities::create(&path, TODAY).unwrap();
    let public = run("age-keygen", &["-y", "identity.txt"], home.path()).stdout;
    assert_eq!(String::from_utf8(public).unwrap().trim(), made.recipients()[0].as_str());
}

#[test]
fn what_age_sealed_is_not_taken_for_an_entry_needs_age() {
    let home = tempfile::tempdir().unwrap();
    let (identities, _) = Identities::generate(TODAY);
    std::fs::write(home.path().join("plain"), "portcullis/v2 a dev\nvalue").unwrap();
    let recipient = identities.recipients()[0].to_string();
    let sealed = run("age", &["-a", "-r", &recipient, "plain"], home.path()).stdout;
    let error = unseal("a", "dev", &String::from_utf8(sealed).unwrap(), &identities).unwrap_err();
    assert_eq!(error, portcullis::secrets::UnsealError::Foreign);
}

#[test]
fn ssh_keys_open_what_is_sealed_for_them() {
    let home = tempfile::tempdir().unwrap();
    for (kind, bits, passphrase) in
        [("ed25519", "256", ""), ("rsa", "2048", ""), ("ed25519", "256", "open sesame")]
    {
        let file = format!("{kind}{}", passphrase.len());
        let key = ["-q", "-t", kind, "-b", bits, "-N", passphrase, "-f", &file, "-C", "me"];
        run("ssh-keygen", &key, home.path());
        let path = Utf8Path::from_path(home.path()).unwrap().join(&file);
        let public = std::fs::read_to_string(format!("{path}.pub")).unwrap();
        let recipient: Recipient = public.parse().unwrap();
        let armour = seal("a", "dev", &"value".into(), std::slice::from_ref(&recipient)).unwrap();
        let ask = || Some(SecretValue::from(passphrase)).filter(|_| !passphrase.is_empty());
        let identities = Identities::read(&path, &ask).unwrap();
        assert_eq!(identities.recipients(), [recipient]);
        assert_eq!(unseal("a", "dev", &armour, &identities).unwrap(), "value".into());
        assert_eq!(Identities::read(&path, &nobody).is_err(), !passphrase.is_empty());
    }
}
