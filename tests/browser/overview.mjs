// The first page: the story in sentences with their evidence, the chart, and what it links to.

import assert from "node:assert/strict";
import { test } from "node:test";
import { looking } from "./lib/browser.mjs";
import { clipboard, detail, inAddress, rows, shows } from "./lib/grid.mjs";
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
      await shows(story, "IAM user, account 111122223333", "441 events in 2 sessions, 2026-03-11 19:37:29 to 21:20:13", "credentials that nadia created were used as svc-backup");
      await shows(story, "19:37:29 Failed sign-in by nadia from 203.0.113.66", "19:38:12 Signed in from 203.0.113.66 with password, without MFA; 1 change, 2 secrets and keys, 5 commands until 19:53:18");
      await shows(story, "Console: Secrets Manager (Secrets › warehouse/reader), CloudTrail (Trails › prod-audit), IAM (Users › marek and svc-backup, User groups, Roles), S3 (Buckets › prod-db-backups and prod-customer-exports)", "Programs: sts:GetCallerIdentity and s3:ListBuckets");
      assert.ok(!(await story.getByText("198.51.100.200: CloudShell").isVisible()), "background is folded");
      await story.getByText("Background: addresses and limits").click();
      await shows(story, /Clients\s+Firefox 148 on Linux; aws-cli\/2/, "no earlier activity by nadia, in a case that begins at 00:00:01");
      await shows(story, "No data events for buckets prod-customer-exports");
      await shows(story, "198.51.100.200: CloudShell", "Also: 203.0.113.66 and 203.0.113.147");
      await shows(story, "21:15:09 svc-backup downloaded 44 objects (5.3 GB) from prod-db-backups", "19:46:22 Read secret warehouse/reader");
      await shows(story, "19:41:32 Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup; an existing user, active in the case since 01:00:00 from 192.0.2.90");
      await shows(story, "21:14:05 Access key AKIAEXAMPLEJ3XHTZZXB of svc-backup was used from 203.0.113.147 (47 events)");
      await shows(story, "Ran in CloudShell: sts:GetCallerIdentity, s3:ListBuckets, secretsmanager:ListSecrets, secretsmanager:GetSecretValue on payments/gateway-token (failed: AccessDenied) and iam:ListAttachedUserPolicies on nadia", "Tried to create user svc-sync: access denied, as svc-backup", "Tried to create an access key for marek: access denied");
      await shows(story, "19:51:50 Stopped logging for trail prod-audit; it was not started or created again in the case");
      await shows(story, "Also: created 1 CloudShell environment, started 1 CloudShell environment and opened 1 session");
      const text = await story.innerText();
      assert.ok(!/1 credential creation|1 data export/.test(text), "no number counts one key several times");
      assert.ok(!/1 failed sign-in|First seen/.test(text), "no fact is stated twice");
      const titles = await story.locator("dt").allInnerTexts();
      assert.deepEqual(titles, ["Access", "Clients", "Looked at", "Took", "Created", "Weakened", "Ran", "Tried", "Addresses", "Limits"]);
      assert.ok(text.split(/\s+/).length <= 280, text);
      const open = page.getByRole("region", { name: "What to contain or undo" });
      await shows(open, "Act on first: 4 items", "Remove console access and end the sessions of nadia");
      await shows(open, "Delete access key AKIAEXAMPLEJ3XHTZZXB of svc-backup", "19:41:32 Created by nadia; last used 21:20:13", "Rotate secret warehouse/reader", "Start logging for trail prod-audit", "19:51:50 Stopped by nadia");
      await shows(open, "Assume exfiltrated: 1 item", "Assume that the data in bucket prod-db-backups was exfiltrated", "svc-backup downloaded 44 objects (5.3 GB)");
      await shows(open, "Less urgent: 7 items (6 other changes that can preserve access and 1 secret to rotate), by ci-deploy and orders-api");
      assert.ok(!(await open.innerText()).includes("Pushed image"), "what is routine is folded");
      const rotate = open.getByRole("listitem").filter({ hasText: "Rotate secret warehouse/reader" });
      await rotate.getByText("Commands", { exact: true }).click();
      await shows(rotate, "Review before you run them. The first commands only inspect; the later ones contain or undo.", "aws secretsmanager rotate-secret --secret-id", "--region eu-west-1");
      await rotate.getByRole("button", { name: "Copy" }).click();
      await page.getByText("Copied 2 commands.").waitFor();
      assert.match(await clipboard(page), /^aws secretsmanager describe-secret .*\naws secretsmanager rotate-secret /);
      await open.getByText(/^Less urgent/).click();
      await shows(open, "6 other changes that can preserve access", "1 secret to rotate", "Read secret orders/database, 48 times");
      // Items of one kind share a line, which opens.
      await shows(open, "1 repository: orders-api (6 items)");
      await open.getByText("1 repository: orders-api (6 items)").click();
      await shows(open, "Pushed image build-4410 to repository orders-api");
      await shows(page.getByRole("region", { name: "Others" }), "ci-deploy Registered 1 ECS task definition (6 times) and pushed images to 1 repository (6 times) (168 events in 6 sessions)", "tomas (SSO PowerUserAccess) nothing stands out, used the console");
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
      await page.getByRole("link", { name: /svc-backup downloaded 44 objects/ }).first().click();
      // Exactly the downloads, and they stand out.
      await shows(rows(page).first(), "data out", "Downloaded prod-db-backups/postgres", "and 43 more calls");
      await page.getByText("of 44 rows").waitFor();
      assert.equal(await rows(page).first().locator(".kind-data").count(), 1);
    }));

  test("overview: going back to it keeps the position and the open sections", async () => {
    const away = async (page) => {
      const more = page.locator(".evidence-more").first();
      await more.locator("summary").click();
      await page.locator(".lane .mark").first().waitFor();
      const top = () => page.evaluate(() => Math.round(document.querySelector(".view-overview").scrollTop || scrollY));
      await page.evaluate(() => {
        document.querySelector(".view-overview").scrollTop = 120;
        if (document.querySelector(".view-overview").scrollTop === 0) scrollTo(0, 120);
      });
      const link = page.getByRole("link", { name: "Stopped logging for trail prod-audit" }).first();
      await link.scrollIntoViewIfNeeded();
      const before = await top();
      assert.ok(before >= 120);
      await link.click();
      await rows(page).first().waitFor();
      await page.goBack();
      await page.waitForFunction(() => (document.querySelector(".view-overview")?.scrollTop || scrollY) > 0);
      assert.equal(await top(), before);
      assert.ok(await more.evaluate((section) => section.open));
      assert.equal(await page.locator("details[open]").count(), 1);
    };
    await looking(address, "/", away, { viewport: { width: 1440, height: 700 } });
    await looking(address, "/", away, { viewport: { width: 400, height: 800 } });
  });

  test("overview: facts from the server are the last row of the first story that is not folded", () =>
    looking(address, "/sessions", async (page, { open }) => {
      await page.route("**/api/overview", async (route) => {
        const response = await route.fetch();
        const answer = await response.json();
        await route.fulfill({ response, json: { ...answer, actors: answer.actors.map((actor) => ({ ...actor, facts: [{ kind: "program sign-in", text: "Logging was off for <b>two</b> hours.", time: null, name: null, number: null, event_id: null, until: null, later: null }] })) } });
      });
      await open("/");
      const notes = page.getByRole("region", { name: "What nadia did" }).locator("> .sentences > .sentence").last();
      await shows(notes, /Context\s+Logging was off for <b>two<\/b> hours\./);
    }));

  test("overview: the chart has lanes, shapes, a table and a minimap that zooms", () =>
    looking(address, "/", async (page) => {
      const picture = page.getByRole("region", { name: "Chart of the case" });
      await shows(picture, "nadia", "svc-backup", "by nadia", "other identities", "all events per 5 s");
      const cut = await picture.locator(".lane-label").evaluateAll((all) => all.filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.textContent));
      assert.deepEqual(cut, [], "a name is shortened once, in its middle");
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

  test("overview: the heading of what is folded says what is inside", () =>
    looking(address, "/", async (page) => {
      const folded = page.locator(".evidence-more");
      await folded.first().waitFor();
      assert.equal(await folded.count(), 2);
      await page.getByText(/^Background/).click();
      await shows(folded.last(), "Also: 203.0.113.66 and 203.0.113.147");
      await folded.last().locator("summary").click();
      await shows(folded.last(), "203.0.113.66: sign-in, failed sign-in, console", "203.0.113.147: access key AKIAEXAMPLEJ3XHTZZXB of svc-backup");
      const more = folded.first();
      await shows(more, "created 1 CloudShell environment, started 1 CloudShell environment and opened 1 session");
      await more.locator("summary").click();
      const lines = (await more.locator("li").allInnerTexts()).map((line) => line.replace(/ (in )?(CloudShell )?environment .*$/, ""));
      assert.deepEqual(lines, ["19:47:06 Created CloudShell", "19:47:07 Started CloudShell", "19:47:14 Opened a session", "All in the timeline"].map((line) => line.replace(" CloudShell", "")));
    }));

  test("header: one line from 1024 pixels, with every view and the name of the case", () =>
    looking(address, "/", async (page) => {
      const header = page.locator("header.top");
      await shows(header, "demo.duckdb", "2,526 events");
      for (const width of [1440, 1280, 1279, 1100, 1024]) {
        await page.setViewportSize({ width, height: 900 });
        await shows(header, "cartographer", "Overview", "Coverage", "demo.duckdb", "Views");
        const { height, wide, cut } = await header.evaluate((element) => ({
          height: element.getBoundingClientRect().height,
          wide: element.scrollWidth > element.clientWidth,
          cut: [...element.querySelectorAll("a, button, select, .case-file")].filter((each) => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display !== "inline").map((each) => each.textContent),
        }));
        assert.ok(height < 45, `${height} at ${width}`);
        assert.deepEqual([wide, cut], [false, []], `${width}`);
      }
      await page.getByTitle(/demo\.duckdb: 2,526 events · 2026-03-11$/).waitFor();
    }));

  test("overview: in a narrow window, the last mark of the chart is complete", () =>
    looking(
      address,
      "/",
      async (page) => {
        await page.locator(".lane .mark").first().waitFor();
        const cut = await page.evaluate(() =>
          [...document.querySelectorAll(".lane-plot")].flatMap((plot) => {
            const right = plot.getBoundingClientRect().right + 0.5;
            return [...plot.querySelectorAll(".mark .shape")].filter((mark) => mark.getBoundingClientRect().right > right);
          }).length,
        );
        assert.equal(cut, 0);
      },
      { viewport: { width: 400, height: 800 } },
    ));

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
      await shows(facet("Stands out"), "log or detector changes");
      await facet("Stands out").getByRole("checkbox", { name: "log or detector changes" }).check();
      await inAddress(page, "reason", "defense_impairment");
      await shows(facet("API"), "cloudtrail:StopLogging");
      await shows(facet("Technique"), "T1685.002 Disable or Modify Cloud Log");
      await shows(facet("User agent"), "AWS Internal");
    }));

  test("a second time zone is shown below UTC, and is kept", () =>
    looking(address, `/timeline?session=${NADIA}`, async (page) => {
      await shows(rows(page).first(), "2026-03-11 19:37:29");
      // Nothing else changes the rows once the page is idle.
      await page.waitForLoadState("networkidle");
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
      // It is still open.
      await persistence.getByRole("link", { name: "Created access key AKIAEXAMPLEJ3XHTZZXB" }).click();
      await shows(detail(page), "Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup");
    }));
}

export function narrow(address) {
  const NARROW = { viewport: { width: 400, height: 800 } };
  test("narrow: a session's chips are complete, a hunt's techniques are below it, and the first row is in view", () =>
    looking(
      address,
      "/sessions",
      async (page, { open }) => {
        await rows(page).first().waitFor();
        const cut = await page.evaluate(() =>
          [...document.querySelectorAll(".grid-body .grid-row")].flatMap((row) => {
            const bottom = row.getBoundingClientRect().bottom;
            return [...row.querySelectorAll(".chip")].filter((chip) => chip.getBoundingClientRect().bottom > bottom).map((chip) => chip.textContent);
          }),
        );
        assert.deepEqual(cut, []);
        // Rows are as tall as their contents: none covers another one or has room left.
        for (const place of ["/sessions", "/entities"]) {
          await open(place);
          await rows(page).nth(4).waitFor();
          await page.waitForFunction(() => {
            const boxes = [...document.querySelectorAll(".grid-item")].map((each) => each.getBoundingClientRect());
            const top = [...boxes].sort((a, b) => a.top - b.top);
            return top.length > 4 && top.every((box, index) => index === 0 || Math.abs(top[index - 1].bottom - box.top) < 2);
          });
        }
        await open("/hunts");
        await page.locator(".hunt-head").first().waitFor();
        const [title, techniques] = await page.evaluate(() =>
          [".hunt-title", ".hunt-techniques"].map((name) => document.querySelector(name).getBoundingClientRect().toJSON()),
        );
        assert.ok(techniques.top >= title.bottom - 1 && title.width > 250, JSON.stringify([title, techniques]));
        await open(`/timeline?session=${NADIA}`);
        await rows(page).first().waitFor();
        const row = await rows(page).first().boundingBox();
        assert.ok(row.y + row.height < 700, `${row.y}`);
      },
      NARROW,
    ));
}

export function terms(address) {
  test("terms: the help explains them, and the first click on the theme changes the colors", () =>
    looking(address, "/hunts", async (page) => {
      await page.getByRole("button", { name: "Terms and keyboard shortcuts" }).click();
      await shows(page.getByRole("dialog"), "finding", "attempt", "stands out", "unexplained", "aggregated", "group calls");
      await page.getByRole("button", { name: "Close" }).click();
      const color = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      const before = await color();
      await page.getByRole("button", { name: /^Theme: system/ }).click();
      assert.notEqual(await color(), before);
      assert.equal(await page.getByLabel("From (UTC)").getAttribute("placeholder"), "2026-03-11 00:00");
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
