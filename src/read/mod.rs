//! Room: read.
