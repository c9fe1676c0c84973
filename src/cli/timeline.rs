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
use super::{ExitCode, Streams, moment, search, who};

/// The sessions, each address with its country and owner where they are known.
const HEADS: &str = "SELECT x.* REPLACE (COALESCE(a.ips, x.ips) AS ips) FROM sessions AS x LEFT JOIN ( \
     SELECT session_id, list(COALESCE(address || ' (' || summary || ')', address) ORDER BY address) AS ips \
     FROM session_addresses GROUP BY session_id) AS a USING (session_id)";

/// Show what was done: one line per click, and unexplained console events; API calls on request
///
/// The text format groups lines by session, ordered by time. Consecutive reads of one service share a line, and so do
/// similar calls that change something. `~0.72` is the confidence of a signal that is not certain. The other formats have
/// the rows of the view `timeline`, ordered by time.
///
/// API calls of programs are shown with --all, and with any of --principal, --actor, --ip, --key, --event, --search,
/// --around, --failed and --writes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer timeline --principal nadia
  cartographer timeline --actor AKIAIOSFODNN7EXAMPLE --writes
  cartographer timeline --around 2026-03-11T19:41:32Z --for 10m
  cartographer timeline --ip 203.0.113.66 --kind secret")]
pub(crate) struct Timeline {
    #[command(flatten)]
    case: CaseArgs,
    #[command(flatten)]
    filter: Filter,
    /// In text, end each line with the start of its signal or event ID, for `explain`
    #[arg(long)]
    ids: bool,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: TimelineFormat,
}

/// Which rows of the timeline.
#[derive(Debug, Args)]
struct Filter {
    /// Only sessions whose ID starts with this
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Only activity at this time or later: RFC 3339, or YYYY-MM-DD[ HH:MM[:SS]] in UTC
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    from: Option<Timestamp>,
    /// Only activity that began before this time
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    to: Option<Timestamp>,
    /// Only this service, by its API name: iam, s3, ec2 … (repeatable)
    #[arg(long, value_name = "SERVICE")]
    service: Vec<String>,
    /// Only activity of this principal, as shown by `sessions` (repeatable)
    #[arg(long, value_name = "NAME")]
    principal: Vec<String>,
    /// Only activity of this actor: a name, key, ARN or session, and every session that used its credentials
    #[arg(long, value_name = "WHO")]
    actor: Option<String>,
    /// Only activity from this IP address (repeatable)
    #[arg(long, value_name = "ADDRESS")]
    ip: Vec<String>,
    /// Only activity with this access key (repeatable)
    #[arg(long, value_name = "ID")]
    key: Vec<String>,
    /// Only this API call: `CreateAccessKey`, or `iam:CreateAccessKey` (repeatable)
    #[arg(long, value_name = "CALL")]
    event: Vec<String>,
    /// Only events that contain this text; see `search`
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only activity around this time, or around the event whose ID starts with this
    #[arg(long, value_name = "TIME|EVENT")]
    around: Option<String>,
    /// How long before and after: 90s, 10m, 2h, 1d
    #[arg(long = "for", value_name = "DURATION", value_parser = moment::duration, default_value = "10m", requires = "around")]
    span: i64,
    /// Only calls that change something, including failed attempts
    #[arg(long)]
    writes: bool,
    /// Only failed or denied activity
    #[arg(long)]
    failed: bool,
    /// Only signals and API calls of this kind (repeatable)
    #[arg(long, value_name = "KIND", value_parser = kind_parser())]
    kind: Vec<Kind>,
    /// Include background signals and programmatic events
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
            streams.say("nothing to show; `cartographer sessions --all` lists the sessions in the case");
        }
        Ok(ExitCode::Fine)
    }

    fn text(&self, streams: Streams, case: &Case, batches: &[RecordBatch]) -> Result<()> {
        let sessions = self.case.ask(case, HEADS, &[])?;
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
    /// The query, and its parameters in order: arguments are never part of the SQL text.
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
        if !self.principal.is_empty() {
            also(one_of("principal", self.principal.len()), self.principal.clone());
        }
        if self.writes {
            also("writes".to_owned(), Vec::new());
        }
        if self.failed {
            also("error_code IS NOT NULL".to_owned(), Vec::new());
        }
        if let Some(actor) = &self.actor {
            also(format!("session_id IN ({})", who::DESCENDANTS), who::params(actor));
        }
        if let Some(around) = &self.around {
            let (moment, value) = moment::parse(around).map_or_else(
                |_| ("(SELECT min(event_time) FROM events WHERE starts_with(event_id, ?))", around.clone()),
                |time| ("make_timestamp(CAST(? AS BIGINT))", time.0.to_string()),
            );
            let span = format!("to_microseconds({})", self.span);
            also(
                format!("time <= {moment} + {span} AND coalesce(last_time, time) >= {moment} - {span}"),
                vec![value.clone(), value],
            );
        }
        let (of_events, values) = self.of_events();
        if !of_events.is_empty() {
            let matching = format!(
                "id IN (SELECT unnest([e.event_id, es.signal_id]) FROM events AS e LEFT JOIN event_signal AS es \
                 USING (event_id) WHERE {})",
                of_events.join(" AND ")
            );
            also(matching, values);
        }
        let classes = self.classes();
        also(one_of("class", classes.len()), classes.into_iter().map(|class| class.as_str().to_owned()).collect());
        (format!("SELECT * FROM timeline WHERE {} ORDER BY time, id", conditions.join(" AND ")), params)
    }

    /// The conditions on events, one of which a signal must have; with their parameters.
    fn of_events(&self) -> (Vec<String>, Vec<String>) {
        let (mut conditions, mut params) = (Vec::new(), Vec::new());
        for (column, values) in [("e.source_ip", &self.ip), ("e.access_key_id", &self.key)] {
            if !values.is_empty() {
                conditions.push(one_of(column, values.len()));
                params.extend(values.iter().cloned());
            }
        }
        if !self.event.is_empty() {
            let lowered = || self.event.iter().map(|call| call.to_lowercase());
            let places = self.event.len();
            conditions.push(format!(
                "({} OR {})",
                one_of("lower(e.event_name)", places),
                one_of("lower(e.event_key)", places)
            ));
            params.extend(lowered().chain(lowered()));
        }
        if let Some(text) = &self.search {
            conditions.push(format!("({})", search::condition("e")));
            params.extend(search::params(text));
        }
        (conditions, params)
    }

    /// Whether API calls of programs are asked for, too.
    fn wants_programs(&self) -> bool {
        let lists = [&self.principal, &self.ip, &self.key, &self.event];
        let texts = [&self.actor, &self.search, &self.around];
        self.all
            || self.writes
            || self.failed
            || lists.iter().any(|list| !list.is_empty())
            || texts.iter().any(|text| text.is_some())
    }

    /// Who asks for the kind `background` wants to see it.
    fn classes(&self) -> Vec<Class> {
        let shown = |class: &Class| match class {
            Class::Click | Class::Residual => true,
            Class::Background => self.all || self.kind.contains(&Kind::Background),
            Class::Programmatic | Class::Aggregated => self.wants_programs(),
        };
        Class::ALL.into_iter().filter(shown).collect()
    }
}

/// `column IN (?, ?)`; as text, since a column may be an ENUM.
fn one_of(column: &str, values: usize) -> String {
    format!("CAST({column} AS VARCHAR) IN ({})", vec!["?"; values].join(", "))
}
