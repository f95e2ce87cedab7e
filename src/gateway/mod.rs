//! Draws nginx, the gateway, from the stack: one tree of files that every target mounts alike.
//!
//! It stands alone because it decides nothing: each line follows from a field of
//! [`crate::stack::Gateway`], in both of the field's states, so what is enforced is read in the
//! controls and not here. Values reach a file only through a template and its escaper.

mod allow;
mod cors;
mod error;
mod frame;
mod host;
mod identity;
mod location;
mod lookalike;
mod policy;
mod rate;
mod stream;
mod surroundings;
mod upstream;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Serialize;

pub use error::DrawError;
pub use surroundings::{Listen, Surroundings};

use crate::stack::Stack;
use crate::templates;

/// The files of the gateway: path relative to the directory of nginx.conf, text.
pub type Files = BTreeMap<String, String>;

/// Draws the gateway of a stack. Deterministic; nothing is read or written.
///
/// # Errors
/// [`DrawError`] where the stack names something that it does not have, or a value has no
/// harmless form in nginx. Nothing is drawn then.
pub fn draw(stack: &Stack, surroundings: &Surroundings) -> Result<Files, DrawError> {
    let mut sheet = Sheet { stack, surroundings, files: Files::new() };
    let upstreams = upstream::draw(&mut sheet)?;
    let streams = stream::draw(&mut sheet)?;
    let frame = frame::draw(&mut sheet, &upstreams, streams)?;
    policy::draw(&mut sheet, &upstreams, &frame)?;
    rate::draw(&mut sheet)?;
    cors::draw(&mut sheet)?;
    host::draw(&mut sheet, &upstreams, &frame)?;
    Ok(sheet.files)
}

/// What is drawn, and the files so far.
struct Sheet<'a> {
    stack: &'a Stack,
    surroundings: &'a Surroundings<'a>,
    files: Files,
}

impl Sheet<'_> {
    /// Adds the file at `path`, made of the template `nginx/NAME.j2`.
    fn file(
        &mut self,
        path: impl Into<String>,
        name: &str,
        view: &impl Serialize,
    ) -> Result<(), DrawError> {
        let text = templates::render(&format!("nginx/{name}.j2"), view)?;
        self.files.insert(path.into(), text);
        Ok(())
    }
}
