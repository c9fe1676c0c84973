"""HTML for notebook cells. Text from logs is hostile: everything is escaped here."""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

MAX_ROWS = 20
"""The number of rows that a cell shows."""
MAX_TEXT = 200
"""The number of characters of a value that a cell shows."""
MAX_LANES = 12
"""The number of sessions in a picture."""
MAX_PAUSE = 120.0
"""A longer pause is shortened to this many seconds in a picture."""

_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")
_STYLE = "font-size:12px;border-collapse:collapse"
_CELL = "text-align:left;vertical-align:top;padding:2px 8px;max-width:40em;overflow-wrap:break-word"
_WIDTH, _LEFT, _LANE = 900, 190, 22
_COLORS = ((9, "#b3261e"), (7, "#c4570a"), (5, "#8a6d00"), (0, "#3b6ea5"))


def shown(value: Any) -> str:
    """A value as escaped text. Invisible and direction-changing characters are shown as escapes."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        text = value.strftime("%Y-%m-%d %H:%M:%S")
    elif isinstance(value, list):
        text = ", ".join(str(item) for item in value)
    else:
        text = str(value)
    if len(text) > MAX_TEXT:
        text = text[: MAX_TEXT - 1] + "…"
    return html.escape(_HIDDEN.sub(lambda found: f"\\u{{{ord(found.group()):x}}}", text))


def table(names: Sequence[str], rows: Iterable[Mapping[str, Any]], total: int) -> str:
    """The first rows of a table."""
    head = "".join(f'<th style="{_CELL}">{shown(name)}</th>' for name in names)
    body = "".join(
        "<tr>" + "".join(f'<td style="{_CELL}">{shown(row[name])}</td>' for name in names) + "</tr>" for row in rows
    )
    more = f"<p>The first {MAX_ROWS} of {total:,} rows.</p>" if total > MAX_ROWS else ""
    return f'<table style="{_STYLE}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}'


def picture(lanes: Sequence[tuple[str, Sequence[tuple[datetime.datetime, int, str]]]]) -> str:
    """A timeline as SVG: a lane for each session, and a mark for each click at its time, colored by its severity. Pauses in
    which nobody clicked are shortened."""
    times = sorted({time for _, marks in lanes for time, _, _ in marks})
    if not times:
        return ""
    places, pauses = _places(times)
    scale = (_WIDTH - _LEFT - 20) / max(places[times[-1]], 1.0)
    height = _LANE * len(lanes) + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="Timeline of clicks" width="{_WIDTH}" '
        f'height="{height}" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="11">'
    ]
    for at, (name, marks) in enumerate(lanes):
        y = _LANE * at + _LANE // 2
        label = name if len(name) <= 27 else name[:26] + "…"
        parts.append(f'<text x="0" y="{y + 4}" fill="currentColor">{shown(label)}</text>')
        parts.append(
            f'<line x1="{_LEFT}" y1="{y}" x2="{_WIDTH - 20}" y2="{y}" stroke="currentColor" stroke-opacity="0.2"/>'
        )
        for time, severity, text in marks:
            x = _LEFT + places[time] * scale
            color = next(color for least, color in _COLORS if severity >= least)
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y}" r="4" fill="{color}" fill-opacity="0.8">'
                f"<title>{shown(time)} {shown(text)}</title></circle>"
            )
    for place in pauses:
        x = _LEFT + place * scale
        parts.append(
            f'<line x1="{x:.1f}" y1="0" x2="{x:.1f}" y2="{height - 24}" stroke="currentColor" stroke-opacity="0.5" '
            'stroke-dasharray="3 3"><title>a pause, shortened</title></line>'
        )
    y = height - 8
    parts.append(f'<text x="{_LEFT}" y="{y}" fill="currentColor">{shown(times[0])}</text>')
    parts.append(f'<text x="{_WIDTH - 20}" y="{y}" text-anchor="end" fill="currentColor">{shown(times[-1])} UTC</text></svg>')
    return "".join(parts)


def _places(times: Sequence[datetime.datetime]) -> tuple[dict[datetime.datetime, float], list[float]]:
    """The place of each time, in seconds after the first, with long pauses shortened; and the middles of those pauses."""
    places, pauses, place = {times[0]: 0.0}, [], 0.0
    for before, time in zip(times, times[1:]):
        pause = (time - before).total_seconds()
        step = min(pause, MAX_PAUSE)
        if pause > MAX_PAUSE:
            pauses.append(place + step / 2)
        place += step
        places[time] = place
    return places, pauses
