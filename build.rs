//! Presets are embedded: a new file among them must not be missed by the next build.

fn main() {
    println!("cargo:rerun-if-changed=presets");
}
