// The first page: the story in sentences with their evidence, the chart, and what it links to.

import assert from "node:assert/strict";
import { test } from "node:test";
import { looking } from "./lib/browser.mjs";
import { detail, inAddress, rows, shows } from "./lib/grid.mjs";
import { NADIA } from "./sessions.mjs";

const untouched = async (page) => {
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.equal(await page.locator("img, iframe, object, script:not([src])").count(), 0);
  assert.ok(!/[\u202a-\u202e\u2066-\u2069\u200b]/.test(await page.locator("body").innerText()), "a hidden character is shown bare");
};

export function overview(address) {
  test("overview: who got in and how, and what they took, created, weakened and left in effect", () =>
    looking(address, "/", async (page) => {
      const story = page.getByRole("region", { name: "What nadia did" });
      await shows(story, "IAM user, account 111122223333", "441 events in 2 sessions (1 in the console)");
      await shows(story, "nadia signed in with a password, without MFA, from 203.0.113.66 at 2026-03-11 19:38:12. 1 sign-in failed.");
      await shows(story, "svc-backup downloaded 44 objects (5.3 GB) from prod-db-backups.", "19:46:22 Read secret warehouse/reader");
      await shows(story, "19:41:32 Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup");
      await shows(story, "AKIAEXAMPLEJ3XHTZZXB of svc-backup was used from 203.0.113.147, first at 2026-03-11 21:14:05 (47 events).");
      await shows(story, "5 commands were typed in the console.", "3 notable actions failed or were denied. 5 calls were denied in total.");
      await shows(story, "19:51:50 Stopped logging for trail prod-audit");
      const open = page.getByRole("region", { name: "Still in effect" });
      await shows(open, "for svc-backup, by nadia", "6 other changes that can preserve access");
      await shows(open, "1 access key created", "1 log or detector stopped, changed or deleted");
      await shows(page.getByRole("region", { name: "Others" }), "ci-deploy", "tomas (SSO PowerUserAccess)");
    }));

  test("overview: each sentence links to its evidence, which is at the top", () =>
    looking(address, "/", async (page) => {
      await page.getByRole("link", { name: "Stopped logging for trail prod-audit" }).first().click();
      await inAddress(page, "session", NADIA);
      await shows(detail(page), "Stopped logging for trail prod-audit", "cloudtrail:StopLogging");
      await page.waitForFunction(() => {
        const [row, grid] = [document.querySelector(".grid-row.unfolded"), document.querySelector("[role=grid]")];
        return row.getBoundingClientRect().y - grid.getBoundingClientRect().y < 60;
      });
      await page.goBack();
      await page.getByRole("link", { name: "Downloads from prod-db-backups" }).click();
      await shows(rows(page).first(), "Downloaded prod-db-backups/postgres");
    }));

  test("overview: the chart has lanes, shapes, a table and a minimap that zooms", () =>
    looking(address, "/", async (page) => {
      const picture = page.getByRole("region", { name: "Chart of the case" });
      await shows(picture, "nadia", "svc-backup", "by nadia", "other identities", "all events per 5 s");
      assert.ok((await picture.locator(".shape-secret").count()) > 1);
      assert.ok((await picture.locator(".lane .flood").count()) > 50);
      await picture.getByText("As a table").click();
      await shows(picture.getByRole("table"), "Stopped logging for trail prod-audit", "Downloaded prod-db-backups/postgres");
      await picture.getByRole("group", { name: /^The whole case/ }).press("+");
      await page.waitForURL(/from=.*to=/);
      await picture.getByRole("button", { name: "Show all times" }).click();
      await inAddress(page, "from", "");
      await picture.locator(".lane-label").getByRole("link", { name: "svc-backup" }).click();
      await page.waitForURL(/\/timeline\?session=/);
    }));

  test("overview: an unknown address shows a message", () =>
    looking(address, "/nowhere", async (page) => {
      await page.getByRole("heading", { name: "Page not found" }).waitFor();
      await page.getByRole("link", { name: "Go to the overview" }).click();
      await page.getByRole("region", { name: "What nadia did" }).waitFor();
    }));
}

export function unfolded(address) {
  const screenOf = (page) => detail(page).locator(".screen");

  test("an expanded click: its events by call, and the reconstructed screen with a link for each cell", () =>
    looking(address, `/timeline?session=${NADIA}`, async (page) => {
      await rows(page).filter({ hasText: "Opened the list of IAM users" }).first().click();
      await shows(detail(page), /iam:GetLoginProfile ×20\s+\d+ NoSuchEntity/);
      await shows(screenOf(page), "A reconstruction", "an empty cell means the value is unknown", "Console password");
      const row = screenOf(page).getByRole("row", { name: /svc-backup/ });
      await shows(row, "none");
      await detail(page).getByRole("button", { name: /iam:GetLoginProfile/ }).click();
      await detail(page).locator(".events-of-call .event-line").nth(19).waitFor();
      await row.getByRole("link", { name: "none" }).click();
      await page.waitForURL(/open=/);
    }));

  test("facets: user agent, API, reason and technique by name", () =>
    looking(address, `/timeline?session=${NADIA}`, async (page) => {
      const facet = (title) => page.getByRole("group", { name: title, exact: true });
      await shows(facet("Stands out"), "defense evasion");
      await facet("Stands out").getByRole("checkbox", { name: "defense evasion" }).check();
      await inAddress(page, "reason", "defense_evasion");
      await shows(facet("API"), "cloudtrail:StopLogging");
      await shows(facet("Technique"), "T1562.008 Disable or Modify Cloud Logs");
      await shows(facet("User agent"), "AWS Internal");
    }));

  test("a second time zone is shown below UTC, and is kept", () =>
    looking(address, `/timeline?session=${NADIA}`, async (page) => {
      await page.getByLabel("Second time zone").selectOption("Asia/Tokyo");
      await shows(rows(page).first(), "2026-03-11 19:37:29", "2026-03-12 04:37:29 Tokyo");
      await page.reload();
      await shows(rows(page).first(), "04:37:29 Tokyo");
      await page.getByLabel("Second time zone").selectOption("");
    }));
}

export function hunts(address) {
  test("hunts: all at a glance, for one identity, with evidence", () =>
    looking(address, "/hunts", async (page) => {
      const persistence = page.getByRole("region", { name: "persistence" });
      await shows(persistence, "Who created an access key for another user?", "T1098.001");
      await persistence.getByRole("button", { name: /Who created an access key for another user/ }).click();
      await shows(persistence, "Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup", "A hit:");
      await page.getByLabel("Identity").fill("svc-backup");
      await persistence.getByRole("button", { name: /for another user/ }).waitFor({ state: "detached" });
      await page.getByLabel("Identity").fill("nadia");
      await persistence.getByRole("button", { name: /for another user/ }).click();
      await persistence.getByRole("link", { name: "Created access key AKIAEXAMPLEJ3XHTZZXB" }).click();
      await shows(detail(page), "Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup");
    }));
}

export function sqlConsole(address) {
  test("SQL: schema, completion and history", () =>
    looking(address, "/sql", async (page) => {
      const text = page.getByRole("textbox", { name: "SQL" });
      await page.getByText(/^Tables and views \(\d+\)/).click();
      await shows(page.locator(".schema"), "session_findings");
      await text.fill("");
      await text.pressSequentially("FROM session_su");
      await page.getByRole("group", { name: "Completions" }).getByRole("button", { name: "session_summary" }).waitFor();
      await text.press("Control+Space");
      assert.equal(await text.inputValue(), "FROM session_summary");
      await text.press("Control+Enter");
      await rows(page).first().waitFor();
      await page.reload();
      await page.getByText("History", { exact: true }).click();
      await page.getByRole("button", { name: "FROM session_summary" }).waitFor();
    }));
}

/** Names that would be scripts are also text on these pages. */
export function hostilePages(address) {
  test("hostile: overview, hunts and notes show names as text", () =>
    looking(address, "/", async (page, { open }) => {
      await page.locator(".story").first().waitFor();
      await shows(page.locator("body"), "<script>window.pwned=1</script>", "⟦U+202E⟧");
      await page.getByText("As a table").click();
      await untouched(page);
      await open("/hunts");
      await page.locator(".tactic").first().waitFor();
      for (const head of await page.locator(".hunt-head").all()) await head.click();
      await untouched(page);
    }));
}
