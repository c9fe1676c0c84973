//! Rule packs: folders of rules with a manifest, which are installed once and used by every command.
//!
//! A pack comes from someone else, so its files are checked before any part of it is stored: their paths, their sizes,
//! and the texts that are shown to people.

use std::collections::BTreeSet;
use std::path::PathBuf;

use etcetera::BaseStrategy;
use serde::Deserialize;
use thiserror::Error;

use super::{RuleError, RuleText};
use crate::read;
use crate::signal::leads_to_console;

/// The file with the manifest.
pub const MANIFEST: &str = "pack.toml";
/// The environment variable that specifies a different packs folder.
pub const PACKS_VARIABLE: &str = "CARTOGRAPHER_PACKS";
/// The maximum number of files in a pack.
const MAX_FILES: usize = 5_000;
/// The maximum size of one file, in bytes.
const MAX_FILE: usize = 1 << 20;
/// The maximum size of all files together, in bytes.
pub const MAX_PACK: u64 = 32 << 20;
/// The maximum length of a rule text that is shown, in bytes.
const MAX_TEXT: usize = 1_000;
/// The maximum depth of folders in a pack.
const MAX_LEVELS: usize = 8;

/// What a pack states about itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackManifest {
    /// Its name: lowercase letters, digits and hyphens.
    pub name: String,
    /// Its version: `1.2.0`.
    pub version: String,
    /// Its license, as an SPDX expression.
    pub license: String,
    /// What its rules are based on: `recordings of eu-west-1, March 2026`.
    pub observed_on: String,
    /// A sentence about it.
    pub description: Option<String>,
}

/// A pack whose files have been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// The manifest.
    pub manifest: PackManifest,
    /// The manifest's text.
    pub manifest_text: String,
    /// The rules and their specs. The file name of each one includes the pack and its version.
    pub texts: Vec<RuleText>,
}

/// Why a pack was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PackError {
    /// There is no manifest.
    #[error("there is no {MANIFEST} that states the pack's name, version, license and observed_on")]
    NoManifest,
    /// The manifest cannot be used.
    #[error("{MANIFEST}: {0}")]
    Manifest(String),
    /// A path that leads out of the pack, or that is not valid for a rule.
    #[error("{0:?} is not the path of a rule, a spec or shapes, such as iam/users.toml")]
    Path(String),
    /// There are too many files, or they are too large.
    #[error("{0}")]
    TooLarge(String),
    /// A file that cannot be used.
    #[error("{path}: {problem}")]
    File {
        /// The path in the pack.
        path: String,
        /// What is wrong.
        problem: String,
    },
}

impl Pack {
    /// Checks the files of a pack: paths relative to its folder, with `/`, and contents.
    ///
    /// # Errors
    /// The first file that cannot be used.
    pub fn of(files: Vec<(String, Vec<u8>)>) -> Result<Self, PackError> {
        if files.len() > MAX_FILES {
            return Err(PackError::TooLarge(format!(
                "the pack contains {} files; at most {MAX_FILES} are allowed",
                files.len()
            )));
        }
        let files = without_folder(files);
        let mut manifest_text = None;
        let mut texts = Vec::new();
        for (path, bytes) in files {
            if bytes.len() > MAX_FILE {
                return Err(PackError::TooLarge(format!("{path} is larger than {} KiB", MAX_FILE >> 10)));
            }
            let text = String::from_utf8(bytes)
                .map_err(|_| PackError::File { path: path.clone(), problem: "expected UTF-8".to_owned() });
            if path == MANIFEST {
                manifest_text = Some(text?);
            } else if std::path::Path::new(&path).extension().is_some_and(|ending| ending == "toml") {
                check_path(&path)?;
                texts.push(RuleText { file: path.clone(), path, text: text? });
            } else if has_traversal(&path) {
                return Err(PackError::Path(path));
            }
        }
        let manifest_text = manifest_text.ok_or(PackError::NoManifest)?;
        let manifest = manifest(&manifest_text)?;
        let mut paths = BTreeSet::new();
        for text in &mut texts {
            if !paths.insert(text.path.to_lowercase()) {
                return Err(PackError::File {
                    path: text.path.clone(),
                    problem: "the pack contains this file twice".to_owned(),
                });
            }
            check_texts(text)?;
            text.file = format!("{}@{}/{}", manifest.name, manifest.version, text.path);
        }
        texts.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { manifest, manifest_text, texts })
    }
}

/// The files without the top-level folder that contains all of them, as is usual in archives.
fn without_folder(files: Vec<(String, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    let folder = files.first().and_then(|(path, _)| path.split_once('/')).map(|(folder, _)| format!("{folder}/"));
    match folder {
        Some(folder)
            if files.iter().all(|(path, _)| path.starts_with(&folder))
                && files.iter().any(|(path, _)| path[folder.len()..] == *MANIFEST) =>
        {
            files.into_iter().map(|(path, bytes)| (path[folder.len()..].to_owned(), bytes)).collect()
        }
        _ => files,
    }
}

fn has_traversal(path: &str) -> bool {
    path.starts_with('/')
        || path.contains('\\')
        || path.contains(':')
        || path.split('/').any(|part| part == ".." || part.is_empty())
}

/// A pack contains rules, specs and shapes. Words, weights and call descriptions would change what other rules mean.
fn check_path(path: &str) -> Result<(), PackError> {
    let is_part = |part: &str| {
        !part.is_empty()
            && part.len() <= 80
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte))
    };
    let parts: Vec<&str> = path.split('/').collect();
    let is_ours = !matches!(parts.first(), Some(&("words" | "weights" | "calls" | "generic")));
    if has_traversal(path)
        || !(2..=MAX_LEVELS).contains(&parts.len())
        || !parts.iter().all(|part| is_part(part))
        || !is_ours
    {
        return Err(PackError::Path(path.to_owned()));
    }
    Ok(())
}

fn manifest(text: &str) -> Result<PackManifest, PackError> {
    let manifest: PackManifest =
        toml::from_str(text).map_err(|error| PackError::Manifest(error.message().trim().to_owned()))?;
    let is_name = |name: &str| {
        (1..=60).contains(&name.len())
            && !name.starts_with('-')
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let is_version = |version: &str| {
        (1..=40).contains(&version.len())
            && version.starts_with(|char: char| char.is_ascii_digit())
            && version.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-+".contains(&byte))
    };
    let problem = if !is_name(&manifest.name) {
        Some("name: expected lowercase letters, digits and hyphens".to_owned())
    } else if !is_version(&manifest.version) {
        Some("version: expected a version such as 1.0.0".to_owned())
    } else {
        let texts = [
            ("license", Some(&manifest.license)),
            ("observed_on", Some(&manifest.observed_on)),
            ("description", manifest.description.as_ref()),
        ];
        texts.into_iter().find_map(|(key, text)| {
            let text = text?;
            let problem = if text.trim().is_empty() { Some("is empty") } else { text_problem(text) };
            problem.map(|problem| format!("{key}: the text {problem}"))
        })
    };
    problem.map_or(Ok(manifest), |problem| Err(PackError::Manifest(problem)))
}

/// Checks the texts of a rule that are shown to people.
fn check_texts(text: &RuleText) -> Result<(), PackError> {
    let table: toml::Table = text.text.parse().map_err(|error: toml::de::Error| PackError::File {
        path: text.path.clone(),
        problem: error.message().trim().to_owned(),
    })?;
    if text.is_spec() {
        return Ok(());
    }
    let shown = ["title", "summary", "url"].into_iter().filter_map(|key| Some((key, table.get(key)?.as_str()?)));
    let place = table.get("console_path").and_then(toml::Value::as_array).into_iter().flatten();
    let place = place.filter_map(|part| Some(("console_path", part.as_str()?)));
    for (key, shown) in shown.chain(place) {
        if let Some(problem) = text_problem(shown) {
            return Err(PackError::File { path: text.path.clone(), problem: format!("{key}: the text {problem}") });
        }
    }
    // The region is the only placeholder in the host name of a link.
    let url = table.get("url").and_then(toml::Value::as_str);
    if url.is_some_and(|url| !leads_to_console(&url.replace("{region}", "eu-west-1"))) {
        let problem = "url: the link does not lead to the AWS console".to_owned();
        return Err(PackError::File { path: text.path.clone(), problem });
    }
    Ok(())
}

/// What is wrong with a text that is shown to people, if anything is.
pub fn text_problem(text: &str) -> Option<&'static str> {
    let is_bidirectional =
        |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    let opens_tag = |(at, _): (usize, char)| {
        text[at + 1..].starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'))
    };
    if text.len() > MAX_TEXT {
        Some("is longer than 1000 bytes")
    } else if text.chars().any(|c| c.is_control() || is_bidirectional(c)) {
        Some("contains control characters")
    } else if text.char_indices().filter(|(_, c)| *c == '<').any(opens_tag) {
        Some("contains HTML")
    } else {
        None
    }
}

/// The folder with the installed packs: `CARTOGRAPHER_PACKS`, or `cartographer/packs` in the user's configuration
/// folder. `None` if this user does not have such a folder.
#[must_use]
pub fn packs_folder() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os(PACKS_VARIABLE) {
        return Some(PathBuf::from(folder)).filter(|folder| !folder.as_os_str().is_empty());
    }
    let strategy = etcetera::choose_base_strategy().ok()?;
    Some(strategy.config_dir().join("cartographer").join("packs"))
}

/// The installed packs, by name.
///
/// # Errors
/// Returns an error for each pack that cannot be used.
pub fn installed() -> Result<Vec<Pack>, Vec<RuleError>> {
    let Some(folder) = packs_folder().filter(|folder| folder.is_dir()) else { return Ok(Vec::new()) };
    let mut files: std::collections::BTreeMap<String, Vec<(String, Vec<u8>)>> = std::collections::BTreeMap::new();
    let mut errors = Vec::new();
    let error =
        |problem: String| RuleError { file: folder.display().to_string(), line: 1, key: String::new(), problem };
    for text in read::texts(&folder, "toml") {
        match text {
            Ok(text) => {
                // A pack that is being installed is in a folder whose name starts with a period.
                if let Some((name, path)) = text.path.split_once('/').filter(|(name, _)| !name.starts_with('.')) {
                    files.entry(name.to_owned()).or_default().push((path.to_owned(), text.text.into_bytes()));
                }
            }
            Err(problem) => errors.push(error(problem.to_string())),
        }
    }
    let mut packs = Vec::new();
    for (name, files) in files {
        match Pack::of(files) {
            Ok(pack) => packs.push(pack),
            Err(problem) => errors.push(error(format!("pack {name}: {problem}"))),
        }
    }
    if errors.is_empty() { Ok(packs) } else { Err(errors) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST_TEXT: &str =
        "name = \"acme\"\nversion = \"1.2.0\"\nlicense = \"MIT\"\nobserved_on = \"recordings of March 2026\"\n";
    const RULE: &str = "id = \"iam/passkeys\"\ntitle = \"IAM › Passkeys\"\nsummary = \"Opened the list of passkeys\"\nkind = \"list\"\nconsole_path = [\"IAM\"]\nrequired = [\"iam:ListPasskeys\"]\n";

    fn pack(files: &[(&str, &str)]) -> Result<Pack, String> {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        Pack::of(files).map_err(|error| error.to_string())
    }

    #[test]
    fn rule_file_contains_pack_name_and_version() {
        let found = pack(&[("acme-1.2.0/pack.toml", MANIFEST_TEXT), ("acme-1.2.0/iam/passkeys.toml", RULE)]).unwrap();
        assert_eq!(found.texts[0].path, "iam/passkeys.toml");
        assert_eq!(found.texts[0].file, "acme@1.2.0/iam/passkeys.toml");
    }

    #[test]
    fn malicious_packs_are_rejected_with_cause() {
        let with = |path: &str, text: &str| pack(&[("pack.toml", MANIFEST_TEXT), (path, text)]).unwrap_err();
        for path in
            ["../evil.toml", "iam/../../evil.toml", "/etc/evil.toml", "iam\\evil.toml", "C:/evil.toml", "evil.toml"]
        {
            assert!(with(path, RULE).contains("is not the path of a rule"), "{path}");
        }
        assert!(with("../evil.sh", "rm").contains("is not the path"));
        assert!(with("words/verbs.toml", "").contains("is not the path"), "a pack cannot change words");
        let script = RULE.replace("Opened the list", "<script>alert(1)</script> Opened the list");
        assert_eq!(with("iam/passkeys.toml", &script), "iam/passkeys.toml: summary: the text contains HTML");
        for link in ["javascript:alert(1)", "https://evil.example/{region}", "https://{region}.evil.example/"] {
            let linked = format!("{RULE}url = \"{link}\"\n");
            let problem = "iam/passkeys.toml: url: the link does not lead to the AWS console";
            assert_eq!(with("iam/passkeys.toml", &linked), problem);
        }
        let linked = format!("{RULE}url = \"https://{{region}}.console.aws.amazon.com/iam/home#/passkeys\"\n");
        assert!(pack(&[("pack.toml", MANIFEST_TEXT), ("iam/passkeys.toml", &linked)]).is_ok());
        let version = MANIFEST_TEXT.replace("1.2.0", "latest");
        assert!(pack(&[("pack.toml", &version)]).unwrap_err().contains("version: expected a version such as 1.0.0"));
        let escape = RULE.replace("Opened", "\\u001b[2J Opened");
        assert!(with("iam/passkeys.toml", &escape).contains("control characters"));
        let long = RULE.replace("Opened", &"{region}".repeat(100_000));
        assert!(with("iam/passkeys.toml", &long).contains("longer than 1000 bytes"));
        let huge = format!("{RULE}# {}", "x".repeat(2 << 20));
        assert!(with("iam/passkeys.toml", &huge).contains("larger than 1024 KiB"));
        let deep = format!("{RULE}x = {}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(with("iam/passkeys.toml", &deep).starts_with("iam/passkeys.toml: "));
        assert!(pack(&[("iam/passkeys.toml", RULE)]).unwrap_err().contains("there is no pack.toml"));
        let name = MANIFEST_TEXT.replace("acme", "../acme");
        assert!(pack(&[("pack.toml", &name)]).unwrap_err().contains("name: expected lowercase"));
        let twice = pack(&[("pack.toml", MANIFEST_TEXT), ("iam/a.toml", RULE), ("iam/a.toml", RULE)]);
        assert!(twice.unwrap_err().contains("the pack contains this file twice"));
    }
}
