// Builds the page into the given folder. The same sources produce the same bytes, wherever they are stored.
// There are no source maps, because they would contain paths, and no hashes in names, because the server disables caching.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Licenses that the Apache License 2.0 can ship with. */
const FITTING = new Set(["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"]);

const home = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2] ?? path.join(home, "dist"));

const { outputFiles } = await build({
  absWorkingDir: home,
  entryPoints: { app: "src/main.tsx", theme: "src/theme.ts" },
  outdir: path.join(out, "assets"),
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "none",
  charset: "utf8",
  logLevel: "warning",
  write: false,
});
// A failed build leaves the previous result in place.
await rm(out, { recursive: true, force: true });
await mkdir(path.join(out, "assets"), { recursive: true });
for (const file of outputFiles) await writeFile(file.path, file.contents);
await copyFile(path.join(home, "index.html"), path.join(out, "index.html"));
await copyFile(path.join(home, "icon.svg"), path.join(out, "assets", "icon.svg"));
await writeFile(path.join(out, "assets", "licenses.txt"), await licenses());

/** The licenses of the bundled packages, which are included in the build. */
async function licenses() {
  const { dependencies } = JSON.parse(await readFile(path.join(home, "package.json"), "utf8"));
  const texts = Object.entries(dependencies).map(async ([name, version]) => {
    const folder = path.join(home, "node_modules", name);
    const { license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    if (!FITTING.has(license)) throw new Error(`${name} has the license ${license}, which is not allowed`);
    const text = await readFile(path.join(folder, "LICENSE"), "utf8");
    return `${name} ${version}\n\n${text.trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${"-".repeat(80)}\n\n`);
}
