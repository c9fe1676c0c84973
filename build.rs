//! Gives programs linked with the prebuilt libduckdb an rpath, so that they run without further setup.

use std::env;

fn main() {
    println!("cargo:rerun-if-env-changed=DUCKDB_LIB_DIR");
    let links_none =
        ["CARGO_FEATURE_BUNDLED", "CARGO_FEATURE_EXTENSION"].iter().any(|name| env::var_os(name).is_some());
    if links_none || env::var("CARGO_CFG_TARGET_FAMILY").as_deref() != Ok("unix") {
        return;
    }
    if let Some(dir) = env::var_os("DUCKDB_LIB_DIR") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{}", dir.display());
    }
}
