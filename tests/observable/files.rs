//! The report points at files that are there.

use portcullis::controls::ALL;

use crate::beginning::{
    Beginning::{Features, Wavestack},
    drawn,
};

/// Controls whose line of the report names a file that neither stack's tree has.
pub fn missing() -> Vec<String> {
    let trees = [Wavestack, Features].map(|beginning| drawn(&beginning.mended(ALL)));
    let paths: Vec<&str> =
        trees.iter().flat_map(|tree| tree.iter().map(|(path, _)| path.as_str())).collect();
    let named = ALL.iter().flat_map(|control| {
        let words = control.enforced_in().split([' ', ',', ';', ':']);
        words.filter(|word| is_file(word)).map(|word| (control.id(), word))
    });
    named
        .filter(|(_, word)| !paths.iter().any(|path| stands_for(word, path)))
        .map(|(id, word)| format!("{id} is said to be enforced in {word}, which is not drawn"))
        .collect()
}

/// A drawn file. The bundle below `secrets/` is not drawn, nor is a Dockerfile of the project.
fn is_file(word: &str) -> bool {
    let named = [".conf", ".yaml", ".yml", ".md", "/Dockerfile", ".dockerignore"];
    named.iter().any(|end| word.ends_with(end)) && !word.starts_with("secrets/")
}

/// NAME and HOST stand for any name.
fn stands_for(word: &str, path: &str) -> bool {
    let (words, segments) = (word.split('/'), path.split('/'));
    let same = |(word, segment): (&str, &str)| {
        ["NAME", "HOST"].iter().any(|any| match word.split_once(any) {
            Some((start, end)) => segment.starts_with(start) && segment.ends_with(end),
            None => word == segment,
        })
    };
    words.clone().count() == segments.clone().count() && words.zip(segments).all(same)
}
