//! docs/imported.md: what was seen of each project.

use std::fmt::Write;

use crate::trial::Trial;

/// The page.
pub fn page(trials: &[Trial]) -> String {
    let mut page = String::from(
        "<!-- Drawn by a test: PORTCULLIS_CORPUS=... UPDATE=1 cargo test --test imported -->\n\
         # Imported projects that run\n\n\
         Projects of the corpus, and two made for this (`tests/fixtures/imported`), that come up on an engine as their own file says, and again as `import` and\n\
         `generate` make them. Their images are stand-ins: PostgreSQL, redis and nginx are themselves, every other\n\
         program is played by one that starts as the official image does, signs in where its settings lead, keeps\n\
         something in its folders and answers on its ports. \"As before\" means: every published port answers the same\n\
         through the gateway, nothing else is published, processes hold no more than HARDENING.md says, jobs have\n\
         run, and data is there after `down` and `up`.\n\n\
         | project | here for | services | web | streams | jobs | exceptions | as before |\n\
         |---|---|---:|---:|---:|---:|---:|---|\n",
    );
    for Trial { case, looks, services, exceptions } in trials {
        let failed: Vec<&str> =
            looks.iter().filter(|look| look.complaint.is_some()).map(|look| look.name).collect();
        let verdict = match &failed[..] {
            [] => format!("yes, {} looks", looks.len()),
            names => format!("no: {}", names.join(", ")),
        };
        writeln!(
            page,
            "| `{}` | {} | {services} | {} | {} | {} | {} | {verdict} |",
            case.file,
            case.shows,
            case.web.len(),
            case.streams.len(),
            case.jobs.len(),
            exceptions.len(),
        )
        .expect("a text");
    }
    page
}
