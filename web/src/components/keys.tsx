// The keyboard shortcuts, which `?` shows.

import type { RefObject } from "preact";
import { useState } from "preact/hooks";
import { singleKeys } from "../lib/settings";

const KEYS: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    "Everywhere",
    [
      ["1 … 8", "Overview, Sessions, Timeline, Entities, Hunts, Notes, SQL, Coverage"],
      ["/", "go to the search field or the SQL editor"],
      ["?", "show the terms and these shortcuts"],
    ],
  ],
  [
    "Rows",
    [
      ["j k, ↓ ↑", "down, up"],
      ["Page ↓ ↑, Home, End", "move by a page; go to the first or last row"],
      ["Enter", "expand or collapse; open a session or an entity"],
      ["Space", "select or deselect"],
      ["Shift + ↓ ↑", "select a range"],
      ["c", "copy the selected rows as text"],
      ["s", "star the active row, or the selected rows"],
      ["Esc", "deselect; go from the details back to the rows; clear the search"],
      ["Tab", "go to the expanded details"],
    ],
  ],
  [
    "Activity strip, chart of the case",
    [
      ["drag", "zoom to a time range"],
      ["+ −", "zoom in, zoom out"],
      ["← →", "move back in time, move forward in time"],
      ["0", "show the whole time range"],
    ],
  ],
  [
    "SQL",
    [
      ["Ctrl + Enter", "run"],
      ["Ctrl + Space", "insert the first suggestion"],
    ],
  ],
];

const TERMS: readonly (readonly [string, string])[] = [
  ["click", "what a person did in the console, derived from its events"],
  ["finding", "an event that stands out and succeeded"],
  ["attempt", "an event that stands out, but was denied or failed"],
  ["stands out", "relevant to an investigation: access, credentials, secrets, data, logs or destruction"],
  ["unexplained", "console events that no known page or action explains"],
  ["background", "requests that the console makes on its own"],
  ["programmatic", "calls by programs and services, outside the console"],
  ["aggregated", "counts of calls in a time window, without the caller"],
  ["group calls", "consecutive calls of one kind share a line, which expands to them"],
];

export function Keys({ dialog }: { dialog: RefObject<HTMLDialogElement | null> }) {
  const [on, setOn] = useState(singleKeys.on);
  const choose = (value: boolean) => {
    singleKeys.on = value;
    setOn(value);
  };
  return (
    <dialog ref={dialog} class="keys" aria-labelledby="keys-title">
      <div class="keys-head">
        <h2 id="keys-title">Terms and keyboard shortcuts</h2>
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
      <section class="terms">
        <h3>Terms</h3>
        <dl>
          {TERMS.map(([term, meaning]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
      </section>
      <div class="keys-columns">
        {KEYS.map(([title, keys]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([key, meaning]) => (
                <div key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label class="field">
        <input type="checkbox" checked={on} onChange={(event) => choose(event.currentTarget.checked)} /> Use single
        letters and digits as shortcuts
      </label>
      <p class="built-with">
        <a href="/assets/licenses.txt" target="_blank" rel="noopener">
          Third-party software licenses
        </a>
      </p>
    </dialog>
  );
}
