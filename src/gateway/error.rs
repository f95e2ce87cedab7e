//! Why a gateway cannot be drawn.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::escape::Unescapable;
use crate::stack::{
    AllowListName, HeaderName, HostName, PolicyName, RateName, ServiceName, VolumeName,
};
use crate::templates::TemplateError;

/// A stack that no reader should have let through, or a defect of a template.
#[derive(Debug, Error)]
pub enum DrawError {
    /// A route or a policy leads to a service that the stack does not have.
    #[error("the gateway leads to the service {0}, which the stack does not have")]
    UnknownService(ServiceName),
    /// A service is asked over HTTP and serves no port.
    #[error("the gateway leads to the service {0}, which serves no port")]
    NoPort(ServiceName),
    /// A route names a policy that is not declared.
    #[error("a route names the policy {0}, which is not declared")]
    UnknownPolicy(PolicyName),
    /// A route names a rate that is not declared.
    #[error("a route names the rate {0}, which is not declared")]
    UnknownRate(RateName),
    /// A route names an allow list that is not declared.
    #[error("a route names the allow list {0}, which is not declared")]
    UnknownAllowList(AllowListName),
    /// Names with two dashes in a row read like two lists.
    #[error("the allow lists {0:?} cannot be told from another combination; use single dashes")]
    AmbiguousAllowLists(BTreeSet<AllowListName>),
    /// Files of a volume are served that the gateway does not mount.
    #[error("the gateway serves files of the volume {0} and does not mount it")]
    NotMounted(VolumeName),
    /// An identity or a key travels in a header that the gateway writes itself.
    #[error("the header {0} is the gateway's own and can carry neither an identity nor a key")]
    ReservedHeader(HeaderName),
    /// Two `oidc` policies would share `/oauth2/` of one host.
    #[error(
        "{host} has routes of two oidc policies ({first}, {second}); give one of them its own host"
    )]
    TwoSignIns {
        /// The host.
        host: HostName,
        /// One policy.
        first: PolicyName,
        /// The other.
        second: PolicyName,
    },
    /// A gateway without a public name answers nothing.
    #[error("the gateway has no host")]
    NoHost,
    /// A value has no harmless form in nginx.
    #[error(transparent)]
    Unescapable(#[from] Unescapable),
    /// A template could not be filled in.
    #[error(transparent)]
    Template(#[from] TemplateError),
}
