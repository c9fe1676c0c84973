//! One table of lints: the Python package is a package of its own, and inherits none.

use std::fs;

use anyhow::{Context, Result};
use toml::{Table, Value};

use crate::source;

fn lints(manifest: &str) -> Result<Value> {
    let text = fs::read_to_string(source::package().join(manifest))?;
    text.parse::<Table>()?.remove("lints").with_context(|| format!("{manifest} has no lints"))
}

#[test]
fn the_python_package_is_linted_as_the_program() -> Result<()> {
    let [program, python] = [lints("Cargo.toml")?, lints("python/Cargo.toml")?];
    assert!(program["clippy"].get("unwrap_used").is_some(), "{program}");
    assert_eq!(program, python);
    Ok(())
}
