// Two sessions side by side.

import assert from "node:assert/strict";
import { test } from "node:test";
import { looking } from "./lib/browser.mjs";
import { loadRecords } from "./lib/case.mjs";
import { detail, inAddress, row, rows, shows, total } from "./lib/grid.mjs";
import { sessionOf } from "./lib/records.mjs";
import { BACKUP, NADIA } from "./sessions.mjs";

export function compare(address) {
  const table = (page) => page.getByRole("table");

  test("compare: two sessions of the list, by the time since their start, and by page", () =>
    looking(address, "/sessions?console=true", async (page) => {
      await total(page, 2);
      for (const who of ["nadia", "tomas"]) await row(page, who).getByRole("checkbox").check();
      await page.getByRole("button", { name: "Compare" }).click();
      await page.waitForURL(/\/compare\?session=.*&session=/);
      const heads = table(page).getByRole("columnheader");
      await shows(heads.nth(1), "nadia", "2026-03-11 19:37:29 UTC, for 16 min 33 s", "203.0.113.66", "IAM user, no MFA", "34 clicks");
      await shows(heads.nth(2), "tomas (SSO PowerUserAccess)", "192.0.2.41", "SSO role, MFA", "10 clicks");
      // The two sessions were at different times of day.
      const first = table(page).getByRole("row", { name: /^\+0:00:00/ });
      await shows(first.getByRole("cell").first(), "19:37:29", "Failed to sign in to the console");
      await shows(first.getByRole("cell").last(), "09:02:31", "Signed in to the console");
      await page.getByText("Time of day").click();
      await inAddress(page, "align", "time");
      await shows(table(page), /no activity for 10 h/);
      await page.getByText("Page or call").click();
      await shows(table(page), /In both \(\d+\)/, "Only in the first", "Only in the second");
      const both = table(page).getByRole("row", { name: /^S3 › Buckets/ }).first();
      await shows(both.getByRole("cell").first(), "Opened the list of S3 buckets");
      await shows(both.getByRole("cell").last(), "Opened the list of S3 buckets");
      await page.reload();
      await shows(table(page), /In both/);
      await page.getByRole("button", { name: "Swap" }).click();
      await shows(heads.nth(1), "tomas");
      await page.getByLabel("Changes and findings only").check();
      await shows(table(page), "Stopped logging for trail prod-audit");
      await page.getByRole("link", { name: "Stopped logging for trail prod-audit" }).click();
      await shows(detail(page), "cloudtrail:StopLogging");
    }));

  test("compare: at the same time, and stacked where it is narrow", () =>
    looking(
      address,
      `/compare?session=${NADIA}&session=${BACKUP}&align=page`,
      async (page) => {
        await shows(table(page), "second session:", "Downloaded prod-db-backups/postgres");
        const boxes = await page.evaluate(() => {
          const band = [...document.querySelectorAll(".compare tbody tr")].find((each) => each.querySelectorAll("td:not(.compare-none)").length > 0);
          return { wide: document.documentElement.scrollWidth - innerWidth, cells: [...band.querySelectorAll("th, td")].map((cell) => cell.getBoundingClientRect().x) };
        });
        assert.ok(boxes.wide <= 0, `${boxes.wide} pixels too wide`);
      },
      { viewport: { width: 400, height: 800 } },
    ));

  test("compare: an address without two sessions, or of unknown ones, says so", () =>
    looking(address, `/compare?session=${NADIA}`, async (page, { open }) => {
      await page.getByText("Select two sessions").waitFor();
      await open(`/compare?session=${NADIA}&session=nobody`);
      await page.getByText("There is no session nobody in the case.").waitFor();
    }));
}

const SCRIPT = "<script>window.pwned=1</script><img src=x onerror=window.pwned=1>";

/** A case with two sessions whose names and entities would be scripts. */
export function twoHostile() {
  const [eve, mallory] = [sessionOf(`eve${SCRIPT}`), sessionOf(`mallory${SCRIPT}\u202e`)];
  const records = [
    eve("iam", "CreateUser", { userName: SCRIPT }),
    eve("iam", "DeleteUser", { userName: "\u202egnp.exe" }),
    ...[mallory("iam", "CreateUser", { userName: `${SCRIPT}2` })].map((record) => ({
      ...record,
      eventID: "00000000-0000-4000-8000-00000000aaaa",
      eventTime: "2026-03-11T22:00:00Z",
      userIdentity: { ...record.userIdentity, accessKeyId: "ASIAOTHER", principalId: "AIDAOTHER" },
    })),
  ];
  return loadRecords(records, "two-hostile");
}

export function hostileCompare(address) {
  test("hostile: two sessions side by side, and the history of a thing, show names as text", () =>
    looking(address, "/sessions?console=all", async (page) => {
      await total(page, 2);
      for (const box of await rows(page).getByRole("checkbox").all()) await box.check();
      await page.getByRole("button", { name: "Compare" }).click();
      for (const align of ["Time since start", "Page or call"]) {
        await page.getByText(align).click();
        await shows(page.getByRole("table"), `eve${SCRIPT}`, `mallory${SCRIPT}⟦U+202E⟧`, "⟦U+202E⟧gnp.exe");
        assert.equal(await page.evaluate(() => window.pwned), undefined);
        assert.equal(await page.locator("img, iframe, script:not([src])").count(), 0);
      }
      await page.goto(`${address.origin}/entities?${new URLSearchParams({ type: "user", entity: SCRIPT })}`);
      await total(page, 1);
      await shows(rows(page).first(), "created", `eve${SCRIPT}`);
      await page.getByLabel(/^By/).selectOption(`eve${SCRIPT}`);
      await total(page, 1);
      assert.equal(await page.evaluate(() => window.pwned), undefined);
      assert.equal(await page.locator("img, iframe, script:not([src])").count(), 0);
    }));
}
