// Two sessions side by side: their rows on one time axis, or by page or call. Pure.

import type { TimelineRow } from "../api/types";
import { clock, day, duration, rfc3339, seconds } from "./format";
import { grouped } from "./group";

/** What is aligned: the start of both sessions, the time of day, or the page or call. */
export type Align = "start" | "time" | "page";

export type Sides = readonly [readonly TimelineRow[], readonly TimelineRow[]];

/** Rows of both sessions that are shown next to each other. */
export interface Band {
  key: string;
  label: string;
  sides: [TimelineRow[], TimelineRow[]];
  /** Seconds without a row before the band, if they count as a pause. */
  pause?: number;
}

/** Bands below one heading. */
export interface Part {
  title: string | null;
  bands: Band[];
}

const MOST_BANDS = 60;
const WIDTHS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400, 604_800] as const;
/** A gap is a pause if it has at least this many empty bands and this many seconds. */
const PAUSE = 5;
const LEAST_PAUSE = 30;

/** Whether the two sessions overlap in time, so that their times of day can be compared. */
export function overlap([a, b]: Sides): boolean {
  const [from, to, since, until] = [a[0]?.time, a.at(-1)?.time, b[0]?.time, b.at(-1)?.time];
  return from !== undefined && to !== undefined && since !== undefined && until !== undefined
    ? seconds(from) <= seconds(until) && seconds(since) <= seconds(to)
    : false;
}

/** `+1:02:03` after the start. */
export function elapsed(after: number): string {
  const [hours, minutes, rest] = [Math.floor(after / 3600), Math.floor((after % 3600) / 60), Math.floor(after % 60)];
  const two = (value: number) => String(value).padStart(2, "0");
  return `+${hours}:${two(minutes)}:${two(rest)}`;
}

/** The rows of both sessions, in spans of equal length. Spans without rows are omitted. */
function byTime(sides: Sides, fromStart: boolean): Band[] {
  const starts = sides.map((rows) => (fromStart && rows[0] ? seconds(rows[0].time) : 0));
  const placed = sides.flatMap((rows, side) =>
    rows.map((row) => ({ row, side, at: seconds(row.time) - (starts[side] ?? 0) })),
  );
  const count = (width: number) => new Set(placed.map(({ at }) => Math.floor(at / width))).size;
  const width = WIDTHS.find((each) => count(each) <= MOST_BANDS) ?? 604_800;
  const spans = [...grouped(placed, ({ at }) => Math.floor(at / width))].sort(([a], [b]) => a - b);
  return spans.map(([span, rows], index) => {
    const start = span * width;
    const gap = index > 0 ? (span - (spans[index - 1]?.[0] ?? span) - 1) * width : 0;
    const text = rfc3339(start);
    const of = (side: number) => rows.filter((each) => each.side === side).map(({ row }) => row);
    return {
      key: String(span),
      label: fromStart ? elapsed(start) : `${day(text)} ${clock(text)}`,
      sides: [of(0), of(1)],
      ...(gap >= Math.max(PAUSE * width, LEAST_PAUSE) ? { pause: gap } : {}),
    };
  });
}

const titleOf = (row: TimelineRow) => row.title ?? row.summary ?? "?";

/** The rows of both sessions by page or call, starting with what both did. */
function byPage([a, b]: Sides): Part[] {
  const [left, right] = [grouped(a, titleOf), grouped(b, titleOf)];
  const band = (title: string): Band => ({
    key: title,
    label: title,
    sides: [left.get(title) ?? [], right.get(title) ?? []],
  });
  const both = [...left.keys()].filter((title) => right.has(title));
  const onlyLeft = [...left.keys()].filter((title) => !right.has(title));
  const onlyRight = [...right.keys()].filter((title) => !left.has(title));
  return [
    { title: `In both (${both.length})`, bands: both.map(band) },
    { title: `Only in the first (${onlyLeft.length})`, bands: onlyLeft.map(band) },
    { title: `Only in the second (${onlyRight.length})`, bands: onlyRight.map(band) },
  ].filter((part) => part.bands.length > 0);
}

export const partsOf = (sides: Sides, align: Align): Part[] =>
  align === "page" ? byPage(sides) : [{ title: null, bands: byTime(sides, align === "start") }];

export const pauseOf = (seconds: number): string => `no activity for ${duration(seconds)}`;
