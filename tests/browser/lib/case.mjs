// Cases to look at, and the program that serves them.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

export const [program = "target/debug/cartographer"] = process.argv.slice(2);

/** A folder that `end` removes. */
export const folder = await mkdtemp(path.join(tmpdir(), "cartographer-browser-"));
const running = new Set();

export async function end() {
  for (const child of running) child.kill("SIGINT");
  await rm(folder, { recursive: true, force: true });
}

/** A case that the program loads from `trail`, with additional arguments. */
export function load(trail, name, ...more) {
  const file = path.join(folder, `${name}.duckdb`);
  execFileSync(program, ["load", trail, "--db", file, "--quiet", ...more], { stdio: ["ignore", "ignore", "inherit"] });
  return file;
}

/** A case with records that a test makes up. */
export async function loadRecords(records, name, ...more) {
  const trail = path.join(folder, `${name}.json`);
  await writeFile(trail, JSON.stringify({ Records: records }));
  return load(trail, name, ...more);
}

/** A folder with custom rules, given as texts by path. */
export async function ownRules(rules) {
  const home = path.join(folder, "rules");
  for (const [name, text] of Object.entries(rules)) {
    const file = path.join(home, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return home;
}

/** Loads records that a test makes up into an existing case. */
export async function loadMore(records, file, ...more) {
  const trail = path.join(folder, "more.json");
  await writeFile(trail, JSON.stringify({ Records: records }));
  execFileSync(program, ["load", trail, "--db", file, "--quiet", ...more], { stdio: ["ignore", "ignore", "inherit"] });
}

/** Serves cases; the address of the first, as the program prints it, has the token. */
export async function serve(...files) {
  const child = spawn(program, ["serve", ...files.flatMap((file) => ["--db", file])], { stdio: ["ignore", "pipe", "ignore"] });
  running.add(child);
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, "exit").then(([code]) => Promise.reject(new Error(`serve ended with ${code}`)));
  ended.catch(() => undefined);
  const [line] = await Promise.race([once(lines, "line"), ended]);
  return new URL(line);
}
