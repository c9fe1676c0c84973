import assert from "node:assert/strict";
import { test } from "node:test";
import { looking } from "./lib/browser.mjs";
import { head, inAddress, row, rows, shows, total } from "./lib/grid.mjs";

export const NADIA = "5db5e5e561c424e48ca9d0ce5bc9ff43";
export const BACKUP = "5c5d434f8d7b191215ffe906fe9a6ca8";
/** The number of sessions in the demo in which something stands out. */
export const OUTSTANDING = 32;

export function sessions(address) {
  test("sessions: who, from where, how, how much", () =>
    looking(address, "/sessions", async (page) => {
      await total(page, OUTSTANDING);
      const nadia = ["111122223333", "2026-03-11 19:37:29", "16 min 33 s", "203.0.113.66", "IAM user, no MFA", "394", "34 clicks"];
      await shows(rows(page).first(), "nadia", ...nadia, "6\n2 attempts", "1 credential creation", "1 log or detector change");
      const backup = ["svc-backup", "203.0.113.147", "47\nprogram", "1\n1 attempt", "1 data export", "uses a credential created by nadia", "44 objects downloaded"];
      await shows(rows(page).nth(1), ...backup);
      await shows(page.locator(".top"), "2,526 events");
      await page.getByText("Console", { exact: true }).click();
      await total(page, 2);
      await shows(row(page, "tomas"), "SSO role, MFA");
    }));

  test("sessions: addresses and names that tell actors apart are not cut off", () =>
    looking(address, "/sessions", async (page) => {
      await total(page, OUTSTANDING);
      for (const width of [1440, 1024]) {
        await page.setViewportSize({ width, height: 900 });
        await shows(rows(page).first(), "198.51.100.200", "203.0.113.66");
        const cut = await page.evaluate(() =>
          [...document.querySelectorAll(".grid-body .addresses, .grid-body .c-who .upper")]
            .filter((cell) => cell.scrollWidth > cell.clientWidth + 1 && getComputedStyle(cell).display !== "inline")
            .map((cell) => cell.textContent),
        );
        assert.deepEqual(cut, []);
      }
    }));

  test("sessions: an address leads to all that it did", () =>
    looking(address, "/sessions", async (page) => {
      await rows(page).nth(1).getByRole("link", { name: "203.0.113.147" }).click();
      await total(page, 4);
      await inAddress(page, "ip", "203.0.113.147");
    }));

  test("sessions: what stands out leads to all sessions in which it does", () =>
    looking(address, "/sessions", async (page) => {
      await row(page, "nadia").getByRole("link", { name: "1 secret read" }).click();
      await inAddress(page, "stands", "1 secret read");
      await total(page, 25);
      await page.getByLabel("Sorted by").selectOption("defenses_weakened");
      await inAddress(page, "sort", "defenses_weakened");
      await shows(rows(page).first(), "nadia");
    }));

  test("sessions: search, sort, and those of programs; a link gives the same", () =>
    looking(address, "/sessions?console=true", async (page) => {
      await total(page, 2);
      await page.getByRole("searchbox").fill("203.0.113.66");
      await total(page, 1);
      await inAddress(page, "search", "203.0.113.66");
      await page.reload();
      await total(page, 1);
      await page.getByRole("searchbox").fill("");
      await total(page, 2);
      await head(page, "Events").click();
      await inAddress(page, "descending", "true");
      await page.getByText("All", { exact: true }).click();
      await total(page, 119);
      await shows(rows(page).first(), "nadia");
      await page.getByText("Programs", { exact: true }).click();
      await total(page, 117);
      const names = await page.locator(".grid-body .c-who").allInnerTexts();
      assert.ok(names.length > 0 && names.every((name) => !name.includes("nadia")));
    }));

  test("sessions: a click leads to the timeline, two selected to one timeline", () =>
    looking(address, "/sessions", async (page) => {
      await row(page, "nadia").click();
      await total(page, 34);
      await inAddress(page, "session", NADIA);
      await shows(page.getByRole("region", { name: "Session", exact: true }), "no MFA");
      await page.goBack();
      await total(page, OUTSTANDING);
      await page.getByText("Console", { exact: true }).click();
      await total(page, 2);
      for (const who of ["nadia", "tomas"]) await row(page, who).getByRole("checkbox").check();
      await page.getByRole("button", { name: "Show in one timeline" }).click();
      await total(page, 44);
      await page.waitForFunction(() => new URL(location.href).searchParams.getAll("session").length === 2);
    }));
}
