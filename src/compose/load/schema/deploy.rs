//! `deploy` of a service.

use super::Shape::{self, *};
use super::Unset;

/// How many containers, with how much, and where.
pub(super) static DEPLOY: Shape = Keys(&[
    ("mode", Text),
    ("endpoint_mode", Text),
    ("replicas", Whole),
    ("labels", Pairs(Unset::Empty)),
    ("rollback_config", UPDATE),
    ("update_config", UPDATE),
    ("resources", Keys(&[("limits", LIMITS), ("reservations", RESERVATIONS)])),
    (
        "restart_policy",
        Keys(&[
            ("condition", Text),
            ("delay", Duration),
            ("max_attempts", Whole),
            ("window", Duration),
        ]),
    ),
    (
        "placement",
        Keys(&[
            ("constraints", List(&Text)),
            ("preferences", List(&Keys(&[("spread", Text)]))),
            ("max_replicas_per_node", Whole),
        ]),
    ),
]);

const UPDATE: Shape = Keys(&[
    ("parallelism", Whole),
    ("delay", Duration),
    ("failure_action", Text),
    ("monitor", Duration),
    ("max_failure_ratio", Number),
    ("order", Word(&["start-first", "stop-first"])),
]);

const LIMITS: Shape = Keys(&[("cpus", Number), ("memory", SizeText), ("pids", Whole)]);

const RESERVATIONS: Shape = Keys(&[
    ("cpus", Number),
    ("memory", SizeText),
    (
        "generic_resources",
        List(&Keys(&[("discrete_resource_spec", Keys(&[("kind", Text), ("value", Whole)]))])),
    ),
    ("devices", List(&DEVICES)),
]);

/// Devices that a driver hands out, such as graphics processors.
pub(super) static DEVICES: Shape = Led(DEVICE_KEYS);

/// The same, with capabilities left to the driver.
pub(super) static GPUS: Shape = Keys(DEVICE_KEYS);

const DEVICE_KEYS: &[(&str, Shape)] = &[
    ("capabilities", Set(&Text)),
    ("count", Count),
    ("device_ids", Set(&Text)),
    ("driver", Text),
    ("options", Pairs(Unset::Empty)),
];
