// The browser, and pages that record what must not happen: errors, policy violations, requests to other servers.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
export const axeSource = require("axe-core").source;

const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const asRoot = process.getuid?.() === 0;
export const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: asRoot ? ["--no-sandbox", ...FLAGS] : FLAGS,
  chromiumSandbox: !asRoot,
});

const WIDE = { width: 1440, height: 900 };

/** Opens the page served at `address`, with the token, which the page then stores for its tab. */
export async function visit(address, { viewport = WIDE, colorScheme = "light", ...options } = {}) {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce", ...options });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: address.origin });
  const page = await context.newPage();
  const faults = [];
  book(page, address.origin, faults);
  await page.goto(address.href);
  return {
    page,
    faults,
    /** Another tab in the same browser. */
    async another(place, token = "") {
      const tab = await context.newPage();
      book(tab, address.origin, faults);
      await tab.goto(address.origin + place + token);
      return tab;
    },
    open: (place) => page.goto(address.origin + place),
    /** Ends the visit. Fails if anything happened that must not happen. */
    async leave() {
      await context.close();
      assert.deepEqual(faults, []);
    },
  };
}

function book(page, origin, faults) {
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && !["data:", "blob:"].includes(url.protocol)) faults.push(`leaves: ${request.url()}`);
  });
}

/** Runs `look` on a page. Fails if anything happened there that must not happen. */
export async function looking(address, place, look, options) {
  const visited = await visit(address, options);
  try {
    if (place !== "/") await visited.open(place);
    await look(visited.page, visited);
  } catch (error) {
    await visited.page.screenshot({ path: "target/browser-failure.png" }).catch(() => undefined);
    error.message += `\n  at ${visited.page.url()}\n  faults: ${JSON.stringify(visited.faults)}`;
    throw error;
  }
  await visited.leave();
}
