// Entities, SQL, coverage.

import assert from "node:assert/strict";
import { test } from "node:test";
import { looking } from "./lib/browser.mjs";
import { detail, downloaded, inAddress, row, rows, shows, texts, total } from "./lib/grid.mjs";
import { NADIA } from "./sessions.mjs";

export function entities(address) {
  test("entities: found by type, name and touch", () =>
    looking(address, "/entities", async (page) => {
      await total(page, 697);
      // What the most notable identity changed comes first.
      assert.match((await texts(page)).slice(0, 8).join("\n"), /warehouse\/reader|AKIAEXAMPLEJ3XHTZZXB/);
      assert.ok(!(await texts(page)).some((text) => text.includes("_key")));
      await page.getByLabel("How").selectOption("true");
      await total(page, 673);
      await page.getByLabel("How").selectOption("changed");
      await total(page, 319);
      await shows(row(page, "AKIAEXAMPLEJ3XHTZZXB"), "access key", "changed 1", "48", "nadia, svc-backup");
      await page.getByLabel("How").selectOption("");
      await page.getByLabel("Type").selectOption("bucket");
      await page.getByRole("searchbox").fill("BACKUPS");
      await total(page, 1);
      await shows(rows(page).first(), "prod-db-backups");
      await page.reload();
      await total(page, 1);
      await inAddress(page, "type", "bucket");
    }));

  test("entities: only successful changes are red; attempts and reads are counted beside them", () =>
    looking(address, "/sessions", async (page, { open }) => {
      await page.route("**/api/entities?*", async (route) => {
        const response = await route.fetch();
        const answer = await response.json();
        const [first, second] = answer.rows;
        const rows = [{ ...first, changes: 2, attempts: 1, reads: 40 }, { ...second, changes: 0, attempts: 3, reads: 0 }];
        await route.fulfill({ response, json: { ...answer, total: 2, rows } });
      });
      await open("/entities");
      await shows(rows(page).first(), "changed 2, tried 1, read 40");
      await shows(rows(page).nth(1), "tried 3");
      assert.deepEqual(await rows(page).locator(".loud").allInnerTexts(), ["changed 2"]);
    }));

  test("entities: the history of one, with its relations, narrowed by who and how", () =>
    looking(address, "/entities?search=svc-backup&type=user", async (page) => {
      await row(page, "svc-backup").click();
      // Four pages that nadia opened, one of which created a key; ten calls about it by a scanner.
      await total(page, 14);
      await shows(row(page, "iam:ListAccessKeys"), "read", "posture-scanner/nightly");
      await shows(row(page, "Opened the list of IAM users"), "seen", "nadia");
      await page.getByLabel("Relation").selectOption("read");
      await total(page, 10);
      await inAddress(page, "relation", "read");
      await shows(page.getByLabel(/^By/), "posture-scanner/nightly (10)");
      await page.getByLabel("Relation").selectOption("");
      await page.getByLabel(/^By/).selectOption("nadia");
      await total(page, 4);
      await page.reload();
      await total(page, 4);
      await row(page, "Created access key").click();
      await detail(page).getByText("Original events (1)").waitFor();
      await page.reload();
      await detail(page).getByText("Original events (1)").waitFor();
      await page.getByLabel(/^By/).selectOption("");
      await page.getByRole("link", { name: "Show in the timeline" }).click();
      // The scanner's calls share lines there.
      await total(page, 6);
      await page.getByText("of 14 rows").waitFor();
      await page.waitForURL(/\/timeline\?entity_type=user&entity=svc-backup/);
    }));

  test("entities: a key from its creation to its last use, and what its user did", () =>
    looking(address, "/entities?type=access_key&entity=AKIAEXAMPLEJ3XHTZZXB", async (page) => {
      await total(page, 48);
      const lines = await texts(page);
      assert.ok(lines[0].includes("created") && lines[0].includes("nadia"), lines[0]);
      await page.getByLabel("Relation").selectOption("used");
      await total(page, 47);
      await page.getByRole("link", { name: "What was done with this key" }).click();
      await inAddress(page, "key", "AKIAEXAMPLEJ3XHTZZXB");
      await page.goto(`${address.origin}/entities?type=user&entity=svc-backup`);
      await page.getByRole("link", { name: "What this user did" }).click();
      await inAddress(page, "principal", "svc-backup");
      await total(page, 5);
    }));
}

export function sql(address) {
  test("SQL: a hunt is picked, set, run, linked and exported", () =>
    looking(address, "/sql", async (page) => {
      await page.getByLabel("Hunt").selectOption("persistence/access-key-for-another");
      await total(page, 2);
      assert.ok((await page.getByRole("textbox", { name: "SQL" }).inputValue()).includes("SET VARIABLE principal = '%';"));
      await page.getByLabel("principal").fill("nobody's");
      await total(page, 0);
      await page.getByText("No rows.").waitFor();
      await page.reload();
      await total(page, 0);
      assert.ok((await page.getByRole("textbox", { name: "SQL" }).inputValue()).includes("= 'nobody''s';"));
      await page.getByLabel("principal").fill("nadia");
      await total(page, 2);
      await page.getByText("Export", { exact: true }).click();
      const saved = await downloaded(page, () => page.getByRole("button", { name: "CSV" }).click());
      assert.equal(saved.name, "answer.csv");
      assert.ok(saved.text.startsWith("time,principal,what,for_user") && saved.text.includes("svc-backup"), saved.text);
      await row(page, "svc-backup").click();
      await detail(page).getByRole("link", { name: "Show the session in the timeline" }).click();
      await total(page, 34);
      await detail(page).getByText("Original events (1)").waitFor();
    }));

  test("SQL: of one's own, with its errors, and without writing", async () => {
    const faulty = async (page, { faults }) => {
      const text = page.getByRole("textbox", { name: "SQL" });
      await text.fill("SELECT kind, count(*) AS n FROM signals GROUP BY kind ORDER BY kind");
      await text.press("Control+Enter");
      await total(page, 8);
      await shows(rows(page).first(), "background");
      await page.reload();
      await total(page, 8);
      for (const wrong of ["SELECT nothing FROM nowhere", "CREATE TABLE mine (n INTEGER)", "SELECT * FROM read_text('/etc/hostname')"]) {
        await text.fill(wrong);
        await page.getByRole("button", { name: "Run" }).click();
        await page.getByRole("alert").waitFor();
        assert.ok((await page.getByRole("alert").innerText()).trim().split("\n").length > 1, "an error comes with advice");
        await text.fill("SELECT 42 AS answer");
        await page.getByRole("button", { name: "Run" }).click();
        await total(page, 1);
      }
      // The browser itself reports responses that are not successful.
      assert.equal(faults.length, 3);
      assert.ok(faults.splice(0).every((fault) => fault.includes("400")));
    };
    await looking(address, "/sql", faulty);
  });
}

export function coverage(address) {
  test("coverage: what names the clicks, how sure it is, by session and service", () =>
    looking(address, "/coverage", async (page) => {
      await total(page, 2);
      const totals = page.getByRole("region", { name: "Totals" });
      await shows(totals, /\d+ of \d+ clicks match a known page/, "507 console events", "Visit", "Background");
      await page.getByText("By service").click();
      await row(page, "iam").waitFor();
      await page.reload();
      await row(page, "iam").waitFor();
      await page.getByText("By session").click();
      await row(page, "nadia").click();
      await page.waitForURL((url) => url.searchParams.get("session") === NADIA && url.searchParams.get("by") === "service");
      await row(page, "secretsmanager").click();
      await page.waitForURL((url) => url.pathname === "/timeline" && url.searchParams.get("service") === "secretsmanager");
    }));
}
