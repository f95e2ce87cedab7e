//! `deploy:` of a service: the part that an engine without a swarm honours.

use super::Number;
use super::keys::keys;

keys! {
    /// Replicas and resources.
    pub struct Deploy
    ordered {
        /// Containers of this service.
        "replicas" replicas: Option<Number>,
        /// What it may take.
        "resources" resources: Option<Resources>,
    }
}

keys! {
    /// What a service may take.
    pub struct Resources
    ordered {
        /// At most.
        "limits" limits: Option<ResourceLimits>,
    }
}

keys! {
    /// Upper bounds of one container.
    pub struct ResourceLimits
    ordered {
        /// Share of processors.
        "cpus" cpus: Option<String>,
        /// Memory.
        "memory" memory: Option<String>,
        /// Processes and threads.
        "pids" pids: Option<Number>,
    }
}
