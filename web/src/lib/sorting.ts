// The sort order of rows, which is kept in the address.

import { change } from "./router";

/** The order in the address, and how a click on a title changes it: a second click reverses it. */
export function sortingIn(params: URLSearchParams, usual: string, usuallyDescending: boolean) {
  const sort = params.get("sort") ?? usual;
  const asked = params.get("descending");
  const descending = asked === null ? usuallyDescending : asked === "true";
  const onSort = (next: string) =>
    change((all) => {
      all.set("sort", next);
      // Numbers start with the largest, and names are in alphabetical order.
      all.set("descending", String(next === sort ? !descending : !NAMES.has(next)));
    }, true);
  return { sorting: { sort, descending }, onSort };
}

const NAMES = new Set(["principal", "entity_type", "entity_value"]);
