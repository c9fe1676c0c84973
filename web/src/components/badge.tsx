import { confidence } from "../lib/format";
import { kindName, visible } from "../lib/text";

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
  "data",
  "background",
  "residual",
  "programmatic",
  "aggregated",
]);

/** What a row is, in a word; the color only repeats it. */
export function Kind({ kind }: { kind: string }) {
  return <span class={`kind ${KINDS.has(kind) ? `kind-${kind}` : ""}`}>{visible(kindName(kind))}</span>;
}

const ORIGINS: Record<string, string> = {
  exact: "every required call of a known page was seen and matched exactly",
  inferred: "most likely page; requests differ, or a call is missing",
  service: "page not in the catalog; only its service or the call is known",
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

/** Errors with which AWS answers a read of something that is not configured: a bucket without a policy, a user without a
 * password. Missing buckets and objects are not among them. */
const UNSET =
  /^(NoSuch(?!Bucket$|Key$|Upload$|Version$)\w+|\w*(Configuration|Controls)NotFoundError|ResourceNotFoundException)$/;

/** Whether a read with these errors was answered normally: what it asked about is not configured. */
export const isUnset = (codes: readonly string[], read: boolean): boolean =>
  read && codes.length > 0 && codes.every((code) => UNSET.test(code));

/** The kinds of rows that only read, and nothing confidential. */
const READS: readonly (string | null)[] = [null, "view", "list", "background"];

interface FailedProps {
  code: string | null;
  /** The kind of the row. */
  kind: string | null;
}

/** Shows that a call failed, and why. That something is not configured is not a failure. */
export function Failed({ code, kind }: FailedProps) {
  if (!code) return null;
  if (!isUnset([code], READS.includes(kind))) return <span class="failed">{visible(code)}</span>;
  return (
    <span class="failed unset" title="Not a failure: what was read is not configured, or does not exist">
      {visible(code)}
    </span>
  );
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
