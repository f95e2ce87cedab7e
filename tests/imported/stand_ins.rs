//! Which stand-in plays which image of the projects. Their parts lie in `images/` and in the engine tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::cases::Case;
use crate::engine::dockerd::Dockerd;
use crate::engine::images::{lay_out, side_by_side};
use crate::engine::project::finish;

/// The gateway of every stack.
const GATEWAY: (&str, &str) = ("nginxinc/nginx-unprivileged:1.31.7-alpine", "nginx");

/// Makes every image that these cases name, and the gateway's.
pub fn make(engine: &Dockerd, folder: &Path, cases: &[(&Case, &Path)]) {
    let parts = lay_out(folder);
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/imported/images");
    fs::create_dir_all(parts.join("imported")).expect("a folder");
    for file in fs::read_dir(&own).expect("the parts").flatten() {
        fs::copy(file.path(), parts.join("imported").join(file.file_name())).expect("a part");
    }
    let build = |dockerfile: &str, stage: &str, image: &str| {
        let mut build = engine.docker(&parts);
        build.args(["build", "--quiet", "--file", dockerfile, "--target", stage, "--tag", image]);
        build.arg(".");
        build
    };
    for (image, stage) in [("stand-in/debian", "debian"), ("stand-in/redis", "redis"), GATEWAY] {
        finish(&mut build("Dockerfile", stage, image), "");
    }
    let images: BTreeSet<_> = cases.iter().flat_map(|(case, _)| case.images).collect();
    let of_case = images.iter().map(|(image, stage)| build("imported/Dockerfile", stage, image));
    side_by_side(of_case.collect());
}
