// No view, light or dark, wide or narrow, has a serious fault that axe detects or needs horizontal scrolling.

import assert from "node:assert/strict";
import { test } from "node:test";
import { axeSource, looking } from "./lib/browser.mjs";
import { rows } from "./lib/grid.mjs";
import { NADIA } from "./sessions.mjs";

const PLACES = [
  "/",
  "/hunts",
  "/notes",
  "/sessions",
  `/timeline?session=${NADIA}&show=click&show=command&show=background`,
  "/timeline?session=5c5d434f8d7b191215ffe906fe9a6ca8&notable=true",
  "/entities",
  "/entities?type=user&entity=svc-backup",
  "/sql?hunt=persistence/access-key-for-another",
  "/coverage?by=service",
  `/compare?session=${NADIA}&session=5c5d434f8d7b191215ffe906fe9a6ca8`,
];
/** Enough rows to see every kind of row. */
const WIDE = { width: 1440, height: 640 };
const NARROW = { width: 400, height: 800 };

/** The serious faults that axe finds with these rules, as readable lines. */
async function serious(page, rules) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate((asked) => window.axe.run(document, { resultTypes: ["violations"], ...asked }), rules);
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return grave.flatMap(({ id, nodes }) => nodes.slice(0, 3).map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`));
}

/** The widths at which the layout changes. */
const WIDTHS = [1440, 1280, 1100, 1000, 720, 400];

/** Grids whose columns do not fit. A SQL result may have any number of columns. */
const tooWide = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll(".grid-box:not(.answer) .grid")]
      .filter((grid) => grid.scrollWidth > grid.clientWidth)
      .map((grid) => `${grid.getAttribute("aria-label")} at ${innerWidth}: ${grid.scrollWidth} > ${grid.clientWidth}`),
  );

const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** All rules, and the rules whose results can differ if only the colors or only the layout change. */
const ALL = {};
const COLOURS = { runOnly: ["color-contrast"] };
const LAYOUT = { rules: { "color-contrast": { enabled: false } } };

/** Waits for the first content of a view. */
const shown = (page) => page.locator(".grid-body .grid-row, .story, .tactic, .view-notes, .compare").first().waitFor();

const look = (rules) => async (page, { open }) => {
  for (const place of PLACES) {
    await open(place);
    await shown(page);
    if (place.startsWith("/timeline?session=")) {
      await rows(page).nth(1).click();
      await page.locator(".event-line").first().click();
      await page.locator(".json").waitFor();
    }
    await page.locator("[aria-busy=true], .waiting").first().waitFor({ state: "detached" });
    assert.deepEqual(await serious(page, rules), [], place);
    assert.equal(await sideways(page), 0, `${place} is wider than the window`);
  }
};

/** Windows that were found to have two scroll bars: narrow, low, and a window of 1440 by 900 zoomed to 200 %. */
const SMALL = [
  { width: 1024, height: 768 },
  { width: 400, height: 800 },
  { width: 720, height: 450 },
  { width: 1440, height: 600 },
];

/** The elements that scroll vertically, by label or class. The page itself is `page`. A text area scrolls on its own. */
const scrolling = (page) =>
  page.evaluate(() => {
    const scrolls = (node) => ["auto", "scroll"].includes(getComputedStyle(node).overflowY) && node.scrollHeight > node.clientHeight + 1;
    const found = [...document.querySelectorAll("body *:not(textarea)")].filter(scrolls).map((node) => node.getAttribute("aria-label") ?? node.className);
    const { scrollHeight, clientHeight } = document.documentElement;
    return scrollHeight > clientHeight ? ["page", ...found] : found;
  });

export function access(address) {
  test("access: one scroll bar in small windows, and the last row can be reached with it", () =>
    looking(address, "/", async (page, { open }) => {
      for (const viewport of SMALL) {
        await page.setViewportSize(viewport);
        for (const place of PLACES) {
          await open(place);
          await shown(page);
          await page.locator("[aria-busy=true], .waiting").first().waitFor({ state: "detached" });
          const all = await scrolling(page);
          assert.deepEqual(all.filter((each) => each !== "page"), [], `${place} at ${viewport.width} × ${viewport.height}`);
        }
        await open("/timeline?show=click&show=programmatic&folded=false");
        await rows(page).first().waitFor();
        const count = Number(await page.getByRole("grid").getAttribute("aria-rowcount"));
        await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
        await page.locator(`.grid-row[aria-rowindex="${count}"]:not([aria-busy=true])`).waitFor();
        await page.evaluate(() => scrollTo(0, 0));
        await page.locator('.grid-row[aria-rowindex="2"]').waitFor();
      }
    }));

  test("access: keys move and a link goes to its row where the page scrolls", () =>
    looking(
      address,
      `/timeline?session=${NADIA}`,
      async (page, { open }) => {
        await rows(page).first().waitFor();
        await page.keyboard.press("End");
        await page.locator('.grid-row.active[aria-rowindex="35"]').waitFor();
        const inView = () => page.evaluate(() => {
          const box = document.querySelector(".grid-row.active, .grid-row.unfolded")?.getBoundingClientRect();
          return box !== undefined && box.top >= -1 && box.top < innerHeight;
        });
        await page.waitForFunction(() => {
          const box = document.querySelector(".grid-row.active")?.getBoundingClientRect();
          return box && box.top >= 0 && box.bottom <= innerHeight + 1;
        });
        assert.ok(await inView());
        await open("/");
        await page.getByRole("link", { name: "Stopped logging for trail prod-audit" }).first().click();
        await page.waitForFunction(() => {
          const box = document.querySelector(".grid-row.unfolded")?.getBoundingClientRect();
          return box && box.top >= 0 && box.top < 80;
        });
      },
      { viewport: { width: 720, height: 450 } },
    ));

  test("access: no serious fault, light", () => looking(address, "/", look(ALL), { viewport: WIDE }));
  test("access: no serious fault, dark", () => looking(address, "/", look(COLOURS), { colorScheme: "dark", viewport: WIDE }));
  test("access: no serious fault, narrow", () => looking(address, "/", look(LAYOUT), { viewport: NARROW }));

  test("access: the columns fit, however wide the window is", () =>
    looking(address, "/", async (page, { open }) => {
      for (const place of PLACES) {
        await open(place);
        await shown(page);
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 700 });
          await page.waitForFunction((wide) => innerWidth === wide, width);
          await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
          assert.deepEqual(await tooWide(page), [], place);
          assert.equal(await sideways(page), 0, `${place} is wider than a window of ${width}`);
        }
      }
    }));

  test("access: the selected theme is kept", () =>
    looking(address, "/sessions", async (page) => {
      const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      const light = await background();
      const button = page.getByRole("button", { name: /^Theme/ });
      const theme = (wanted) => page.waitForFunction((wanted) => document.documentElement.dataset.theme === wanted, wanted);
      await button.click();
      await theme("dark");
      const dark = await background();
      assert.notEqual(dark, light);
      await page.reload();
      assert.equal(await background(), dark);
      await button.click();
      await theme("light");
      assert.equal(await background(), light);
      await button.click();
      await theme(undefined);
      assert.equal(await background(), light);
    }));
}
