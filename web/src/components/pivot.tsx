// A value from logs that links to everything it occurs in.

import { pivot } from "../lib/filter";
import { follow } from "../lib/router";
import { shortPrincipal } from "../lib/session";
import { shortened, typeName, visible } from "../lib/text";

const WORDS = {
  ip: "address",
  key: "access key",
  principal: "principal",
  session: "session",
  actor: "actor",
  agent: "user agent",
  call: "API",
} as const;

interface PivotProps {
  of: keyof typeof WORDS;
  value: string;
  /** The text of the link, if it is not the value. */
  text?: string;
  /** Whether Tab reaches the link. In rows, keys go to the row, and the expanded details contain the same links. */
  tabs?: boolean;
}

/** A link to the timeline of one address, key, principal or session. */
export function Pivot({ of, value, text, tabs = false }: PivotProps) {
  const said = text ?? (of === "principal" ? shortPrincipal(value) : value);
  return (
    <a
      class={of === "principal" ? "pivot" : "pivot num"}
      href={pivot(of, value)}
      title={`All activity for ${WORDS[of]} ${visible(shortened(value, 500))}`}
      tabIndex={tabs ? undefined : -1}
      onClick={follow}
    >
      {visible(shortened(said, 160))}
    </a>
  );
}

/** A link to the history of one entity. */
export const Thing = ({ type, value }: { type: string; value: string }) => (
  <>
    <span class="thing-type">{visible(typeName(type))}</span>{" "}
    <a class="mono" href={`/entities?${new URLSearchParams({ type, entity: value })}`} onClick={follow}>
      {visible(shortened(value, 160))}
    </a>
  </>
);
