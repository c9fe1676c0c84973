// Completions for a statement: tables, columns and keywords that start with the typed text. Pure.

export interface SchemaColumn {
  table: string;
  column: string;
  type: string;
}

const KEYWORDS = [
  "SELECT",
  "FROM",
  "WHERE",
  "GROUP BY",
  "ORDER BY",
  "LIMIT",
  "JOIN",
  "LEFT JOIN",
  "USING",
  "COUNT",
  "DISTINCT",
  "HAVING",
  "BETWEEN",
  "LIKE",
  "ILIKE",
  "IS NOT NULL",
  "CASE WHEN",
  "UNION ALL",
  "WITH",
  "DESC",
  "list_contains",
  "unnest",
] as const;

/** The name that is being typed at the caret. */
export const wordBefore = (text: string, caret: number): string =>
  /[A-Za-z_][\w]*$/.exec(text.slice(0, caret))?.[0] ?? "";

/** Names that start with the word. Columns of tables that the statement names come first. */
export function suggestions(text: string, caret: number, schema: readonly SchemaColumn[], most = 12): string[] {
  const word = wordBefore(text, caret).toLowerCase();
  if (word.length < 2) return [];
  const tables = [...new Set(schema.map((each) => each.table))];
  const named = new Set(tables.filter((table) => new RegExp(`\\b${table}\\b`, "i").test(text)));
  const fits = (name: string) => name.toLowerCase().startsWith(word) && name.toLowerCase() !== word;
  const near = schema.filter((each) => named.has(each.table)).map((each) => each.column);
  const all = [...near, ...tables, ...schema.map((each) => each.column), ...KEYWORDS].filter(fits);
  return [...new Set(all)].slice(0, most);
}

/** The statement after the name at the caret has been completed, and the new position of the caret. */
export function completed(text: string, caret: number, name: string): { text: string; caret: number } {
  const start = caret - wordBefore(text, caret).length;
  return { text: text.slice(0, start) + name + text.slice(caret), caret: start + name.length };
}
