//! The sources of rule texts: the rules shipped with the program, or a folder.

use std::path::Path;

use include_dir::{Dir, include_dir};
use rayon::prelude::*;

use super::compile;
use super::weights::Weights;
use super::words::Words;
use super::{RuleError, RuleSet, link, pack};
use crate::digest::id_of;
use crate::read::{self, ReadError};

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/rules");

/// The text of one rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleText {
    /// The path relative to the rules folder, with `/`: `iam/users.toml`.
    pub path: String,
    /// The file's name in messages.
    pub file: String,
    /// The contents.
    pub text: String,
}

impl RuleText {
    /// A file that is not stored anywhere yet.
    #[must_use]
    pub fn at(path: &str, text: String) -> Self {
        Self { path: path.to_owned(), file: path.to_owned(), text }
    }

    /// The ID that belongs to the path: `iam/users`.
    pub fn id(&self) -> &str {
        self.path.strip_suffix(".toml").unwrap_or(&self.path)
    }

    /// Whether it is a shapes file.
    pub fn holds_requests(&self) -> bool {
        self.path.starts_with("requests/")
    }

    /// Whether it is a words file.
    pub fn holds_words(&self) -> bool {
        holds_words(&self.path)
    }

    /// Whether it is a calls file.
    pub fn holds_calls(&self) -> bool {
        holds_calls(&self.path)
    }

    /// Whether it is a weights file.
    pub fn holds_weights(&self) -> bool {
        self.path.starts_with("weights/")
    }

    /// Whether it is a spec, which belongs to the rule with the same name.
    pub fn is_spec(&self) -> bool {
        is_spec(&self.path)
    }

    /// All shipped files including specs, sorted by path.
    pub fn shipped() -> Vec<Self> {
        Self::shipped_where(&|_| true)
    }

    /// The shipped files whose paths satisfy `wanted`, sorted by path.
    pub fn shipped_where(wanted: &dyn Fn(&str) -> bool) -> Vec<Self> {
        let mut texts = Vec::new();
        collect_shipped(&SHIPPED, wanted, &mut texts);
        texts.sort_by(|a, b| a.path.cmp(&b.path));
        texts
    }

    /// The shipped files and the files in installed packs, which replace shipped files with the same path.
    ///
    /// # Errors
    /// Returns an error for each pack that cannot be used.
    pub fn installed() -> Result<Vec<Self>, Vec<RuleError>> {
        let packs = pack::installed()?;
        Ok(packs.into_iter().fold(Self::shipped(), |texts, pack| Self::over(texts, pack.texts)))
    }

    /// The shipped files, the files in installed packs, and the files in a folder.
    ///
    /// # Errors
    /// Like [`RuleText::installed`], and an error for each file in the folder that cannot be read.
    pub fn installed_and(dir: &Path) -> Result<Vec<Self>, Vec<RuleError>> {
        Ok(Self::over(Self::installed()?, Self::in_dir(dir)?))
    }

    /// Combines texts with other texts, which replace those with the same path.
    #[must_use]
    pub fn over(mut texts: Vec<Self>, own: Vec<Self>) -> Vec<Self> {
        let paths: foldhash::HashSet<&str> = own.iter().map(|text| text.path.as_str()).collect();
        texts.retain(|text| !paths.contains(text.path.as_str()));
        texts.extend(own);
        texts
    }

    /// The shipped files together with the files in a folder. A file with the same path replaces the shipped file.
    ///
    /// # Errors
    /// Returns an error for each file in the folder that cannot be read.
    pub fn shipped_and(dir: &Path) -> Result<Vec<Self>, Vec<RuleError>> {
        Ok(Self::shipped_under(Self::in_dir(dir)?))
    }

    /// The shipped files together with other files. A file with the same path replaces the shipped file.
    pub fn shipped_under(own: Vec<Self>) -> Vec<Self> {
        Self::over(Self::shipped(), own)
    }

    /// All `.toml` files in a folder and its subfolders, including specs, sorted by path.
    ///
    /// # Errors
    /// Returns an error for each file that cannot be read.
    pub fn in_dir(dir: &Path) -> Result<Vec<Self>, Vec<RuleError>> {
        let mut errors = Vec::new();
        let mut texts = Vec::new();
        for text in read::texts(dir, "toml") {
            match text {
                // A pack's folder can also be used as a folder of rules.
                Ok(text) if text.path == pack::MANIFEST => {}
                Ok(text) => texts.push(Self { path: text.path, file: text.file, text: text.text }),
                Err(error) => errors.push(unreadable(dir, &error)),
            }
        }
        if errors.is_empty() { Ok(texts) } else { Err(errors) }
    }
}

/// Whether the file at a path is a spec.
pub(crate) fn is_spec(path: &str) -> bool {
    path.ends_with(".spec.toml")
}

/// Whether the file at a path contains calls.
pub(crate) fn holds_calls(path: &str) -> bool {
    path.starts_with("calls/")
}

/// Whether the file at a path contains words.
pub(crate) fn holds_words(path: &str) -> bool {
    path.starts_with("words/")
}

fn collect_shipped(dir: &Dir<'_>, wanted: &dyn Fn(&str) -> bool, texts: &mut Vec<RuleText>) {
    for file in dir.files().filter(|file| file.path().extension().is_some_and(|extension| extension == "toml")) {
        let path = file.path().to_string_lossy().replace('\\', "/");
        if !wanted(&path) {
            continue;
        }
        let text = file.contents_utf8().unwrap_or_default().to_owned();
        texts.push(RuleText { file: format!("rules/{path}"), path, text });
    }
    dir.dirs().for_each(|dir| collect_shipped(dir, wanted, texts));
}

fn unreadable(dir: &Path, error: &ReadError) -> RuleError {
    let problem = format!("cannot read the file: {error}");
    RuleError { file: dir.display().to_string(), line: 1, key: String::new(), problem }
}

impl RuleSet {
    /// The rules shipped with the program.
    ///
    /// # Errors
    /// Returns all errors in the rules.
    pub fn shipped() -> Result<Self, Vec<RuleError>> {
        // Specs make up half of all files, and only `rules test` needs them.
        Self::compile(RuleText::shipped_where(&|path| !is_spec(path) && !holds_calls(path)))
    }

    /// Compiles rule texts, in any order. Specs are ignored.
    ///
    /// # Errors
    /// Returns all errors, ordered by file and line.
    pub fn compile(texts: Vec<RuleText>) -> Result<Self, Vec<RuleError>> {
        let is_rule = |text: &RuleText| !text.is_spec() && !text.holds_calls();
        let mut texts: Vec<RuleText> = texts.into_iter().filter(is_rule).collect();
        texts.sort_by(|a, b| a.path.cmp(&b.path));
        let version = version(&texts);
        let (words, texts): (Vec<_>, Vec<_>) = texts.into_iter().partition(RuleText::holds_words);
        let (weights, texts): (Vec<_>, Vec<_>) = texts.into_iter().partition(RuleText::holds_weights);
        let words = Words::compile(&words);
        let weights = Weights::compile(&weights);
        let (mut files, mut errors) = (Vec::new(), words.as_ref().err().cloned().unwrap_or_default());
        errors.extend(weights.as_ref().err().cloned().unwrap_or_default());
        // Files are compiled in parallel, because every command waits for this.
        let compile = |text: RuleText| match compile::file(&text) {
            Ok(file) => Ok((text, file)),
            Err(collector) => Err(collector),
        };
        for compiled in texts.into_par_iter().map(compile).collect::<Vec<_>>() {
            match compiled {
                Ok(file) => files.push(file),
                Err(collector) => errors.extend(collector),
            }
        }
        // If a file has errors, errors between files would be misleading, so they are not reported.
        let linked = match (words, weights) {
            (Ok(words), Ok(weights)) if errors.is_empty() => {
                link::link(files, version).map(|set| set.with_words(words).with_weights(weights.unwrap_or_default()))
            }
            _ => Err(errors),
        };
        linked.map_err(|mut errors| {
            errors.sort();
            errors
        })
    }
}

fn version(texts: &[RuleText]) -> String {
    let parts: Vec<&str> = texts.iter().flat_map(|text| [text.path.as_str(), text.text.as_str()]).collect();
    id_of(&parts, 8)
}
