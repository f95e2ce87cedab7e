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
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Kills that hit: something was written, and not everything.
const KILLS: usize = 200;
/// Each in a project of its own: a kill mostly waits for its process.
const WORKERS: u64 = 3;
/// Three times what a busy machine with two cores takes. A slower one has not shown what is to be
/// shown, and fails.
const LONGEST: Duration = Duration::from_secs(240);
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// Edits of the preset `minimal` that make `generate` create, change and remove files, and seal one
/// more secret.
const EDITS: [(&str, &str); 3] = [
    ("  default: 120/min burst 40 ", "  default: 90/min burst 40 "),
    ("name: project", "name: project\nsecrets:\n  worker_key: {generate: {length: 43}}"),
    (
        "services:\n  app:\n",
        "services:\n  worker:\n    build: {context: worker, runtime: node}\n    \
         command: [node, main.js]\n    port: 3000\n    health: /health\n    \
         secrets: [worker_key]\n    routes: {/work/: {auth: none}}\n  web:\n",
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
        // A killed process leaves in memory what it would leave on a disk, and sooner. What a
        // machine that loses power leaves is the question of other tests.
        let memory = Path::new("/dev/shm");
        let base = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let folder = tempfile::tempdir_in(base).unwrap();
        let mut scene = Self { folder, start: Files::new() };
        scene.run(&["new", scene.at("project").as_str(), "--preset", "minimal"]);
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

/// What an undisturbed run makes of the scene, and how long it writes.
struct Undisturbed {
    start: Files,
    end: Files,
    secrets: usize,
    writes: Duration,
}

impl Undisturbed {
    fn of(scene: &Scene) -> Self {
        let secrets = scene.secrets();
        let mut child = scene.begin();
        let begun = Instant::now();
        child.wait().unwrap();
        let writes = begun.elapsed();
        let (start, end) = (drawn(scene.start.clone()), drawn(scene.files()));
        assert_eq!(scene.secrets(), secrets + 1);
        let [came, went] = [(&end, &start), (&start, &end)]
            .map(|(here, there)| here.keys().filter(|path| !there.contains_key(*path)).count());
        assert!(came > 0 && went > 0, "{came} files came, {went} went: nothing to interrupt");
        Self { start, end, secrets, writes }
    }

    /// Every file is old or new, the bundle opens, and the next run leads to the end.
    fn survives(&self, scene: &Scene, left: Files) {
        for (path, bytes) in drawn(left).iter().filter(|(path, _)| is_visible(path)) {
            let whole = [&self.start, &self.end].iter().any(|side| side.get(path) == Some(bytes));
            assert!(whole, "{path} is neither old nor new");
        }
        assert!([self.secrets, self.secrets + 1].contains(&scene.secrets()));
        if scene.at("project/deploy/production/.portcullis/journal").exists() {
            let check = scene.try_run(&[&GENERATE[..], &["--check"]].concat());
            assert_eq!(check.status.code(), Some(1), "an unfinished write is drift");
        }
        scene.run(&GENERATE);
        assert!(drawn(scene.files()) == self.end, "another tree");
        assert_eq!(scene.secrets(), self.secrets + 1);
    }
}

/// Kills one run after another until there were enough in all, or the time is over.
fn kill_again_and_again(seed: u64, begun: Instant, hits: &AtomicUsize) {
    let scene = Scene::new();
    let undisturbed = Undisturbed::of(&scene);
    let (mut random, mut window) = (seed, undisturbed.writes);
    while hits.load(Ordering::Relaxed) < KILLS && begun.elapsed() < LONGEST {
        scene.restore();
        let mut child = scene.begin();
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(window.mul_f64((random >> 11) as f64 / (1_u64 << 53) as f64));
        child.kill().unwrap();
        let killed = child.wait().unwrap().signal() == Some(9);
        // As long a wait as leaves most kills inside.
        window = window.mul_f64(if killed { 1.05 } else { 0.8 });
        let left = scene.files();
        let hit = killed && left != scene.start && drawn(left.clone()) != undisturbed.end;
        if hit {
            undisturbed.survives(&scene, left);
            hits.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[test]
fn a_killed_generate_is_finished_by_the_next() {
    let (hits, begun) = (AtomicUsize::new(0), Instant::now());
    std::thread::scope(|scope| {
        for worker in 1..=WORKERS {
            let hits = &hits;
            scope.spawn(move || kill_again_and_again(SEED.wrapping_mul(worker), begun, hits));
        }
    });
    let hits = hits.into_inner();
    println!("{hits} kills between the first and the last write, in {:?}", begun.elapsed());
    assert!(hits >= KILLS, "only {hits} of {KILLS} kills in {LONGEST:?}: the machine is too slow");
}
