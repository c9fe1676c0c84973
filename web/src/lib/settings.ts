// Settings that are stored in this browser: the theme, and whether single keys are shortcuts.

import { useLayoutEffect, useState } from "preact/hooks";

export type Theme = "system" | "light" | "dark";

/** The theme after the next click. The first click always changes the colors: it selects what the system does not. */
export function nextTheme(theme: Theme, systemIsDark: boolean): Theme {
  const [other, same] = systemIsDark ? (["light", "dark"] as const) : (["dark", "light"] as const);
  if (theme === "system") return other;
  return theme === other ? same : "system";
}

const themeOf = (value: string | undefined): Theme => (value === "light" || value === "dark" ? value : "system");

/** Receives an event whenever the page's colors change, by choice or by the system. */
export const themeChanged = new EventTarget();
const tell = () => themeChanged.dispatchEvent(new Event("change"));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, set] = useState(() => themeOf(document.documentElement.dataset.theme));
  const choose = (next: Theme) => {
    if (next === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    localStorage.setItem("theme", next);
    set(next);
    tell();
  };
  return [theme, choose];
}

/** A number that grows with every change of colors. */
export function useThemeRound(): number {
  const [round, set] = useState(0);
  // Subscribes before the browser can dispatch another event, so that no change is missed.
  useLayoutEffect(() => {
    const listener = () => set((last) => last + 1);
    themeChanged.addEventListener("change", listener);
    return () => themeChanged.removeEventListener("change", listener);
  }, []);
  return round;
}

export const singleKeys = {
  get on() {
    return localStorage.getItem("single-keys") !== "off";
  },
  set on(value: boolean) {
    localStorage.setItem("single-keys", value ? "on" : "off");
  },
};
