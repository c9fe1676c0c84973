// Several cases on one server, and a case that is replaced while it is shown.

import assert from "node:assert/strict";
import { test } from "node:test";
import { looking } from "./lib/browser.mjs";
import { loadMore } from "./lib/case.mjs";
import { shows } from "./lib/grid.mjs";
import { sessionOf } from "./lib/records.mjs";

export function cases(address) {
  test("cases: the page switches to another case of the server", () =>
    looking(address, "/", async (page, { faults }) => {
      const choice = page.getByLabel("Case", { exact: true });
      await shows(page.locator(".top"), "2,526 events");
      await choice.waitFor();
      assert.deepEqual(await choice.locator("option").allInnerTexts(), ["demo.duckdb", "two-hostile.duckdb"]);
      await choice.selectOption("two-hostile.duckdb");
      await page.waitForURL((url) => url.origin !== address.origin && !url.href.includes("token"));
      await shows(page.locator(".top"), "3 events");
      await page.getByLabel("Case", { exact: true }).selectOption("demo.duckdb");
      await shows(page.locator(".top"), "2,526 events");
      // Both addresses belong to this server.
      assert.ok(faults.splice(0).every((fault) => fault.startsWith("leaves: http://127.0.0.1:")));
    }));
}

export function replaced({ address, file }) {
  test("cases: a load into a copy is noticed, and opened when asked", () =>
    looking(address, "/sessions?console=all", async (page) => {
      await shows(page.locator(".top"), "2,526 events");
      const record = sessionOf("latecomer<b>")("sts", "GetCallerIdentity", null, true);
      await loadMore([record], file, "--copy");
      await page.evaluate(() => dispatchEvent(new Event("focus")));
      await page.getByText("The case file was replaced").waitFor();
      await shows(page.locator(".top"), "2,526 events");
      await page.getByRole("button", { name: "Open the new version" }).click();
      await shows(page.locator(".top"), "2,527 events");
      await page.getByText("The case file was replaced").waitFor({ state: "detached" });
      await page.getByRole("searchbox").fill("latecomer<b>");
      await page.locator('[role=grid][aria-rowcount="2"]').waitFor();
    }));
}
