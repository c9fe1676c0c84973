//! Every dependency has a license that the program can be shipped with, and comes from crates.io by a stated version.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use spdx::{Expression, Licensee, ParseMode};

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The licenses that `deny.toml` allows: one list for both checks.
fn allowed() -> Result<Vec<Licensee>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deny.toml");
    let deny: toml::Table = std::fs::read_to_string(path)?.parse()?;
    let list = deny.get("licenses").and_then(|table| table.get("allow")).and_then(toml::Value::as_array);
    let names = list.context("deny.toml has no licenses.allow")?.iter().filter_map(toml::Value::as_str);
    Ok(names.map(Licensee::parse).collect::<Result<_, _>>()?)
}

/// The packages that are ours: the program's, and the Python package's, which is not built with it.
const OURS: [(&str, &str); 2] =
    [("cloudtrail-cartographer", "Cargo.toml"), ("cloudtrail-cartographer-lib", "python/Cargo.toml")];

fn is_ours(package: &Value) -> bool {
    OURS.iter().any(|(name, _)| package["name"] == *name)
}

/// What cargo knows of every dependency, on every platform; without a network, of this platform's.
fn metadata(manifest: &str) -> Result<Value> {
    let host = String::from_utf8(Command::new("rustc").arg("-vV").output()?.stdout)?;
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
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

/// What is wrong with a license expression; a slash is an old way to write OR.
fn license_fault(license: Option<&str>, allowed: &[Licensee]) -> Option<String> {
    let Some(text) = license else { return Some("no license expression".to_owned()) };
    match Expression::parse_mode(text, ParseMode::LAX) {
        Ok(expression) if expression.evaluate(|wanted| allowed.iter().any(|ours| ours.satisfies(wanted))) => None,
        Ok(_) => Some(format!("license {text} is not among those allowed")),
        Err(cause) => Some(format!("license {text} is no SPDX expression: {}", cause.reason)),
    }
}

/// What is wrong with where a package comes from. Only our own packages have no source.
fn source_fault(package: &Value) -> Option<String> {
    match package["source"].as_str() {
        Some(CRATES_IO) => None,
        None if is_ours(package) => None,
        other => Some(format!("comes from {}", other.unwrap_or("a path"))),
    }
}

/// What is wrong with the versions that a package asks for.
fn wildcards(package: &Value) -> Vec<String> {
    let asked = package["dependencies"].as_array().into_iter().flatten();
    let wild = asked.filter(|dependency| dependency["req"].as_str().is_none_or(|version| version.contains('*')));
    wild.map(|dependency| format!("asks for any version of {}", dependency["name"])).collect()
}

/// Everything that is wrong with one package; only our own packages are checked for wildcards.
fn faults(package: &Value, allowed: &[Licensee]) -> Vec<String> {
    let mut found = Vec::from_iter(license_fault(package["license"].as_str(), allowed));
    found.extend(source_fault(package));
    if is_ours(package) {
        found.extend(wildcards(package));
    }
    found.into_iter().map(|fault| format!("{} {}: {fault}", package["name"], package["version"])).collect()
}

#[test]
fn every_dependency_may_be_shipped() -> Result<()> {
    let allowed = allowed()?;
    for ((_, manifest), known) in OURS.into_iter().zip(["duckdb", "pyo3"]) {
        let metadata = metadata(manifest)?;
        let packages = metadata["packages"].as_array().context("no packages")?;
        ensure!(packages.iter().any(|package| package["name"] == known), "cargo did not list what {manifest} needs");
        let found: Vec<String> = packages.iter().flat_map(|package| faults(package, &allowed)).collect();
        assert!(found.is_empty(), "{manifest}\n{}", found.join("\n"));
    }
    Ok(())
}

#[test]
fn a_license_passes_if_one_way_to_take_it_is_allowed() -> Result<()> {
    let allowed = ["MIT", "Apache-2.0"].map(Licensee::parse).into_iter().collect::<Result<Vec<_>, _>>()?;
    for fine in ["MIT", "MIT/Apache-2.0", "GPL-3.0-only OR MIT", "(MIT OR ISC) AND Apache-2.0"] {
        assert_eq!(license_fault(Some(fine), &allowed), None, "{fine}");
    }
    let told = |text| license_fault(Some(text), &allowed);
    assert_eq!(told("GPL-3.0-only"), Some("license GPL-3.0-only is not among those allowed".to_owned()));
    assert_eq!(told("MIT AND ISC"), Some("license MIT AND ISC is not among those allowed".to_owned()));
    assert!(told("Ours").is_some_and(|fault| fault.starts_with("license Ours is no SPDX expression")));
    assert_eq!(license_fault(None, &allowed), Some("no license expression".to_owned()));
    Ok(())
}

#[test]
fn a_package_from_elsewhere_or_of_any_version_is_found() -> Result<()> {
    let allowed = vec![Licensee::parse("MIT")?];
    let git =
        serde_json::json!({"name": "x", "version": "1.0.0", "license": "MIT", "source": "git+https://example.org/x"});
    assert_eq!(faults(&git, &allowed), ["\"x\" \"1.0.0\": comes from git+https://example.org/x"]);
    let path = serde_json::json!({"name": "x", "version": "1.0.0", "license": "MIT", "source": null});
    assert_eq!(faults(&path, &allowed), ["\"x\" \"1.0.0\": comes from a path"]);
    let ours = serde_json::json!({"name": env!("CARGO_PKG_NAME"), "version": "0.1.0", "license": "MIT", "source": null,
        "dependencies": [{"name": "y", "req": "*"}, {"name": "z", "req": "^1.2"}]});
    assert_eq!(faults(&ours, &allowed), ["\"cloudtrail-cartographer\" \"0.1.0\": asks for any version of \"y\""]);
    Ok(())
}

/// Versions that have the fix of an advisory. `make audit` asks for new advisories; these must not come back.
const FIXED: [(&str, [u64; 3], &str); 2] =
    [("pyo3", [0, 29, 0], "RUSTSEC-2026-0176, RUSTSEC-2026-0177"), ("pyo3-ffi", [0, 29, 0], "goes with pyo3")];

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
fn no_lock_file_has_a_version_with_a_known_advisory() -> Result<()> {
    for lock in ["Cargo.lock", "python/Cargo.lock", "fuzz/Cargo.lock"] {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(lock))?;
        assert_eq!(unfixed(&text)?, [""; 0], "{lock}");
    }
    let old = "[[package]]\nname = \"pyo3\"\nversion = \"0.28.3\"\n";
    assert_eq!(unfixed(old)?, ["pyo3 0.28.3: RUSTSEC-2026-0176, RUSTSEC-2026-0177"]);
    Ok(())
}
