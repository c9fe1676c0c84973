// A complete visit without a mouse: from the sessions to the raw event behind a click, and through the views.

import assert from "node:assert/strict";
import { test } from "node:test";
import { looking } from "./lib/browser.mjs";
import { active, detail, inAddress, shows, total } from "./lib/grid.mjs";
import { NADIA, OUTSTANDING } from "./sessions.mjs";

export function keyboard(address) {
  test("keyboard: from sessions to a raw event and through the views", () =>
    looking(address, "/sessions", async (page) => {
      const press = (...keys) => keys.reduce((last, key) => last.then(() => page.keyboard.press(key)), Promise.resolve());
      await total(page, OUTSTANDING);
      await press("j");
      await active(page, '[aria-rowindex="3"]');
      await press("k");
      await active(page, '[aria-rowindex="2"]');
      await shows(page.locator('[aria-rowindex="2"]'), "nadia");
      await press("Enter");
      await total(page, 34);
      await inAddress(page, "session", NADIA);

      await press("/");
      await page.keyboard.type("secret");
      await inAddress(page, "search", "secret");
      await press("Escape", "Escape");
      await total(page, 34);
      await press("End");
      await active(page, '[aria-rowindex="35"]');
      await press("Home", "j", "ArrowDown", "k");
      await active(page, '[aria-rowindex="3"]');
      await press("Space");
      await active(page, '[aria-selected="true"]');
      await press("Escape");
      await active(page, '[aria-selected="false"]');

      await press("Enter");
      await detail(page).getByText("Original events").waitFor();
      const event = detail(page).getByRole("button", { name: "signin:ConsoleLogin" });
      await event.waitFor();
      for (let i = 0; i < 20 && !(await event.evaluate((node) => node === document.activeElement)); i++) await press("Tab");
      await press("Enter");
      await detail(page).getByText('"ConsoleLogin"').first().waitFor();
      await press("Escape");
      await active(page, '[aria-rowindex="3"]');
      await press("Enter");
      await detail(page).waitFor({ state: "detached" });

      await press("?");
      await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
      await press("Escape");
      await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor({ state: "hidden" });
      for (const [key, path] of [["4", "/entities"], ["5", "/hunts"], ["6", "/notes"], ["7", "/sql"], ["8", "/coverage"], ["3", "/timeline"], ["1", "/"], ["2", "/sessions"]]) {
        await press(key);
        await page.waitForURL((url) => url.pathname === path);
        if (path === "/sql") await page.getByLabel("Hunt").waitFor();
      }
    }));

  test("keyboard: single keys can be switched off", () =>
    looking(address, "/sessions", async (page) => {
      await total(page, OUTSTANDING);
      await page.keyboard.press("?");
      await page.getByLabel("Use single letters and digits as shortcuts").uncheck();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor({ state: "hidden" });
      await page.keyboard.press("3");
      await page.keyboard.press("ArrowDown");
      await active(page, '[aria-rowindex="3"]');
      await shows(page.locator('[aria-rowindex="3"]'), "svc-backup");
      assert.equal(new URL(page.url()).pathname, "/sessions");
    }));
}
