//! `cartographer timeline`

use std::io::Write;

use anyhow::{Result, bail};
use arrow::array::AsArray;
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use arrow::record_batch::RecordBatch;
use cartographer::event::Timestamp;
use cartographer::notes::{self, Notebook};
use cartographer::present::{self, Class, Entry, Head, Marks, PresentError, Show};
use cartographer::signal::Kind;
use cartographer::store::Case;
use clap::Args;
use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser, TypedValueParser};

use super::case::CaseArgs;
use super::fail::WithAdvice;
use super::format::{self, TimelineFormat};
use super::{ExitCode, Streams, moment, search, who};

/// The time of the event or signal whose ID starts with a given prefix; fetches at most two, enough to tell that the prefix
/// is ambiguous.
const MOMENT: &str = "SELECT event_time FROM events WHERE starts_with(event_id, ?) UNION ALL \
     SELECT first_time FROM signals WHERE starts_with(signal_id, ?) LIMIT 2";

/// Whether an event `e` creates something. A password has no name, so it is not among the created entities.
const CREATES: &str = "(list_contains(list_transform(e.entities, lambda n: n.relation), 'created') \
     OR list_contains(list_transform(e.classes, lambda c: c.class || ' ' || c.effect), 'credential_made created'))";

/// The sessions, with the country and owner of each address if they are known.
const HEADS: &str = "SELECT x.* REPLACE (COALESCE(a.ips, x.ips) AS ips) FROM sessions AS x LEFT JOIN ( \
     SELECT session_id, list(COALESCE(address || ' (' || summary || ')', address) ORDER BY address) AS ips \
     FROM session_addresses GROUP BY session_id) AS a USING (session_id)";

/// Show what was done: one line per click, unexplained console events, and optionally API calls
///
/// The text format groups lines by session, ordered by time. Consecutive reads from one service share a line, and so do
/// similar calls that change something; calls that stand out share a line only if they name the same resources. Analysts'
/// notes appear below the line that they refer to. `~0.72` is the confidence of a signal that is not certain. With
/// --failed, `[2 failed]` is the number of calls in the signal that were denied or failed. The other formats contain the
/// rows of the `timeline` view, ordered by time.
///
/// API calls made by programs are shown with --all, and with any of --session, --principal, --actor, --ip, --key, --event,
/// --search, --around, --failed, --sigma and --writes. Background requests made by the console are shown with --all and with --kind
/// background.
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
    /// In text format, end each line with the start of its signal or event ID, for use with `explain`
    #[arg(long)]
    ids: bool,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: TimelineFormat,
}

/// Which rows of the timeline to show.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command")]
struct Filter {
    /// Only sessions whose ID starts with this prefix
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Only activity at this time or later: RFC 3339, or YYYY-MM-DD[ HH:MM[:SS]] in UTC
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    from: Option<Timestamp>,
    /// Only activity that began before this time
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    to: Option<Timestamp>,
    /// Only this service, by its prefix: iam, s3, ec2 … (repeatable)
    #[arg(long, value_name = "SERVICE")]
    service: Vec<String>,
    /// Only activity by this principal, as shown by `sessions` (repeatable)
    #[arg(long, value_name = "NAME")]
    principal: Vec<String>,
    /// Only activity by this actor (a name, key, ARN or session) and by every session that used credentials created by this actor
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
    /// Only activity around this time, or around the event or signal whose ID starts with this prefix
    #[arg(long, value_name = "TIME|ID", value_parser = NonEmptyStringValueParser::new())]
    around: Option<String>,
    /// With --around, how much time to include before and after, such as 90s, 10m, 2h or 1d
    #[arg(long = "for", value_name = "DURATION", value_parser = moment::duration, default_value = "10m", requires = "around")]
    span: i64,
    /// Only calls that change something, including failed attempts
    #[arg(long)]
    writes: bool,
    /// Only denied or failed calls, clicks with such calls, and failed sign-ins
    #[arg(long)]
    failed: bool,
    /// Only signals and API calls of this kind (repeatable); `create` includes created secrets, keys and passwords
    #[arg(long, value_name = "KIND", value_parser = kind_parser())]
    kind: Vec<Kind>,
    /// Only signals and API calls that match a Sigma rule. Save the hits first with `hunt --sigma PATH --save`
    #[arg(long)]
    sigma: bool,
    /// Include background signals and programmatic events
    #[arg(long)]
    all: bool,
}

impl Timeline {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let case = self.case.open_read_only()?;
        let around = self.filter.moment(&self.case, &case)?;
        let (sql, params) = self.filter.query("*", around, &self.filter.classes());
        let batches = self.case.ask(&case, &sql, &params)?;
        match self.format.rows() {
            Some(rows) => format::write(streams, rows, &batches)?,
            None => self.text(streams, &case, &batches)?,
        }
        if batches.iter().all(|batch| batch.num_rows() == 0) {
            streams.say("nothing to show; `cartographer sessions --all` lists the sessions in the case");
        }
        self.say_hidden(streams, &case, around)
    }

    /// Reports how many background signals would be shown with --all.
    fn say_hidden(&self, streams: Streams, case: &Case, around: Option<Timestamp>) -> Result<ExitCode> {
        if self.filter.hides_background() {
            let (sql, params) = self.filter.query("count(*)", around, &[Class::Background]);
            let batches = self.case.ask(case, &sql, &params)?;
            let hidden = batches.first().map_or(0, |batch| batch.column(0).as_primitive::<Int64Type>().value(0));
            match hidden {
                0 => {}
                1 => streams.say("1 background request made by the console is not shown; use --all to show it"),
                more => {
                    streams.say(&format!(
                        "{more} background requests made by the console are not shown; use --all to show them"
                    ));
                }
            }
        }
        Ok(ExitCode::Fine)
    }

    fn text(&self, streams: Streams, case: &Case, batches: &[RecordBatch]) -> Result<()> {
        let sessions = self.case.ask(case, HEADS, &[])?;
        let (entries, heads) = (each(batches, Entry::read)?, each(&sessions, Head::read)?);
        let mut out = streams.text();
        let marks = marks(&self.case, case)?;
        let width = streams.width().map(usize::from);
        let show = Show { ids: self.ids, failed: self.filter.failed, width, notes: Some(&marks) };
        present::timeline(&mut out, &entries, &heads, show)?;
        out.flush()?;
        streams.say_rows(entries.len());
        Ok(())
    }
}

/// The notes on the case, by timeline row.
fn marks(args: &CaseArgs, case: &Case) -> Result<Marks> {
    let written = Notebook::beside(args.path()).read()?;
    Ok(Marks::of(&notes::resolve(case, written.shown().cloned().collect())?))
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
    /// The time that --around refers to.
    fn moment(&self, args: &CaseArgs, case: &Case) -> Result<Option<Timestamp>> {
        let Some(around) = &self.around else { return Ok(None) };
        if let Ok(time) = moment::parse(around) {
            return Ok(Some(time));
        }
        let batches = args.ask(case, MOMENT, &[around.clone(), around.clone()])?;
        let times: Vec<i64> = batches
            .iter()
            .flat_map(|batch| batch.column(0).as_primitive::<TimestampMicrosecondType>().values().to_vec())
            .collect();
        match times.as_slice() {
            [time] => Ok(Some(Timestamp(*time))),
            [] => bail!(WithAdvice::misuse(
                format!("--around {around}: neither a time nor the start of an event or signal ID"),
                "Specify a time in RFC 3339, or as YYYY-MM-DD[ HH:MM[:SS]] in UTC. `cartographer timeline --ids` shows the IDs.",
            )),
            _ => bail!(WithAdvice::misuse(
                format!("--around {around}: more than one ID starts with this prefix"),
                "Use more characters of the ID.",
            )),
        }
    }

    /// Whether the filter selects by more than the kind of activity, so that all matching activity is expected.
    fn hides_background(&self) -> bool {
        let selects = self.failed || self.sigma || self.around.is_some() || !self.ip.is_empty();
        selects && !self.classes().contains(&Class::Background)
    }

    /// The query, and its parameters in order: arguments are never part of the SQL text.
    fn query(&self, columns: &str, around: Option<Timestamp>, classes: &[Class]) -> (String, Vec<String>) {
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
            let mut kinds = one_of("kind", self.kind.len());
            if self.kind.contains(&Kind::Create) {
                kinds = format!("({kinds} OR (kind = 'secret' AND {}))", having_event(CREATES));
            }
            also(kinds, self.kind.iter().map(|kind| kind.as_str().to_owned()).collect());
        }
        if !self.principal.is_empty() {
            also(one_of("principal", self.principal.len()), self.principal.clone());
        }
        if self.writes {
            also("writes".to_owned(), Vec::new());
        }
        if self.failed {
            also("failed_events > 0".to_owned(), Vec::new());
        }
        if self.sigma {
            also("sigma IS NOT NULL".to_owned(), Vec::new());
        }
        if let Some(actor) = &self.actor {
            also(format!("session_id IN ({})", who::DESCENDANTS), who::params(actor));
        }
        if let Some(Timestamp(around)) = around {
            let (moment, span) = ("make_timestamp(CAST(? AS BIGINT))", format!("to_microseconds({})", self.span));
            also(
                format!("time <= {moment} + {span} AND coalesce(last_time, time) >= {moment} - {span}"),
                vec![around.to_string(); 2],
            );
        }
        let (of_events, values) = self.of_events();
        if !of_events.is_empty() {
            also(having_event(&of_events.join(" AND ")), values);
        }
        also(one_of("class", classes.len()), classes.iter().map(|class| class.as_str().to_owned()).collect());
        let order = if columns == "*" { " ORDER BY time, id" } else { "" };
        (format!("SELECT {columns} FROM timeline WHERE {}{order}", conditions.join(" AND ")), params)
    }

    /// The conditions that at least one event of a signal must meet, and their parameters.
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

    /// Whether API calls made by programs are requested as well.
    fn wants_programs(&self) -> bool {
        let lists = [&self.principal, &self.ip, &self.key, &self.event];
        let texts = [&self.session, &self.actor, &self.search, &self.around];
        self.all
            || self.writes
            || self.failed
            || self.sigma
            || lists.iter().any(|list| !list.is_empty())
            || texts.iter().any(|text| text.is_some())
    }

    /// The kind `background` includes background signals.
    fn classes(&self) -> Vec<Class> {
        let shown = |class: &Class| match class {
            Class::Click | Class::Residual => true,
            Class::Background => self.all || self.kind.contains(&Kind::Background),
            Class::Programmatic | Class::Aggregated => self.wants_programs(),
        };
        Class::ALL.into_iter().filter(shown).collect()
    }
}

/// Whether the event, or one of the events of the signal, meets the condition on `e`.
fn having_event(condition: &str) -> String {
    format!(
        "id IN (SELECT unnest([e.event_id, es.signal_id]) FROM events AS e LEFT JOIN event_signal AS es \
         USING (event_id) WHERE {condition})"
    )
}

/// `column IN (?, ?)`; as text, since a column may be an ENUM.
fn one_of(column: &str, values: usize) -> String {
    format!("CAST({column} AS VARCHAR) IN ({})", vec!["?"; values].join(", "))
}
