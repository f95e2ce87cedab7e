//! Which stand-in plays which official image. Their parts lie in `images/`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use super::dockerd::Dockerd;
use super::project::{Project, finish};

/// An official repository and the stage of `images/Dockerfile` that plays it.
const STAND_INS: &[(&str, &str)] = &[
    ("nginxinc/nginx-unprivileged", "nginx"),
    ("postgres", "postgres"),
    ("redis", "redis"),
    ("python", "python"),
    ("node", "node"),
    ("quay.io/keycloak/keycloak", "keycloak"),
    ("grafana/grafana", "grafana"),
    ("prom/prometheus", "prometheus"),
    ("qdrant/qdrant", "qdrant"),
    ("quay.io/oauth2-proxy/oauth2-proxy", "oauth2-proxy"),
    ("ghcr.io/open-webui/open-webui", "open-webui"),
    ("mindsdb/mindsdb", "mindsdb"),
    ("registry.example/mail", "mail"),
    ("registry.example/desk", "mail"),
    ("alpine", "alpine"),
    ("golang", "golang"),
    ("rust", "rust"),
];

/// Makes every image that these projects pull, and builds every image that they build.
pub fn make(engine: &Dockerd, folder: &Path, projects: &[&Project]) {
    let parts = lay_out(folder);
    let pulled: BTreeSet<String> = projects.iter().flat_map(|project| project.pulls()).collect();
    let stand_ins = pulled.iter().map(|image| {
        let mut build = engine.docker(&parts);
        build.args(["build", "--quiet", "--target", stand_in(image), "--tag", image, "."]);
        build
    });
    side_by_side(stand_ins.collect());
    let mut builds = Vec::new();
    for project in projects {
        project.furnish(&parts);
        for built in project.builds() {
            let mut build = engine.docker(&project.root());
            build.args(["build", "--quiet", "--file", &built.dockerfile, "--tag", &built.image]);
            build.arg(&built.context);
            builds.push(build);
        }
    }
    side_by_side(builds);
}

/// A few builds at a time: what they share is made once all the same.
pub fn side_by_side(builds: Vec<Command>) {
    let waiting = Mutex::new(builds);
    let next = || waiting.lock().expect("builds").pop();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(mut build) = next() {
                    finish(&mut build, "");
                }
            });
        }
    });
}

/// Lays out below `folder` what the images are made of.
pub fn lay_out(folder: &Path) -> PathBuf {
    let probe = folder.join("probe");
    compile_probe(&probe);
    let parts = folder.join("parts");
    let images = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engine/images");
    finish(Command::new(images.join("collect")).arg(&parts).arg(&probe), "");
    parts
}

/// The stage of `images/Dockerfile` that plays an image.
pub fn stand_in(image: &str) -> &'static str {
    let (repository, _) = image.rsplit_once(':').unwrap_or((image, ""));
    let known = STAND_INS.iter().find(|(name, _)| *name == repository);
    known.unwrap_or_else(|| panic!("nothing in tests/engine/images plays {image}")).1
}

/// With std alone and static, so that it runs in any image.
fn compile_probe(to: &Path) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/engine/probe/main.rs");
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition", "2024", "-C", "target-feature=+crt-static", "-O", "-o"]);
    finish(rustc.args([to, &source]), "");
}
