// How much to trust it: what is explained, how, and what is not.

import { useMemo } from "preact/hooks";
import { api } from "../api/client";
import type { CoverageNumbers, CoverageRow } from "../api/types";
import { Problem } from "../components/problem";
import { Segmented } from "../components/segmented";
import { Principal, Text } from "../components/text";
import { Grid } from "../grid/grid";
import type { Column } from "../grid/types";
import { count, percent } from "../lib/format";
import { useAsked } from "../lib/hooks";
import { ArraySource } from "../lib/pages";
import { change, follow, go, type Place } from "../lib/router";
import { visible } from "../lib/text";

type By = "session" | "service";
const BY: readonly (readonly [By, string])[] = [
  ["session", "By session"],
  ["service", "By service"],
];

const PARTS = ["letter", "likeness", "generic", "background", "unexplained"] as const;
type Part = (typeof PARTS)[number];

const MEANINGS: Record<Part, [string, string]> = {
  letter: ["To the letter", "every required call of a known page was there, in a shape that is known"],
  likeness: ["By likeness", "the likeliest page: shapes differ, or a call is missing"],
  generic: ["Generic", "no page is known; the calls speak for themselves"],
  background: ["Background", "the console did it by itself"],
  unexplained: ["Unexplained", "nothing explains it: a lead in itself"],
};

/** How the events share out; the numbers stand beside it. */
function Shares({ of }: { of: CoverageNumbers }) {
  return (
    <span class="shares" aria-hidden="true">
      {PARTS.filter((part) => of[part] > 0).map((part) => (
        <i key={part} class={`share share-${part}`} style={{ flexGrow: of[part] }} />
      ))}
    </span>
  );
}

/** The rows of a line that nothing explains. */
const residual = (row: CoverageRow, session: string | null) => {
  const params = new URLSearchParams({ show: "residual" });
  const id = row.session_id ?? session;
  if (id) params.append("session", id);
  if (row.service !== undefined) params.append("service", row.service);
  return `/timeline?${params}`;
};

const number = (key: keyof CoverageNumbers, title: string): Column<CoverageRow> => ({
  key,
  title,
  width: "5.5rem",
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
  {
    key: "share",
    title: "Explained",
    width: "5.75rem",
    end: true,
    render: (row) => <span class="num">{percent(row.share)}</span>,
  },
  { key: "shares", title: "How", width: "minmax(6rem, 2fr)", render: (row) => <Shares of={row} /> },
  number("console_events", "Events"),
  number("letter", "To the letter"),
  number("likeness", "Likeness"),
  number("generic", "Generic"),
  number("background", "Background"),
  {
    key: "unexplained",
    title: "Unexplained",
    width: "5.5rem",
    end: true,
    render: (row) =>
      row.unexplained === 0 ? (
        <span class="num none">0</span>
      ) : (
        <a class="num" href={residual(row, session)} tabIndex={-1} onClick={follow}>
          {count(row.unexplained)}
        </a>
      ),
  },
  number("commands", "Typed"),
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
          label="How it is counted"
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
          empty="There are no events of the console in this case."
          compactBelow={63.5}
          compactRem={5}
          onEnter={enter}
        />
      )}
    </div>
  );
}

function Totals({ totals }: { totals: CoverageNumbers }) {
  return (
    <section class="totals" aria-label="In all">
      <p class="totals-share">
        <strong class="num">{percent(totals.share)}</strong>{" "}
        <span>{`of ${count(totals.console_events)} events of the console are explained.`}</span>
      </p>
      <Shares of={totals} />
      <dl class="parts">
        {PARTS.map((part) => (
          <div key={part} class="part">
            <dt>
              <i class={`share share-${part}`} aria-hidden="true" /> {MEANINGS[part][0]}
            </dt>
            <dd class="num">
              {part === "unexplained" && totals.unexplained > 0 ? (
                <a href="/timeline?show=residual" onClick={follow}>
                  {count(totals[part])}
                </a>
              ) : (
                count(totals[part])
              )}
            </dd>
            <dd class="part-meaning">{MEANINGS[part][1]}</dd>
          </div>
        ))}
        <div class="part">
          <dt>Typed</dt>
          <dd class="num">{count(totals.commands)}</dd>
          <dd class="part-meaning">commands typed by the same identity; not the console's</dd>
        </div>
      </dl>
    </section>
  );
}
