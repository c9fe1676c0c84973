// Rows that are fetched as they scroll into view, a page at a time. Requests for pages that have scrolled out of view are
// aborted.

import type { Page } from "../api/types";
import { listeners } from "./listeners";

export type FetchPage<Row> = (offset: number, limit: number, signal: AbortSignal) => Promise<Page<Row>>;

/** Rows by index, as a grid shows them. */
export interface RowSource<Row> {
  /** The number of rows; undefined until the first page is loaded. */
  readonly total: number | undefined;
  readonly error: unknown;
  get(index: number): Row | undefined;
  /** States which rows are in view, so that they are fetched. */
  show(first: number, last: number): void;
  /** The rows in a range. Missing rows are fetched. */
  range(first: number, last: number): Promise<Row[]>;
  subscribe(listener: () => void): () => void;
}

export const PAGE = 200;
const KEPT_PAGES = 60;

export class PageCache<Row> implements RowSource<Row> {
  total: number | undefined;
  error: unknown;
  readonly #fetch: FetchPage<Row>;
  readonly #size: number;
  readonly #pages = new Map<number, Row[]>();
  readonly #pending = new Map<number, { abort: AbortController; done: Promise<Row[]>; pinned: boolean }>();
  readonly #changes = listeners();

  constructor(fetch: FetchPage<Row>, size = PAGE) {
    this.#fetch = fetch;
    this.#size = size;
  }

  readonly subscribe = this.#changes.add;

  get(index: number): Row | undefined {
    return this.#pages.get(Math.floor(index / this.#size))?.[index % this.#size];
  }

  show(first: number, last: number) {
    const end = this.total === undefined ? 0 : this.total - 1;
    const [from, to] = [this.#page(Math.max(0, first)), this.#page(Math.max(0, Math.min(last, end)))];
    for (const [page, { abort, pinned }] of this.#pending) if (!pinned && (page < from || page > to)) abort.abort();
    for (let page = from; page <= to; page++) {
      const kept = this.#pages.get(page);
      if (kept) this.#keep(page, kept);
      else this.#load(page, false).catch(() => undefined);
    }
  }

  async range(first: number, last: number): Promise<Row[]> {
    const rows: Row[] = [];
    for (let page = this.#page(first); page <= this.#page(last); page++) {
      const loaded = this.#pages.get(page) ?? (await this.#load(page, true));
      const start = page * this.#size;
      rows.push(...loaded.slice(Math.max(0, first - start), last - start + 1));
    }
    return rows;
  }

  /** Aborts all pending requests. */
  close() {
    for (const { abort } of this.#pending.values()) abort.abort();
    this.#changes.clear();
  }

  #page(index: number) {
    return Math.floor(index / this.#size);
  }

  #load(page: number, pinned: boolean): Promise<Row[]> {
    const under = this.#pending.get(page);
    if (under && !under.abort.signal.aborted) {
      under.pinned ||= pinned;
      return under.done;
    }
    const abort = new AbortController();
    const done = this.#take(page, abort.signal);
    this.#pending.set(page, { abort, done, pinned });
    return done;
  }

  async #take(page: number, signal: AbortSignal): Promise<Row[]> {
    try {
      const { total, rows } = await this.#fetch(page * this.#size, this.#size, signal);
      signal.throwIfAborted();
      this.total = total;
      this.error = undefined;
      this.#keep(page, rows);
      return rows;
    } catch (error) {
      if (!signal.aborted) this.error = error;
      throw error;
    } finally {
      if (this.#pending.get(page)?.abort.signal === signal) this.#pending.delete(page);
      if (!signal.aborted) this.#changes.tell();
    }
  }

  // The map is in order of use: the page that was shown least recently is removed first.
  #keep(page: number, rows: Row[]) {
    this.#pages.delete(page);
    this.#pages.set(page, rows);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= KEPT_PAGES) break;
      this.#pages.delete(oldest);
    }
  }
}

/** Rows that are all in memory. */
export class ArraySource<Row> implements RowSource<Row> {
  readonly error = undefined;
  readonly #rows: readonly Row[];

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
  }

  get total() {
    return this.#rows.length;
  }

  get(index: number) {
    return this.#rows[index];
  }

  show() {}

  async range(first: number, last: number) {
    return this.#rows.slice(first, last + 1);
  }

  subscribe() {
    return () => undefined;
  }
}
