// TanStack's virtualizer, bound to Preact: which rows are in view, and at which positions. The rows scroll in an element or,
// in narrow and low windows, with the page, so that no scroll area is inside another one.

import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  observeWindowOffset,
  observeWindowRect,
  Virtualizer,
  type VirtualizerOptions,
  windowScroll,
} from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useLayoutEffect, useReducer, useState } from "preact/hooks";

type Scroller = HTMLDivElement | Window;
type Options = VirtualizerOptions<Scroller, HTMLDivElement>;
type Given = "observeElementRect" | "observeElementOffset" | "scrollToFn" | "onChange" | "getScrollElement";

/** The functions for a scroller. The mode determines its type, which TypeScript cannot know. */
const IN_ELEMENT = {
  observeElementRect,
  observeElementOffset,
  scrollToFn: elementScroll,
} as unknown as Pick<Options, "observeElementRect" | "observeElementOffset" | "scrollToFn">;
const IN_PAGE = {
  observeElementRect: observeWindowRect,
  observeElementOffset: observeWindowOffset,
  scrollToFn: windowScroll,
} as unknown as typeof IN_ELEMENT;

export function useVirtualizer(
  element: RefObject<HTMLDivElement | null>,
  inPage: boolean,
  options: Omit<Options, Given>,
): Virtualizer<Scroller, HTMLDivElement> {
  const [, render] = useReducer((n: number) => n + 1, 0);
  const all: Options = {
    ...options,
    ...(inPage ? IN_PAGE : IN_ELEMENT),
    getScrollElement: () => (inPage ? window : element.current),
    onChange: () => render(undefined),
  };
  const [virtualizer] = useState(() => new Virtualizer<Scroller, HTMLDivElement>(all));
  virtualizer.setOptions(all);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  return virtualizer;
}
