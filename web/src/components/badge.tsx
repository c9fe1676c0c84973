import { confidence } from "../lib/format";
import { visible } from "../lib/text";

const KINDS = new Set([
  "view",
  "list",
  "login",
  "session",
  "command",
  "change",
  "create",
  "delete",
  "secret",
  "background",
  "residual",
  "programmatic",
  "aggregated",
]);

/** What a row is, in a word; the color only repeats it. */
export function Kind({ kind }: { kind: string }) {
  return <span class={`kind ${KINDS.has(kind) ? `kind-${kind}` : ""}`}>{visible(kind)}</span>;
}

const ORIGINS: Record<string, string> = {
  exact: "known page: every required call was seen and matched exactly",
  inferred: "most likely page: requests differ, or a call is missing",
  service: "unknown page: inferred from its calls",
};

/** At or above this value, more than nine in ten are right, and the confidence is not shown. */
const SURE = 0.9;

/** The confidence of a row, unless it is high. The hover text states how the row was identified. */
export function Sure({ value, origin }: { value: number | null; origin: string | null }) {
  if (value === null || value >= SURE) return null;
  return (
    <span class="sure" title={origin ? `${origin}: ${ORIGINS[origin] ?? ""}` : undefined}>
      {`confidence ${confidence(value)}`}
    </span>
  );
}

/** Shows that a call failed, and why. */
export function Failed({ code }: { code: string | null }) {
  return code ? <span class="failed">{visible(code)}</span> : null;
}

export function Chips({ values, max = 6 }: { values: readonly string[]; max?: number }) {
  return (
    <span class="chips">
      {values.slice(0, max).map((value) => (
        <span class="chip" key={value}>
          {visible(value)}
        </span>
      ))}
      {values.length > max && <span class="more">{`+${values.length - max}`}</span>}
    </span>
  );
}
