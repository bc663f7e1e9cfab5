#!/usr/bin/env python3
"""Draws docs/openai-2024-12-11.svg from the program's own output. Standard library only.

    cargo run --release -- simulate openai-2024-12-11 --format json | scripts/picture.py > docs/openai-2024-12-11.svg
"""
import json
import sys

WIDTH, LEFT, RIGHT, TOP, ROW, GAP = 900, 130, 20, 46, 78, 16
ROWS = [
    ("api_load", "API load", "share of the cores", "#b5442e"),
    ("dns_cached", "cached DNS", "share of entries", "#2e6fb5"),
    ("user_impact", "user impact", "share of all traffic", "#7a3fb0"),
]
MARKS = {"api_saturated": "saturated", "alert": "alert", "first_impact": "impact", "peak_impact": "peak",
         "first_cluster_recovered": "first recovered", "all_recovered": "all recovered"}


def main() -> None:
    run = json.load(sys.stdin)
    # A third of the points is more than the picture has pixels.
    series = {name: values[::3] for name, values in run["trajectory"].items()}
    t = series["t_s"]
    start = next(event for event in run["events"] if event["name"] == "rollout_start")["clock"]
    hours, minutes, seconds = (int(part) for part in start.split(":"))
    t0 = hours * 3600 + minutes * 60 + seconds
    x = lambda at: LEFT + (WIDTH - LEFT - RIGHT) * at / t[-1]
    height = TOP + len(ROWS) * (ROW + GAP) + 62
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">',
        "<title>2024-12-11 replayed: API load, cached DNS and user impact over time</title>",
        "<desc>The API servers of large clusters stop answering at about 15:13. Cached DNS falls to nothing until "
        "15:40. User impact rises as it falls.</desc>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="20" font-size="15" font-weight="bold">{run["name"]}: mean of the clusters that fell; '
        "local time</text>",
    ]
    for number, (name, label, unit, colour) in enumerate(ROWS):
        top = TOP + number * (ROW + GAP)
        values = series[name]
        most = max(1.0, max(values)) if name == "api_load" else max(max(values), 1e-9)
        y = lambda v: top + ROW - ROW * min(v, most) / most
        points = " ".join(f"{x(at):.1f},{y(v):.1f}" for at, v in zip(t, values))
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{top + ROW}" y2="{top + ROW}" stroke="#999"/>')
        if name == "api_load":
            silent = [1.0 - up for up in series["api_up"]]
            area = " ".join(f"{x(at):.1f},{top + ROW - ROW * s:.1f}" for at, s in zip(t, silent))
            out.append(f'<polygon points="{LEFT},{top + ROW} {area} {WIDTH - RIGHT},{top + ROW}" fill="#b5442e" '
                       'fill-opacity="0.15"/>')
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.6"/>')
        out.append(f'<text x="{LEFT - 8}" y="{top + 14}" text-anchor="end" font-weight="bold">{label}</text>')
        out.append(f'<text x="{LEFT - 8}" y="{top + 30}" text-anchor="end" fill="#555">{unit}</text>')
        out.append(f'<text x="{LEFT - 8}" y="{top + ROW}" text-anchor="end" fill="#555">0</text>')
        out.append(f'<text x="{LEFT + 4}" y="{top + 11}" fill="#555">{100 * most:.0f} %</text>')
        if name == "api_load":
            out.append(f'<text x="{WIDTH - RIGHT}" y="{top - 6}" text-anchor="end" fill="#b5442e">shaded: share of '
                       "API servers that answer nobody</text>")
    bottom = TOP + len(ROWS) * (ROW + GAP) - GAP
    hour = (t0 // 1800 + 1) * 1800
    while hour <= t0 + t[-1]:
        at = x(hour - t0)
        out.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{bottom}" stroke="#ddd"/>')
        out.append(f'<text x="{at:.1f}" y="{bottom + 16}" text-anchor="middle" fill="#555">{hour // 3600}:'
                   f"{hour // 60 % 60:02d}</text>")
        hour += 1800
    taken = []
    for event in run["events"]:
        if event["name"] in MARKS and event["t_s"] is not None:
            at = x(event["t_s"])
            line = next(n for n in range(4) if all(abs(at - other) > 105 or n != used for other, used in taken))
            taken.append((at, line))
            out.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{bottom + 20 + 11 * line}" stroke="#333" '
                       'stroke-dasharray="2,3"/>')
            anchor = "end" if at > WIDTH - 90 else "start"
            out.append(f'<text x="{at + (2 if anchor == "start" else -2):.1f}" y="{bottom + 30 + 11 * line}" '
                       f'text-anchor="{anchor}">{MARKS[event["name"]]} {event["clock"][:5]}</text>')
    out.append("</svg>")
    print("\n".join(out))


main()
