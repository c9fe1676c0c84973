//! The Python package is a separate Cargo package, so its lints have to be the same as the program's.

use std::fs;

use anyhow::{Context, Result};
use toml::{Table, Value};

use crate::structure::source;

fn lints(manifest: &str) -> Result<Value> {
    let text = fs::read_to_string(source::package().join(manifest))?;
    text.parse::<Table>()?.remove("lints").with_context(|| format!("{manifest} has no lints"))
}

#[test]
fn python_package_has_the_lints_of_the_program() -> Result<()> {
    let [program, python] = [lints("Cargo.toml")?, lints("python/Cargo.toml")?];
    assert!(program["clippy"].get("unwrap_used").is_some(), "{program}");
    assert_eq!(program, python);
    Ok(())
}
