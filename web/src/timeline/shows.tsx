import type { Count, Show } from "../api/types";
import { SHOWS, toggled } from "../lib/filter";
import { count } from "../lib/format";

const TITLES: Record<Show, [string, string]> = {
  click: ["Clicks", "A person's actions in the console"],
  command: ["Typed commands", "Commands in a console session: CLI, SDK, CloudShell"],
  residual: ["Unexplained", "Console events without a signal (residual)"],
  background: ["Background", "Requests that the console makes on its own"],
  programmatic: ["Programmatic", "Events from programs and services"],
  aggregated: ["Aggregated", "Call counts for a time window; CloudTrail does not record the caller"],
};

interface ShowsProps {
  show: readonly Show[];
  counts: readonly Count[];
  onChange: (show: Show[]) => void;
}

/** Which classes of rows are shown. */
export function Shows({ show, counts, onChange }: ShowsProps) {
  const of = (value: Show) => counts.find((each) => each.value === value)?.count;
  const toggle = (value: Show) => {
    const next = SHOWS.filter((each) => toggled(show, value).includes(each));
    if (next.length > 0) onChange(next);
  };
  return (
    <fieldset class="shows">
      <legend class="visually-hidden">Rows to show</legend>
      {SHOWS.map((value) => (
        <label key={value} class={show.includes(value) ? "chosen" : ""} title={TITLES[value][1]}>
          <input type="checkbox" checked={show.includes(value)} onChange={() => toggle(value)} />
          {TITLES[value][0]}
          {of(value) !== undefined && <span class="num facet-count">{count(of(value))}</span>}
        </label>
      ))}
    </fieldset>
  );
}
