//! A file that this tool drew is not taken for somebody's original.

use crate::support::{Project, text};

const PRESETS: &[&str] =
    &["ai-camera", "ai-stack", "minimal", "myloware", "relay", "wavestack", "web-api"];

#[test]
fn a_drawn_file_is_refused_with_the_description_to_edit() {
    for preset in PRESETS {
        let project = Project::new(preset);
        let before = project.files();
        let drawn = "deploy/production/compose.yaml";
        let output = project.run(&["import", drawn, "--file", "again.yaml"]);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{preset}: {told}");
        let place =
            project.read(drawn).lines().position(|line| line == "x-portcullis:").unwrap() + 2;
        for words in ["drawn-file", &format!("compose.yaml:{place}:"), "`portcullis.yaml`"] {
            assert!(told.contains(words), "{preset}: {words}\n{told}");
        }
        assert_eq!(project.files(), before, "{preset}");
        // What is judged is another matter.
        assert_ne!(project.run(&["audit", drawn]).status.code(), Some(2), "{preset}");
    }
}
