import { useMemo, useState } from "preact/hooks";
import type { Json, SqlAnswer } from "../api/types";
import { Menu } from "../components/menu";
import { LongText, Text } from "../components/text";
import { Grid } from "../grid/grid";
import type { Column } from "../grid/types";
import { announce, copy, download } from "../lib/announce";
import { count, counted, moment } from "../lib/format";
import { ArraySource } from "../lib/pages";
import { follow } from "../lib/router";
import { csv, jsonl, textOf, tsv } from "../lib/table";
import { visible } from "../lib/text";

interface Line {
  index: number;
  values: Json[];
}

const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)?INT|INTEGER|DOUBLE|FLOAT|DECIMAL)/;
/** The widest column, in characters, unless the window has room for more. */
const WIDEST = 46;
const SAMPLE = 60;
/** The width of a character in rem. */
const CHARACTER = 0.47;

/** A value in the form in which it is shown. */
const shownAs = (value: Json | undefined, type: string) =>
  value !== null && type.startsWith("TIMESTAMP") ? moment(textOf(value)) : textOf(value);

/** The length of the longest value of each column, in characters. */
const lengthsOf = ({ columns, rows }: SqlAnswer): number[] =>
  columns.map(({ name, type }, index) =>
    Math.max(name.length + 1, ...rows.slice(0, SAMPLE).map((row) => shownAs(row[index], type).length), 4),
  );

/** Columns as wide as their values, up to a limit. If that leaves room, the columns that it cuts share the room. */
function widthsOf(answer: SqlAnswer): string[] {
  const lengths = lengthsOf(answer);
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  const gaps = 1.25 * lengths.length + 2;
  const room = (innerWidth / rem - gaps) / CHARACTER;
  const left = room - lengths.reduce((sum, length) => sum + Math.min(length, WIDEST), 0);
  const cut = lengths.filter((length) => length > WIDEST).length;
  const most = WIDEST + (left > 0 && cut > 0 ? left / cut : 0);
  return lengths.map((length) => `${(Math.min(length, most) * CHARACTER + 0.5).toFixed(1)}rem`);
}

const cellOf = (value: Json | undefined, type: string) => {
  if (value === null || value === undefined) return <span class="none">null</span>;
  return <Text value={shownAs(value, type) || " "} max={300} />;
};

function columnsOf(answer: SqlAnswer): Column<Line>[] {
  const widths = widthsOf(answer);
  return answer.columns.map(({ name, type }, index) => ({
    key: `v${index}`,
    title: visible(name),
    width: widths[index] ?? "auto",
    end: NUMBER.test(type),
    render: (line) => <span class="num">{cellOf(line.values[index], type)}</span>,
  }));
}

export function Result({ answer }: { answer: SqlAnswer }) {
  const lines = useMemo(() => answer.rows.map((values, index) => ({ index, values })), [answer]);
  const source = useMemo(() => new ArraySource(lines), [lines]);
  const columns = useMemo(() => columnsOf(answer), [answer]);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const fold = (key: string) =>
    setOpen((last) => {
      const next = new Set(last);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  return (
    <section class="result" aria-label="Result">
      <div class="bar">
        <span class="num" role="status">
          {`${counted(answer.rows.length, "row")} in ${count(answer.elapsed_ms)} ms${answer.truncated ? "; more rows are not shown. Add a LIMIT, or export from the command line." : ""}`}
        </span>
        <Save answer={answer} />
      </div>
      <Grid
        name="answer"
        label="Result"
        columns={columns}
        rows={source}
        rowKey={(line) => String(line.index)}
        empty="No rows."
        detail={(line) => <Record answer={answer} values={line.values} />}
        open={open}
        onToggle={fold}
      />
    </section>
  );
}

/** One row with all its values, and links for its IDs. */
function Record({ answer, values }: { answer: SqlAnswer; values: Json[] }) {
  const of = (name: string) => {
    const value = values[answer.columns.findIndex((column) => column.name === name)];
    return typeof value === "string" ? value : null;
  };
  const [session, signal] = [of("session_id"), of("signal_id")];
  const params = new URLSearchParams();
  if (session) params.append("session", session);
  if (signal) params.append("open", signal);
  return (
    <div class="record">
      {session && (
        <p>
          <a href={`/timeline?${params}`} onClick={follow}>
            Show the session in the timeline
          </a>
        </p>
      )}
      <dl class="facts">
        {answer.columns.map(({ name }, index) => (
          <>
            <dt>{visible(name)}</dt>
            <dd class="mono">
              <LongText value={textOf(values[index])} max={1000} />
            </dd>
          </>
        ))}
      </dl>
    </div>
  );
}

function Save({ answer: { columns, rows } }: { answer: SqlAnswer }) {
  const names = columns.map((column) => column.name);
  const copied = () => copy(tsv(names, rows), counted(rows.length, "row")).catch(() => announce("Could not copy."));
  return (
    <div class="carry">
      <button type="button" onClick={copied}>
        Copy as a table
      </button>
      <Menu title="Export">
        <button type="button" onClick={() => download("answer.csv", "text/csv", csv(names, rows))}>
          CSV
        </button>
        <button type="button" onClick={() => download("answer.jsonl", "application/x-ndjson", jsonl(names, rows))}>
          JSON Lines
        </button>
      </Menu>
    </div>
  );
}
