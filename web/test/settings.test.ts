import { beforeAll, expect, test, vi } from "vitest";

let nextTheme: typeof import("../src/lib/settings").nextTheme;
beforeAll(async () => {
  vi.stubGlobal("matchMedia", () => new EventTarget());
  ({ nextTheme } = await import("../src/lib/settings"));
});

test("the first click on the theme always changes the colors", () => {
  expect(nextTheme("system", false)).toBe("dark");
  expect(nextTheme("system", true)).toBe("light");
  expect(nextTheme("dark", false)).toBe("light");
  expect(nextTheme("light", false)).toBe("system");
});
