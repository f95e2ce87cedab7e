//! The stand-in of the compiler builds the probe in this program's place.

fn main() {}
