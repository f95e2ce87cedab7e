//! Small projects, each made for one clue.
