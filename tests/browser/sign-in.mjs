// The token: removed from the address immediately, not in a cookie, passed to other tabs, and asked for if there is none.

import assert from "node:assert/strict";
import { test } from "node:test";
import { looking, visit } from "./lib/browser.mjs";
import { downloaded, shows, total } from "./lib/grid.mjs";
import { OUTSTANDING } from "./sessions.mjs";

/** What the browser says in its console about a request without the token. */
const isRefusal = (fault) => fault.includes("401 (Unauthorized)");

export function signIn(address) {
  test("sign-in: the token leaves the address, and is in no cookie", () =>
    looking(address, "/", async (page) => {
      await shows(page.locator(".top"), "2,526 events");
      assert.equal(page.url(), `${address.origin}/`);
      assert.deepEqual(await page.context().cookies(), []);
      await page.reload();
      await shows(page.locator(".top"), "2,526 events");
    }));

  test("sign-in: another tab asks an open one for the token", () =>
    looking(address, "/", async (page, { another }) => {
      await shows(page.locator(".top"), "2,526 events");
      const tab = await another("/sessions");
      await total(tab, OUTSTANDING);
      // A link that is opened in a new tab.
      const [opened] = await Promise.all([
        page.context().waitForEvent("page"),
        page.getByRole("link", { name: "Entities" }).click({ modifiers: ["ControlOrMeta"] }),
      ]);
      await opened.locator(".grid-body .grid-row:not([aria-busy=true])").first().waitFor();
      assert.equal(new URL(opened.url()).pathname, "/entities");
    }));

  test("sign-in: without a token the page asks for the address, and goes on where it was", () =>
    looking(new URL(`${address.origin}/sessions`), "/", async (page, { faults }) => {
      const field = page.getByLabel("Address with the token");
      await field.fill("http://127.0.0.1/#token=none");
      await page.keyboard.press("Enter");
      await page.getByText("This address does not contain a token.").waitFor();
      await field.fill(address.href);
      await page.keyboard.press("Enter");
      await shows(page.locator(".top"), "2,526 events");
      assert.ok(faults.splice(0).every(isRefusal));
    }));

  test("sign-in: a new address in the same tab signs in again", () =>
    looking(new URL(`${address.origin}/#token=${"0".repeat(64)}`), "/", async (page, { faults }) => {
      await page.getByLabel("Address with the token").waitFor();
      await page.goto(address.href);
      await shows(page.locator(".top"), "2,526 events");
      assert.equal(page.url(), `${address.origin}/`);
      assert.ok(faults.splice(0).every(isRefusal));
    }));

  test("sign-in: a tab that is signed in helps one that is not", async () => {
    const visited = await visit(new URL(`${address.origin}/#token=${"0".repeat(64)}`));
    await visited.page.getByLabel("Address with the token").waitFor();
    const tab = await visited.another("/", address.hash);
    await shows(tab.locator(".top"), "2,526 events");
    await shows(visited.page.locator(".top"), "2,526 events");
    assert.ok(visited.faults.splice(0).every(isRefusal));
    await visited.leave();
  });

  test("sign-in: a download needs no header, and its address is valid once", () =>
    looking(address, "/timeline", async (page, { faults }) => {
      await page.locator(".grid-body .grid-row:not([aria-busy=true])").first().waitFor();
      await page.getByText("Export", { exact: true }).click();
      const { name, text, url } = await downloaded(page, () => page.getByRole("button", { name: "CSV" }).click());
      assert.equal(name, "timeline.csv");
      assert.equal(text.trim().split("\n").length, 107);
      assert.ok(url.includes("ticket="), url);
      const again = await page.evaluate((used) => fetch(used).then(({ status }) => status), url);
      assert.equal(again, 401);
      assert.ok(faults.splice(0).every(isRefusal));
    }));
}
