import { useState } from "preact/hooks";
import { count } from "../lib/format";
import { shortPrincipal } from "../lib/session";
import { clip, shortened, visible } from "../lib/text";

interface TextProps {
  value: string | null | undefined;
  /** How many characters are shown at first. */
  max?: number;
}

const HOVERED = 1000;

/** Text from logs on one line, with hidden characters spelled out. The hover text shows more of a long text. */
export function Text({ value, max = 400 }: TextProps) {
  if (!value) return <span class="none">–</span>;
  const { text, hidden } = clip(value, max);
  const hover = clip(value, HOVERED);
  return (
    <span title={visible(hover.text) + (hover.hidden > 0 ? "…" : "")}>
      {visible(text)}
      {hidden > 0 && <span class="more">… {count(hidden)} more</span>}
    </span>
  );
}

/** The short name of a principal. The hover text shows the full name. */
export function Principal({ name }: { name: string | null }) {
  if (!name) return <span class="none">–</span>;
  return <span title={visible(clip(name, HOVERED).text)}>{visible(shortened(shortPrincipal(name), 160))}</span>;
}

/** Text from logs, with a way to see all of it. */
export function LongText({ value, max = 400 }: TextProps) {
  const [all, setAll] = useState(false);
  if (!value) return <span class="none">–</span>;
  const { text, hidden } = clip(value, all ? Number.POSITIVE_INFINITY : max);
  return (
    <span class="long">
      {visible(text)}
      {(hidden > 0 || all) && (
        <button type="button" class="link more" onClick={() => setAll(!all)}>
          {all ? "show less" : `… show all ${count(value.length)} characters`}
        </button>
      )}
    </span>
  );
}
