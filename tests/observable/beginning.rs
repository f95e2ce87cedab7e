//! The stacks that controls are left out of: as descriptions and Compose files say them, before
//! any control has looked at them.

use portcullis::compose::{ComposeFile, lift};
use portcullis::controls::Control;
use portcullis::description::Document;
use portcullis::diagnostic::Problems;
use portcullis::hardening::judge;
use portcullis::knowledge::Knowledge;
use portcullis::lock::{Lock, allocate};
use portcullis::pipeline::{self, Destination, Hardened};
use portcullis::resolve::resolve;
use portcullis::secrets::BundleIndex;
use portcullis::stack::{EnvironmentName, Stack};
use portcullis::targets;
use portcullis::tree::Tree;

/// Where a stack comes from.
#[derive(Clone, Copy)]
pub enum Beginning {
    /// The preset.
    Wavestack,
    /// `tests/fixtures/gateway/portcullis.yaml`.
    Features,
    /// The features with something that `generate` would refuse, or that only a fault of ours
    /// could bring about.
    Loosened(fn(&mut Stack)),
    /// The features with the services of `tests/fixtures/observable/docker-compose.yml`.
    Careless,
}

const FEATURES: &str = include_str!("../fixtures/gateway/portcullis.yaml");
const CARELESS: &str = include_str!("../fixtures/observable/docker-compose.yml");
const ENVIRONMENT: &str = "production";

impl Beginning {
    /// The name of the stack among the facts of the behaviour suite.
    pub fn facts(self) -> &'static str {
        match self {
            Self::Wavestack => "wavestack",
            Self::Features | Self::Loosened(_) | Self::Careless => "features",
        }
    }

    /// The stack as Docker and nginx would run it without us.
    pub fn plain(self) -> Stack {
        match self {
            Self::Wavestack => described(Knowledge.stack("wavestack").expect("the preset")),
            Self::Features => described(FEATURES),
            Self::Loosened(loosen) => {
                let mut stack = described(FEATURES);
                loosen(&mut stack);
                stack
            }
            Self::Careless => careless(),
        }
    }

    /// The stack after these controls, with its numbers.
    pub fn mended(self, controls: &[&dyn Control]) -> Hardened {
        let mut stack = self.plain();
        let allocation = allocate(&stack, &Lock::default(), None).expect("numbers");
        // As on a lifted file nothing is refused, so that everything can be mended.
        let hardening = judge(&mut stack, controls);
        allocation.lock.apply(&mut stack).expect("the numbers of this stack");
        Hardened {
            stack,
            hardening,
            lock: allocation.lock,
            moved: allocation.moved,
            differs: Vec::new(),
        }
    }
}

/// All files that are drawn of a stack.
pub fn drawn(hardened: &Hardened) -> Tree {
    let to = Destination {
        folder: "deploy/production",
        secrets_dir: "/run/portcullis/observed/production",
        description: "0123456789abcdef",
    };
    let drawn = pipeline::draw(hardened, &targets::compose::TARGET, &BundleIndex::default(), to);
    drawn.expect("a drawing").0
}

fn described(text: &str) -> Stack {
    let mut problems = Problems::new();
    let environment = EnvironmentName::new(ENVIRONMENT).expect("a name");
    let stack = Document::read(0, text, &mut problems)
        .and_then(|document| document.environment(ENVIRONMENT, &mut problems))
        .and_then(|described| resolve(&described, &environment, &Knowledge, &mut problems));
    assert!(problems.is_empty(), "{problems:?}");
    stack.expect("a stack")
}

fn careless() -> Stack {
    let mut problems = Problems::new();
    let file = ComposeFile::read(0, CARELESS, &mut problems);
    let lifted = lift(&file, ".", &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    let mut stack = described(FEATURES);
    stack.services.extend(lifted.services);
    stack.networks.extend(lifted.networks);
    stack.volumes.extend(lifted.volumes);
    stack
}
