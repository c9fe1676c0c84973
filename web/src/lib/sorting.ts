// By what rows are sorted, kept in the address.

import { change } from "./router";

/** The order that the address asks for, and how a title changes it: once more turns it round. */
export function sortingIn(params: URLSearchParams, usual: string, usuallyDescending: boolean) {
  const sort = params.get("sort") ?? usual;
  const asked = params.get("descending");
  const descending = asked === null ? usuallyDescending : asked === "true";
  const onSort = (next: string) =>
    change((all) => {
      all.set("sort", next);
      // The largest number first, and names by the alphabet.
      all.set("descending", String(next === sort ? !descending : !NAMES.has(next)));
    }, true);
  return { sorting: { sort, descending }, onSort };
}

const NAMES = new Set(["principal", "entity_type", "entity_value"]);
