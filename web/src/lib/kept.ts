// What a view remembers while the page shows another view: how far it was scrolled, and which sections were open.

import { useLayoutEffect, useRef } from "preact/hooks";
import { grouped } from "./group";

interface Kept {
  top: number;
  /** The sections that were open, by their part of the view and their place in it. */
  open: Set<string>;
}

const kept = new Map<string, Kept>();

/** Everything that can be opened. Parts load one after another, so places are counted within the part. */
function sectionsOf(view: HTMLElement): [string, HTMLDetailsElement][] {
  const parts = grouped([...view.querySelectorAll("details")], (each) => each.closest("[aria-label]")?.ariaLabel ?? "");
  return [...parts].flatMap(([part, all]) =>
    all.map((each, index): [string, HTMLDetailsElement] => [`${index} ${part}`, each]),
  );
}

/** Whether the view itself scrolls; in small windows, the page scrolls instead. */
const scrollsItself = (view: HTMLElement) => getComputedStyle(view).overflowY === "auto";

/** Restores a view when it is shown again and `ready`, which means that it has its final height. */
export function useKept(name: string, ready: boolean) {
  const view = useRef<HTMLDivElement>(null);
  const restored = useRef(false);
  useLayoutEffect(() => {
    const [element, last] = [view.current, kept.get(name)];
    if (!ready || restored.current || !element) return;
    restored.current = true;
    if (!last) return;
    for (const [key, section] of sectionsOf(element)) if (last.open.has(key)) section.open = true;
    // In this frame, the page is scrolled to its top, because the view changed.
    requestAnimationFrame(() => {
      if (scrollsItself(element)) element.scrollTop = last.top;
      else scrollTo(0, last.top);
    });
  }, [name, ready]);
  useLayoutEffect(() => {
    const element = view.current;
    return () => {
      // Somebody who left before it was restored has seen nothing new.
      if (!element || !(restored.current || !kept.has(name))) return;
      const top = scrollsItself(element) ? element.scrollTop : scrollY;
      const open = sectionsOf(element).filter(([, section]) => section.open);
      kept.set(name, { top, open: new Set(open.map(([key]) => key)) });
    };
  }, [name]);
  return view;
}
