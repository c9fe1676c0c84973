import { expect, test } from "vitest";
import type { Page } from "../src/api/types";
import { ArraySource, PageCache } from "../src/lib/pages";

interface Asked {
  offset: number;
  limit: number;
  signal: AbortSignal;
  answer: () => Promise<void>;
  fail: (error: Error) => Promise<void>;
}

const TOTAL = 95;

/** A server of the numbers below 95 that answers when it is told to. */
function server() {
  const asked: Asked[] = [];
  const fetch = (offset: number, limit: number, signal: AbortSignal) =>
    new Promise<Page<number>>((resolve, reject) => {
      const rows = Array.from({ length: Math.max(0, Math.min(limit, TOTAL - offset)) }, (_, i) => offset + i);
      const settle = async (settled: () => void) => {
        settled();
        await new Promise((done) => setTimeout(done));
      };
      asked.push({
        offset,
        limit,
        signal,
        answer: () => settle(() => resolve({ total: TOTAL, rows })),
        fail: (error) => settle(() => reject(error)),
      });
    });
  return { asked, fetch, offsets: () => asked.map((each) => each.offset) };
}

const opened = async () => {
  const numbers = server();
  const cache = new PageCache(numbers.fetch, 10);
  cache.show(0, 5);
  await numbers.asked[0]?.answer();
  return { cache, ...numbers };
};

test("the first page provides the total and its rows", async () => {
  const { cache, asked } = await opened();
  expect(asked[0]).toMatchObject({ offset: 0, limit: 10 });
  expect(cache.total).toBe(TOTAL);
  expect([cache.get(0), cache.get(9), cache.get(10)]).toEqual([0, 9, undefined]);
});

test("pages in view are fetched once", async () => {
  const { cache, offsets } = await opened();
  cache.show(5, 25);
  cache.show(5, 25);
  expect(offsets()).toEqual([0, 10, 20]);
});

test("nothing is requested beyond the last row", async () => {
  const { cache, offsets } = await opened();
  cache.show(85, 400);
  expect(offsets()).toEqual([0, 80, 90]);
});

test("requests for pages out of view are aborted, and sent again when the pages are back", async () => {
  const { cache, asked, offsets } = await opened();
  cache.show(20, 29);
  cache.show(60, 69);
  expect(asked[1]?.signal.aborted).toBe(true);
  await asked[1]?.answer();
  expect(cache.get(20)).toBeUndefined();
  cache.show(20, 29);
  expect(offsets()).toEqual([0, 20, 60, 20]);
  await asked[3]?.answer();
  expect(cache.get(25)).toBe(25);
});

test("a range is fetched completely, and not aborted by scrolling", async () => {
  const { cache, asked } = await opened();
  const range = cache.range(8, 12);
  cache.show(80, 89);
  expect(asked[1]?.signal.aborted).toBe(false);
  await asked[1]?.answer();
  expect(await range).toEqual([8, 9, 10, 11, 12]);
});

test("an error is kept until a response arrives, and listeners are notified of both", async () => {
  const numbers = server();
  const cache = new PageCache(numbers.fetch, 10);
  let heard = 0;
  cache.subscribe(() => heard++);
  cache.show(0, 5);
  await numbers.asked[0]?.fail(new Error("gone"));
  expect(cache.error).toEqual(new Error("gone"));
  cache.show(0, 5);
  await numbers.asked[1]?.answer();
  expect([cache.error, cache.total, heard]).toEqual([undefined, TOTAL, 2]);
});

test("the least recently shown pages are dropped", async () => {
  const cache = new PageCache(async (offset) => ({ total: 100_000, rows: [offset] }), 1);
  for (let i = 0; i < 80; i++) {
    cache.show(i, i);
    await new Promise((done) => setTimeout(done));
    cache.show(0, 0);
  }
  expect(cache.get(0)).toBe(0);
  expect(cache.get(79)).toBe(79);
  expect(cache.get(5)).toBeUndefined();
});

test("rows in memory need no server", async () => {
  const source = new ArraySource(["a", "b", "c"]);
  expect([source.total, source.get(1), await source.range(1, 9)]).toEqual([3, "b", ["b", "c"]]);
});
