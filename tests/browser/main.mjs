// The page in a real browser, served by the given program: node tests/browser/main.mjs PROGRAM
// BIG_CASE=FILE also measures a large case; SCREENSHOTS=1 takes the README's screenshots; CHROMIUM names the browser.

import path from "node:path";
import { after, describe } from "node:test";
import { access } from "./access.mjs";
import { back } from "./back.mjs";
import { big } from "./big.mjs";
import { cases, replaced } from "./cases.mjs";
import { compare, hostileCompare, twoHostile } from "./compare.mjs";
import { hostile, hostileCase } from "./hostile.mjs";
import { keyboard } from "./keyboard.mjs";
import { browser } from "./lib/browser.mjs";
import { end, folder, load, serve } from "./lib/case.mjs";
import { notes } from "./notes.mjs";
import { numbersCase, sameNumbers } from "./numbers.mjs";
import { hostilePages, hunts, narrow, overview, sqlConsole, terms, unfolded } from "./overview.mjs";
import { pictures } from "./pictures.mjs";
import { residual, residualCase } from "./residual.mjs";
import { coverage, entities, sql } from "./rest.mjs";
import { sessions } from "./sessions.mjs";
import { signIn } from "./sign-in.mjs";
import { timeline } from "./timeline.mjs";

after(async () => {
  await browser.close();
  await end();
});

const demo = await serve(load("demo/trail.json.gz", "demo"));
const several = await serve(path.join(folder, "demo.duckdb"), await twoHostile());
const hostileTwo = await serve(path.join(folder, "two-hostile.duckdb"));
const changing = load("demo/trail.json.gz", "changing");
const changed = { address: await serve(changing), file: changing };
const noted = await serve(load("demo/trail.json.gz", "noted"));
const odd = await serve(await hostileCase());
const unexplained = await serve(await residualCase());
const numbered = await numbersCase();
const numbers = await serve(numbered);
if (process.env.SCREENSHOTS) pictures(demo);
else {
  // Each test has its own window, and mostly waits.
  describe("the page", { concurrency: 3 }, () => {
    for (const suite of [overview, unfolded, hunts, narrow, terms, sqlConsole, access, sessions, timeline, entities, sql, coverage, keyboard, back, compare, signIn]) suite(demo);
    cases(several);
    replaced(changed);
    hostile(odd);
    hostilePages(odd);
    hostileCompare(hostileTwo);
    residual(unexplained);
    sameNumbers(numbers, numbered);
  });
  // Each of these tests changes the notes that the next one sees.
  describe("notes", () => notes(noted));
}
if (process.env.BIG_CASE) await big(process.env.BIG_CASE);
