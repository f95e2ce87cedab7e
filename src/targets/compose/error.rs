//! Why a stack cannot be drawn.

use crate::escape::Unescapable;
use crate::stack::ServiceName;
use crate::templates::TemplateError;
use crate::tree::TreeError;
use crate::yaml::WriteError;

/// Why a stack cannot be drawn. Always something that a reader should have refused.
#[derive(Debug, thiserror::Error)]
pub enum DrawError {
    /// A template and its values do not fit.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// Two files want one place.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// A value has no form in YAML.
    #[error(transparent)]
    Yaml(#[from] WriteError),
    /// A value has no harmless form in another language.
    #[error("{what}: {cause}")]
    Value {
        /// What it is for.
        what: String,
        /// Why.
        cause: Unescapable,
    },
    /// Two generated files have one name.
    #[error("two generated files are called {name}")]
    ConfigTwice {
        /// The name.
        name: String,
    },
    /// A generated entrypoint would have nothing to run.
    #[error("{service} reads a secret from its environment, but what the image runs is not known")]
    NoProgram {
        /// Whose.
        service: ServiceName,
    },
    /// A key of the description's `compose:` is not YAML.
    #[error("{service}: the carried key {key} cannot be read")]
    Carried {
        /// Whose.
        service: ServiceName,
        /// Which.
        key: String,
    },
    /// The directory of secrets cannot stand in an environment file.
    #[error("the directory of secrets must not contain quotes, `$` or control characters")]
    SecretsDirectory,
}
