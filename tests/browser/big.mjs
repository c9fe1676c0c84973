// Figures of a big case (BIG_CASE names it): time to the first row, and what a fetch takes while scrolling. Printed, not
// asserted.

import { test } from "node:test";
import { looking } from "./lib/browser.mjs";
import { serve } from "./lib/case.mjs";
import { grid, rows } from "./lib/grid.mjs";

const ROUNDS = 5;
const STOPS = 40;

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const ms = (value) => `${Math.round(value)} ms`;
const filled = (page) => page.locator(".grid-body .grid-row:not([aria-busy=true])").first().waitFor();

/** How long it takes from asking for the page until a row is there. */
async function firstRow(page, open, place) {
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await open(place);
    await filled(page);
    times.push(performance.now() - start);
  }
  return median(times);
}

/** How long the fetches take that scrolling to places all over the rows asks for. */
async function scrolling(page) {
  await page.evaluate(() => performance.clearResourceTimings());
  for (let stop = 1; stop <= STOPS; stop++) {
    await grid(page).evaluate((node, part) => node.scrollTo({ top: node.scrollHeight * part }), ((stop * 37) % STOPS) / STOPS);
    await page.waitForTimeout(50);
    await filled(page);
  }
  const times = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .filter((entry) => entry.name.includes("/api/timeline?") && entry.responseStatus === 200)
      .map((entry) => entry.duration),
  );
  return { fetches: times.length, median: median(times) };
}

export async function big(file) {
  const address = await serve(file);
  for (const place of ["/timeline", "/timeline?show=programmatic", "/timeline?search=203.0.113.", "/sessions", "/sessions?console=all"]) {
    test(`big: ${place}`, (context) =>
      looking(address, "/sessions", async (page, { open }) => {
        await rows(page).first().waitFor();
        const first = await firstRow(page, open, place);
        const count = Number(await grid(page).getAttribute("aria-rowcount")) - 1;
        let line = `${place}: ${count} rows, first row after ${ms(first)}`;
        if (place.startsWith("/timeline")) {
          const { fetches, median: fetched } = await scrolling(page);
          line += `; ${fetches} fetches while scrolling, the median ${ms(fetched)}`;
        }
        context.diagnostic(line);
        console.log(`browser: ${line}`);
      }));
  }
}
