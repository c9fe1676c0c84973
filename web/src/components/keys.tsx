// Which keys do what; `?` shows it.

import type { RefObject } from "preact";
import { useState } from "preact/hooks";
import { singleKeys } from "../lib/settings";

const KEYS: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    "Everywhere",
    [
      ["1 … 5", "Sessions, Timeline, Entities, SQL, Coverage"],
      ["/", "to the search, or the SQL"],
      ["?", "these keys"],
    ],
  ],
  [
    "Rows",
    [
      ["j k, ↓ ↑", "down, up"],
      ["Page ↓ ↑, Home, End", "a page, the first, the last row"],
      ["Enter", "unfold or fold; open a session or an entity"],
      ["Space", "select or unselect"],
      ["Shift + ↓ ↑", "select a range"],
      ["c", "copy the selected rows as text"],
      ["Esc", "unselect; from what is unfolded, back to the rows; from the search, clear it"],
      ["Tab", "into what is unfolded"],
    ],
  ],
  [
    "Strip of time",
    [
      ["drag", "look at a stretch alone"],
      ["+ −", "nearer, farther"],
      ["← →", "earlier, later"],
      ["0", "all of the time"],
    ],
  ],
  ["SQL", [["Ctrl + Enter", "run"]]],
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
        <h2 id="keys-title">Keys</h2>
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
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
        <input type="checkbox" checked={on} onChange={(event) => choose(event.currentTarget.checked)} /> Single letters
        and digits are shortcuts
      </label>
      <p class="built-with">
        <a href="/assets/licences.txt" target="_blank" rel="noopener">
          Licences of what this page is built with
        </a>
      </p>
    </dialog>
  );
}
