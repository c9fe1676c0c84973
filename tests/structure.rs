//! Checks of the source code: the order of stages, headers of files, lints, the documentation and its words.

#[path = "structure/documentation.rs"]
mod documentation;
#[path = "structure/files.rs"]
mod files;
#[path = "structure/flow.rs"]
mod flow;
#[path = "structure/lints.rs"]
mod lints;
#[path = "structure/source.rs"]
mod source;
#[path = "structure/words.rs"]
mod words;
