//! What is fuzzed: functions of a text that must come back, whatever the text is.

use camino::Utf8Path;
use portcullis::audit;
use portcullis::compose::load::{Memory, Request, load};
use portcullis::description::Document;
use portcullis::diagnostic::{Problems, Sources};
use portcullis::import::{self, Imported, Original};
use portcullis::lock::Lock;
use portcullis::pipeline::{self, Destination};
use portcullis::secrets::BundleIndex;
use portcullis::targets::compose::TARGET;
use time::macros::date;

const FILE: &str = "/project/compose.yaml";

/// A Compose file, with and without its variables filled in. What is refused is reported.
pub fn reading(text: &str) {
    for interpolate in [true, false] {
        let request = Request { interpolate, ..Request::of(FILE) };
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let files = Memory::new([(FILE, text)]);
        let project = load(&request, &files, &mut sources, &mut problems);
        let report = sources.report(&problems);
        assert!(project.is_some() || !report.is_empty(), "refused without a reason");
    }
}

/// The grammar of variables, in a value of a file that is otherwise sound, and the grammar of
/// `.env` files.
pub fn interpolation(text: &str) {
    let quoted = text.replace('\\', "\\\\").replace('"', "\\\"");
    let file = format!("services:\n  a:\n    image: nginx\n    command: \"{quoted}\"\n");
    let mut request = Request::of(FILE);
    request.environment = [("A", "1"), ("B", ""), ("LONG_NAME", "${A}")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    for env in [text, "A=2\nB=${A:-3}\n"] {
        let files = Memory::new([(FILE, file.as_str()), ("/project/.env", env)]);
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        load(&request, &files, &mut sources, &mut problems);
        sources.report(&problems);
    }
}

/// What stands beside a Compose file: a Dockerfile, nginx's and Caddy's configuration, settings.
/// Judged alone, and judged and imported with the project that names it.
pub fn beside(text: &str) {
    for proxy in [
        "nginx:1.28, volumes: ['./site.conf:/etc/nginx/conf.d/default.conf:ro']",
        "caddy:2, volumes: ['./Caddyfile:/etc/caddy/Caddyfile:ro']",
    ] {
        let project = PROJECT.replace("PROXY", proxy);
        let beside = BESIDE.map(|path| (path, text));
        let files = Memory::new([(FILE, project.as_str())].into_iter().chain(beside));
        for path in BESIDE {
            let (mut sources, mut problems) = (Sources::new(), Problems::new());
            let judged = audit::alone(path.into(), &files, &mut sources, &mut problems);
            let report = sources.report(&problems);
            assert!(judged != Some(None) || !report.is_empty(), "unjudged without a reason");
        }
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        if let Some(project) = load(&Request::of(FILE), &files, &mut sources, &mut problems) {
            let folder = Utf8Path::new("/project");
            audit::beside(&project, folder, &files, &mut sources, &mut problems);
        }
        import_again(&files);
    }
}

const BESIDE: [&str; 4] =
    ["/project/Dockerfile", "/project/site.conf", "/project/Caddyfile", "/project/settings"];

const PROJECT: &str = "services:
  proxy: {image: PROXY, ports: ['80:80'], depends_on: [web, api]}
  web: {build: ., expose: ['3000'], env_file: [settings]}
  api: {image: 'ghcr.io/example/api:1', expose: ['8080']}
";

/// Import, generate, and import what was generated: what we draw we can read.
pub fn importing(text: &str) {
    import_again(&Memory::new([(FILE, text)]));
}

fn import_again(files: &Memory) {
    let Some(imported) = imported(files) else { return };
    let drawn = drawn(&imported.text);
    let files = Memory::new([(FILE, drawn.as_str())]);
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let read = import::read(&Request::of(FILE), &files, &mut sources, &mut problems);
    assert!(read.is_some(), "what was drawn is not read: {}\n{drawn}", sources.report(&problems));
}

fn imported(files: &Memory) -> Option<Imported> {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let reading = import::read(&Request::of(FILE), files, &mut sources, &mut problems)?;
    let original = Original {
        project: &reading.project,
        written: reading.written.as_ref(),
        folder: Utf8Path::new("/project"),
        from_description: Utf8Path::new(""),
        name: &reading.project.name,
        unset: &reading.unset,
        texts: &reading.texts,
    };
    let recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p".to_owned();
    let (mut own, mut problems) = (Sources::new(), Problems::new());
    import::import(&original, &[recipient], date!(2026 - 01 - 02), &mut own, &mut problems)
}

/// compose.yaml of a description that import wrote, which has to be one that generates.
fn drawn(description: &str) -> String {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let source = sources.add("portcullis.yaml", description);
    let document = Document::read(source, description, &mut problems);
    let hardened = document.and_then(|document| {
        let (lock, today) = (Lock::default(), date!(2026 - 01 - 02));
        pipeline::hardened(&document, "production", &TARGET, &lock, today, &mut problems)
    });
    let Some(hardened) = hardened else {
        panic!("what was imported does not generate: {}\n{description}", sources.report(&problems))
    };
    let to = Destination {
        folder: "deploy/production",
        secrets_dir: "/run/portcullis/shop/production",
        description: "0123456789abcdef",
    };
    let (tree, _) = pipeline::draw(&hardened, &TARGET, &BundleIndex::default(), to)
        .unwrap_or_else(|error| panic!("what was imported is not drawn: {error}\n{description}"));
    let compose = tree.get("compose.yaml").map(|file| file.bytes.clone()).unwrap_or_default();
    String::from_utf8(compose).unwrap_or_default()
}
