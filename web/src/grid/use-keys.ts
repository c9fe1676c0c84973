// What keys and clicks do in a grid: move, unfold, select.

import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { announce } from "../lib/announce";
import { count } from "../lib/format";
import { singleKeys } from "../lib/settings";
import { destination } from "./keys";
import { type GridProps, MOST_SELECTED } from "./types";

interface Given<Row> extends GridProps<Row> {
  scroller: RefObject<HTMLDivElement | null>;
  reveal: (index: number) => void;
  perPage: number;
  total: number;
}

/** Where keys are nobody's: the page itself, or a view that was just opened. */
const isIdle = (target: EventTarget | null) =>
  target === document.body || (target instanceof HTMLElement && target.dataset.idle !== undefined);

const MOVES = new Set(["j", "k", "ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End", "Enter"]);

export function useGridKeys<Row>(given: Given<Row>) {
  const { rows, rowKey, selection, scroller, total } = given;
  const [active, setActive] = useState(0);
  const anchor = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows begin at their beginning
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
    if (last - first >= MOST_SELECTED)
      return announce(`Select ${count(MOST_SELECTED)} rows at most; export the rest by its filter.`);
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
    if (extend) markTo(to).catch(() => announce("These rows could not be fetched."));
    else anchor.current = to;
    setActive(to);
    given.reveal(to);
  };
  const press = (event: KeyboardEvent): boolean => {
    const plain = !(event.ctrlKey || event.metaKey || event.altKey);
    if (event.key.length === 1 && event.key !== " " && !(plain && singleKeys.on)) return false;
    const to = destination(event.key, active, total, given.perPage);
    if (to !== undefined) {
      move(to, event.shiftKey && selection !== undefined);
      return true;
    }
    if (event.key === "Enter") enter(active);
    else if (event.key === " " && selection) mark(active);
    else if (event.key === "Escape" && selection && selection.size > 0) selection.clear();
    else return plain && (given.onKey?.(event.key, rows.get(active)) ?? false);
    return true;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current) {
      if (event.key === "Escape" && event.target instanceof Element && event.target.closest(".grid-detail"))
        scroller.current?.focus();
      return;
    }
    if (press(event)) event.preventDefault();
  };
  const latest = useRef(press);
  latest.current = press;
  // Where nothing has the focus, the first key that moves goes to the grid.
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (!isIdle(event.target) || !MOVES.has(event.key) || event.defaultPrevented) return;
      scroller.current?.focus();
      if (latest.current(event)) event.preventDefault();
    };
    addEventListener("keydown", listener);
    return () => removeEventListener("keydown", listener);
  }, [scroller]);

  const onPick = (event: MouseEvent, index: number) => {
    setActive(index);
    scroller.current?.focus({ preventScroll: true });
    if (event.shiftKey) markTo(index).catch(() => announce("These rows could not be fetched."));
    else if (event.ctrlKey || event.metaKey) mark(index);
    else {
      anchor.current = index;
      enter(index);
    }
  };
  return { active, onKeyDown, onPick, onMark: mark, go: (index: number) => move(index, false) };
}
