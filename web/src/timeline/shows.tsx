import type { Count, Show } from "../api/types";
import { SHOWS, toggled } from "../lib/filter";
import { count, counted } from "../lib/format";

const TITLES: Record<Show, [string, string]> = {
  click: ["Clicks", "A person's actions in the console"],
  command: ["Typed commands", "Commands in a console session: CLI, SDK, CloudShell"],
  residual: ["Unexplained", "Console events without a signal (residual)"],
  background: ["Background", "Requests that the console makes on its own"],
  found: ["Program findings", "Events from programs and services that stand out"],
  programmatic: ["Programmatic", "All events from programs and services"],
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
  // Rows of a class that the case does not have, or that another switch includes, need no switch.
  const isNeeded = (value: Show) =>
    value === "found"
      ? !show.includes("programmatic")
      : value !== "aggregated" || show.includes(value) || (of(value) ?? 0) > 0;
  const shown = SHOWS.filter(isNeeded);
  return (
    <fieldset class="shows">
      <legend class="visually-hidden">Rows to show</legend>
      {shown.map((value) => (
        <label key={value} class={show.includes(value) ? "chosen" : ""} title={TITLES[value][1]}>
          <input type="checkbox" checked={show.includes(value)} onChange={() => toggle(value)} />
          {TITLES[value][0]}
          {of(value) !== undefined && <span class="num facet-count">{count(of(value))}</span>}
        </label>
      ))}
    </fieldset>
  );
}

interface HiddenProps {
  /** The rows outside the console in the whole case: all, and those that stand out. */
  programs: readonly Count[];
  onShow: () => void;
}

/** Says that rows from programs stand out but are hidden, and shows them on request. */
export function HiddenPrograms({ programs, onShow }: HiddenProps) {
  const of = (value: string) => programs.find((each) => each.value === value)?.count ?? 0;
  if (of("found") === 0) return null;
  return (
    <p class="hidden-rows" role="status">
      <span>
        {"Only console activity is shown. "}
        <strong>{`${count(of("found"))} of ${counted(of("all"), "row")} from programs stand out but are hidden.`}</strong>
      </span>{" "}
      <button type="button" class="primary" onClick={onShow}>
        Show them
      </button>
    </p>
  );
}
