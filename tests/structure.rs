//! The habits of the house, held: imports flow one way, files and functions stay short, papers tell the truth.

#[path = "structure/flow.rs"]
mod flow;
#[path = "structure/lints.rs"]
mod lints;
#[path = "structure/papers.rs"]
mod papers;
#[path = "structure/shape.rs"]
mod shape;
#[path = "structure/source.rs"]
mod source;
