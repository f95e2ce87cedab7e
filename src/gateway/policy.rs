//! Policies: how a location asks (`snippets/auth-NAME.conf`) and whom (`snippets/policy-NAME.conf`).

use serde::Serialize;

use super::frame::Frame;
use super::identity::{self, Answer, snake};
use super::upstream::{Upstreams, used_policies};
use super::{DrawError, Sheet, rate};
use crate::stack::{Policy, PolicyKind, PolicyName};

/// The values of `auth.conf`; an empty text stands for nothing.
#[derive(Serialize)]
struct Asking<'a> {
    policy: &'a PolicyName,
    /// A service is asked, not nginx itself.
    asked: bool,
    key_variable: String,
    forwarded: String,
    identities: Vec<Answer>,
    sign_in: bool,
}

/// The values of the `policy-KIND.conf` templates.
#[derive(Serialize)]
struct Asked<'a> {
    policy: &'a PolicyName,
    variable: String,
    upstream: &'a str,
    path: &'a str,
    rates: Vec<String>,
    json_errors: bool,
}

/// Draws both snippets of every policy that a route names.
pub(super) fn draw(
    sheet: &mut Sheet,
    upstreams: &Upstreams,
    frame: &Frame,
) -> Result<(), DrawError> {
    let stack = sheet.stack;
    for name in used_policies(stack) {
        let policy = stack.gateway.policies.get(name);
        let policy = policy.ok_or_else(|| DrawError::UnknownPolicy(name.clone()))?;
        let auth = asking(name, policy);
        sheet.file(format!("snippets/auth-{name}.conf"), "snippets/auth.conf", &auth)?;
        let (template, asked) = asked(sheet, upstreams, frame, name, policy)?;
        sheet.file(format!("snippets/policy-{name}.conf"), template, &asked)?;
    }
    Ok(())
}

fn asking<'a>(name: &'a PolicyName, policy: &Policy) -> Asking<'a> {
    let mut auth = Asking {
        policy: name,
        asked: true,
        key_variable: String::new(),
        forwarded: String::new(),
        identities: identity::answers(policy),
        sign_in: false,
    };
    match &policy.kind {
        PolicyKind::Validator(_) => {}
        PolicyKind::Oidc(_) => auth.sign_in = true,
        PolicyKind::ApiKey(keys) => {
            auth.asked = false;
            auth.key_variable = snake(name.as_str());
            if keys.forward {
                auth.forwarded = snake(keys.header.as_str());
            }
            auth.identities.clear(); // nginx itself answers, and has no headers to take them from
        }
    }
    auth
}

fn asked<'a>(
    sheet: &Sheet<'a>,
    upstreams: &'a Upstreams,
    frame: &Frame,
    name: &'a PolicyName,
    policy: &'a Policy,
) -> Result<(&'static str, Asked<'a>), DrawError> {
    let mut asked = Asked {
        policy: name,
        variable: snake(name.as_str()),
        upstream: "",
        path: "",
        rates: Vec::new(),
        json_errors: frame.json_errors,
    };
    let template = match &policy.kind {
        PolicyKind::ApiKey(_) => "snippets/policy-api-key.conf",
        PolicyKind::Validator(validator) => {
            asked.upstream = upstreams.own(sheet.stack, &validator.service)?;
            asked.path = validator.path.as_str();
            "snippets/policy-validator.conf"
        }
        PolicyKind::Oidc(oidc) => {
            asked.upstream = upstreams.own(sheet.stack, &oidc.proxy)?;
            let counts = rate::of_policy(&sheet.stack.gateway, name)?;
            asked.rates = counts.iter().map(rate::Count::name).collect();
            "snippets/policy-oidc.conf"
        }
    };
    Ok((template, asked))
}
