// A hunt as SQL, with values for its parameters. Pure.

import type { Hunt, HuntParam } from "../api/types";

/** What a field shows for a default, which is a SQL literal: `TIMESTAMP '2000-01-01'` as `2000-01-01`. */
export function shownDefault({ default: literal }: HuntParam): string {
  const quoted = /^(?:TIMESTAMP )?'(.*)'$/su.exec(literal);
  return quoted?.[1]?.replaceAll("''", "'") ?? literal;
}

const isNumber = (param: HuntParam) => !param.default.endsWith("'");
const isMoment = (param: HuntParam) => param.default.startsWith("TIMESTAMP");

/** A value as a SQL literal of the parameter's kind. */
export function literal(param: HuntParam, value: string): string {
  if (isNumber(param)) return /^-?\d+$/.test(value.trim()) ? value.trim() : param.default;
  const text = `'${value.replaceAll("'", "''")}'`;
  return isMoment(param) ? `TIMESTAMP ${text}` : text;
}

/** The query in a hunt's text, without the header and the settings. */
export function queryOf({ sql }: Hunt): string {
  const lines = sql.split("\n");
  const first = lines.findIndex((line) => line.trim() !== "" && !/^(--|SET VARIABLE )/.test(line));
  return first < 0 ? sql : lines.slice(first).join("\n");
}

/** The statements that set every parameter, then the query. */
export function statement(hunt: Hunt, given: Readonly<Record<string, string>>): string {
  const settings = hunt.params.map((param) => {
    const value = given[param.name];
    return `SET VARIABLE ${param.name} = ${value === undefined ? param.default : literal(param, value)};\n`;
  });
  return settings.join("") + queryOf(hunt);
}
