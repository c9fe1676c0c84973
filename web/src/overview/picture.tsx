// The chart of the case: a lane for each identity, with the number of events below, what was done above, and pauses compressed.

import { useEffect, useMemo, useRef } from "preact/hooks";
import { api } from "../api/client";
import type { Lane, PictureCell, Picture as PictureData, PictureMark } from "../api/types";
import { Problem } from "../components/problem";
import { count, counted, duration, moment, rfc3339 } from "../lib/format";
import { grouped } from "../lib/group";
import { useAsked, useWidth } from "../lib/hooks";
import { follow } from "../lib/router";
import { shortPrincipal } from "../lib/session";
import { type Squeezed, squeeze } from "../lib/squeeze";
import { evidenceHref } from "../lib/story";
import { kindName, middle, shortened, visible } from "../lib/text";
import { Minimap } from "./minimap";
import { KINDS, Shape } from "./shapes";

interface PictureProps {
  from: string | null;
  to: string | null;
  onZoom: (from: string | null, to: string | null) => void;
  /** Called when the chart has its final height. */
  onDrawn: () => void;
}

export function Picture({ from, to, onZoom, onDrawn }: PictureProps) {
  const { data, error, again, loading } = useAsked(`${from} ${to}`, (signal) => api.picture(from, to, signal));
  const [box, width] = useWidth();
  const drawn = error !== undefined || (data !== undefined && width > 0);
  const latest = useRef(onDrawn);
  latest.current = onDrawn;
  useEffect(() => {
    if (drawn) latest.current();
  }, [drawn]);
  const scale = useMemo(() => data && scaleOf(data), [data]);
  if (error) return <Problem error={error} again={again} />;
  return (
    <section class="picture" aria-label="Chart of the case" aria-busy={loading}>
      <h2>Who did what, when</h2>
      <Legend data={data} />
      <div ref={box} class="lanes">
        {data && scale && width > 0 && <Lanes data={data} scale={scale} width={width} />}
      </div>
      {data && <Minimap data={data} onZoom={onZoom} />}
      {data && <AsTable marks={data.marks} lanes={data.lanes} />}
    </section>
  );
}

/** The time axis. Identities that are not in focus may have been active before and after it. */
function scaleOf({ starts, width, cells }: PictureData): Squeezed {
  const last = starts.at(-1);
  const before = cells.some((cell) => cell.start === null);
  return squeeze(
    starts,
    width,
    before,
    cells.some((cell) => cell.in_pause && cell.start === last),
  );
}

const Legend = ({ data }: { data: PictureData | undefined }) => (
  <p class="picture-legend">
    {KINDS.filter(({ kind }) => data?.marks.some((mark) => (mark.kind ?? "view") === kind)).map(({ kind, title }) => (
      <span key={kind} class="picture-key">
        <svg width="13" height="13" viewBox="0 0 13 13" aria-hidden="true">
          <Shape kind={kind} x={6.5} y={6.5} size={5} failed={false} />
        </svg>{" "}
        {title}
      </span>
    ))}
    <span class="picture-key">
      <svg width="13" height="13" viewBox="0 0 13 13" aria-hidden="true">
        <Shape kind="change" x={6.5} y={6.5} size={5} failed />
      </svg>{" "}
      hollow: failed
    </span>
    <span class="picture-key">
      <svg width="13" height="13" viewBox="0 0 13 13" aria-hidden="true">
        <line class="gap" x1={6.5} x2={6.5} y1={0} y2={13} />
      </svg>{" "}
      shortened pause
    </span>
    <span class="picture-key">
      <i class="key key-events" /> all events{data ? ` per ${duration(data.width)}` : ""}, on a logarithmic scale
    </span>
  </p>
);

/** Labels are beside the lanes if there is room, otherwise above them. */
const LABELS = 220;
const NARROW = 640;
const COLUMN = 12;

interface LanesProps {
  data: PictureData;
  scale: Squeezed;
  width: number;
}

function Lanes({ data, scale, width }: LanesProps) {
  const plot = Math.max(80, width < NARROW ? width : width - LABELS);
  const x: Place = ({ start, in_pause }) => (scale.at(start, in_pause) / scale.total) * plot;
  const most = Math.max(1, ...data.cells.map((cell) => cell.events));
  const busy = new Set(data.cells.map((cell) => cell.lane));
  return (
    <>
      {data.lanes
        .filter((lane) => busy.has(lane.lane))
        .map((lane) => (
          <LaneRow
            key={lane.lane}
            lane={lane}
            data={data}
            plot={plot}
            x={x}
            unit={plot / scale.total}
            most={most}
            scale={scale}
          />
        ))}
      <Axis scale={scale} plot={plot} data={data} />
    </>
  );
}

type Place = (of: { start: number | null; in_pause: boolean }) => number;

interface LaneProps {
  lane: Lane;
  data: PictureData;
  plot: number;
  x: Place;
  unit: number;
  most: number;
  scale: Squeezed;
}

const [LANE_HEIGHT, FLOOD_HEIGHT] = [46, 18];

function LaneRow({ lane, data, plot, x, unit, most, scale }: LaneProps) {
  const cells = data.cells.filter((cell) => cell.lane === lane.lane);
  const columns = columnsOf(
    data.marks.filter((mark) => mark.lane === lane.lane),
    x,
    plot,
  );
  const height = (events: number) => Math.max(1.5, (FLOOD_HEIGHT * Math.log1p(events)) / Math.log1p(most));
  const events = cells.reduce((sum, cell) => sum + cell.events, 0);
  return (
    <div class="lane">
      <LaneLabel lane={lane} />
      <svg
        class="lane-plot"
        width={plot}
        height={LANE_HEIGHT}
        viewBox={`0 0 ${plot} ${LANE_HEIGHT}`}
        role="group"
        aria-label={`${nameOf(lane)}: ${counted(events, "event")} in this time range; the table below lists what was done`}
      >
        {scale.cuts.map((gap) => (
          <line
            key={gap.at}
            class="gap"
            x1={(gap.at / scale.total) * plot}
            x2={(gap.at / scale.total) * plot}
            y1={0}
            y2={LANE_HEIGHT}
          />
        ))}
        {cells.map((cell) => (
          <rect
            key={`${cell.start} ${cell.in_pause}`}
            class={`flood ${cell.in_pause || cell.start === null ? "flood-pause" : ""}`}
            x={x(cell)}
            width={Math.max(1, unit - 0.3)}
            y={LANE_HEIGHT - height(cell.events)}
            height={height(cell.events)}
          >
            <title>{`${counted(cell.events, "event")}, ${whenOf(cell, data.width)}`}</title>
          </rect>
        ))}
        {columns.map((column) => (
          <Marks key={column.x} column={column} />
        ))}
      </svg>
    </div>
  );
}

const whenOf = ({ start, in_pause }: PictureCell, width: number) => {
  if (start === null) return "earlier";
  return in_pause ? `in the pause after ${moment(rfc3339(start + width))}` : moment(rfc3339(start));
};

function nameOf(lane: Lane): string {
  if (lane.joined) return `${count(lane.identities)} roles of ${shortPrincipal(lane.actor)}`;
  return lane.identities > 1 ? `${count(lane.identities)} other identities` : shortPrincipal(lane.name);
}

/** The timeline of all sessions in a lane. */
const hrefOf = ({ sessions, session_ids, session_id }: Lane): string => {
  const all = sessions <= session_ids.length ? session_ids : [session_id];
  return `/timeline?${new URLSearchParams(all.map((id) => ["session", id]))}`;
};

/** A longer name would also be cut at the end of its column. */
const LONGEST_NAME = 26;

function LaneLabel({ lane }: { lane: Lane }) {
  if (lane.identities > 1 && !lane.joined) {
    return (
      <span class="lane-label muted">
        {nameOf(lane)}
        <span class="lower">{`${counted(lane.events, "event")}`}</span>
      </span>
    );
  }
  const made = lane.name !== lane.actor;
  return (
    <span class={`lane-label ${made ? "lane-made" : ""}`}>
      <a href={hrefOf(lane)} onClick={follow} title={visible(lane.joined ? nameOf(lane) : lane.name)}>
        {visible(middle(nameOf(lane), LONGEST_NAME))}
      </a>
      <span class="lower">
        {made && !lane.joined
          ? `by ${visible(middle(shortPrincipal(lane.actor), 12))}`
          : counted(lane.sessions, "session")}
        {`, ${counted(lane.events, "event")}`}
      </span>
    </span>
  );
}

interface Column {
  x: number;
  marks: PictureMark[];
}

const weight = (mark: PictureMark) => KINDS.findIndex((each) => each.kind === (mark.kind ?? "view"));

/** Marks that would overlap share a column, with one mark per kind and the most severe on top. */
function columnsOf(marks: readonly PictureMark[], x: Place, plot: number): Column[] {
  const columns = grouped(marks, (mark) => Math.floor(x(mark) / COLUMN));
  return [...columns].map(([place, own]) => {
    const kinds = grouped(own, (mark) => mark.kind);
    const merged = [...kinds.values()].flatMap((same) => {
      const [first] = same;
      if (!first) return [];
      const sum = (of: "n" | "failed") => same.reduce((total, mark) => total + mark[of], 0);
      return [{ ...first, n: sum("n"), failed: sum("failed") }];
    });
    return {
      x: Math.min(place * COLUMN + COLUMN / 2, plot - COLUMN / 2),
      marks: merged.sort((a, b) => weight(a) - weight(b)),
    };
  });
}

const MOST_STACKED = 3;
const MARK = 4.5;

function Marks({ column }: { column: Column }) {
  return (
    <>
      {column.marks.slice(0, MOST_STACKED).map((mark, index) => (
        <a key={mark.kind} class="mark" href={evidenceHref(mark.session_id, mark.id)} tabIndex={-1} onClick={follow}>
          <title>
            {`${moment(rfc3339(mark.second))} ${visible(shortened(mark.what ?? mark.kind ?? "", 200))}${mark.n > 1 ? `, and ${count(mark.n - 1)} more of this kind` : ""}${mark.failed > 0 ? ` (${count(mark.failed)} failed)` : ""}`}
          </title>
          <rect x={column.x - 6} y={index * 9.5} width={12} height={9.5} fill="transparent" />
          <Shape
            kind={mark.kind ?? "view"}
            x={column.x}
            y={5 + index * 9.5}
            size={MARK}
            failed={mark.failed === mark.n}
          />
        </a>
      ))}
    </>
  );
}

const LABEL_ROOM = 84;

interface Tick {
  x: number;
  start: number;
}

/** Times to label: first where activity resumes after a long pause, the longest pause first; then others, if there is room. */
function ticksOf(scale: Squeezed, starts: readonly number[], plot: number): Tick[] {
  const px = (at: number) => (at / scale.total) * plot;
  const pauses = scale.cuts.map((cut) => cut.seconds);
  const begins = scale.begins
    .map(({ at, start }, index) => ({
      x: px(at),
      start,
      weight: index === 0 ? Number.POSITIVE_INFINITY : (pauses[index - 1] ?? 0),
    }))
    .sort((a, b) => b.weight - a.weight);
  const others = starts.map((start) => ({ x: px(scale.at(start)), start }));
  const ticks: Tick[] = [];
  for (const { x, start } of [...begins, ...others]) {
    if (x < plot - LABEL_ROOM * 0.7 && ticks.every((tick) => Math.abs(tick.x - x) >= LABEL_ROOM))
      ticks.push({ x, start });
  }
  return ticks.sort((a, b) => a.x - b.x);
}

/** Times below the lanes, with the date where it changes. */
function Axis({ scale, plot, data }: { scale: Squeezed; plot: number; data: PictureData }) {
  const ticks = ticksOf(scale, data.starts, plot);
  const days = new Set(data.starts.map((start) => rfc3339(start).slice(0, 10)));
  const height = days.size > 1 ? 30 : 18;
  return (
    <div class="lane lane-axis" aria-hidden="true">
      <span class="lane-label muted">UTC, pauses shortened</span>
      <svg class="lane-plot" role="presentation" width={plot} height={height} viewBox={`0 0 ${plot} ${height}`}>
        {ticks.map(({ x, start }, index) => {
          const text = rfc3339(start);
          const before = ticks[index - 1];
          const isNewDay = !before || rfc3339(before.start).slice(0, 10) !== text.slice(0, 10);
          return (
            <g key={start}>
              <text x={x} y={11}>
                {text.slice(11, data.width < 60 ? 19 : 16)}
              </text>
              {days.size > 1 && isNewDay && (
                <text x={x} y={25} class="axis-day">
                  {text.slice(0, 10)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
    </div>
  );
}

const MOST_ROWS = 300;

/** The same data for people who cannot see the chart or want to copy it. */
function AsTable({ marks, lanes }: { marks: readonly PictureMark[]; lanes: readonly Lane[] }) {
  const names = new Map(lanes.map((lane) => [lane.lane, nameOf(lane)]));
  const rows = [...marks]
    .filter((mark) => mark.kind !== "view" && mark.kind !== "list")
    .sort((a, b) => a.second - b.second);
  return (
    <details class="as-table">
      <summary>{`As a table (${counted(rows.length, "row")})`}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">Time (UTC)</th>
            <th scope="col">Who</th>
            <th scope="col">Kind</th>
            <th scope="col">What</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((mark) => (
            <tr key={`${mark.lane} ${mark.second} ${mark.kind} ${mark.id}`}>
              <td class="num">{moment(rfc3339(mark.second))}</td>
              <td>{visible(shortened(names.get(mark.lane) ?? "", 60))}</td>
              <td>{visible(kindName(mark.kind ?? ""))}</td>
              <td>
                <a href={evidenceHref(mark.session_id, mark.id)} onClick={follow}>
                  {visible(shortened(mark.what ?? "", 200))}
                </a>
                {mark.n > 1 && ` and ${count(mark.n - 1)} more`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
