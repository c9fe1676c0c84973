import assert from "node:assert/strict";
import { test } from "node:test";
import { looking } from "./lib/browser.mjs";
import { clipboard, detail, downloaded, grid, inAddress, row, rows, shows, texts, total } from "./lib/grid.mjs";
import { BACKUP, NADIA } from "./sessions.mjs";

const PLACE = `/timeline?session=${NADIA}`;
const MADE = "Created access key AKIAEXAMPLEJ3XHTZZXB for svc-backup";

const filter = (page, title, value) => page.getByRole("group", { name: title }).getByRole("checkbox", { name: value });
const shown = (page, name) => page.getByRole("group", { name: "Rows to show" }).getByRole("checkbox", { name });

export function timeline(address) {
  test("timeline: the clicks in their order", () =>
    looking(address, PLACE, async (page) => {
      await total(page, 34);
      await shows(rows(page).first(), "2026-03-11 19:37:29", "sign-in", "Failed to sign in to the console", "us-east-1");
      await shows(rows(page).nth(1), "Signed in to the console from 203.0.113.66");
      await page.getByRole("button", { name: "Time (UTC)" }).click();
      await inAddress(page, "order", "desc");
      await shows(rows(page).first(), "19:53:17");
    }));

  test("timeline: what stands out in the activity of programs is shown; if it is hidden, a note says so, and one click shows it", () =>
    looking(address, "/timeline", async (page, { open }) => {
      await rows(page).first().waitFor();
      const banner = page.getByText("62 of 2,014 rows from programs stand out but are hidden.");
      const top = async () => (await rows(page).first().boundingBox()).y;
      await shows(page.locator(".totals-of"), "of 106 rows");
      await shows(page.getByRole("group", { name: "Rows to show" }), /Program findings\s*62/, /Programmatic\s*2,014/);
      assert.equal(await banner.count(), 0);
      await grid(page).press("End");
      await row(page, /the first of 44 objects \(5\.3 GB\)/).waitFor();
      await shown(page, /^Program findings/).uncheck();
      await inAddress(page, "show", "click,command,residual");
      await banner.waitFor();
      assert.ok((await top()) <= 260, `${await top()}`);
      assert.equal(await row(page, /5\.3 GB/).count(), 0);
      await page.getByRole("button", { name: "Show them" }).click();
      await banner.waitFor({ state: "detached" });
      await inAddress(page, "show", "");
      await shown(page, /^Programmatic/).check();
      await inAddress(page, "show", "click,command,residual,found,programmatic");
      assert.equal(await shown(page, /^Program findings/).count(), 0, "they are part of all rows of programs");
      await open(PLACE);
      await page.getByRole("region", { name: "Actor" }).waitFor();
      await page.getByText("all events, separate scale").waitFor();
      assert.ok((await top()) <= 260, `${await top()}`);
    }));

  test("timeline: the bar takes one line in a wide window, and in a zoomed one leaves most of the height to rows", () =>
    looking(address, `/timeline?session=${NADIA}&session=${BACKUP}`, async (page) => {
      await total(page, 38);
      await shows(page.locator(".view-timeline .bar"), "38 lines", "of 81 rows", "Export");
      assert.ok((await page.locator(".view-timeline .bar").boundingBox()).height < 45);
      await page.setViewportSize({ width: 720, height: 450 });
      await page.getByRole("button", { name: /^Filters/ }).click();
      await shown(page, /^Clicks/).waitFor({ state: "hidden" });
      assert.ok((await rows(page).first().boundingBox()).y < 225);
      // The switches are with the filters.
      await page.getByRole("button", { name: /^Filters/ }).click();
      await shown(page, /^Clicks/).waitFor();
    }));

  test("timeline: several sessions have names and a summary", () =>
    looking(address, `/timeline?session=${NADIA}&session=${BACKUP}`, async (page) => {
      await shows(page.getByRole("region", { name: "Sessions" }), /Sessions\s+2/, "nadia svc-backup", "2026-03-11 19:37:29 → 21:20:13", "203.0.113.147", "441");
      const chosen = page.getByRole("group", { name: "Sessions (2)" });
      await shows(chosen, "19:37 nadia, 198.51.100.200 +1", "21:14 svc-backup, 203.0.113.147");
      assert.ok(!(await chosen.innerText()).includes(NADIA.slice(0, 6)), "no IDs");
      await chosen.getByRole("checkbox", { name: /svc-backup/ }).click();
      await total(page, 34);
      await shows(page.getByRole("group", { name: "Session", exact: true }), "19:37 nadia");
    }));

  test("timeline: that something is not configured does not look like a failure", () =>
    looking(address, PLACE, async (page) => {
      const color = (place) => place.evaluate((element) => getComputedStyle(element).color);
      await row(page, "Tried to create an access key for marek").waitFor();
      const denied = await color(row(page, "Tried to create an access key for marek").locator(".failed"));
      await row(page, "Opened the list of IAM users").click();
      const unset = detail(page).getByRole("button", { name: /iam:GetLoginProfile/ }).locator(".failed");
      await shows(unset, "NoSuchEntityException");
      assert.notEqual(await color(unset), denied);
      await shows(filter(page, "Outcome", "of these, denied").locator(".."), "of these, denied");
    }));

  test("timeline: sentences and names have two lines, and the columns of calls are aligned", () =>
    looking(address, `/timeline?session=${BACKUP}`, async (page) => {
      await row(page, "s3:GetObject").click();
      await detail(page).locator(".call-line").nth(20).waitFor();
      const lefts = await detail(page).locator(".call-line .event-ip").evaluateAll((all) => all.map((each) => each.getBoundingClientRect().left));
      assert.equal(new Set(lefts.map(Math.round)).size, 1);
      for (const width of [1440, 1024]) {
        await page.setViewportSize({ width, height: 900 });
        const cut = await rows(page).locator(".c-what .upper").evaluateAll((all) => all.filter((each) => each.scrollHeight > each.clientHeight + 2).map((each) => each.textContent));
        // A line of several calls opens to the whole sentences.
        assert.deepEqual(cut.filter((text) => !/and \d+ more calls/.test(text)), []);
      }
    }));

  test("timeline: a failed call shows the reason first, and a sign-in is not called a change", () =>
    looking(address, PLACE, async (page) => {
      const failed = row(page, "Tried to create an access key for marek");
      await failed.waitFor();
      const [reason, sentence] = await failed.locator(".c-what .upper > *").allInnerTexts();
      assert.deepEqual([reason, sentence], ["AccessDenied", "Tried to create an access key for marek: access denied"]);
      await row(page, "Failed to sign in").click();
      await detail(page).getByRole("button", { name: "signin:ConsoleLogin" }).waitFor();
      assert.equal(await detail(page).locator(".event-mode").first().innerText(), "");
    }));

  test("timeline: a click unfolds to its things, reasons, events and their JSON; a link gives the same", () =>
    looking(address, PLACE, async (page) => {
      await row(page, MADE).click();
      await detail(page).getByText("Original events (1)").waitFor();
      await shows(detail(page), "svc-backup", "AKIAEXAMPLEJ3XHTZZXB", "T1098.001", "iam/users/", "Why");
      const link = detail(page).getByRole("link", { name: "Open this page in the AWS console" });
      assert.match(await link.getAttribute("href"), /^https:\/\/us-east-1\.console\.aws\.amazon\.com\//);
      await page.reload();
      await detail(page).getByRole("button", { name: "iam:CreateAccessKey" }).click();
      await detail(page).getByText('"CreateAccessKey"').waitFor();
      await detail(page).getByRole("link", { name: "svc-backup" }).first().click();
      await page.waitForURL(/\/entities\?type=user&entity=svc-backup/);
    }));

  test("timeline: the session of a program tells its API events, and who is behind it", () =>
    looking(address, "/sessions", async (page) => {
      await row(page, "svc-backup").click();
      await total(page, 2);
      await inAddress(page, "session", BACKUP);
      await page.getByText("2 hidden").waitFor();
      await shows(row(page, "iam:CreateUser"), "change", "programmatic", "Tried to", "203.0.113.147");
      await shows(row(page, "s3:GetObject"), "data out", "prod-db-backups", "and 43 more calls, 5.3 GB in total", "44");
      await page.getByLabel(/^Changes and findings only/).uncheck();
      await total(page, 4);
      await page.getByText("2 hidden").waitFor({ state: "detached" });
      const actor = page.getByRole("region", { name: "Actor" });
      await shows(actor, "nadia", "CreateAccessKey AKIAEXAMPLEJ3XHTZZXB", "47 events", "44 objects, 5.3 GB from bucket prod-db-backups");
      await filter(page, "Kind", "change").check();
      await total(page, 1);
      await filter(page, "Outcome", "of these, denied").check();
      await total(page, 1);
      await actor.getByRole("link", { name: "nadia" }).click();
      await total(page, 34);
      await inAddress(page, "session", NADIA);
      await shows(actor, "CreateAccessKey AKIAEXAMPLEJ3XHTZZXB", "svc-backup", "47 events");
      await actor.getByText(/^Created \d+ resources, 1 of them used later/).click();
      await shows(actor, "AKIAEXAMPLEJ3XHTZZXB", "iam:CreateAccessKey", "used in 47 events");
      await actor.getByRole("link", { name: "Everything by this actor" }).click();
      await inAddress(page, "actor", NADIA);
      await total(page, 34 + 4);
      await page.reload();
      await total(page, 34 + 4);
    }));

  test("timeline: calls that follow each other share a line, which unfolds to them; a change stays by itself", () =>
    looking(address, `/timeline?session=${BACKUP}`, async (page) => {
      await total(page, 4);
      await page.getByText("of 47 rows").waitFor();
      const lines = (await texts(page)).map((text) => text.match(/sts:\S+|s3:\S+|iam:\S+/)[0]);
      assert.deepEqual(lines, ["sts:GetCallerIdentity", "s3:ListBuckets", "iam:CreateUser", "s3:GetObject"]);
      await row(page, "s3:GetObject").click();
      await detail(page).getByText("Calls (44)").waitFor();
      const calls = detail(page).locator(".call-line");
      assert.equal(await calls.count(), 44);
      await shows(calls.first(), "21:15:09", "Downloaded prod-db-backups/postgres/2026/03/01/part-00.dump.zst (164 MB)");
      await calls.nth(1).click();
      await shows(detail(page), "data export (downloaded)", "AKIAEXAMPLEJ3XHTZZXB", '"GetObject"');
      // Selected lines are exported with all their rows.
      await row(page, "s3:GetObject").getByRole("checkbox").check();
      await row(page, "s3:ListBuckets").getByRole("checkbox").check();
      await page.getByText("Export", { exact: true }).click();
      const some = await downloaded(page, () => page.getByRole("button", { name: "JSON lines" }).first().click());
      const titles = some.text.trim().split("\n").map((line) => JSON.parse(line).title);
      assert.equal(titles.length, 45);
      assert.deepEqual([...new Set(titles)].sort(), ["s3:GetObject", "s3:ListBuckets"]);
      await page.getByLabel("Group calls").uncheck();
      await inAddress(page, "folded", "false");
      await total(page, 47);
      await page.getByText("2 selected").waitFor({ state: "detached" });
      await shows(rows(page).nth(2), "iam:CreateUser");
      assert.ok(!(await rows(page).nth(3).innerText()).includes("more calls"));
      await page.getByLabel("Group calls").check();
      await total(page, 4);
    }));

  test("timeline: reads of one service are named by call, and never stand in one line with a write", () =>
    looking(address, "/timeline?show=programmatic", async (page) => {
      await total(page, 666);
      await page.getByText("of 2,014 rows").waitFor();
      const answer = await page.evaluate(async () => {
        const headers = { Authorization: `Bearer ${sessionStorage.getItem("token")}` };
        const ask = async (query) => (await fetch(`/api/timeline?show=programmatic&limit=1000${query}`, { headers })).json();
        const lines = (await ask("&folded=true")).rows;
        const inside = [];
        // Only some of them, because each one is a request to the server.
        const several = lines.filter((each) => each.rows > 1);
        const [same, mixed] = [several.filter((each) => each.title.includes(":")), several.filter((each) => !each.title.includes(":"))];
        for (const line of [...same.slice(0, 8), ...mixed.slice(0, 8)]) inside.push([line, (await ask(`&line=${line.id}`)).rows]);
        return { lines, inside };
      });
      assert.equal(answer.lines.reduce((sum, line) => sum + line.rows, 0), 2014);
      assert.equal(answer.inside.length, 16);
      for (const [line, calls] of answer.inside) {
        assert.equal(calls.length, line.rows);
        assert.equal(new Set(calls.map((call) => `${call.session_id} ${call.service} ${call.time.slice(0, 10)}`)).size, 1);
        const matter = calls.filter((call) => !["view", null].includes(call.kind));
        if (matter.length > 0) {
          assert.equal(new Set(calls.map((call) => `${call.title} ${call.error_code}`)).size, 1, JSON.stringify(calls));
        }
      }
      const mixed = answer.inside.find(([, calls]) => new Set(calls.map((call) => call.title)).size > 1);
      const [line, calls] = mixed;
      const named = calls[0].title.split(":")[1];
      assert.ok(line.summary.startsWith(`${line.service}: ${named}`), line.summary);
    }));

  test("timeline: an address, a key, a principal and a thing lead to all of it", () =>
    looking(address, `/timeline?session=${BACKUP}`, async (page) => {
      await total(page, 4);
      await row(page, "s3:GetObject").click();
      await detail(page).locator(".call-line").first().click();
      await shows(detail(page), "Downloaded", "data export (downloaded)", "aws-cli");
      await detail(page).getByRole("link", { name: "AKIAEXAMPLEJ3XHTZZXB" }).click();
      await inAddress(page, "key", "AKIAEXAMPLEJ3XHTZZXB");
      await total(page, 4);
      await rows(page).first().getByRole("link", { name: "203.0.113.147" }).click();
      await inAddress(page, "ip", "203.0.113.147");
      await total(page, 4);
      await rows(page).first().getByRole("link", { name: "svc-backup" }).click();
      await inAddress(page, "principal", "svc-backup");
      await total(page, 5);
      await row(page, "s3:PutObject").click();
      await detail(page).locator(".call-line").first().click();
      await detail(page).getByRole("link", { name: "prod-db-backups" }).first().click();
      await page.waitForURL(/\/entities\?type=bucket&entity=prod-db-backups/);
      await total(page, 104);
    }));

  test("timeline: a search finds what an alert holds, in clicks and API events", () =>
    looking(address, "/timeline", async (page) => {
      const search = page.getByRole("searchbox");
      await search.fill("akiaexamplej3xhtzzxb");
      await total(page, 5);
      await search.fill("203.0.113.147");
      await total(page, 4);
      await search.fill("7a8921b6-e90c-421c-ad68-0837095ae92c");
      await total(page, 1);
      await shows(rows(page).first(), MADE);
      await search.fill("");
      await total(page, 82);
    }));

  test("timeline: filters narrow it, and are steps to go back from", () =>
    looking(address, PLACE, async (page) => {
      await total(page, 34);
      await filter(page, "Kind", "secret").check();
      await total(page, 3);
      await filter(page, "Outcome", "failed").check();
      await total(page, 1);
      await shows(rows(page).first(), "Tried to create an access key for marek: access denied");
      await page.goBack();
      await total(page, 3);
      await page.goBack();
      await total(page, 34);
      await page.getByRole("button", { name: "more of technique" }).click();
      await filter(page, "Technique", "T1098.001").check();
      await total(page, 2);
      await page.getByRole("button", { name: "Clear 1" }).click();
      await total(page, 34);
      await page.getByLabel("Entity type").selectOption("user");
      await page.getByLabel("Name or id of the entity").fill("svc-backup");
      await page.keyboard.press("Enter");
      await total(page, 4);
      await page.reload();
      await total(page, 4);
    }));

  test("timeline: searches as it is typed, and shows what else there is", () =>
    looking(address, PLACE, async (page) => {
      await total(page, 34);
      await page.keyboard.press("/");
      await page.keyboard.type("CREATED access");
      await total(page, 1);
      await inAddress(page, "search", "CREATED access");
      await page.keyboard.press("Escape");
      await total(page, 34);
      await shown(page, "Background").check();
      await total(page, 45);
      await shown(page, "Typed commands").uncheck();
      await total(page, 40);
      await page.reload();
      await total(page, 40);
    }));

  test("timeline: rows that nobody clicked are fetched as they scroll into view", () =>
    looking(address, "/timeline?show=programmatic&folded=false", async (page) => {
      await total(page, 2014);
      assert.ok((await rows(page).count()) < 80);
      await grid(page).press("End");
      const last = page.locator('.grid-body [aria-rowindex="2015"]:not([aria-busy=true])');
      await last.waitFor();
      await shows(last, "programmatic");
      await last.click();
      await detail(page).getByText('"eventID"').waitFor();
    }));

  test("timeline: the strip zooms by dragging, by keys and by buttons", () =>
    looking(address, PLACE, async (page) => {
      await total(page, 34);
      const plot = page.locator(".u-over");
      const { x, y, width, height } = await plot.boundingBox();
      await page.mouse.move(x + width * 0.5, y + height / 2);
      await page.mouse.down();
      await page.mouse.move(x + width * 0.99, y + height / 2, { steps: 4 });
      await page.mouse.up();
      await page.waitForURL(/from=2026-03-11T19%3A4/);
      await page.waitForFunction(() => Number(document.querySelector("[role=grid]")?.getAttribute("aria-rowcount")) < 30);
      const strip = page.locator("[data-strip]");
      await strip.press("0");
      await total(page, 34);
      await inAddress(page, "from", "");
      await strip.press("+");
      await page.waitForURL(/from=/);
      await page.getByRole("button", { name: "Show all times" }).click();
      await total(page, 34);
    }));

  test("timeline: what is selected is copied and exported", () =>
    looking(address, PLACE, async (page) => {
      await total(page, 34);
      await row(page, MADE).getByRole("checkbox").check();
      await grid(page).focus();
      await page.keyboard.press("Home");
      await page.keyboard.press("Space");
      await page.keyboard.press("Shift+ArrowDown");
      await page.getByText("3 selected", { exact: true }).waitFor();
      await page.keyboard.press("c");
      await page.getByText("Copied 3 rows as text.").waitFor();
      const lines = (await clipboard(page)).trimEnd().split("\n");
      assert.equal(lines.length, 3);
      assert.ok(lines[2].startsWith("2026-03-11 19:41:32 UTC  nadia  ") && lines[2].includes(MADE), lines[2]);
      await page.getByText("Copy", { exact: true }).click();
      await page.getByRole("button", { name: "as a table" }).click();
      await page.getByText("Copied 3 rows as a table.").waitFor();
      assert.equal((await clipboard(page)).split("\n")[0].split("\t")[3], "summary");
      await page.getByText("Export", { exact: true }).click();
      const some = await downloaded(page, () => page.getByRole("button", { name: "CSV" }).first().click());
      assert.equal(some.text.trim().split(/\r?\n/).length, 4);
      assert.ok(some.text.includes(MADE));
      await page.getByText("Export", { exact: true }).click();
      const all = await downloaded(page, () => page.getByRole("button", { name: "JSON Lines" }).last().click());
      assert.equal(all.text.trim().split("\n").length, 34);
    }));
}
