//! The heart: everything that this tool enforces, one file per control.
//!
//! `resolve` and `lift` fill in what would run without us; a control finds what is wrong with it
//! and mends it. So this folder is the whole answer to "what does this tool enforce?".

mod contract;

mod acme_challenge;
mod administrator_passwords;
mod after_reboot;
mod api_key_comparison;
mod apparmor;
mod application_logs;
mod audit_log;
mod backups;
mod body_limits;
mod capabilities;
mod capabilities_dropped;
mod certificate_domain;
mod certificate_trust;
mod client_timeouts;
mod closed_paths;
mod connection_limit;
mod control_socket;
mod cors;
mod cpu;
mod database_roles;
mod default_deny;
mod dependency_audit;
mod devices;
mod dockerfile_health;
mod dockerfile_locked_install;
mod dockerfile_no_secrets;
mod dockerfile_pinned_base;
mod dockerfile_user;
mod egress;
mod engine_version;
mod environment_secrets;
mod error_bodies;
mod error_log_hygiene;
mod generated_length;
mod health_check;
mod health_times;
mod host_firewall;
mod host_ipc;
mod host_network;
mod host_paths;
mod host_pid;
mod hsts;
mod identity_headers;
mod image_digest;
mod image_facts;
mod image_knowledge;
mod image_tag;
mod init;
mod injection_guard;
mod limit_status;
mod link_direction;
mod link_isolation;
mod log_hygiene;
mod log_level;
mod logging;
mod memory;
mod method_guard;
mod misdirected_requests;
mod no_new_privileges;
mod oidc_restriction;
mod open_credentials;
mod outbound_calls;
mod own_dockerfile;
mod path_guard;
mod pids;
mod privileged;
mod project_files;
mod published_ports;
mod rate_limits;
mod read_only_root;
mod request_models;
mod restart;
mod route_auth;
mod seccomp;
mod second_factor;
mod secret_length;
mod secret_looking_commands;
mod secret_looking_settings;
mod secret_readers;
mod secret_rotation;
mod secrets_as_files;
mod security_headers;
mod sensitive_host_paths;
mod server_tokens;
mod start_order;
mod stop_grace;
mod streams;
mod tls_ciphers;
mod tls_version;
mod tmpfs_options;
mod tmpfs_size;
mod token_validation;
mod trusted_proxies;
mod ulimits;
mod unknown_host;
mod unmodelled_keys;
mod upstream_steering;
mod user;
mod volume_owner;
mod webhook_signature;
mod writable_paths;

pub use contract::{Control, Page, Section, Severity, Violation, all_without, find, page, pages};
pub(crate) use control_socket::is_socket;
pub(crate) use sensitive_host_paths::is_time_zone;

/// Every control, by section of the report. The order decides nothing else.
pub const ALL: &[&dyn Control] = &[
    &default_deny::DefaultDeny,
    &egress::Egress,
    &host_firewall::HostFirewall,
    &host_network::HostNetwork,
    &link_direction::LinkDirection,
    &link_isolation::LinkIsolation,
    &outbound_calls::OutboundCalls,
    &published_ports::PublishedPorts,
    &streams::Streams,
    &trusted_proxies::TrustedProxies,
    &unknown_host::UnknownHostRefused,
    &upstream_steering::UpstreamSteering,
    &acme_challenge::AcmeChallenge,
    &certificate_domain::CertificateDomain,
    &certificate_trust::CertificateTrust,
    &hsts::Hsts,
    &misdirected_requests::MisdirectedRequests,
    &tls_ciphers::TlsCiphers,
    &tls_version::OldestTls,
    &api_key_comparison::ApiKeyComparison,
    &closed_paths::ClosedPaths,
    &identity_headers::IdentityHeadersStripped,
    &oidc_restriction::OidcRestriction,
    &open_credentials::OpenCredentials,
    &route_auth::RouteAuth,
    &second_factor::SecondFactor,
    &token_validation::TokenValidation,
    &webhook_signature::WebhookSignature,
    &body_limits::BodyLimits,
    &client_timeouts::ClientTimeouts,
    &injection_guard::InjectionGuard,
    &method_guard::MethodGuard,
    &path_guard::PathGuard,
    &request_models::RequestModels,
    &error_bodies::UniformErrors,
    &security_headers::SecurityHeaders,
    &server_tokens::ServerTokens,
    &cors::Cors,
    &connection_limit::ConnectionLimit,
    &limit_status::LimitStatus,
    &rate_limits::RateLimits,
    &application_logs::ApplicationLogs,
    &audit_log::AuditLog,
    &error_log_hygiene::ErrorLogHygiene,
    &log_hygiene::LogHygiene,
    &log_level::LogLevel,
    &logging::LogRotation,
    &administrator_passwords::AdministratorPasswords,
    &database_roles::DatabaseRoles,
    &environment_secrets::EnvironmentSecrets,
    &generated_length::GeneratedLength,
    &secret_length::SecretLength,
    &secret_looking_commands::SecretLookingCommands,
    &secret_looking_settings::SecretLookingSettings,
    &secret_readers::SecretReaders,
    &secret_rotation::SecretRotation,
    &secrets_as_files::SecretsAsFiles,
    &apparmor::Apparmor,
    &capabilities::Capabilities,
    &capabilities_dropped::CapabilitiesDropped,
    &control_socket::ControlSocket,
    &cpu::Cpu,
    &devices::Devices,
    &host_ipc::HostIpc,
    &host_paths::HostPaths,
    &host_pid::HostPid,
    &init::Init,
    &memory::Memory,
    &no_new_privileges::NoNewPrivileges,
    &pids::Pids,
    &privileged::Privileged,
    &project_files::ProjectFiles,
    &read_only_root::ReadOnlyRoot,
    &seccomp::Seccomp,
    &sensitive_host_paths::SensitiveHostPaths,
    &tmpfs_options::TmpfsOptions,
    &tmpfs_size::TmpfsSize,
    &ulimits::Ulimits,
    &user::RunsAsUser,
    &writable_paths::WritablePaths,
    &dependency_audit::DependencyAudit,
    &dockerfile_health::DockerfileHealth,
    &dockerfile_locked_install::DockerfileLockedInstall,
    &dockerfile_no_secrets::DockerfileNoSecrets,
    &dockerfile_pinned_base::DockerfilePinnedBase,
    &dockerfile_user::DockerfileUser,
    &image_digest::ImageDigest,
    &image_facts::ImageFacts,
    &image_knowledge::ImageKnowledge,
    &image_tag::ImageTag,
    &own_dockerfile::OwnDockerfile,
    &volume_owner::VolumeOwner,
    &health_check::HealthCheck,
    &health_times::HealthTimes,
    &restart::RestartPolicy,
    &start_order::StartOrder,
    &stop_grace::StopGrace,
    &backups::Backups,
    &after_reboot::AfterReboot,
    &engine_version::EngineVersion,
    &unmodelled_keys::UnmodelledKeys,
];
