//! The `cartographer` program.

fn main() {}
