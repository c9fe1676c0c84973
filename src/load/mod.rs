//! Room: load.
