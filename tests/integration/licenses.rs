//! Every dependency has a license that allows shipping it with the program, and comes from crates.io with a stated
//! version.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use spdx::{Expression, Licensee, ParseMode};

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The licenses that `deny.toml` allows, so that both checks use the same list.
fn allowed() -> Result<Vec<Licensee>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deny.toml");
    let deny: toml::Table = std::fs::read_to_string(path)?.parse()?;
    let list = deny.get("licenses").and_then(|table| table.get("allow")).and_then(toml::Value::as_array);
    let names = list.context("deny.toml has no licenses.allow")?.iter().filter_map(toml::Value::as_str);
    Ok(names.map(Licensee::parse).collect::<Result<_, _>>()?)
}

/// Our own packages: the program, and the Python package, which is built separately.
const OURS: [(&str, &str); 2] =
    [("cloudtrail-cartographer", "Cargo.toml"), ("cloudtrail-cartographer-lib", "python/Cargo.toml")];

fn is_ours(package: &Value) -> bool {
    OURS.iter().any(|(name, _)| package["name"] == *name)
}

/// Cargo's metadata about the dependencies on every platform or, without a network, only on this platform.
fn metadata(manifest: &str) -> Result<Value> {
    let host = String::from_utf8(Command::new("rustc").arg("-vV").output()?.stdout)?;
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc did not print its host")?;
    let attempts: [&[&str]; 3] = [&["--offline"], &[], &["--offline", "--filter-platform", host]];
    for more in attempts {
        let mut cargo = Command::new(env!("CARGO"));
        let run = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).args(["metadata", "--format-version", "1", "--locked"]);
        let run = run.args(["--manifest-path", manifest]);
        let output = run.args(more).output()?;
        if output.status.success() {
            return Ok(serde_json::from_slice(&output.stdout)?);
        }
    }
    bail!("cargo metadata --locked fails: is Cargo.lock up to date?")
}

/// The problem with a license expression, if any. A slash is an old notation for OR.
fn license_problem(license: Option<&str>, allowed: &[Licensee]) -> Option<String> {
    let Some(text) = license else { return Some("no license expression".to_owned()) };
    match Expression::parse_mode(text, ParseMode::LAX) {
        Ok(expression) if expression.evaluate(|wanted| allowed.iter().any(|ours| ours.satisfies(wanted))) => None,
        Ok(_) => Some(format!("license {text} is not among those allowed")),
        Err(cause) => Some(format!("license {text} is not an SPDX expression: {}", cause.reason)),
    }
}

/// The problem with the source of a package, if any. Only our own packages have no source.
fn source_problem(package: &Value) -> Option<String> {
    match package["source"].as_str() {
        Some(CRATES_IO) => None,
        None if is_ours(package) => None,
        other => Some(format!("comes from {}", other.unwrap_or("a path"))),
    }
}

/// The problems with the versions that a package requires.
fn wildcards(package: &Value) -> Vec<String> {
    let required = package["dependencies"].as_array().into_iter().flatten();
    let any_version =
        required.filter(|dependency| dependency["req"].as_str().is_none_or(|version| version.contains('*')));
    any_version.map(|dependency| format!("requires any version of {}", dependency["name"])).collect()
}

/// All problems with a package. Only our own packages are checked for wildcards.
fn problems(package: &Value, allowed: &[Licensee]) -> Vec<String> {
    let mut found = Vec::from_iter(license_problem(package["license"].as_str(), allowed));
    found.extend(source_problem(package));
    if is_ours(package) {
        found.extend(wildcards(package));
    }
    found.into_iter().map(|problem| format!("{} {}: {problem}", package["name"], package["version"])).collect()
}

#[test]
fn licenses_and_sources_of_dependencies_are_allowed() -> Result<()> {
    let allowed = allowed()?;
    for ((_, manifest), known) in OURS.into_iter().zip(["duckdb", "pyo3"]) {
        let metadata = metadata(manifest)?;
        let packages = metadata["packages"].as_array().context("no packages")?;
        ensure!(
            packages.iter().any(|package| package["name"] == known),
            "cargo did not list the dependencies of {manifest}"
        );
        let found: Vec<String> = packages.iter().flat_map(|package| problems(package, &allowed)).collect();
        assert!(found.is_empty(), "{manifest}\n{}", found.join("\n"));
    }
    Ok(())
}

#[test]
fn license_is_accepted_if_one_alternative_is_allowed() -> Result<()> {
    let allowed = ["MIT", "Apache-2.0"].map(Licensee::parse).into_iter().collect::<Result<Vec<_>, _>>()?;
    for fine in ["MIT", "MIT/Apache-2.0", "GPL-3.0-only OR MIT", "(MIT OR ISC) AND Apache-2.0"] {
        assert_eq!(license_problem(Some(fine), &allowed), None, "{fine}");
    }
    let problem_of = |text| license_problem(Some(text), &allowed);
    assert_eq!(problem_of("GPL-3.0-only"), Some("license GPL-3.0-only is not among those allowed".to_owned()));
    assert_eq!(problem_of("MIT AND ISC"), Some("license MIT AND ISC is not among those allowed".to_owned()));
    assert!(problem_of("Ours").is_some_and(|problem| problem.starts_with("license Ours is not an SPDX expression")));
    assert_eq!(license_problem(None, &allowed), Some("no license expression".to_owned()));
    Ok(())
}

#[test]
fn disallowed_sources_and_wildcard_versions_are_found() -> Result<()> {
    let allowed = vec![Licensee::parse("MIT")?];
    let git =
        serde_json::json!({"name": "x", "version": "1.0.0", "license": "MIT", "source": "git+https://example.org/x"});
    assert_eq!(problems(&git, &allowed), ["\"x\" \"1.0.0\": comes from git+https://example.org/x"]);
    let path = serde_json::json!({"name": "x", "version": "1.0.0", "license": "MIT", "source": null});
    assert_eq!(problems(&path, &allowed), ["\"x\" \"1.0.0\": comes from a path"]);
    let ours = serde_json::json!({"name": env!("CARGO_PKG_NAME"), "version": "0.1.0", "license": "MIT", "source": null,
        "dependencies": [{"name": "y", "req": "*"}, {"name": "z", "req": "^1.2"}]});
    assert_eq!(problems(&ours, &allowed), ["\"cloudtrail-cartographer\" \"0.1.0\": requires any version of \"y\""]);
    Ok(())
}

/// The first versions with the fix for an advisory. `make audit` checks for new advisories.
const FIXED: [(&str, [u64; 3], &str); 2] =
    [("pyo3", [0, 29, 0], "RUSTSEC-2026-0176, RUSTSEC-2026-0177"), ("pyo3-ffi", [0, 29, 0], "same version as pyo3")];

/// The packages of a lock file that lack a fix.
fn unfixed(lock: &str) -> Result<Vec<String>> {
    let lock: toml::Table = lock.parse()?;
    let packages = lock.get("package").and_then(toml::Value::as_array).context("no packages")?;
    let text = |package: &toml::Value, key: &str| package[key].as_str().unwrap_or_default().to_owned();
    let is_older = |version: &str, fixed: [u64; 3]| {
        let numbers: Vec<u64> = version.split(['.', '-', '+']).map_while(|number| number.parse().ok()).collect();
        numbers.as_slice() < fixed.as_slice()
    };
    let found = packages.iter().flat_map(|package| {
        let (name, version) = (text(package, "name"), text(package, "version"));
        let lacking = FIXED.into_iter().filter(|(of, fixed, _)| *of == name && is_older(&version, *fixed));
        lacking.map(|(_, _, advisory)| format!("{name} {version}: {advisory}")).collect::<Vec<_>>()
    });
    Ok(found.collect())
}

#[test]
fn lock_files_contain_no_versions_with_known_advisories() -> Result<()> {
    for lock in ["Cargo.lock", "python/Cargo.lock", "fuzz/Cargo.lock"] {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(lock))?;
        assert_eq!(unfixed(&text)?, [""; 0], "{lock}");
    }
    let old = "[[package]]\nname = \"pyo3\"\nversion = \"0.28.3\"\n";
    assert_eq!(unfixed(old)?, ["pyo3 0.28.3: RUSTSEC-2026-0176, RUSTSEC-2026-0177"]);
    Ok(())
}
