//! Checks of the source code: the order of stages, headers of files, lints, the documentation and its words.

mod cycles;
mod documentation;
mod files;
mod flow;
mod lints;
mod source;
mod words;
