// The browser's Back to a list: the rows that were in view, and the active row.

import assert from "node:assert/strict";
import { test } from "node:test";
import { looking } from "./lib/browser.mjs";
import { active, grid, rows } from "./lib/grid.mjs";

/** The rows whose beginning is in view, and how far the list is scrolled. */
const view = (page) =>
  page.evaluate(() => {
    const box = document.querySelector("[role=grid]").getBoundingClientRect();
    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
    const all = [...document.querySelectorAll(".grid-body .grid-row:not([aria-busy=true])")].map((row) => ({ row, y: row.getBoundingClientRect().top }));
    const inView = all.filter(({ y }) => y >= top && y < bottom - 10);
    return inView.map(({ row, y }) => ({ index: Number(row.getAttribute("aria-rowindex")), y: Math.round(y) }));
  });

/** Waits until the same rows are at the same places. */
async function sameView(page, before) {
  await page.waitForFunction((wanted) => {
    const row = document.querySelector(`.grid-body .grid-row[aria-rowindex="${wanted.index}"]:not([aria-busy=true])`);
    return row !== null && Math.abs(row.getBoundingClientRect().top - wanted.y) <= 2;
  }, before[0]);
  // It stays there while the rest of the page loads.
  await page.waitForLoadState("networkidle");
  const after = await view(page);
  assert.ok(Math.abs(after.find(({ index }) => index === before[0].index).y - before[0].y) <= 2, JSON.stringify([before[0], after[0]]));
}

const WIDE = { viewport: { width: 1440, height: 700 } };
const NARROW = { viewport: { width: 400, height: 800 } };

const LISTS = [
  ["sessions", "/sessions?console=all", 30],
  ["entities", "/entities", 40],
  ["timeline", "/timeline?show=programmatic&folded=false", 120],
];

export function back(address) {
  for (const [name, place, down] of LISTS) {
    for (const [size, options] of [["wide", WIDE], ["narrow", NARROW]]) {
      test(`back: ${name}, ${size}: the same rows are in view, and the same row is active`, () =>
        looking(
          address,
          place,
          async (page) => {
            await rows(page).nth(2).waitFor();
            await grid(page).focus();
            for (let step = 0; step < down; step++) await page.keyboard.press("j");
            const there = `[aria-rowindex="${down + 2}"]:not([aria-busy=true])`;
            await active(page, there);
            await page.locator(`.grid-body .grid-row${there}`).waitFor();
            // Rows that are as tall as their contents settle.
            await page.waitForFunction(() => {
              const now = document.querySelector("[role=grid]").scrollTop + scrollY;
              const still = window.last === now;
              window.last = now;
              return still;
            }, undefined, { polling: 300 });
            const before = await view(page);
            assert.ok(before[0].index > 2, JSON.stringify(before));
            const from = page.url();
            if (name === "timeline") await page.locator(`.grid-body .grid-row${there}`).getByRole("link").first().click();
            else await page.keyboard.press("Enter");
            await page.waitForFunction((url) => location.href !== url, from);
            await rows(page).first().waitFor();
            await page.goBack();
            await page.waitForFunction((url) => location.href === url, from);
            await sameView(page, before);
            await page.locator(`.grid-body .grid-row.active${there}`).waitFor();
            // A link to the list starts at its top.
            if (name !== "sessions") return;
            await page.getByRole("link", { name: "Notes", exact: true }).click();
            await page.getByRole("link", { name: "Sessions", exact: true }).click();
            await rows(page).first().waitFor();
            assert.equal((await view(page))[0].index, 2);
          },
          options,
        ));
    }
  }

  test("back: hunts: the same position, and the same hunts are open", () =>
    looking(
      address,
      "/hunts",
      async (page) => {
        const opened = page.getByRole("button", { name: /Who created an access key for another user/ });
        await opened.click();
        const link = page.getByRole("link", { name: /Created access key AKIAEXAMPLEJ3XHTZZXB/ }).first();
        await link.scrollIntoViewIfNeeded();
        const top = () => page.evaluate(() => Math.round(document.querySelector(".view-hunts").scrollTop + scrollY));
        await page.evaluate(() => {
          document.querySelector(".view-hunts").scrollBy(0, 50);
          scrollBy(0, 50);
        });
        const before = await top();
        assert.ok(before > 0);
        await link.click();
        await rows(page).first().waitFor();
        await page.goBack();
        await page.waitForFunction((wanted) => Math.abs((document.querySelector(".view-hunts")?.scrollTop ?? -1) + scrollY - wanted) <= 1, before);
        assert.equal(await opened.getAttribute("aria-expanded"), "true");
      },
      { viewport: { width: 1440, height: 360 } },
    ));
}
