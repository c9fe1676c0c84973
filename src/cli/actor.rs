//! `cartographer actor`

use anyhow::Result;
use clap::Args;

use super::addresses;
use super::case::CaseArgs;
use super::format::{self, RowFormat};
use super::{ExitCode, Streams, who};

/// Show the actor behind a name, key, ARN or session, and who used credentials created by that actor
///
/// Lists the matching sessions and the sessions connected to them by credentials. Sessions with the relation `behind`
/// created the credentials that the matching sessions used; the chain goes back to the first such session in the trail.
/// Sessions with the relation `made here` used credentials that the matching sessions created. `chain` shows how one
/// session led to the next. `timeline --actor` shows the activity of the `self` and `made here` sessions.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cartographer actor svc-backup
  cartographer actor AKIAIOSFODNN7EXAMPLE --format json
  cartographer timeline --actor nadia --writes")]
pub(crate) struct Actor {
    /// A principal as shown by `sessions`, an access key, an ARN, or the start of a session ID
    who: String,
    #[command(flatten)]
    case: CaseArgs,
    /// Output format
    #[arg(long, value_enum, default_value = "table")]
    format: RowFormat,
}

impl Actor {
    pub(crate) fn run(self, streams: Streams) -> Result<ExitCode> {
        let case = self.case.open_read_only()?;
        let shown = self.format != RowFormat::Table || addresses::are_looked_up(&case);
        let sql = format!(
            "WITH meant AS ({}), \
             found AS ( \
                 SELECT session_id, 1 AS place, 'self' AS relation, 0 AS depth, NULL AS chain FROM meant \
                 UNION ALL SELECT ancestor_session_id, 0, 'behind', max(depth), arg_max(chain, depth) FROM actor_chains \
                 WHERE session_id IN (FROM meant) AND ancestor_session_id NOT IN (FROM meant) GROUP BY ancestor_session_id \
                 UNION ALL SELECT session_id, 2, 'made here', min(depth), arg_min(chain, depth) FROM actor_chains \
                 WHERE ancestor_session_id IN (FROM meant) AND session_id NOT IN (FROM meant) GROUP BY session_id \
             ) \
             SELECT relation, x.principal, x.first_time, x.last_time, array_to_string(x.ips, ' ') AS ips, {}x.events, \
                 x.findings, x.attempts, x.denied, chain, session_id \
             FROM found JOIN session_findings AS x USING (session_id) \
             ORDER BY place, CASE place WHEN 0 THEN -depth ELSE depth END, x.first_time, session_id",
            who::MEANT,
            if shown {
                "array_to_string(x.countries, ' ') AS countries, array_to_string(x.owners, ', ') AS owners, "
            } else {
                ""
            },
        );
        let batches = self.case.ask(&case, &sql, &who::params(&self.who))?;
        format::write(streams, self.format, &batches)?;
        if batches.iter().all(|batch| batch.num_rows() == 0) {
            streams.say(&format!(
                "no session in the case matches {:?}; use `cartographer sessions --all` to list the sessions, or \
                 `cartographer search` to search all events",
                self.who
            ));
        }
        Ok(ExitCode::Fine)
    }
}
