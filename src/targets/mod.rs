//! What a stack can be drawn for. A target draws fields; it enforces nothing.

pub mod compose;
pub mod dockerfile;

/// A platform that a stack is drawn for.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name on the command line.
    pub name: &'static str,
    /// What runs it.
    pub engine: Engine,
    /// Controls that it cannot express, each with what to do instead. Their verdict is MANUAL.
    pub lacks: &'static [(&'static str, &'static str)],
}

/// The programs that a person runs.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Engine {
    /// For single networks and containers.
    pub program: &'static str,
    /// For the stack.
    pub compose: &'static str,
}

/// Every target, the first being the default.
pub const ALL: &[Target] = &[compose::TARGET, compose::PODMAN];

/// The target of this name.
pub fn find(name: &str) -> Option<&'static Target> {
    ALL.iter().find(|target| target.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls;

    #[test]
    fn a_target_lacks_only_controls_that_exist() {
        for target in ALL {
            assert!(find(target.name).is_some());
            for (control, instead) in target.lacks {
                assert!(controls::find(control).is_some(), "{}: {control}", target.name);
                assert!(!instead.is_empty(), "{control}");
            }
        }
    }
}
