//! `generate` killed again and again between its first and its last write: every file is whole, the
//! bundle opens, and the next `generate` leads where an undisturbed one leads.
#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use camino::{Utf8Path, Utf8PathBuf};
use portcullis::diagnostic::Sources;
use portcullis::secrets::{Bundle, Identities};
use portcullis::stack::EnvironmentName;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Kills that hit: something was written, and not everything.
const KILLS: usize = 200;
/// On a machine too slow for so many, those that were done by then count.
const LONGEST: Duration = Duration::from_secs(55);
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// Edits of the preset `web-api` that make `generate` create, change and remove files, and seal one
/// more secret.
const EDITS: [(&str, &str); 4] = [
    ("      /login: {auth: none, rate: login, body: 16k}\n", "      /signup: {auth: none}\n"),
    ("  login: 5/min burst 5\n", ""),
    (
        "  postgres:\n",
        "  worker:\n    build: {context: worker, runtime: node}\n    command: [node, main.js]\n    \
         port: 3000\n    health: /health\n    secrets: [worker_key]\n    \
         routes: {/work/: {}}\n  postgres:\n",
    ),
    (
        "secrets:\n  database_url",
        "secrets:\n  worker_key: {generate: {length: 43}}\n  database_url",
    ),
];

/// File contents by path.
type Files = BTreeMap<Utf8PathBuf, Vec<u8>>;

/// A folder with an identity, and in it a project that is drawn, then described anew.
struct Scene {
    folder: tempfile::TempDir,
    /// The project before anything is killed.
    start: Files,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut scene = Self { folder, start: Files::new() };
        scene.run(&["new", scene.at("project").as_str(), "--preset", "web-api"]);
        let description = scene.at("project/portcullis.yaml");
        let mut text = fs::read_to_string(&description).unwrap();
        for (from, to) in EDITS {
            assert!(text.contains(from), "the preset has no {from:?}");
            text = text.replacen(from, to, 1);
        }
        fs::write(&description, text).unwrap();
        scene.start = scene.files();
        scene
    }

    fn at(&self, path: &str) -> Utf8PathBuf {
        Utf8Path::from_path(self.folder.path()).unwrap().join(path)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command.args(arguments).current_dir(&self.folder).env_clear();
        command.env("PORTCULLIS_IDENTITY_FILE", self.at("identity.txt"));
        command.stdin(Stdio::null());
        command
    }

    fn try_run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn run(&self, arguments: &[&str]) {
        let output = self.try_run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
    }

    /// Starts `generate` and returns when it has begun to write, or has ended.
    fn begin(&self) -> Child {
        let mut child =
            self.command(&GENERATE).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        let bundle = self.at("project/secrets");
        let changed = || fs::metadata(&bundle).unwrap().modified().unwrap();
        let before = changed();
        while changed() == before && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(20));
        }
        child
    }

    /// The project as it was at the start.
    fn restore(&self) {
        fs::remove_dir_all(self.at("project")).unwrap();
        for (path, bytes) in &self.start {
            let path = self.at("project").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }

    fn files(&self) -> Files {
        let mut files = Files::new();
        let mut folders = vec![self.at("project")];
        while let Some(folder) = folders.pop() {
            for entry in folder.read_dir_utf8().unwrap() {
                let path = entry.unwrap().into_path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(self.at("project")).unwrap().to_owned();
                    files.insert(name, fs::read(&path).unwrap());
                }
            }
        }
        files
    }

    /// Opens every entry of the bundle and returns how many there are.
    fn secrets(&self) -> usize {
        let environment = EnvironmentName::new("production").unwrap();
        let path = self.at("project").join(BUNDLE);
        let bundle = Bundle::read_file(&path, &environment, &mut Sources::new());
        let identities = Identities::read(&self.at("identity.txt"), &|| None).unwrap();
        let open = bundle.unwrap().open(&identities);
        open.unwrap_or_else(|closed| unreachable!("{} entries do not open", closed.len()))
            .secrets
            .len()
    }
}

const GENERATE: [&str; 3] = ["generate", "-f", "project/portcullis.yaml"];
const BUNDLE: &str = "secrets/production.yaml";

/// All but the bundle, whose ciphertext differs from run to run.
fn drawn(mut files: Files) -> Files {
    files.remove(Utf8Path::new(BUNDLE));
    files
}

/// What people and containers see: not the writer's own folder, nothing half written.
fn is_visible(path: &Utf8Path) -> bool {
    !path.as_str().contains("/.portcullis/") && !path.as_str().ends_with(".portcullis-new")
}

#[test]
fn a_killed_generate_is_finished_by_the_next() {
    let scene = Scene::new();
    let secrets = scene.secrets();
    let begun = Instant::now();
    scene.begin().wait().unwrap();
    let mut window = begun.elapsed();
    let end = drawn(scene.files());
    assert_eq!(scene.secrets(), secrets + 1);
    let start = drawn(scene.start.clone());
    let [came, went] = [(&end, &start), (&start, &end)]
        .map(|(here, there)| here.keys().filter(|path| !there.contains_key(*path)).count());
    assert!(came > 0 && went > 0, "{came} files came, {went} went: nothing to interrupt");

    let mut random = SEED;
    let mut hits = 0;
    let begun = Instant::now();
    while hits < KILLS && begun.elapsed() < LONGEST {
        scene.restore();
        let mut child = scene.begin();
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(window.mul_f64((random >> 11) as f64 / (1_u64 << 53) as f64));
        child.kill().unwrap();
        // As long a wait as leaves most kills inside.
        let killed = child.wait().unwrap().signal() == Some(9);
        window = window.mul_f64(if killed { 1.05 } else { 0.8 });
        let left = scene.files();
        hits += usize::from(killed && left != scene.start && drawn(left.clone()) != end);
        for (path, bytes) in drawn(left).iter().filter(|(path, _)| is_visible(path)) {
            let whole = [&start, &end].iter().any(|side| side.get(path) == Some(bytes));
            assert!(whole, "kill {hits}: {path} is neither old nor new");
        }
        assert!([secrets, secrets + 1].contains(&scene.secrets()), "kill {hits}");
        if scene.at("project/deploy/production/.portcullis/journal").exists() {
            let check = scene.try_run(&[&GENERATE[..], &["--check"]].concat());
            assert_eq!(check.status.code(), Some(1), "kill {hits}: an unfinished write is drift");
        }
        scene.run(&GENERATE);
        assert!(drawn(scene.files()) == end, "kill {hits}: another tree");
        assert_eq!(scene.secrets(), secrets + 1, "kill {hits}");
    }
    println!("{hits} kills between the first and the last write, in {:?}", begun.elapsed());
    assert!(hits > 0, "no kill came in time");
}
