import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Json } from "../api/types";
import { announce, copy } from "../lib/announce";
import { count, counted } from "../lib/format";
import { clip, visibleLines } from "../lib/text";

const LONG = 600;
const MANY = 200;

/** Formatted JSON with highlighted parts. Long strings and lists are expanded on request. */
export function JsonView({ value, label }: { value: Json; label: string }) {
  return (
    <div class="json">
      <button
        type="button"
        class="small"
        onClick={() => copy(JSON.stringify(value, null, 2), label).catch(() => announce("Could not copy."))}
      >
        Copy JSON
      </button>
      <pre
        role="group"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard
        tabIndex={0}
      >
        <Value value={value} indent="" />
      </pre>
    </div>
  );
}

function Value({ value, indent }: { value: Json; indent: string }): ComponentChildren {
  if (typeof value === "string") return <Quoted value={value} />;
  if (value === null || typeof value !== "object") return <span class="j-bare">{String(value)}</span>;
  if (Array.isArray(value)) return <Members open="[" close="]" indent={indent} members={value.map((v) => [null, v])} />;
  return <Members open="{" close="}" indent={indent} members={Object.entries(value)} />;
}

interface MembersProps {
  open: string;
  close: string;
  indent: string;
  members: [string | null, Json][];
}

function Members({ open, close, indent, members }: MembersProps) {
  const [all, setAll] = useState(false);
  if (members.length === 0) return open + close;
  const shown = all ? members : members.slice(0, MANY);
  const deeper = `${indent}  `;
  return (
    <>
      {open}
      {shown.map(([name, value], index) => (
        <>
          {`\n${deeper}`}
          {name !== null && (
            <>
              <span class="j-name">
                <Clipped text={JSON.stringify(name)} />
              </span>
              {": "}
            </>
          )}
          <Value value={value} indent={deeper} />
          {index < members.length - 1 && ","}
        </>
      ))}
      {shown.length < members.length && (
        <button type="button" class="link more" onClick={() => setAll(true)}>
          {`… ${count(members.length - shown.length)} more`}
        </button>
      )}
      {`\n${indent}${close}`}
    </>
  );
}

const Quoted = ({ value }: { value: string }) => (
  <span class="j-text">
    <Clipped text={JSON.stringify(value)} />
  </span>
);

function Clipped({ text }: { text: string }) {
  const [all, setAll] = useState(false);
  const shown = clip(text, all ? Number.POSITIVE_INFINITY : LONG);
  return (
    <>
      {visibleLines(shown.text)}
      {shown.hidden > 0 && (
        <button type="button" class="link more" onClick={() => setAll(true)}>
          {`… show ${counted(shown.hidden, "more character")}`}
        </button>
      )}
    </>
  );
}
