// Next to the editor: the tables with their columns, previously run queries, and saved queries.

import { api } from "../api/client";
import { Menu } from "../components/menu";
import { SaveForm } from "../components/saved";
import { grouped } from "../lib/group";
import { useAsked } from "../lib/hooks";
import { useNotes, write } from "../lib/notes";
import { shortened, visible, visibleLines } from "../lib/text";
import type { SchemaColumn } from "./completion";

const SCHEMA = `SELECT table_name, column_name, data_type FROM duckdb_columns()
WHERE NOT internal AND schema_name = 'main' ORDER BY table_name, column_index`;
const MOST_COLUMNS = 5000;

export function useSchema(): readonly SchemaColumn[] {
  const { data } = useAsked("schema", (signal) => api.sql(SCHEMA, MOST_COLUMNS, signal));
  return (data?.rows ?? []).map(([table, column, type]) => ({
    table: String(table),
    column: String(column),
    type: String(type),
  }));
}

const HISTORY = "sql-history";
const KEPT = 40;

export function historyOf(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(HISTORY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((each): each is string => typeof each === "string") : [];
  } catch {
    return [];
  }
}

/** Stores a statement that was run in this browser. */
export function remember(sql: string) {
  const text = sql.trim();
  if (!text || text.length > 20_000) return;
  const kept = [text, ...historyOf().filter((each) => each !== text)].slice(0, KEPT);
  localStorage.setItem(HISTORY, JSON.stringify(kept));
}

interface PickProps {
  onPick: (sql: string) => void;
}

export function History({ onPick, round }: PickProps & { round: number }) {
  const kept = round >= 0 ? historyOf() : [];
  return (
    <Menu title="History">
      {kept.length === 0 && <span class="muted menu-text">No query has been run in this browser yet.</span>}
      {kept.map((sql) => (
        <button key={sql} type="button" class="mono" onClick={() => onPick(sql)}>
          {visible(shortened(sql.replace(/\s+/g, " "), 90))}
        </button>
      ))}
    </Menu>
  );
}

/** Queries that are stored with the notes, so that colleagues also get them. */
export function SavedQueries({ onPick, sql }: PickProps & { sql: string }) {
  const { answer } = useNotes();
  const queries = answer?.notes.filter((note) => note.kind === "query") ?? [];
  const save = (name: string) => write({ kind: "query", text: name, place: sql }, "Query saved.");
  return (
    <Menu title="Saved">
      {queries.map((note) => (
        <button
          key={note.id}
          type="button"
          title={visibleLines(shortened(note.place ?? "", 500))}
          onClick={() => onPick(note.place ?? "")}
        >
          {visible(note.text ?? "")}
        </button>
      ))}
      {queries.length === 0 && <span class="muted menu-text">There are no saved queries yet.</span>}
      <SaveForm what="query" onSave={save} />
    </Menu>
  );
}

/** The tables and views in the case, each with a query to put into the editor. */
export function Schema({ schema, onPick }: PickProps & { schema: readonly SchemaColumn[] }) {
  const tables = [...grouped(schema, (each) => each.table)];
  return (
    <details class="schema">
      <summary>{`Tables and views (${tables.length})`}</summary>
      <div class="schema-tables">
        {tables.map(([table, columns]) => (
          <details key={table}>
            <summary class="mono">{visible(table)}</summary>
            <button type="button" class="link" onClick={() => onPick(`FROM ${table} LIMIT 100`)}>
              First rows
            </button>
            <ul>
              {columns.map((each) => (
                <li key={each.column} class="mono">
                  {visible(each.column)} <span class="muted">{visible(shortened(each.type, 60))}</span>
                </li>
              ))}
            </ul>
          </details>
        ))}
      </div>
    </details>
  );
}
