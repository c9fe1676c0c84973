import assert from "node:assert/strict";
import { test } from "node:test";
import { looking } from "./lib/browser.mjs";
import { head, inAddress, row, rows, shows, texts, total } from "./lib/grid.mjs";

export const NADIA = "5db5e5e561c424e48ca9d0ce5bc9ff43";

export function sessions(address) {
  test("sessions: who, from where, how, how much", () =>
    looking(address, "/", async (page) => {
      await total(page, 2);
      const nadia = ["111122223333", "2026-03-11 19:37:29", "16 min 33 s", "203.0.113.66", "IAM user, no MFA", "394", "34"];
      await shows(row(page, "nadia"), ...nadia);
      await shows(row(page, "tomas"), "SSO role, MFA");
      await shows(page.locator(".top"), "2,526 events");
    }));

  test("sessions: search, sort, and those of programs; a link gives the same", () =>
    looking(address, "/sessions", async (page) => {
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
      assert.ok((await texts(page)).every((text) => !text.includes("nadia")));
    }));

  test("sessions: a click leads to the timeline, two selected to one timeline", () =>
    looking(address, "/sessions", async (page) => {
      await row(page, "nadia").click();
      await total(page, 34);
      await inAddress(page, "session", NADIA);
      await shows(page.getByRole("region", { name: "Session" }), "no MFA");
      await page.goBack();
      await total(page, 2);
      for (const who of ["nadia", "tomas"]) await row(page, who).getByRole("checkbox").check();
      await page.getByRole("button", { name: "Show in one timeline" }).click();
      await total(page, 44);
      await page.waitForFunction(() => new URL(location.href).searchParams.getAll("session").length === 2);
    }));
}
