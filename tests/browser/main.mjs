// The page in a real browser, served by the program that is named: node tests/browser/main.mjs PROGRAM
// BIG_CASE=FILE measures it on a big case too; SCREENSHOTS=1 takes the README's pictures; CHROMIUM names the browser.

import { after } from "node:test";
import { access } from "./access.mjs";
import { big } from "./big.mjs";
import { hostile } from "./hostile.mjs";
import { keyboard } from "./keyboard.mjs";
import { browser } from "./lib/browser.mjs";
import { end, load, serve } from "./lib/case.mjs";
import { pictures } from "./pictures.mjs";
import { coverage, entities, sql } from "./rest.mjs";
import { sessions } from "./sessions.mjs";
import { timeline } from "./timeline.mjs";

after(async () => {
  await browser.close();
  await end();
});

const demo = await serve(load("demo/trail.json.gz", "demo"));
if (process.env.SCREENSHOTS) pictures(demo);
else {
  for (const suite of [sessions, timeline, entities, sql, coverage, keyboard, access]) suite(demo);
  await hostile();
}
if (process.env.BIG_CASE) await big(process.env.BIG_CASE);
