import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** A button with a menu of actions below it. It closes on Escape, on a click elsewhere, and after an action. */
export function Menu({ title, children }: { title: string; children: ComponentChildren }) {
  const ref = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      if (ref.current?.open && !(event.target instanceof Node && ref.current.contains(event.target)))
        ref.current.open = false;
    };
    addEventListener("pointerdown", close);
    addEventListener("focusin", close);
    return () => {
      removeEventListener("pointerdown", close);
      removeEventListener("focusin", close);
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !ref.current?.open) return;
    ref.current.open = false;
    ref.current.querySelector("summary")?.focus();
  };
  const onClick = (event: MouseEvent) => {
    const done = event.target instanceof Element && event.target.closest(".menu-items a, .menu-items button");
    if (ref.current && done) ref.current.open = false;
  };
  return (
    <details class="menu" ref={ref} onKeyDown={onKeyDown} onClick={onClick}>
      <summary>{title}</summary>
      <div class="menu-items">{children}</div>
    </details>
  );
}
