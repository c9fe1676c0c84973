// How reliable the result is: how many clicks match a known page, with what confidence, and which events have no signal.

import { useMemo } from "preact/hooks";
import { api } from "../api/client";
import type { CoverageNumbers, CoverageRow } from "../api/types";
import { Problem } from "../components/problem";
import { Segmented } from "../components/segmented";
import { Principal, Text } from "../components/text";
import { Grid } from "../grid/grid";
import type { Column } from "../grid/types";
import { confidence, count, counted } from "../lib/format";
import { useAsked } from "../lib/hooks";
import { ArraySource } from "../lib/pages";
import { change, follow, go, type Place } from "../lib/router";
import { visible } from "../lib/text";

type By = "session" | "service";
const BY: readonly (readonly [By, string])[] = [
  ["session", "By session"],
  ["service", "By service"],
];

const PARTS = ["high", "lower", "visits", "changes", "commands"] as const;
type Part = (typeof PARTS)[number];

const MEANINGS: Record<Part, [string, string]> = {
  high: ["Known page, ≥ 0.9", "clicks on a known page, with a confidence of 0.9 or above"],
  lower: ["Known page, < 0.9", "clicks on a known page, with a confidence below 0.9"],
  visits: ["Visit", "clicks for which only the service is known"],
  changes: ["Generic change", "changes on a page that is not in the catalog; only the call is known"],
  commands: ["Command", "commands that were typed or run"],
};

/** How the clicks were identified. The parts add up to all clicks. */
const parts = (of: CoverageNumbers): Record<Part, number> => ({
  high: of.high_confidence,
  lower: of.on_known_page - of.high_confidence,
  visits: of.visits,
  changes: of.generic_changes,
  commands: of.commands,
});

/** The proportions of the parts. The numbers are next to the bar. */
function Shares({ of }: { of: CoverageNumbers }) {
  const all = parts(of);
  return (
    <span class="shares" aria-hidden="true">
      {PARTS.filter((part) => all[part] > 0).map((part) => (
        <i key={part} class={`share share-${part}`} style={{ flexGrow: all[part] }} />
      ))}
    </span>
  );
}

/** A link to the events of a row that have no signal. */
const residual = (row: CoverageRow, session: string | null) => {
  const params = new URLSearchParams({ show: "residual" });
  const id = row.session_id ?? session;
  if (id) params.append("session", id);
  if (row.service !== undefined) params.append("service", row.service);
  return `/timeline?${params}`;
};

const number = (key: keyof CoverageNumbers, title: string, width = "5rem"): Column<CoverageRow> => ({
  key,
  title,
  width,
  end: true,
  render: (row) => <span class={`num ${row[key] === 0 ? "none" : ""}`}>{count(row[key])}</span>,
});

const columnsOf = (by: By, session: string | null): Column<CoverageRow>[] => [
  by === "session"
    ? {
        key: "what",
        title: "Session",
        width: "minmax(10rem, 2fr)",
        render: (row) => <Principal name={row.principal ?? row.session_id ?? null} />,
      }
    : {
        key: "what",
        title: "Service",
        width: "minmax(8rem, 2fr)",
        render: (row) => <Text value={row.service} max={80} />,
      },
  { key: "shares", title: "Identified by", width: "minmax(5rem, 2fr)", render: (row) => <Shares of={row} /> },
  number("clicks", "Clicks", "4rem"),
  number("on_known_page", "Known page", "5.5rem"),
  number("high_confidence", "0.9 or above", "6rem"),
  {
    key: "mean_confidence",
    title: "Mean",
    width: "4rem",
    end: true,
    render: (row) => <span class="num">{confidence(row.mean_confidence)}</span>,
  },
  number("visits", "Visits", "4rem"),
  number("generic_changes", "Changes", "4.5rem"),
  number("commands", "Commands", "5.5rem"),
  number("console_events", "Events", "4.5rem"),
  number("background_events", "Background", "5.75rem"),
  {
    key: "unexplained_events",
    title: "Unexplained",
    width: "5.75rem",
    end: true,
    render: (row) =>
      row.unexplained_events === 0 ? (
        <span class="num none">0</span>
      ) : (
        <a class="num" href={residual(row, session)} tabIndex={-1} onClick={follow}>
          {count(row.unexplained_events)}
        </a>
      ),
  },
];

const rowKey = (row: CoverageRow) => row.session_id ?? row.service ?? "";

export function Coverage({ place: { params } }: { place: Place }) {
  const by: By = params.get("by") === "service" ? "service" : "session";
  const session = params.get("session");
  const { data, error, again } = useAsked(`${by} ${session}`, (signal) => api.coverage(by, session, signal));
  const source = useMemo(() => new ArraySource(data?.rows ?? []), [data]);
  const columns = useMemo(() => columnsOf(by, session), [by, session]);
  const enter = (row: CoverageRow) =>
    row.session_id
      ? go("/coverage", new URLSearchParams({ by: "service", session: row.session_id }))
      : go("/timeline", new URLSearchParams({ service: row.service ?? "", ...(session ? { session } : {}) }));
  if (error) return <Problem error={error} again={again} />;
  return (
    <div class="view view-coverage">
      <h1 class="visually-hidden">Coverage</h1>
      {data && <Totals totals={data.totals} />}
      <div class="bar">
        <Segmented
          label="Group by"
          name="by"
          value={by}
          choices={BY}
          onChoose={(value) => change((all) => all.set("by", value))}
        />
        {session && (
          <span class="field">
            {`session ${visible(session.slice(0, 8))} `}
            <button type="button" class="link" onClick={() => change((all) => all.delete("session"))}>
              all sessions
            </button>
          </span>
        )}
      </div>
      {data && (
        <Grid
          name="coverage"
          label="Coverage"
          columns={columns}
          rows={source}
          rowKey={rowKey}
          empty="There are no console events in the case."
          compactBelow={73}
          compactRem={5}
          onEnter={enter}
        />
      )}
    </div>
  );
}

function Totals({ totals }: { totals: CoverageNumbers }) {
  const all = parts(totals);
  return (
    <section class="totals" aria-label="Totals">
      <p class="totals-share">
        <strong class="num">{count(totals.on_known_page)}</strong>{" "}
        <span>
          {`of ${counted(totals.clicks, "click")} ${totals.on_known_page === 1 ? "matches" : "match"} a known page`}
          {totals.mean_confidence == null ? "." : `; their mean confidence is ${confidence(totals.mean_confidence)}.`}
        </span>
      </p>
      <Shares of={totals} />
      <dl class="parts">
        {PARTS.map((part) => (
          <div key={part} class="part">
            <dt>
              <i class={`share share-${part}`} aria-hidden="true" /> {MEANINGS[part][0]}
            </dt>
            <dd class="num">{count(all[part])}</dd>
            <dd class="part-meaning">{MEANINGS[part][1]}</dd>
          </div>
        ))}
        <div class="part">
          <dt>Background</dt>
          <dd class="num">{count(totals.background_events)}</dd>
          <dd class="part-meaning">{`of ${counted(totals.console_events, "console event")}; made by the console on its own`}</dd>
        </div>
        <div class="part">
          <dt>Unexplained</dt>
          <dd class="num">
            {totals.unexplained_events > 0 ? (
              <a href="/timeline?show=residual" onClick={follow}>
                {count(totals.unexplained_events)}
              </a>
            ) : (
              0
            )}
          </dd>
          <dd class="part-meaning">console events without a signal; worth reviewing</dd>
        </div>
      </dl>
    </section>
  );
}
