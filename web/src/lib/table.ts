// Rows as text, to paste or to save. Text that a spreadsheet would take for a formula is escaped.

import type { Json, TimelineRow } from "../api/types";
import { confidence, moment } from "./format";
import { cell, csvField, visible } from "./text";

export function textOf(value: Json | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

// Numbers are not escaped: -1 is not a formula.
const field = (value: Json, spell: (text: string) => string) =>
  typeof value === "number" ? String(value) : spell(textOf(value));

export const tsv = (names: readonly string[], rows: readonly (readonly Json[])[]): string =>
  [names.map(cell), ...rows.map((row) => row.map((value) => field(value, cell)))]
    .map((line) => `${line.join("\t")}\n`)
    .join("");

export const csv = (names: readonly string[], rows: readonly (readonly Json[])[]): string =>
  [names.map(csvField), ...rows.map((row) => row.map((value) => field(value, csvField)))]
    .map((line) => `${line.join(",")}\r\n`)
    .join("");

export const jsonl = (names: readonly string[], rows: readonly (readonly Json[])[]): string =>
  rows.map((row) => `${JSON.stringify(Object.fromEntries(names.map((name, i) => [name, row[i] ?? null])))}\n`).join("");

const COLUMNS = [
  "time",
  "kind",
  "title",
  "summary",
  "confidence",
  "principal",
  "account_id",
  "region",
  "events",
  "error_code",
  "session_id",
  "id",
] as const satisfies readonly (keyof TimelineRow)[];

const inOrder = (rows: readonly TimelineRow[]) =>
  rows.toSorted((a, b) => a.time.localeCompare(b.time) || a.id.localeCompare(b.id));

export const rowsAsTsv = (rows: readonly TimelineRow[]): string =>
  tsv(
    COLUMNS,
    inOrder(rows).map((row) => COLUMNS.map((name) => row[name] ?? null)),
  );

/** One line per row, for a report or a chat. */
export const rowsAsText = (rows: readonly TimelineRow[]): string =>
  inOrder(rows)
    .map((row) => {
      const how = row.kind ? `${row.kind}, ${confidence(row.confidence)}` : row.class;
      const failed = row.error_code ? ` [${visible(row.error_code)}]` : "";
      const who = visible(row.principal ?? "?");
      return `${moment(row.time)} UTC  ${who}  ${visible(row.title ?? "")}: ${visible(row.summary ?? "")} (${how})${failed}\n`;
    })
    .join("");
