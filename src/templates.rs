//! The templates of all text that is not YAML, and the one way to fill them in.
//!
//! It stands alone because it closes a door for every target at once: a template cannot print a
//! value that was not escaped for the language of its file. The folder of a template says which
//! language that is; the formatter escapes each value for it and refuses what has no single
//! meaning there (booleans, lists, nothing at all, control characters). Where a value may stand
//! in more than one form, the form is named by a filter. minijinja's own filters, tests and
//! globals are not loaded, so `safe` does not exist.

mod forms;
mod kind;

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, UndefinedBehavior};
use serde::Serialize;
use thiserror::Error as ThisError;

use kind::Kind;

/// Names each template once: its path below `templates/`.
macro_rules! embedded {
    ($($path:literal,)*) => {
        &[$(($path, include_str!(concat!("../templates/", $path)))),*]
    };
}

/// Every template, by its path. The first folder chooses the language, see [`Kind`].
const TEMPLATES: &[(&str, &str)] = embedded! {
    "docker/acme.Dockerfile.j2",
    "docker/dockerignore.j2",
    "docker/go.Dockerfile.j2",
    "docker/last.j2",
    "docker/node-build.j2",
    "docker/node.Dockerfile.j2",
    "docker/owned.j2",
    "docker/python.Dockerfile.j2",
    "docker/rust.Dockerfile.j2",
    "docker/static.Dockerfile.j2",
    "docs/HARDENING.md.j2",
    "docs/RUNBOOK.md.j2",
    "nginx/conf.d/client-ip.conf.j2",
    "nginx/conf.d/core.conf.j2",
    "nginx/conf.d/cors.conf.j2",
    "nginx/conf.d/errors.conf.j2",
    "nginx/conf.d/guard.conf.j2",
    "nginx/conf.d/headers.conf.j2",
    "nginx/conf.d/limits.conf.j2",
    "nginx/conf.d/log.conf.j2",
    "nginx/conf.d/policies.conf.j2",
    "nginx/conf.d/proxy.conf.j2",
    "nginx/conf.d/route.conf.j2",
    "nginx/conf.d/stream.conf.j2",
    "nginx/conf.d/tls.conf.j2",
    "nginx/conf.d/websocket.conf.j2",
    "nginx/mime.types.j2",
    "nginx/nginx.conf.j2",
    "nginx/sites/_default.conf.j2",
    "nginx/sites/_health.conf.j2",
    "nginx/sites/host.conf.j2",
    "nginx/snippets/auth-endpoint.conf.j2",
    "nginx/snippets/auth.conf.j2",
    "nginx/snippets/cors.conf.j2",
    "nginx/snippets/drop.conf.j2",
    "nginx/snippets/errors-upstream-5xx.conf.j2",
    "nginx/snippets/errors-upstream.conf.j2",
    "nginx/snippets/errors.conf.j2",
    "nginx/snippets/guard.conf.j2",
    "nginx/snippets/policy-api-key.conf.j2",
    "nginx/snippets/policy-oidc.conf.j2",
    "nginx/snippets/policy-validator.conf.j2",
    "nginx/snippets/preflight.conf.j2",
    "nginx/snippets/proxy-headers.conf.j2",
    "nginx/snippets/proxy-sign-in.conf.j2",
    "nginx/snippets/proxy-websocket.conf.j2",
    "nginx/snippets/rate.conf.j2",
    "nginx/snippets/server.conf.j2",
    "nginx/stream.conf.j2",
    "nginx/upstream.conf.j2",
    "shell/acme-renew.sh.j2",
    "shell/entrypoint.sh.j2",
    "shell/mysql-roles.sh.j2",
    "shell/postgres-roles.sh.j2",
};

/// A template that could not be filled in. Always a defect of this program or a value that no
/// reader should have let through; nothing is written then.
#[derive(Debug, ThisError)]
#[error("template {name}: {cause}")]
pub struct TemplateError {
    name: String,
    cause: String,
}

/// Fills in one template. Strict: a name that the values lack, or a value that has no harmless
/// form where it stands, is an error.
pub fn render(name: &str, values: &impl Serialize) -> Result<String, TemplateError> {
    let failed = |cause: &Error| TemplateError { name: name.to_owned(), cause: innermost(cause) };
    let environment = ENVIRONMENT.as_ref().map_err(failed)?;
    let template = environment.get_template(name).map_err(|cause| failed(&cause))?;
    template.render(Serde(values)).map_err(|cause| failed(&cause))
}

/// What went wrong in the end: an included template wraps the cause.
fn innermost(error: &Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// Parsed once, since a stack of a thousand services renders two thousand files.
static ENVIRONMENT: LazyLock<Result<Environment<'static>, Error>> = LazyLock::new(|| {
    let mut environment = strict()?;
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment)
});

/// An environment without templates: the rules alone.
fn strict() -> Result<Environment<'static>, Error> {
    let mut environment = Environment::empty();
    environment.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .keep_trailing_newline(true)
            .build()?,
    );
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| match Kind::of(name) {
        Some(kind) => AutoEscape::Custom(kind.folder().into()),
        None => AutoEscape::None,
    });
    environment.set_formatter(forms::write);
    forms::install(&mut environment);
    Ok(environment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use minijinja::{Value, context};

    fn filled(name: &str, source: &str, values: Value) -> Result<String, Error> {
        strict()?.render_named_str(name, source, values)
    }

    #[test]
    fn every_template_parses_and_has_a_language() {
        assert!(ENVIRONMENT.is_ok(), "{:?}", ENVIRONMENT.as_ref().err());
        for (name, _) in TEMPLATES {
            assert!(Kind::of(name).is_some(), "{name}");
        }
    }

    #[test]
    fn every_file_below_templates_is_listed_in_order() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let (mut folders, mut found) = (vec![root.clone()], Vec::new());
        while let Some(folder) = folders.pop() {
            for entry in fs_err::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        found.sort();
        let listed: Vec<_> = TEMPLATES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(listed, found);
    }

    #[test]
    fn a_value_is_escaped_for_the_language_of_its_file() {
        let values = || context!(text => "a b's");
        let print = |name| filled(name, "{{ text }}", values());
        assert!(print("nginx/x.j2").is_err());
        assert!(print("docker/x.j2").is_err());
        assert_eq!(print("shell/x.j2").unwrap(), r"'a b'\''s'");
        assert_eq!(print("docs/x.md.j2").unwrap(), "a b's");
        assert_eq!(print("sql/x.j2").unwrap(), "'a b''s'");
        assert_eq!(filled("nginx/x.j2", "{{ text | quoted }}", values()).unwrap(), "\"a b's\"");
    }

    #[test]
    fn a_file_without_a_language_prints_nothing() {
        for name in ["x.j2", "other/x.j2", "nginx.j2"] {
            assert!(filled(name, "{{ text }}", context!(text => "a")).is_err(), "{name}");
        }
    }

    #[test]
    fn what_has_no_single_meaning_is_refused() {
        let values = [
            Value::from(true),
            Value::from(()),
            Value::from(vec!["a"]),
            Value::from("a\nb"),
            Value::from_bytes(vec![97]),
            Value::from(f64::NAN),
        ];
        for value in values {
            for kind in Kind::ALL {
                let name = format!("{}/x.j2", kind.folder());
                let got = filled(&name, "{{ value }}", context!(value => value.clone()));
                assert!(got.is_err(), "{name}: {value:?} printed as {got:?}");
            }
        }
        assert!(filled("nginx/x.j2", "{{ absent }}", context!()).is_err());
        assert!(filled("nginx/x.j2", "{% if absent %}{% endif %}", context!()).is_err());
        assert_eq!(filled("nginx/x.j2", "{{ n }}", context!(n => 16)).unwrap(), "16");
    }

    #[test]
    fn no_built_in_filter_lifts_the_wall() {
        for filter in ["safe", "escape", "string", "join", "replace"] {
            let source = format!("{{{{ text | {filter} }}}}");
            assert!(filled("nginx/x.j2", &source, context!(text => "$x")).is_err(), "{filter}");
        }
    }

    #[test]
    fn a_filter_of_another_language_is_refused() {
        let text = context!(text => "plain");
        for (name, filter) in
            [("docs/x.md.j2", "quoted"), ("nginx/x.j2", "code"), ("shell/x.j2", "regex")]
        {
            let source = format!("{{{{ text | {filter} }}}}");
            assert!(filled(name, &source, text.clone()).is_err(), "{filter} in {name}");
        }
    }

    #[test]
    fn joining_does_not_launder_a_value() {
        for source in ["{{ a ~ b }}", "{{ (a | quoted) ~ b }}", "{% set c = b %}{{ c }}"] {
            let got = filled("nginx/x.j2", source, context!(a => "x", b => "$y;"));
            assert!(got.is_err(), "{source}: {got:?}");
        }
    }
}
