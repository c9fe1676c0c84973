//! Room: batch.
