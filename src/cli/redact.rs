//! `--redact`: exports and reports without values that identify people, accounts and machines.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use cartographer::export;
use cartographer::notes::{Note, TargetKind};
use cartographer::read::file;
use cartographer::redact::{MIN_SECRET, Redaction, Redactor};
use cartographer::store::Case;
use clap::{Args, ValueEnum};

use super::case::CaseArgs;
use super::fail::WithAdvice;

/// Which values to replace, and the secret key to use.
#[derive(Debug, Args)]
pub(crate) struct RedactArgs {
    /// Replace these values with pseudonyms wherever they occur; the same value always gets the same pseudonym
    #[arg(long, value_enum, value_delimiter = ',', value_name = "KINDS")]
    redact: Vec<RedactKind>,
    /// The file with the secret key for pseudonyms, created if it does not exist; exports with the same key use the same
    /// pseudonyms [default: a new random key each time]
    #[arg(long, value_name = "FILE", requires = "redact")]
    redact_key: Option<PathBuf>,
}

/// What is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RedactKind {
    /// Access key IDs, unique IDs of users and roles, tokens
    Keys,
    /// Account IDs
    Accounts,
    /// IP addresses
    Addresses,
    /// Names of users, roles, role sessions and groups, and email addresses
    Names,
    /// All of the above
    All,
}

impl RedactKind {
    fn redactions(self) -> Vec<Redaction> {
        match self {
            Self::Keys => vec![Redaction::Keys],
            Self::Accounts => vec![Redaction::Accounts],
            Self::Addresses => vec![Redaction::Addresses],
            Self::Names => vec![Redaction::Names],
            Self::All => Redaction::ALL.to_vec(),
        }
    }
}

impl RedactArgs {
    /// Opens a case for an export. If values are to be replaced, opens a redacted copy in the folder `aside` instead, and
    /// returns the redactor as well.
    pub(crate) fn open(
        &self,
        case: &CaseArgs,
        aside: &Path,
        output: Option<&Path>,
    ) -> Result<(Case, Option<Redactor>)> {
        if self.redact.is_empty() {
            return Ok((case.open_for_export(aside, output)?, None));
        }
        let kinds = self.kinds();
        let secret = self.secret()?;
        let copy = aside.join("redacted.duckdb");
        let original = case.open_for_export(&aside.join("original"), None)?;
        let redactor =
            export::redacted(&original, &kinds, &secret, &copy).context("cannot replace values in the case")?;
        drop(original);
        Ok((CaseArgs::at(copy).open_for_export(&aside.join("spilled"), output)?, Some(redactor)))
    }

    /// The kinds of values to replace, each once.
    pub(crate) fn kinds(&self) -> Vec<Redaction> {
        let mut kinds: Vec<Redaction> = self.redact.iter().flat_map(|kind| kind.redactions()).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    }

    fn secret(&self) -> Result<Vec<u8>> {
        let Some(path) = &self.redact_key else { return random() };
        match file::regular(path).and_then(file::read) {
            Ok(secret) if secret.len() >= MIN_SECRET => Ok(secret),
            Ok(_) => bail!(WithAdvice::new(
                format!("{} contains fewer than {MIN_SECRET} bytes, so the key could be guessed", path.display()),
                "Specify a file that does not exist; it is created with a random key."
            )),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let cannot = || format!("cannot create {}", path.display());
                let secret = hex::encode(random()?);
                let mut file = OpenOptions::new().write(true).create_new(true).open(path).with_context(cannot)?;
                file.write_all(secret.as_bytes()).and_then(|()| file.sync_all()).with_context(cannot)?;
                Ok(secret.into_bytes())
            }
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }
}

fn random() -> Result<Vec<u8>> {
    let mut secret = vec![0; 32];
    match getrandom::fill(&mut secret) {
        Ok(()) => Ok(secret),
        Err(_) => bail!("the system could not provide random numbers"),
    }
}

/// Redacted notes, which refer to the same things in the redacted copy of the case.
pub(crate) fn redacted_notes(redactor: Option<&Redactor>, mut notes: Vec<Note>) -> Vec<Note> {
    let Some(redactor) = redactor else { return notes };
    for note in &mut notes {
        note.text = redactor.text(&note.text).into_owned();
        note.author = redactor.text(&note.author).into_owned();
        if let Some(target) = &mut note.target {
            target.id = match target.kind {
                TargetKind::Click | TargetKind::Session => redactor.id(&target.id),
                TargetKind::Entity => redactor.text(&target.id).into_owned(),
                TargetKind::Event => target.id.clone(),
            };
        }
    }
    notes
}
