//! Rules that a command of a `RUN` breaks.

use super::super::judged_file::Found;
use super::read::{Instruction, What};
use super::shell::{Command, SHELLS, reads_program};

/// What is to be written instead of a switched-off verification.
pub(super) const VERIFY: &str = "remove it; add the authority's certificate or key to the image";

/// What is wrong with the commands of an instruction. `remains` where it is in the result,
/// `recommended` where the file decides about recommended packages elsewhere.
pub(super) fn found(
    instruction: &Instruction,
    remains: bool,
    recommended: bool,
) -> impl Iterator<Item = Found> {
    let commands = match &instruction.what {
        What::Run(commands) => commands.as_slice(),
        _ => &[],
    };
    let mut found = Vec::new();
    for (number, command) in commands.iter().enumerate() {
        let next = commands.get(number + 1);
        let at = command.offset;
        let (program, arguments) = command.program();
        if command.words.iter().find(|word| !word.contains('=')).is_some_and(|word| word == "sudo")
        {
            let advice = "remove it, and write `USER root` where a step needs root";
            found.push(new("dockerfile-sudo", at, "`sudo` is used", advice));
        }
        if runs_download(command, next) {
            let advice = "download to a file, compare its checksum, then run it";
            let words = "what is downloaded is run at once";
            found.push(new("dockerfile-piped-download", at, words, advice));
        }
        if let Some(words) = unverified(program, arguments) {
            found.push(new("dockerfile-unverified-download", at, words, VERIFY));
        }
        if program == "chmod" && remains {
            let given = arguments.iter().find(|word| !word.starts_with("--") && !is_option(word));
            found.extend(given.into_iter().flat_map(|given| mode(given, at)));
        }
        let installs =
            matches!(program, "apt" | "apt-get") && arguments.iter().any(|w| w == "install");
        let without = arguments.iter().any(|word| word == "--no-install-recommends");
        if installs && !without && remains && !recommended {
            let words = "recommended packages are installed too";
            let advice = "add `--no-install-recommends`";
            found.push(new("dockerfile-recommends", at, words, advice));
        }
    }
    found.into_iter()
}

/// A variable that switches verification off for what runs below it.
pub(super) fn verification_off(name: &str, value: &str) -> Option<String> {
    let off = match name {
        "NODE_TLS_REJECT_UNAUTHORIZED" | "PYTHONHTTPSVERIFY" => value == "0",
        "GIT_SSL_NO_VERIFY" => matches!(value, "1" | "true"),
        "NPM_CONFIG_STRICT_SSL" | "npm_config_strict_ssl" => value == "false",
        _ => false,
    };
    off.then(|| format!("{name} switches the check of certificates off"))
}

/// What a mode of `chmod` opens (POSIX.1-2024, chmod).
pub(super) fn mode(mode: &str, offset: usize) -> Vec<Found> {
    let bits = bits(mode);
    let mut found = Vec::new();
    if bits.world_writable {
        let advice = "give it to the image's user, or to its group";
        let words = "everybody may write it";
        found.push(new("dockerfile-world-writable", offset, words, advice));
    }
    if bits.setuid {
        let advice = "leave the bit away";
        found.push(new("dockerfile-setuid", offset, "whoever runs it becomes its owner", advice));
    }
    found
}

struct Bits {
    world_writable: bool,
    setuid: bool,
}

fn bits(mode: &str) -> Bits {
    let octal = (3..=5).contains(&mode.len()) && mode.chars().all(|c| ('0'..='7').contains(&c));
    if let Some(bits) = u32::from_str_radix(mode, 8).ok().filter(|_| octal) {
        // The sticky bit is how /tmp is open to all.
        let world_writable = bits & 0o002 != 0 && bits & 0o1000 == 0;
        return Bits { world_writable, setuid: bits & 0o4000 != 0 };
    }
    let mut found = Bits { world_writable: false, setuid: false };
    let sticky = mode.contains('t');
    for clause in mode.split(',') {
        let Some((who, what)) = clause.split_once(['+', '=']) else { continue };
        if !who.chars().all(|c| "ugoa".contains(c)) {
            continue;
        }
        found.world_writable |= who.contains(['o', 'a']) && what.contains('w') && !sticky;
        found.setuid |= (who.is_empty() || who.contains(['u', 'a'])) && what.contains('s');
    }
    found
}

/// True for options such as `-R`, false for modes such as `-w`.
fn is_option(word: &str) -> bool {
    word.strip_prefix('-').is_some_and(|rest| rest.chars().all(|c| "Rcfv".contains(c)))
}

/// `curl ... | sh`, `bash <(curl ...)`, `sh -c "$(curl ...)"`.
fn runs_download(command: &Command, next: Option<&Command>) -> bool {
    let fetches = |command: &Command| matches!(command.program().0, "curl" | "wget");
    let (program, arguments) = command.program();
    let piped = command.piped && fetches(command) && next.is_some_and(reads_program);
    let shell = SHELLS.contains(&program);
    let substituted = shell && arguments.last().is_some_and(|word| word == "<");
    let inline = |script: &String| {
        ["$(curl ", "$(wget ", "`curl ", "`wget "].iter().any(|start| script.starts_with(start))
    };
    let scripted = shell
        && arguments.windows(2).any(|pair| match pair {
            [option, script] => option.starts_with('-') && option.ends_with('c') && inline(script),
            _ => false,
        });
    piped || substituted && next.is_some_and(fetches) || scripted
}

/// A download whose certificate or signature is not looked at.
fn unverified(program: &str, arguments: &[String]) -> Option<&'static str> {
    let has = |options: &[&str]| arguments.iter().any(|word| options.contains(&word.as_str()));
    let follows = |first: &str, second: &str| {
        arguments.windows(2).any(|pair| matches!(pair, [a, b] if a == first && b == second))
    };
    match program {
        "curl" if has(&["--insecure"]) || arguments.iter().any(|word| is_curl_k(word)) => {
            Some(CERTIFICATE)
        }
        "wget" if has(&["--no-check-certificate"]) => Some(CERTIFICATE),
        "git" if has(&["http.sslVerify=false"]) || follows("http.sslVerify", "false") => {
            Some(CERTIFICATE)
        }
        "npm" if has(&["--strict-ssl=false"]) || follows("strict-ssl", "false") => {
            Some(CERTIFICATE)
        }
        "pip" | "pip3" | "python" | "python3"
            if arguments
                .iter()
                .any(|w| w == "--trusted-host" || w.starts_with("--trusted-host=")) =>
        {
            Some(CERTIFICATE)
        }
        "apt" | "apt-get"
            if has(&[
                "--allow-unauthenticated",
                "--force-yes",
                "--allow-insecure-repositories",
            ]) =>
        {
            Some(SIGNATURE)
        }
        "apk" if has(&["--allow-untrusted"]) => Some(SIGNATURE),
        "yum" | "dnf" | "microdnf" if has(&["--nogpgcheck"]) => Some(SIGNATURE),
        _ => None,
    }
}

const CERTIFICATE: &str = "the server's certificate is not checked";
const SIGNATURE: &str = "the signature of packages is not checked";

/// `-k` alone or among other options of one letter that take no value.
fn is_curl_k(word: &str) -> bool {
    let letters = word.strip_prefix('-').unwrap_or_default();
    letters.contains('k') && letters.chars().all(|c| "fgijkLlnNOqRsSvZ#0123".contains(c))
}

fn new(rule: &'static str, offset: usize, found: &str, advice: &'static str) -> Found {
    Found { rule, offset, place: String::new(), found: found.to_owned(), advice, lacking: false }
}
