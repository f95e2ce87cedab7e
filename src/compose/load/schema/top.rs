//! The top level: networks, volumes, secrets, configs, models.

use super::Shape::{self, *};
use super::Unset;
use super::service::SERVICE;

/// A whole project.
pub(in crate::compose::load) static PROJECT: Shape = Keys(&[
    ("version", Text),
    ("name", Text),
    ("include", List(&Short(&INCLUDE))),
    ("services", Names(&SERVICE)),
    ("models", Map(&MODEL)),
    ("networks", Map(&NETWORK)),
    ("volumes", Names(&VOLUME)),
    ("secrets", Names(&SECRET)),
    ("configs", Names(&CONFIG)),
]);

static INCLUDE: Shape =
    Closed(&[("path", OneOrMany), ("env_file", OneOrMany), ("project_directory", Text)]);

static MODEL: Shape = Led(&[
    ("model", Text),
    ("name", Text),
    ("context_size", Whole),
    ("runtime_flags", List(&Text)),
]);

static NETWORK: Shape = Maybe(&Keys(&[
    ("name", Text),
    ("driver", Text),
    ("driver_opts", Map(&Label)),
    ("ipam", IPAM),
    ("external", External),
    ("internal", Flag),
    ("enable_ipv4", Flag),
    ("enable_ipv6", Flag),
    ("attachable", Flag),
    ("labels", Pairs(Unset::Empty)),
]));

const IPAM: Shape = Keys(&[
    ("driver", Text),
    (
        "config",
        List(&Keys(&[
            ("subnet", Text),
            ("ip_range", Text),
            ("gateway", Text),
            ("aux_addresses", Map(&Text)),
        ])),
    ),
    ("options", Map(&Text)),
]);

static VOLUME: Shape = Maybe(&Keys(&[
    ("name", Text),
    ("driver", Text),
    ("driver_opts", Map(&Label)),
    ("external", External),
    ("labels", Pairs(Unset::Empty)),
]));

static SECRET: Shape = Keys(&[
    ("name", Text),
    ("environment", Text),
    ("file", Text),
    ("external", External),
    ("labels", Pairs(Unset::Empty)),
    ("driver", Text),
    ("driver_opts", Map(&Label)),
    ("template_driver", Text),
]);

static CONFIG: Shape = Keys(&[
    ("name", Text),
    ("content", Text),
    ("environment", Text),
    ("file", Text),
    ("external", External),
    ("labels", Pairs(Unset::Empty)),
    ("template_driver", Text),
]);
