import { expect, test } from "vitest";
import { cell, clip, csvField, shortened, visible, visibleLines } from "../src/lib/text";

test("invisible characters are spelled out", () => {
  expect(visible("a\u202eb")).toBe("a⟦U+202E⟧b");
  expect(visible("\u0000\u001b[31m\u007f\u009b")).toBe("⟦U+0000⟧⟦U+001B⟧[31m⟦U+007F⟧⟦U+009B⟧");
  expect(visible("a\u200b\u2066\ufeff\u00ad\u2028b")).toBe("a⟦U+200B⟧⟦U+2066⟧⟦U+FEFF⟧⟦U+00AD⟧⟦U+2028⟧b");
  expect(visible("x\u{e0041}\u{e0100}\u3164\u2800\u00a0")).toBe("x⟦U+E0041⟧⟦U+E0100⟧⟦U+3164⟧⟦U+2800⟧⟦U+00A0⟧");
  expect(visible("\ud800")).toBe("⟦U+D800⟧");
});

test("visible text is unchanged", () => {
  const text = "Zoë › 日本 <script>alert(1)</script> & 🙂";
  expect(visible(text)).toBe(text);
});

test("line ends are kept in formatted text", () => {
  expect(visible("a\nb")).toBe("a⟦U+000A⟧b");
  expect(visibleLines("a\n\tb\u202e")).toBe("a\n⟦U+0009⟧b⟦U+202E⟧");
});

test("clipping counts what is left, and splits no character", () => {
  expect(clip("abc", 3)).toEqual({ text: "abc", hidden: 0 });
  expect(clip("abcd", 3)).toEqual({ text: "abc", hidden: 1 });
  expect(clip("a🙂b", 2)).toEqual({ text: "a", hidden: 3 });
});

test("a shortened text ends with an ellipsis", () => {
  expect(shortened("i-0dbc91f429e48eeed", 19)).toBe("i-0dbc91f429e48eeed");
  expect(shortened("i-0dbc91f429e48eeed", 10)).toBe("i-0dbc91f…");
});

test.each(["=cmd()", "+1", "-1", "@a", "\ttab", "＝x"])("%j is no formula in a cell", (text) => {
  expect(cell(text)).toBe(`'${visible(text)}`);
});

test("a CSV field is quoted if necessary", () => {
  expect(csvField("plain")).toBe("plain");
  expect(csvField('a,"b"')).toBe('"a,""b"""');
  expect(csvField('=HYPERLINK("x")')).toBe(`"'=HYPERLINK(""x"")"`);
});
