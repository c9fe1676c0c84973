// Notes: stars, tags and comments on the page, which are kept, used as filters, listed, exported and imported.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { looking } from "./lib/browser.mjs";
import { folder } from "./lib/case.mjs";
import { detail, downloaded, inAddress, row, rows, shows, total } from "./lib/grid.mjs";
import { NADIA } from "./sessions.mjs";

const SCRIPT = "<script>window.pwned=1</script><img src=x onerror=window.pwned=1>\u202e";
const MADE = "Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup";

export function notes(address) {
  test("notes: a click, a session and an entity are starred, tagged or commented on", () =>
    looking(address, `/timeline?session=${NADIA}`, async (page) => {
      await row(page, MADE).click();
      const bar = detail(page).getByRole("region", { name: "Notes on this click" });
      await bar.getByRole("button", { name: "Star" }).click();
      await bar.getByRole("button", { name: "Starred", pressed: true }).waitFor();
      await bar.getByLabel("New tag").fill("way in");
      await page.keyboard.press("Enter");
      await shows(bar, "#way in");
      await bar.getByRole("button", { name: "Comment" }).click();
      await bar.getByLabel("New comment").fill(SCRIPT);
      await bar.getByRole("button", { name: "Save" }).click();
      await shows(bar, "<script>window.pwned=1</script>", "⟦U+202E⟧");
      await shows(row(page, MADE), "#way in", "<script>");
      const session = page.getByRole("region", { name: "Notes on this session" });
      await session.getByLabel("New tag").fill("attacker");
      await page.keyboard.press("Enter");
      await shows(session, "#attacker");
      await page.goto(`${address.origin}/entities?type=bucket&entity=prod-db-backups`);
      await page.getByRole("region", { name: "Notes on this entity" }).getByRole("button", { name: "Star" }).click();
      await page.getByRole("button", { name: "Starred" }).waitFor();
      // After a reload, the notes are in the list and available as filters.
      await page.goto(`${address.origin}/notes`);
      await shows(page.getByRole("list", { name: "Notes" }), MADE, "#way in", "Session of nadia", "#attacker", "bucket prod-db-backups");
      assert.equal(await page.evaluate(() => window.pwned), undefined);
      await page.getByRole("button", { name: "#way in" }).click();
      await inAddress(page, "tag", "way in");
      await page.getByText("Session of nadia").waitFor({ state: "detached" });
      await page.getByRole("link", { name: MADE }).click();
      await shows(detail(page), MADE);
      await page.getByRole("button", { name: /^Filters/ }).waitFor();
      await page.getByLabel("Notes", { exact: true }).selectOption("tag:way in");
      await total(page, 1);
      await inAddress(page, "noted", "tag:way in");
    }));

  test("notes: a comment that is not saved is kept when the view changes; Ctrl+Enter saves it", () =>
    looking(address, `/timeline?session=${NADIA}&kind=login`, async (page) => {
      await row(page, "Signed in to the console").click();
      const bar = detail(page).getByRole("region", { name: "Notes on this click" });
      await bar.getByRole("button", { name: "Comment" }).click();
      await bar.getByLabel("New comment").fill("the way in");
      await page.getByRole("link", { name: "Entities" }).click();
      await page.waitForURL(/\/entities/);
      await page.goBack();
      await page.waitForFunction(() => document.querySelector("textarea")?.value === "the way in");
      await bar.getByLabel("New comment").press("Control+Enter");
      await page.getByText("Comment saved.").waitFor();
      await shows(bar, "the way in");
      assert.equal(await page.locator("textarea").count(), 0);
      await bar.getByRole("button", { name: "Delete" }).click();
      await page.getByText("Comment deleted.").waitFor();
    }));

  test("notes: the s key stars a row; a comment is edited and deleted", () =>
    looking(address, `/timeline?session=${NADIA}&kind=login`, async (page) => {
      await total(page, 2);
      await page.keyboard.press("j");
      await page.keyboard.press("s");
      await shows(rows(page).nth(1), "★");
      await page.keyboard.press("s");
      await page.getByText("Star removed.").waitFor();
      await page.keyboard.press("Enter");
      await detail(page).getByRole("button", { name: "Comment" }).first().click();
      await detail(page).getByLabel("New comment").fill("early");
      await page.keyboard.press("Control+Enter");
      await shows(detail(page), "early");
      await detail(page).getByRole("button", { name: "Edit" }).click();
      await detail(page).getByLabel("Comment", { exact: true }).fill("late");
      await page.keyboard.press("Control+Enter");
      await shows(detail(page), "late");
      await detail(page).getByRole("button", { name: "Delete" }).click();
      await page.getByText("Comment deleted.").waitFor();
    }));

  test("notes: views and queries are saved by name", () =>
    looking(address, `/timeline?session=${NADIA}&kind=secret`, async (page) => {
      await total(page, 3);
      await page.getByText("Views", { exact: true }).click();
      await page.getByLabel("Name for the saved view").fill("her secrets");
      await page.keyboard.press("Enter");
      await page.getByText("View saved.").waitFor();
      await page.goto(`${address.origin}/sql?sql=SELECT+41%2B1+AS+answer`);
      await total(page, 1);
      await page.getByText("Saved", { exact: true }).click();
      await page.getByLabel("Name for the saved query").fill("the answer");
      await page.keyboard.press("Enter");
      await page.getByText("Query saved.").waitFor();
      await page.goto(`${address.origin}/notes`);
      await shows(page.getByRole("region", { name: "Saved views and queries" }), "her secrets", "the answer");
      await page.getByText("Views", { exact: true }).click();
      await page.locator(".menu-items").getByRole("link", { name: "her secrets" }).click();
      await total(page, 3);
      await inAddress(page, "kind", "secret");
    }));

  test("notes: exported, and merged with a colleague's", () =>
    looking(address, "/notes", async (page) => {
      await page.locator("[aria-label=Notes]").first().waitFor();
      const mine = await downloaded(page, () => page.getByRole("button", { name: "Export" }).click());
      assert.equal(mine.name, "notes.jsonl");
      const note = {
        id: "c0113a9e", kind: "comment", target: { type: "event", id: "7a8921b6-e90c-421c-ad68-0837095ae92c" },
        text: `Bob saw this ${SCRIPT}`, author: "bob", created: "2026-03-12T08:00:00Z", changed: "2026-03-12T08:00:00Z",
      };
      const view = { id: "c0113a9f", kind: "view", text: "evil", place: "javascript:alert(1)", author: "bob", created: note.created, changed: note.changed };
      const file = path.join(folder, "bob.jsonl");
      await writeFile(file, `${mine.text}${JSON.stringify(note)}\n${JSON.stringify(view)}\n`);
      await page.getByLabel("Notes file to import").setInputFiles(file);
      await page.getByText("Imported 1 new note.").waitFor();
      await shows(page.getByRole("list", { name: "Notes" }), "bob, 2026-03-12 08:00 UTC", "Bob saw this <script>");
      assert.equal(await page.locator('a[href^="javascript:"]').count(), 0);
      assert.equal(await page.evaluate(() => window.pwned), undefined);
    }));
}
