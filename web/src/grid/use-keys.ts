// What keys and clicks do in a grid: move, expand, select.

import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { announce } from "../lib/announce";
import { count } from "../lib/format";
import { untilMoved } from "../lib/moved";
import { singleKeys } from "../lib/settings";
import { destination } from "./keys";
import { type GridProps, MOST_SELECTED } from "./types";

interface Given<Row> extends GridProps<Row> {
  scroller: RefObject<HTMLDivElement | null>;
  reveal: (index: number, align?: "auto" | "start") => void;
  perPage: number;
  total: number;
}

/** Whether no control uses the key: the target is the page itself, or a view that was just opened. */
const isIdle = (target: EventTarget | null) =>
  target === document.body || (target instanceof HTMLElement && target.dataset.idle !== undefined);

const MOVES = new Set(["j", "k", "ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End", "Enter"]);

const notFetched = () => announce("Could not load these rows.");

/** The actions on rows, and the active row. */
function useDeeds<Row>(given: Given<Row>) {
  const { rows, rowKey, selection } = given;
  const [active, setActive] = useState(0);
  const anchor = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new rows start at the top
  useEffect(() => {
    setActive(0);
    anchor.current = 0;
  }, [rows]);

  const mark = (index: number) => {
    const row = rows.get(index);
    if (row !== undefined) selection?.toggle(rowKey(row), row);
    anchor.current = index;
  };
  const markTo = async (index: number) => {
    if (!selection) return;
    const [first, last] = [Math.min(anchor.current, index), Math.max(anchor.current, index)];
    if (last - first >= MOST_SELECTED) {
      announce(`You can select at most ${count(MOST_SELECTED)} rows; use a filter to export more.`);
      return;
    }
    const range = await rows.range(first, last);
    selection.add(range.map((row) => [rowKey(row), row]));
  };
  const enter = (index: number) => {
    const row = rows.get(index);
    if (row === undefined) return;
    if (given.detail) given.onToggle?.(rowKey(row));
    else given.onEnter?.(row);
  };
  const move = (to: number, extend: boolean) => {
    if (extend) markTo(to).catch(notFetched);
    else anchor.current = to;
    setActive(to);
    given.reveal(to);
  };
  const onPick = (event: MouseEvent, index: number) => {
    setActive(index);
    given.scroller.current?.focus({ preventScroll: true });
    if (event.shiftKey) markTo(index).catch(notFetched);
    else if (event.ctrlKey || event.metaKey) mark(index);
    else {
      anchor.current = index;
      enter(index);
    }
  };
  /** Makes a row active without moving to it. */
  const activate = (index: number) => {
    anchor.current = index;
    setActive(index);
  };
  /** Brings a row that a link leads to to the top, and keeps it there while its details load, until the user scrolls. */
  const arrive = (index: number) => {
    activate(index);
    untilMoved(() => given.reveal(index, "start"));
  };
  return { active, mark, enter, move, arrive, activate, onPick };
}

export function useGridKeys<Row>(given: Given<Row>) {
  const { rows, selection, scroller } = given;
  const { active, mark, enter, move, arrive, activate, onPick } = useDeeds(given);
  const press = (event: KeyboardEvent): boolean => {
    const plain = !(event.ctrlKey || event.metaKey || event.altKey);
    if (event.key.length === 1 && event.key !== " " && !(plain && singleKeys.on)) return false;
    const to = destination(event.key, active, given.total, given.perPage);
    if (to !== undefined) move(to, event.shiftKey && selection !== undefined);
    else if (event.key === "Enter") enter(active);
    else if (event.key === " " && selection) mark(active);
    else if (event.key === "Escape" && selection && selection.size > 0) selection.clear();
    else return plain && (given.onKey?.(event.key, rows.get(active)) ?? false);
    return true;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { target } = event;
    if (target === scroller.current) {
      if (press(event)) event.preventDefault();
    } else if (event.key === "Escape" && target instanceof Element && target.closest(".grid-detail")) {
      scroller.current?.focus();
    }
  };
  useIdleKeys(scroller, press);
  return { active, onKeyDown, onPick, onMark: mark, go: (index: number) => move(index, false), arrive, activate };
}

/** If nothing has the focus, the first key that moves goes to the grid. */
function useIdleKeys(scroller: RefObject<HTMLDivElement | null>, press: (event: KeyboardEvent) => boolean) {
  const latest = useRef(press);
  latest.current = press;
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (!isIdle(event.target) || !MOVES.has(event.key) || event.defaultPrevented) return;
      scroller.current?.focus();
      if (latest.current(event)) event.preventDefault();
    };
    addEventListener("keydown", listener);
    return () => removeEventListener("keydown", listener);
  }, [scroller]);
}
