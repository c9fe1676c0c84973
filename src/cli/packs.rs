//! `cartographer rules add`, `rules remove`, `rules packs` and `rules diff`

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use cartographer::batch;
use cartographer::counted::counted;
use cartographer::learn::{self, ChangedClick};
use cartographer::present;
use cartographer::read::{self, MemoryBudget};
use cartographer::rule::pack::{self, MANIFEST, MAX_PACK, Pack};
use cartographer::rule::{RuleSet, RuleText};
use cartographer::spec;
use clap::Args;
use rayon::prelude::*;
use walkdir::WalkDir;

use super::case::CaseArgs;
use super::fail::WithAdvice;
use super::format::{self, RowFormat};
use super::learn::console_events;
use super::own_rules::first;
use super::{ExitCode, Streams};

/// The maximum number of files and folders in a pack's folder, including files that are not rules.
const MAX_ENTRIES: usize = 10_000;

/// Install a rule pack: a folder or archive with rules and a pack.toml file
///
/// The rules are checked and tested before anything is installed. Every command then uses them in addition to the
/// shipped rules. Packs are stored in the user's configuration folder, or in the folder specified by
/// `CARTOGRAPHER_PACKS`. If the pack is already installed, it is replaced.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer rules add ./acme-rules
  cartographer rules add acme-rules-1.2.0.tar.gz")]
pub(crate) struct Add {
    /// The folder or archive
    #[arg(value_name = "PACK")]
    pack: String,
}

/// List the installed rule packs
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer rules packs
  cartographer rules packs --format json")]
pub(crate) struct Packs {
    /// Output format
    #[arg(long, value_enum, default_value = "table")]
    format: RowFormat,
}

/// Remove an installed rule pack
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer rules remove acme
  cartographer rules remove acme --quiet")]
pub(crate) struct Remove {
    /// The name of the pack, from `rules packs`
    name: String,
}

/// Show which clicks in a case would change with different rules
///
/// Maps every console session with both sets of rules, without changing the case. A set is `shipped`, `installed` (the
/// shipped rules and the installed packs), or a folder. A folder with its own words and weights is a complete catalog;
/// the rules in any other folder are added to the shipped rules.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer rules diff shipped my-rules --db case.duckdb
  cartographer rules diff old/rules new/rules --db case.duckdb --format csv")]
pub(crate) struct Diff {
    /// The old set of rules
    old: String,
    /// The new set of rules
    new: String,
    #[command(flatten)]
    case: CaseArgs,
    /// Output format
    #[arg(long, value_enum, default_value = "table")]
    format: RowFormat,
}

impl Add {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let refused = || WithAdvice::new(format!("the pack {} was not installed", self.pack), "Nothing was changed.");
        let pack = files(&self.pack).and_then(|files| Ok(Pack::of(files)?)).with_context(refused)?;
        let installed = pack::installed().map_err(first).with_context(refused)?;
        let (replaced, others): (Vec<Pack>, Vec<Pack>) =
            installed.into_iter().partition(|installed| installed.manifest.name == pack.manifest.name);
        let cases = check(&pack, others).with_context(refused)?;
        let Some(folder) = pack::packs_folder() else {
            bail!(WithAdvice::new("there is no configuration folder", "Set CARTOGRAPHER_PACKS to a folder."));
        };
        let target = folder.join(&pack.manifest.name);
        let cannot = || format!("cannot write {}", target.display());
        // Written to a temporary folder first, so that a pack is installed completely or not at all.
        fs::create_dir_all(&folder).with_context(cannot)?;
        let new = tempfile::Builder::new().prefix(".new-").tempdir_in(&folder).with_context(cannot)?;
        write(new.path(), MANIFEST, &pack.manifest_text)?;
        pack.texts.iter().try_for_each(|text| write(new.path(), &text.path, &text.text))?;
        if target.exists() {
            fs::remove_dir_all(&target).with_context(cannot)?;
        }
        fs::rename(new.keep(), &target).with_context(cannot)?;
        let rules = pack.texts.iter().filter(|text| !text.is_spec() && !text.holds_requests()).count();
        let (name, version) = (&pack.manifest.name, &pack.manifest.version);
        let instead = replaced.first().map_or_else(String::new, |old| format!(", replacing {}", old.manifest.version));
        let (rules, cases) = (counted(rules, "rule", "rules"), counted(cases, "test case", "test cases"));
        streams.say(&format!("installed {name} {version}{instead}: {rules}, {cases} passed"));
        Ok(ExitCode::Fine)
    }
}

fn write(folder: &Path, path: &str, text: &str) -> Result<()> {
    let path = folder.join(path);
    let cannot = || format!("cannot write {}", path.display());
    path.parent().map_or(Ok(()), fs::create_dir_all).with_context(cannot)?;
    fs::write(&path, text).with_context(cannot)
}

/// The files of a folder or an archive. Links are not followed.
fn files(input: &str) -> Result<Vec<(String, Vec<u8>)>> {
    let path = Path::new(input);
    if path.is_dir() {
        return folder_files(path);
    }
    let found = read::discover(&[input.to_owned()]);
    if let Some(problem) = found.problems.into_iter().next() {
        return Err(problem.into());
    }
    let [source] = &found.sources[..] else { bail!("{input} is not a single file") };
    let opened = read::fetch_within(source, MAX_PACK)?.unpack_within(&MemoryBudget::new(2 * MAX_PACK))?;
    if let Some(problem) = opened.problems.first() {
        bail!("{problem}");
    }
    if let Some(link) = opened.links.first() {
        bail!("{link} is a link or a special file");
    }
    let member = |name: &str| name.split_once('!').map(|(_, member)| member.to_owned());
    let files = opened.documents.into_iter().map(|document| {
        let path = member(&document.name).ok_or_else(|| anyhow!("{input} is neither a folder nor an archive"))?;
        Ok((path.trim_start_matches("./").to_owned(), document.text))
    });
    files.collect()
}

/// The TOML files of a folder. Links and devices are refused: they could refer to files on this machine that are not part
/// of the pack.
fn folder_files(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let (mut files, mut bytes) = (Vec::new(), 0);
    for (at, entry) in WalkDir::new(folder).into_iter().enumerate() {
        let entry = entry?;
        let path = entry.path().strip_prefix(folder)?;
        if at >= MAX_ENTRIES {
            bail!("the folder contains more than {MAX_ENTRIES} files and folders");
        }
        if entry.file_type().is_dir() {
            continue;
        }
        if !entry.file_type().is_file() {
            let shown = if path.as_os_str().is_empty() { folder } else { path };
            bail!("{} is a link or a special file", shown.display());
        }
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        bytes += entry.metadata()?.len();
        if bytes > MAX_PACK {
            bail!("the folder contains more than {} MiB of rules", MAX_PACK >> 20);
        }
        let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        files.push((parts.join("/"), fs::read(entry.path())?));
    }
    Ok(files)
}

/// Compiles a pack with the shipped rules and the other installed packs, and runs the specs that it can affect.
fn check(pack: &Pack, others: Vec<Pack>) -> Result<usize> {
    let mut before: Vec<RuleText> = RuleText::shipped();
    for other in others {
        let shared = other.texts.iter().find(|text| pack.texts.iter().any(|own| own.path == text.path));
        if let Some(text) = shared {
            bail!("the pack {} also contains {}", other.manifest.name, text.path);
        }
        before = RuleText::over(before, other.texts);
    }
    let old = RuleSet::compile(before.clone()).map_err(first)?;
    let after = RuleText::over(before, pack.texts.clone());
    let new = RuleSet::compile(after.clone()).map_err(first)?;
    let own: Vec<&RuleText> = pack.texts.iter().filter(|text| text.is_spec()).collect();
    for text in pack.texts.iter().filter(|text| !text.is_spec() && !text.holds_requests()) {
        let spec = text.path.replace(".toml", ".spec.toml");
        if !own.iter().any(|own| own.path == spec) {
            bail!("{} has no spec", text.path);
        }
    }
    let mut cases = 0;
    for text in &own {
        cases += spec::run(&new, text).map_err(|failures| anyhow!("{}", failures[0]))?;
    }
    let others: Vec<&RuleText> =
        after.iter().filter(|text| text.is_spec() && !text.holds_calls() && !text.file.contains('@')).collect();
    let broken = others.into_par_iter().find_map_first(|text| {
        let failure = spec::run(&new, text).err()?.into_iter().next()?;
        spec::run(&old, text).is_ok().then_some(failure)
    });
    broken.map_or(Ok(cases), |failure| Err(anyhow!("a shipped spec fails with this pack: {failure}")))
}

impl Packs {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let packs = pack::installed().map_err(first)?;
        format::write(streams, self.format, &[present::packs(&packs)?])?;
        Ok(ExitCode::Fine)
    }
}

impl Remove {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let is_name = self.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        let folder = pack::packs_folder().map(|folder| folder.join(&self.name));
        let folder = folder.filter(|folder| is_name && !self.name.is_empty() && folder.join(MANIFEST).is_file());
        let Some(folder) = folder else {
            let problem = format!("no pack {:?} is installed", self.name);
            bail!(WithAdvice::new(problem, "`cartographer rules packs` lists the installed packs."));
        };
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
        streams.say(&format!("removed {}", self.name));
        Ok(ExitCode::Fine)
    }
}

impl Diff {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let (old, new) = (set(&self.old)?, set(&self.new)?);
        let case = self.case.open_read_only()?;
        let batches = self.case.ask(&case, &console_events(), &[])?;
        let sessions = batch::sessions(&batches)?;
        let changes: Vec<Vec<ChangedClick>> =
            sessions.par_iter().map(|session| learn::diff(&old, &new, session)).collect();
        let changes = changes.concat();
        format::write(streams, self.format, &[present::changed_clicks(&changes)?])?;
        let clicks = counted(changes.len(), "click changes", "clicks change");
        streams.say(&format!("{clicks} in {}", counted(sessions.len(), "console session", "console sessions")));
        Ok(ExitCode::Fine)
    }
}

/// The set of rules that an argument of `diff` refers to.
fn set(name: &str) -> Result<RuleSet> {
    let folder = PathBuf::from(name);
    let texts = match name {
        "shipped" => Ok(RuleText::shipped()),
        "installed" => RuleText::installed(),
        _ if folder.join("words").is_dir() && folder.join("weights").is_dir() => RuleText::in_dir(&folder),
        _ if folder.is_dir() => RuleText::shipped_and(&folder),
        _ => bail!(WithAdvice::misuse(
            format!("{name:?} is not a set of rules"),
            "Use shipped, installed, or an existing folder with rules."
        )),
    };
    texts.and_then(RuleSet::compile).map_err(first).with_context(|| format!("cannot read the rules {name}"))
}
