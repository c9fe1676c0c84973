// Two sessions side by side: the same pages at the same time, or what only one of them did.

import { Fragment } from "preact";
import { api } from "../api/client";
import type { SessionRow, TimelineRow } from "../api/types";
import { Chips, Failed, Kind } from "../components/badge";
import { Pivot } from "../components/pivot";
import { Problem } from "../components/problem";
import { Segmented } from "../components/segmented";
import { Principal, Text } from "../components/text";
import { type Align, type Band, overlap, type Part, partsOf, pauseOf, type Sides } from "../lib/compare";
import { emptyFilter, type Filter } from "../lib/filter";
import { clock, count, counted, duration, moment } from "../lib/format";
import { useAsked } from "../lib/hooks";
import { change, follow, type Place } from "../lib/router";
import { signedIn } from "../lib/session";
import { kindOf } from "../timeline/columns";

const ALIGN: readonly (readonly [Align, string])[] = [
  ["start", "Time since start"],
  ["time", "Time of day"],
  ["page", "Page or call"],
];

/** The maximum number of lines per session, which is what the server returns at once. */
const MOST = 1000;

export function Compare({ place: { params } }: { place: Place }) {
  const [a, b] = [...new Set(params.getAll("session"))];
  return (
    <div class="view view-compare">
      <h1 class="page-title">Two sessions side by side</h1>
      {a && b ? <Both ids={[a, b]} params={params} /> : <Choose />}
    </div>
  );
}

const Choose = () => (
  <p class="waiting">
    {"Select two sessions in "}
    <a href="/sessions" onClick={follow}>
      the list of sessions
    </a>
    {", then press Compare."}
  </p>
);

type Ids = readonly [string, string];

const filterOf = (session: string, notable: boolean): Filter => ({
  ...emptyFilter(),
  session: [session],
  show: ["click", "command", "residual", "programmatic"],
  notable,
});

async function linesOf(ids: Ids, notable: boolean, signal: AbortSignal) {
  const ask = (id: string) => api.lines(filterOf(id, notable), { offset: 0, limit: MOST, order: "asc" }, signal);
  const [a, b] = await Promise.all([ask(ids[0]), ask(ids[1])]);
  return [a, b] as const;
}

function Both({ ids, params }: { ids: Ids; params: URLSearchParams }) {
  const notable = params.get("notable") === "true";
  const { data, error, again } = useAsked(`${ids.join(" ")} ${notable}`, (signal) => linesOf(ids, notable, signal));
  const sides: Sides | undefined = data && [data[0].rows, data[1].rows];
  const usual: Align = sides && overlap(sides) ? "time" : "start";
  const align = ALIGN.find(([each]) => each === params.get("align"))?.[0] ?? usual;
  return (
    <>
      <div class="bar">
        <Segmented
          label="Align by"
          name="align"
          value={align}
          choices={ALIGN}
          onChoose={(value) => change((all) => all.set("align", value), true)}
        />
        <label class={`notable ${notable ? "chosen" : ""}`}>
          <input
            type="checkbox"
            checked={notable}
            onChange={() => change((all) => (notable ? all.delete("notable") : all.set("notable", "true")), true)}
          />
          Changes and findings only
        </label>
        <button type="button" onClick={() => change((all) => swap(all, ids), true)}>
          Swap
        </button>
      </div>
      {error ? <Problem error={error} again={again} /> : null}
      {!sides && !error && <p class="waiting">Loading both sessions …</p>}
      {sides && data && <Columns ids={ids} parts={partsOf(sides, align)} totals={[data[0].total, data[1].total]} />}
    </>
  );
}

function swap(all: URLSearchParams, [a, b]: Ids) {
  all.delete("session");
  all.append("session", b);
  all.append("session", a);
}

const NAMES = ["first session", "second session"] as const;

interface ColumnsProps {
  ids: Ids;
  parts: Part[];
  /** The total number of lines in each session. */
  totals: readonly [number, number];
}

const Columns = ({ ids, parts, totals }: ColumnsProps) => (
  <table class="compare">
    <thead>
      <tr>
        <th scope="col">
          <span class="visually-hidden">Time or page</span>
        </th>
        {ids.map((id, side) => (
          <th key={id} scope="col">
            <Head id={id} total={totals[side] ?? 0} />
          </th>
        ))}
      </tr>
    </thead>
    {parts.map((part) => (
      <tbody key={part.title}>
        {part.title && (
          <tr>
            <th class="compare-part" scope="rowgroup" colSpan={3}>
              {part.title}
            </th>
          </tr>
        )}
        {part.bands.map((band) => (
          <BandRow key={band.key} band={band} ids={ids} />
        ))}
      </tbody>
    ))}
  </table>
);

/** Whose session it is. */
function Head({ id, total }: { id: string; total: number }) {
  const { data, error } = useAsked(id, (signal) =>
    api.sessions({ search: id, console: "all", offset: 0, limit: 1 }, signal),
  );
  if (error) return <Problem error={error} />;
  const row = data?.rows.find((each) => each.session_id === id);
  if (!data) return null;
  if (!row) return <span class="failed">There is no session {id.slice(0, 40)} in the case.</span>;
  return (
    <div class="compare-head">
      <a class="compare-who" href={`/timeline?${new URLSearchParams({ session: id })}`} onClick={follow}>
        <Principal name={row.principal} />
      </a>
      <span class="lower">{`${moment(row.first_time).slice(0, 19)} UTC, for ${duration(row.seconds)}`}</span>
      <From row={row} />
      <span class="lower">
        {`${counted(row.events, "event")}, ${counted(row.clicks, "click")}`}
        {total > MOST && `; showing the first ${count(MOST)} of ${count(total)} lines`}
      </span>
      {row.stands_out.length > 0 && <Chips values={row.stands_out} max={6} />}
    </div>
  );
}

const FEW_ADDRESSES = 3;

const From = ({ row }: { row: SessionRow }) => (
  <span class="lower">
    {row.ips.slice(0, FEW_ADDRESSES).map((ip) => (
      <Fragment key={ip}>
        <Pivot of="ip" value={ip} tabs />{" "}
      </Fragment>
    ))}
    {row.ips.length > FEW_ADDRESSES && `+${count(row.ips.length - FEW_ADDRESSES)} `}
    {signedIn(row)}
  </span>
);

const BandRow = ({ band, ids }: { band: Band; ids: Ids }) => (
  <>
    {band.pause !== undefined && (
      <tr>
        <td class="compare-pause" colSpan={3}>
          {pauseOf(band.pause)}
        </td>
      </tr>
    )}
    <tr>
      <th class="compare-label" scope="row">
        <Text value={band.label} max={120} />
      </th>
      {band.sides.map((rows, side) => (
        <td key={ids[side]} class={rows.length === 0 ? "compare-none" : ""}>
          {rows.length > 0 && <span class="compare-side">{`${NAMES[side]}: `}</span>}
          <Rows rows={rows} />
        </td>
      ))}
    </tr>
  </>
);

const FEW = 20;

const Rows = ({ rows }: { rows: readonly TimelineRow[] }) => (
  <ul>
    {rows.slice(0, FEW).map((row) => (
      <li key={row.id}>
        <time class="num" dateTime={row.time} title={`${moment(row.time)} UTC`}>
          {clock(row.time).slice(0, 8)}
        </time>{" "}
        <Kind kind={kindOf(row)} />{" "}
        <a href={rowHref(row)} onClick={follow}>
          <Text value={row.summary ?? row.title} max={200} />
        </a>{" "}
        <Failed
          code={row.error_code && !row.summary?.includes(row.error_code) ? row.error_code : null}
          kind={row.kind}
        />
      </li>
    ))}
    {rows.length > FEW && <li class="muted">{`${count(rows.length - FEW)} more`}</li>}
  </ul>
);

const rowHref = ({ session_id, id }: TimelineRow) =>
  `/timeline?${new URLSearchParams({ session: session_id ?? "", open: id })}`;
