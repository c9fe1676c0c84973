//! `cartographer timeline`

use std::io::Write;

use anyhow::Result;
use arrow::record_batch::RecordBatch;
use cartographer::event::Timestamp;
use cartographer::present::{self, Class, Entry, Head, PresentError};
use cartographer::signal::Kind;
use cartographer::store::Case;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::case::CaseArgs;
use super::format::{self, TimelineFormat};
use super::{ExitCode, Streams, moment};

/// Show what was clicked: one line a signal, unexplained console events in place
///
/// As text, sessions follow each other, each with its lines in order of time; consecutive unexplained events of one
/// service share a line, and `~0.72` is the confidence of a signal that is not certain. The other formats give the rows
/// of the view `timeline` in order of time.
#[derive(Debug, Args)]
pub(crate) struct Timeline {
    #[command(flatten)]
    case: CaseArgs,
    #[command(flatten)]
    filter: Filter,
    /// As text, end each line with how the id of its signal or event begins, for `explain`
    #[arg(long)]
    ids: bool,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: TimelineFormat,
}

/// Which rows of the timeline.
#[derive(Debug, Args)]
struct Filter {
    /// Only sessions whose id begins so
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Only what lasted until this moment or later: RFC 3339, or YYYY-MM-DD[ HH:MM[:SS]] in UTC
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    from: Option<Timestamp>,
    /// Only what began before this moment
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    to: Option<Timestamp>,
    /// Only this service, as its API names it: iam, s3, ec2 … (repeatable)
    #[arg(long, value_name = "SERVICE")]
    service: Vec<String>,
    /// Only signals of this kind (repeatable)
    #[arg(long, value_name = "KIND", value_parser = kind_parser())]
    kind: Vec<Kind>,
    /// Background signals and programmatic events too
    #[arg(long)]
    all: bool,
}

impl Timeline {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let case = self.case.open_read_only()?;
        let (sql, params) = self.filter.query();
        let batches = self.case.ask(&case, &sql, &params)?;
        match self.format.rows() {
            Some(rows) => format::write(streams, rows, &batches)?,
            None => self.text(streams, &case, &batches)?,
        }
        if batches.iter().all(|batch| batch.num_rows() == 0) {
            streams.say("nothing to show; `cartographer sessions --all` lists who is in the case");
        }
        Ok(ExitCode::Fine)
    }

    fn text(&self, streams: Streams, case: &Case, batches: &[RecordBatch]) -> Result<()> {
        let sessions = self.case.ask(case, "SELECT * FROM sessions", &[])?;
        let (entries, heads) = (each(batches, Entry::read)?, each(&sessions, Head::read)?);
        let mut out = streams.text();
        present::timeline(&mut out, &entries, &heads, self.ids)?;
        out.flush()?;
        streams.say_rows(entries.len());
        Ok(())
    }
}

fn each<T>(batches: &[RecordBatch], read: fn(&RecordBatch) -> Result<Vec<T>, PresentError>) -> Result<Vec<T>> {
    let rows: Result<Vec<Vec<T>>, _> = batches.iter().map(read).collect();
    Ok(rows?.into_iter().flatten().collect())
}

fn kind_parser() -> impl TypedValueParser<Value = Kind> {
    let names = Kind::ALL.map(Kind::as_str);
    PossibleValuesParser::new(names)
        .try_map(|name| Kind::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or("clap lets only kinds through"))
}

impl Filter {
    /// The query, and its parameters in order: what was typed is never part of the SQL.
    fn query(&self) -> (String, Vec<String>) {
        let (mut conditions, mut params) = (vec!["true".to_owned()], Vec::new());
        let mut also = |condition: String, values: Vec<String>| {
            conditions.push(condition);
            params.extend(values);
        };
        if let Some(prefix) = &self.session {
            also("starts_with(session_id, ?)".to_owned(), vec![prefix.clone()]);
        }
        if let Some(from) = self.from {
            also("coalesce(last_time, time) >= make_timestamp(CAST(? AS BIGINT))".to_owned(), vec![from.0.to_string()]);
        }
        if let Some(to) = self.to {
            also("time < make_timestamp(CAST(? AS BIGINT))".to_owned(), vec![to.0.to_string()]);
        }
        if !self.service.is_empty() {
            also(one_of("service", self.service.len()), self.service.iter().map(|name| name.to_lowercase()).collect());
        }
        if !self.kind.is_empty() {
            also(one_of("kind", self.kind.len()), self.kind.iter().map(|kind| kind.as_str().to_owned()).collect());
        }
        let classes = self.classes();
        also(one_of("class", classes.len()), classes.into_iter().map(|class| class.as_str().to_owned()).collect());
        (format!("SELECT * FROM timeline WHERE {} ORDER BY time, id", conditions.join(" AND ")), params)
    }

    /// Who asks for the kind `background` wants to see it.
    fn classes(&self) -> Vec<Class> {
        let shown = |class: &Class| match class {
            Class::Click | Class::Residual => true,
            Class::Background => self.all || self.kind.contains(&Kind::Background),
            Class::Programmatic => self.all,
        };
        Class::ALL.into_iter().filter(shown).collect()
    }
}

/// `column IN (?, ?)`; as text, since a column may be an ENUM.
fn one_of(column: &str, values: usize) -> String {
    format!("CAST({column} AS VARCHAR) IN ({})", vec!["?"; values].join(", "))
}
