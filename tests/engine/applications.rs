//! The applications that the drawn Dockerfiles are built with: small files that start the probe.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::project::{Built, finish};

/// Fills the build context with the files that its Dockerfile asks for.
pub fn write(built: &Built, parts: &Path) {
    let dockerfile = fs::read_to_string(&built.dockerfile).expect("a Dockerfile");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engine/applications");
    let context = Path::new(&built.context);
    if dockerfile.contains("runtime: python") {
        copy(&source.join("python"), context);
        let wheel =
            parts.join("python/usr/share/stand-in/stand_in_application-1.0-py3-none-any.whl");
        let requirement = format!("stand-in-application==1.0 --hash=sha256:{}\n", sha256(&wheel));
        fs::write(context.join("requirements.txt"), requirement).expect("the requirements");
    } else if dockerfile.contains("runtime: node") {
        copy(&source.join("node"), context);
    } else if dockerfile.contains("runtime: static") {
        copy(&source.join("node"), context);
        fs::write(context.join("dist/index.html"), "built and served\n").expect("a page");
    } else if dockerfile.contains("runtime: go") {
        copy(&source.join("go"), context);
    } else if dockerfile.contains("runtime: rust") {
        copy(&source.join("rust"), context);
    } else {
        panic!("no application for {}", built.dockerfile);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the build context");
    finish(Command::new("cp").arg("-rT").args([from, to]), "");
}

fn sha256(file: &Path) -> String {
    let output = finish(Command::new("sha256sum").arg(file), "");
    let text = String::from_utf8(output.stdout).expect("text");
    text.split_whitespace().next().expect("a hash").to_owned()
}
