// Numbers and times as the page shows them. Times are UTC throughout; the header says so.

const numbers = new Intl.NumberFormat("en-GB");

export const count = (value: number | null | undefined): string => (value == null ? "–" : numbers.format(value));

/** `1 event`, `2 events` */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** `2026-03-11 19:41:32`, with a fraction only if there is one. */
export function moment(time: string | null | undefined): string {
  if (!time) return "–";
  const [date = "", clock = ""] = time.replace(/(Z|\+00:00)$/, "").split(/[T ]/);
  return `${date} ${clock.replace(/\.0*$/, "").replace(/(\.\d*?)0+$/, "$1")}`.trim();
}

export const day = (time: string): string => moment(time).slice(0, 10);
export const clock = (time: string): string => moment(time).slice(11);

/** The end of a time range. The date is left out if it is that of the start. */
export const endTime = (first: string, last: string): string =>
  day(first) === day(last) ? clock(last).slice(0, 8) : moment(last).slice(0, 19);

/** `16 min 33 s`, the two largest units. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor((whole % 86_400) / 3600), "h"],
    [Math.floor((whole % 3600) / 60), "min"],
    [whole % 60, "s"],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  if (first < 0) return "0 s";
  const shown = parts.slice(first, first + 2).filter(([value]) => value > 0);
  return shown.map(([value, unit]) => `${value} ${unit}`).join(" ");
}

/** A signal's confidence: two digits, never rounded up to 1. */
export function confidence(value: number | null): string {
  if (value == null) return "–";
  return (value >= 1 ? 1 : Math.min(0.99, Math.round(value * 100) / 100)).toFixed(2);
}

const UNITS = ["bytes", "kB", "MB", "GB", "TB", "PB"] as const;

/** `5.3 GB`, in powers of 1000; `unknown size` if the trail does not record it. */
export function bytes(value: number | null | undefined): string {
  if (value == null) return "unknown size";
  const power = value < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** power;
  return `${power === 0 ? count(value) : scaled.toFixed(scaled < 100 ? 1 : 0)} ${UNITS[power]}`;
}

/** Seconds since 1970. */
export const seconds = (time: string): number => Date.parse(time) / 1000;
/** RFC 3339 to the millisecond. */
export const rfc3339 = (unix: number): string => new Date(Math.round(unix * 1000)).toISOString();
