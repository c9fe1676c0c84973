// Rebuilds the page and fails if the result differs from `dist`. Reports its size.
import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const home = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(home, "dist");
const LIMIT = 150_000;

async function contents(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const read = async (file) => [path.relative(folder, file), await readFile(file)];
  return new Map(await Promise.all(files.sort().map(read)));
}

function fail(message) {
  console.error(`web-check: ${message}`);
  process.exitCode = 1;
}

const fresh = await mkdtemp(path.join(tmpdir(), "cartographer-web-"));
try {
  execFileSync(process.execPath, [path.join(home, "build.mjs"), fresh], { stdio: "inherit" });
  const [built, committed] = [await contents(fresh), await contents(dist)];
  for (const name of new Set([...built.keys(), ...committed.keys()])) {
    const same = built.get(name)?.equals(committed.get(name) ?? Buffer.alloc(0)) ?? false;
    if (!same) fail(`web/dist/${name} differs from what the sources produce; run \`make web\` and commit web/dist`);
  }
  const size = [...built.values()].reduce((sum, bytes) => sum + gzipSync(bytes).length, 0);
  console.log(`web-check: ${built.size} files, ${size} bytes compressed with gzip`);
  if (size > LIMIT) fail(`more than ${LIMIT} bytes compressed with gzip`);
} finally {
  await rm(fresh, { recursive: true, force: true });
}
