// The server's API: one function for each kind of request.

import { apiFilter, type Filter } from "../lib/filter";
import { confirmToken, currentToken, rejectToken } from "./token";
import type {
  Actor,
  CaseSummary,
  CasesAnswer,
  Count,
  Coverage,
  Density,
  EntityRow,
  EventDetail,
  Facets,
  Hunt,
  HuntHits,
  LinePage,
  NoteChange,
  NotesAnswer,
  Order,
  Overview,
  Page,
  Picture,
  Problem,
  Remedies,
  ScreenRow,
  SeenPage,
  SessionRow,
  SignalDetail,
  SignalEvent,
  SqlAnswer,
  TimelineRow,
} from "./types";

/** The server refused the request, or did not respond. */
export class ApiError extends Error {
  readonly advice: string;

  constructor({ error, advice }: Problem) {
    super(error);
    this.advice = advice;
  }
}

type Scalar = string | number | boolean | null | undefined;

const GONE = {
  error: "The server is not responding.",
  advice:
    "Check that `cartographer serve` is still running. If it is not, start it again and open the address that it prints.",
};

/** What the page does when the server does not know its token. */
const signedOut = new Set<() => void>();

export function onSignedOut(listener: () => void): () => void {
  signedOut.add(listener);
  return () => void signedOut.delete(listener);
}

async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return { error: `${response.status} ${response.statusText}`, advice: text.slice(0, 500) };
  }
}

async function ask<Answer>(address: string, init: RequestInit): Promise<Answer> {
  const token = currentToken();
  const headers = { ...init.headers, Authorization: `Bearer ${token}` };
  const response = await fetch(address, { ...init, headers }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(GONE);
  });
  if (response.status === 401) {
    // Another tab provided a token in the meantime.
    if (currentToken() !== token) return ask(address, init);
    rejectToken();
    for (const listener of signedOut) listener();
  } else confirmToken();
  if (!response.ok) throw new ApiError(await problemOf(response));
  return (await response.json()) as Answer;
}

function withParams(path: string, params: URLSearchParams, more: Record<string, Scalar> = {}): string {
  const all = new URLSearchParams(params);
  for (const [key, value] of Object.entries(more)) {
    if (value !== null && value !== undefined && value !== "") all.append(key, String(value));
  }
  const query = all.toString();
  return query ? `/api/${path}?${query}` : `/api/${path}`;
}

const get = <Answer>(
  path: string,
  more: Record<string, Scalar>,
  signal?: AbortSignal,
  params = new URLSearchParams(),
) => ask<Answer>(withParams(path, params, more), signal ? { signal } : {});

const post = <Answer>(address: string, body: string, signal?: AbortSignal) =>
  ask<Answer>(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body,
    ...(signal ? { signal } : {}),
  });

export interface Slice {
  offset: number;
  limit: number;
}

export interface Sorting {
  sort?: string | undefined;
  descending?: boolean | undefined;
}

const remembered = new Map<string, Promise<unknown>>();

/** An answer about the whole case, which is requested once: going back to a view shows it at once. */
function once<Answer>(path: string, more: Record<string, Scalar> = {}): Promise<Answer> {
  const key = withParams(path, new URLSearchParams(), more);
  const known = remembered.get(key) as Promise<Answer> | undefined;
  if (known) return known;
  const answer = get<Answer>(path, more);
  remembered.set(key, answer);
  answer.catch(() => remembered.delete(key));
  return answer;
}

export const api = {
  case: (signal?: AbortSignal) => get<CaseSummary>("case", {}, signal),

  /** The server's cases, and whether the file of the current case was replaced. */
  cases: (signal?: AbortSignal) => get<CasesAnswer>("cases", {}, signal),

  /** Makes the server open the file that is there now. */
  reopen: () => post<CasesAnswer>("/api/reopen", ""),

  overview: () => once<Overview>("overview"),

  /** What may have to be contained or undone. */
  open: () => once<Remedies>("overview/open"),

  picture: (from: string | null, to: string | null, signal?: AbortSignal) =>
    from || to ? get<Picture>("picture", { from, to }, signal) : once<Picture>("picture"),

  notes: (signal?: AbortSignal) => get<NotesAnswer>("notes", {}, signal),

  changeNote: (change: NoteChange) => post<NotesAnswer>("/api/notes", JSON.stringify(change)),

  importNotes: (text: string) => post<NotesAnswer>("/api/notes/import", text),

  /** The sessions with these IDs, as far as they exist. */
  sessionsOf: async (ids: readonly string[], signal?: AbortSignal) => {
    const one = async (id: string) => {
      const page = await api.sessions({ search: id, console: "all", offset: 0, limit: 1 }, signal);
      return page.rows.filter((row) => row.session_id === id);
    };
    return (await Promise.all(ids.map(one))).flat();
  },

  sessions: (
    asked: Slice &
      Sorting & { search: string; console: string; notable?: boolean | undefined; stands?: string | undefined },
    signal?: AbortSignal,
  ) => get<Page<SessionRow>>("sessions", { ...asked }, signal),

  actor: (id: string, signal?: AbortSignal) => get<Actor>(`actors/${encodeURIComponent(id)}`, {}, signal),

  timeline: (filter: Filter, slice: Slice & { order: Order }, signal?: AbortSignal) =>
    get<Page<TimelineRow>>("timeline", { ...slice }, signal, apiFilter(filter)),

  /** The same, with consecutive calls in one line. */
  lines: (filter: Filter, slice: Slice & { order: Order }, signal?: AbortSignal) =>
    get<LinePage>("timeline", { ...slice, folded: true }, signal, apiFilter(filter)),

  /** The rows in one line. */
  line: (filter: Filter, id: string, slice: Slice, signal?: AbortSignal) =>
    get<Page<TimelineRow>>("timeline", { ...slice, line: id }, signal, apiFilter(filter)),

  /** The position of the row that is or explains `id`, and the first row in its line. */
  place: (filter: Filter, id: string, asked: { order: Order; folded: boolean }, signal?: AbortSignal) =>
    get<{ index: number; id: string } | null>("timeline/place", { id, ...asked }, signal, apiFilter(filter)),

  density: (filter: Filter, bins: number, signal?: AbortSignal) =>
    get<Density>("density", { bins }, signal, apiFilter(filter)),

  facets: (filter: Filter, signal?: AbortSignal) => get<Facets>("facets", {}, signal, apiFilter(filter)),

  signal: (id: string, signal?: AbortSignal) => get<SignalDetail>(`signals/${encodeURIComponent(id)}`, {}, signal),

  signalEvents: (id: string, call: string, slice: Slice, signal?: AbortSignal) =>
    get<Page<SignalEvent>>(`signals/${encodeURIComponent(id)}/events`, { call, ...slice }, signal),

  /** What the screen may have shown at a click. */
  screen: (id: string, signal?: AbortSignal) =>
    get<ScreenRow[]>(`signals/${encodeURIComponent(id)}/screen`, {}, signal),

  event: (id: string, signal?: AbortSignal) => get<EventDetail>(`events/${encodeURIComponent(id)}`, {}, signal),

  entities: (
    asked: Slice & Sorting & { search: string; type: string | null; touched: string | null; principal: string | null },
    signal?: AbortSignal,
  ) => get<Page<EntityRow>>("entities", { ...asked }, signal),

  /** How many entities each principal saw or touched. */
  entityPrincipals: (signal?: AbortSignal) => get<Count[]>("entities/principals", {}, signal),

  entityTypes: (signal?: AbortSignal) => get<Count[]>("entities/types", {}, signal),

  /** The history of one entity. */
  seen: (
    asked: Slice & { type: string; value: string; principal: string | null; relation: string | null },
    signal?: AbortSignal,
  ) => get<SeenPage>("entities/seen", { ...asked }, signal),

  hunts: (signal?: AbortSignal) => get<Hunt[]>("hunts", {}, signal),

  /** The number of rows that each hunt returns, and the first rows. */
  hits: (asked: { from: string | null; to: string | null; principal: string | null }, signal?: AbortSignal) =>
    get<HuntHits[]>("hunts/hits", { ...asked }, signal),

  sql: (sql: string, limit: number, signal: AbortSignal) =>
    post<SqlAnswer>("/api/sql", JSON.stringify({ sql, limit }), signal),

  coverage: (by: "session" | "service", session: string | null, signal?: AbortSignal) =>
    get<Coverage>("coverage", { by, session }, signal),
};

/**
 * Makes the browser save what is at an address. The browser sends no header for that, so the server is first asked for an
 * address that is valid once without a header. The file is written to disk as it arrives.
 */
export async function save(address: string): Promise<void> {
  const link = document.createElement("a");
  link.href = (await post<{ address: string }>("/api/tickets", JSON.stringify({ address }))).address;
  link.download = "";
  link.click();
}

/** The address of the notes as a file. */
export const notesAddress = "/api/notes/export";

export type ExportFormat = "csv" | "jsonl" | "md";

/** The address of a download: everything that the filter shows, or the selected rows or lines. */
export function exportAddress(filter: Filter, ids: readonly string[], format: ExportFormat, folded: boolean): string {
  const params = apiFilter(filter);
  for (const id of ids) params.append("ids", id);
  if (folded && ids.length > 0) params.append("folded", "true");
  params.append("format", format);
  return `/api/export?${params}`;
}
