// What a grid shows, and ways to wait for it. The page responds after its fetches and renders, not immediately.

import assert from "node:assert/strict";

export const grid = (page) => page.getByRole("grid");
export const rows = (page) => page.locator(".grid-body .grid-row");
export const row = (page, text) => rows(page).filter({ hasText: text }).first();
export const detail = (page) => page.locator(".grid-detail");
export const head = (page, title) => page.getByRole("columnheader", { name: title }).getByRole("button");

/** Waits until the grid has this total number of rows, not counting the header. */
export async function total(page, count) {
  await page.locator(`[role=grid][aria-rowcount="${count + 1}"]`).waitFor();
  if (count > 0) await page.locator(".grid-body .grid-row:not([aria-busy=true])").first().waitFor();
}

/** Milliseconds until waiting fails, and between two checks. */
const [PATIENCE, PAUSE] = [30_000, 50];

/** Waits until all of these parts, which are strings or patterns, are in the visible text at `place`. */
export async function shows(place, ...parts) {
  const end = Date.now() + PATIENCE;
  const misses = (text) => parts.filter((part) => !(part instanceof RegExp ? part.test(text) : text.includes(part)));
  for (let text = await place.innerText(); misses(text).length > 0; text = await place.innerText()) {
    assert.ok(Date.now() < end, `${misses(text).join(", ")} in ${text}`);
    await place.page().waitForTimeout(PAUSE);
  }
}

/** The texts of the rows that are laid out. */
export const texts = (page) => rows(page).allInnerTexts();

/** Waits until the parameter has that value in the address, which follows typing with a delay. `""` means no parameter. */
export async function inAddress(page, name, value) {
  await page.waitForFunction(
    ([key, wanted]) => new URL(location.href).searchParams.getAll(key).join() === wanted,
    [name, value],
  );
}

/** The name, address and text of what a click downloads. */
export async function downloaded(page, click) {
  const [download] = await Promise.all([page.waitForEvent("download"), click()]);
  const stream = await download.createReadStream();
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return { name: download.suggestedFilename(), url: download.url(), text: Buffer.concat(chunks).toString("utf8") };
}

export const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

/** Waits until the grid has the focus, and the row that it says is active matches that selector. */
export const active = (page, selector) =>
  page.waitForFunction((wanted) => {
    const id = document.activeElement?.matches("[role=grid]") && document.activeElement.getAttribute("aria-activedescendant");
    return id && document.getElementById(id)?.matches(wanted);
  }, selector);
