//! Room: normalise.
