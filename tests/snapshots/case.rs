//! A preset drawn in memory, and its artifacts held against the files under `snapshots/`.

use std::path::Path;

use portcullis::description::Document;
use portcullis::diagnostic::{Problems, Sources};
use portcullis::exposure::Exposure;
use portcullis::knowledge::Knowledge;
use portcullis::lock::Lock;
use portcullis::pipeline::{self, Destination, Hardened};
use portcullis::secrets::BundleIndex;
use portcullis::targets;
use portcullis::tree::Tree;
use time::macros::date;

/// A drawn preset.
pub(crate) struct Case {
    preset: &'static str,
    tree: Tree,
    pub(crate) hardened: Hardened,
    pub(crate) exposure: Exposure,
}

impl Case {
    pub(crate) fn of(preset: &'static str) -> Self {
        let text = Knowledge.stack(preset).unwrap();
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let source = sources.add("portcullis.yaml", text);
        let document = Document::read(source, text, &mut problems).unwrap();
        let target = &targets::compose::TARGET;
        let (lock, today) = (Lock::default(), date!(2026 - 01 - 02));
        let hardened =
            pipeline::hardened(&document, "production", target, &lock, today, &mut problems);
        assert!(problems.is_empty(), "{}", sources.report(&problems));
        let hardened = hardened.unwrap();
        let to = Destination {
            folder: "deploy/production",
            secrets_dir: "/run/portcullis/case/production",
            description: "0123456789abcdef",
        };
        let drawn = pipeline::draw(&hardened, target, &BundleIndex::default(), to);
        let (tree, exposure) = drawn.unwrap();
        Self { preset, tree, hardened, exposure }
    }

    /// A drawn file, equal to its snapshot.
    pub(crate) fn shown(&self, path: &str) -> &str {
        let file = self.tree.get(path);
        let file = file.unwrap_or_else(|| unreachable!("{path} is not drawn"));
        let text = std::str::from_utf8(&file.bytes).unwrap();
        self.show(path, text);
        text
    }

    /// Holds `text` against `snapshots/PRESET/compose/PATH.snap`.
    pub(crate) fn show(&self, path: &str, text: &str) {
        let path = Path::new(path);
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots");
        let folder = root.join(self.preset).join("compose").join(path.parent().unwrap());
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let name = path.file_name().unwrap().to_str().unwrap();
        settings.bind(|| insta::assert_snapshot!(name, text));
    }
}
