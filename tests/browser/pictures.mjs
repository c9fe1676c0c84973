// The screenshots for the README, with SCREENSHOTS=1.

import { test } from "node:test";
import { looking } from "./lib/browser.mjs";
import { row, rows } from "./lib/grid.mjs";
import { NADIA } from "./sessions.mjs";

const TIMELINE = `/timeline?session=${NADIA}`;
const WIDE = { viewport: { width: 1280, height: 760 } };
const NARROW = { viewport: { width: 400, height: 800 } };

const unfold = async (page) => {
  await row(page, "Created access key AKIA").click();
  await page.locator(".event-line").first().waitFor();
};

const PICTURES = [
  ["overview", "/", { viewport: { width: 1280, height: 1000 } }],
  ["sessions", "/sessions", WIDE],
  ["timeline", TIMELINE, WIDE],
  ["timeline-dark", `${TIMELINE}&kind=secret&kind=change&kind=command`, { ...WIDE, colorScheme: "dark" }, unfold],
  ["entities", "/entities", WIDE],
  ["sql", "/sql?hunt=persistence/access-key-for-another", WIDE],
  ["coverage", "/coverage?by=service", WIDE],
  ["narrow", TIMELINE, NARROW],
];

export function pictures(address) {
  for (const [name, place, options, act] of PICTURES) {
    test(`picture: ${name}`, () =>
      looking(
        address,
        place,
        async (page) => {
          await page.locator(".grid-body .grid-row, .lane").first().waitFor();
          await act?.(page);
          await page.waitForLoadState("networkidle");
          await page.mouse.move(0, 0);
          await page.screenshot({ path: `docs/images/${name}.png` });
        },
        options,
      ));
  }
}
