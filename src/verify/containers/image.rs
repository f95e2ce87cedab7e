//! What was made from which image.

use super::super::{Observation, Promise, Target, Turn};
use super::{differs, each};

/// The image as the lock and the description name it.
pub(in super::super) const IMAGES: Promise = Promise {
    id: "container-images",
    text: "Every container was made from the image that is drawn",
    turn: Turn::Any,
    run: images,
};

fn images(target: &Target<'_>) -> Observation {
    each(target, |service, container| {
        let runs = container.config.image.clone();
        differs("image", service.image.to_string(), runs).into_iter().collect()
    })
}
