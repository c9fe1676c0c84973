// Measurements on a large case, which BIG_CASE names: the time to the first row, the first run of searches and pivots, and
// fetches while scrolling. They are printed, not asserted.

import { test } from "node:test";
import { looking } from "./lib/browser.mjs";
import { serve } from "./lib/case.mjs";
import { grid, rows } from "./lib/grid.mjs";

const ROUNDS = 5;
const STOPS = 40;

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const ms = (value) => (value === undefined ? "–" : `${Math.round(value)} ms`);
const filled = (page) => page.locator(".grid-body .grid-row:not([aria-busy=true])").first().waitFor();

function tell(context, line) {
  context.diagnostic(line);
  console.log(`browser: ${line}`);
}

/** The time from the request for the page until a row is shown, once for each place. */
async function firstRows(page, open, places) {
  const times = [];
  for (const place of places) {
    const start = performance.now();
    await open(place);
    await filled(page);
    times.push(performance.now() - start);
  }
  return times;
}

/** The durations of row fetches since the last call. */
async function fetches(page) {
  const times = await page.evaluate(() => {
    const entries = performance.getEntriesByType("resource");
    performance.clearResourceTimings();
    return entries.filter((entry) => entry.name.includes("/api/timeline?") && entry.responseStatus === 200).map((entry) => entry.duration);
  });
  return times;
}

/** The durations of the fetches caused by scrolling to positions throughout the rows. */
async function scrolling(page) {
  await page.evaluate(() => performance.setResourceTimingBufferSize(2000));
  await fetches(page);
  for (let stop = 1; stop <= STOPS; stop++) {
    await grid(page).evaluate((node, part) => node.scrollTo({ top: node.scrollHeight * part }), ((stop * 37) % STOPS) / STOPS);
    await page.waitForTimeout(50);
    await filled(page);
  }
  const times = await fetches(page);
  return { fetches: times.length, median: median(times) };
}

/** Waits until what the server prepares in the background is ready. */
async function settled(page) {
  await page.evaluate(async () => {
    for (const place of ["overview", "timeline?show=programmatic&limit=1", "entities?limit=1", "overview/open"]) await fetch(`/api/${place}`, { headers: { Authorization: `Bearer ${sessionStorage.getItem("token")}` } });
  });
}

export async function big(file) {
  const started = performance.now();
  const address = await serve(file);
  const ready = performance.now() - started;
  test("big: at the start", (context) =>
    looking(address, "/sessions", async (page) => {
      await filled(page);
      tell(context, `the address after ${ms(ready)}, the first sessions ${ms(performance.now() - started)} after the start`);
      await settled(page);
      tell(context, `everything is made ${ms(performance.now() - started)} after the start`);
    }));
  for (const place of ["/sessions", "/sessions?console=all", "/timeline", "/timeline?show=programmatic", "/timeline?search=203.0.113."]) {
    test(`big: ${place}`, (context) =>
      looking(address, "/sessions", async (page, { open }) => {
        await filled(page);
        const [once] = await firstRows(page, open, [place]);
        const again = await firstRows(page, open, Array(ROUNDS).fill(place));
        const count = Number(await grid(page).getAttribute("aria-rowcount")) - 1;
        let line = `${place}: ${count} rows, first row after ${ms(once)}, then ${ms(median(again))}`;
        if (place.startsWith("/timeline")) {
          const { fetches, median: fetched } = await scrolling(page);
          line += `; ${fetches} fetches while scrolling, the median ${ms(fetched)}`;
        }
        tell(context, line);
      }));
  }
  test("big: searches and pivots", (context) =>
    looking(address, "/timeline", async (page, { open }) => {
      await filled(page);
      // Values in this case, each of which is requested once.
      const values = await page.evaluate(async () => {
        const show = "show=click&show=command&show=residual&show=programmatic";
        const { addresses, keys, principals, calls } = await (await fetch(`/api/facets?${show}`, { headers: { Authorization: `Bearer ${sessionStorage.getItem("token")}` } })).json();
        const some = (counts) => counts.filter(({ value }) => value).slice(0, 60).filter((_, index) => index % 12 === 0).map(({ value }) => value);
        return { ip: some(addresses), key: some(keys), principal: some(principals), call: some(calls) };
      });
      for (const [name, all] of Object.entries(values)) {
        await fetches(page);
        const times = [];
        const answers = [];
        for (const value of all) {
          times.push(...(await firstRows(page, open, [`/timeline?${new URLSearchParams({ [name]: value })}`])));
          answers.push(...(await fetches(page)));
        }
        tell(context, `pivot on ${name}: ${times.length} values, first row after ${ms(median(times))}; the answer alone ${ms(median(answers))}`);
      }
      await open("/timeline");
      await filled(page);
      const answers = [];
      for (const text of ["CreateUser", "Decrypt", "203.0.113.7", "AccessDenied", values.key[0] ?? "AKIA", "no such text"]) {
        await fetches(page);
        const answered = page.waitForResponse((response) => response.url().includes("/api/timeline?") && response.url().includes("search="));
        await page.getByRole("searchbox").fill(text);
        await (await answered).finished();
        await page.waitForTimeout(100);
        answers.push(...(await fetches(page)));
      }
      tell(context, `search: ${answers.length} texts, the answer after ${ms(median(answers))}, at most ${ms(Math.max(...answers))}`);
    }));
}
