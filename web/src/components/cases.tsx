// The server's cases: the current one, a way to switch to another, and whether the current file was replaced.

import { useEffect, useState } from "preact/hooks";
import { api } from "../api/client";
import { useAsked } from "../lib/hooks";
import { visible } from "../lib/text";
import { Problem } from "./problem";

const name = (file: string) => visible(file.split(/[\\/]/).at(-1) ?? file);

/** The name of the case, or a list if the server has several. */
export function CaseName({ file }: { file: string }) {
  const { data } = useAsked("cases", (signal) => api.cases(signal));
  const cases = data?.cases ?? [];
  if (cases.length < 2) return <span class="case-file">{name(file)}</span>;
  const names = cases.map((each) => name(each.file));
  // Cases with the same name are shown with their folders.
  const title = (index: number) =>
    names.filter((each) => each === names[index]).length > 1 ? visible(cases[index]?.file ?? "") : names[index];
  return (
    <select
      class="case-file"
      aria-label="Case"
      value={String(cases.findIndex((each) => each.current))}
      onChange={(event) => {
        const chosen = cases[Number(event.currentTarget.value)];
        if (chosen && !chosen.current) location.assign(chosen.address);
      }}
    >
      {cases.map((each, index) => (
        <option key={each.file} value={String(index)}>
          {title(index)}
        </option>
      ))}
    </select>
  );
}

/** Milliseconds between two checks of the file. */
const PAUSE = 15_000;

/** Reports that the case file has been replaced since it was opened, and opens the new one. */
export function Replaced() {
  const [replaced, set] = useState(false);
  const [error, fail] = useState<unknown>(undefined);
  useEffect(() => {
    const look = () => {
      if (document.visibilityState !== "visible") return;
      // The next request shows whether the server is still running.
      api.cases().then(
        (answer) => set(answer.replaced),
        () => undefined,
      );
    };
    const timer = setInterval(look, PAUSE);
    addEventListener("focus", look);
    return () => {
      clearInterval(timer);
      removeEventListener("focus", look);
    };
  }, []);
  const reopen = () => api.reopen().then(() => location.reload(), fail);
  return (
    <div role="status">
      {replaced && (
        <p class="replaced">
          The case file was replaced, for example by a load. This page still shows the previous version.{" "}
          <button type="button" class="primary" onClick={reopen}>
            Open the new version
          </button>
        </p>
      )}
      {error !== undefined && <Problem error={error} />}
    </div>
  );
}
