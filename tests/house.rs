//! The habits of the house, held: imports flow one way, files and functions stay short, papers tell the truth.

#[path = "house/flow.rs"]
mod flow;
#[path = "house/lints.rs"]
mod lints;
#[path = "house/papers.rs"]
mod papers;
#[path = "house/shape.rs"]
mod shape;
#[path = "house/source.rs"]
mod source;
