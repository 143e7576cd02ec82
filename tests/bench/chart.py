"""The chart: small panels of bars, readable on a light and on a dark page."""

from xml.sax.saxutils import escape

PANELS = [
    ("down_8", "To the client", "CPU seconds per GB", 2),
    ("up_8", "To the engine", "CPU seconds per GB", 2),
    ("echo_cpu", "Keystroke and echo", "CPU µs", 0),
    ("setup_full_cpu", "Opening a session", "CPU µs", 0),
    ("echo_p50", "Keystroke and echo", "µs, median", 0),
    ("idle_pss", "An idle session", "KiB of memory", 1),
    ("empty_pss", "Doing nothing", "MiB of memory", 1),
    ("kept_sessions", "Kept after 1,000 sessions", "MiB of memory", 1),
]
BARS = ["fairlead", "haproxy", "haproxy-64k", "nginx", "pump"]
COLUMNS, WIDTH, HEIGHT, GAP, TOP = 4, 230, 172, 16, 64
NAMES = 98  # the width of a bar's name
STYLE = """
text { font-family: system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #24292f }
.title { font-size: 17px; font-weight: 600 } .panel { font-size: 13px; font-weight: 600 }
.small { font-size: 11px; fill: #57606a } .name, .value { font-size: 11px }
.fairlead { fill: #1a7f5a } .haproxy, .haproxy-64k { fill: #7d8794 } .nginx { fill: #a5aeb8 } .pump { fill: #d0d7de }
.card { fill: #f6f8fa; stroke: #d8dee4 } .page { fill: #ffffff }
@media (prefers-color-scheme: dark) {
 text { fill: #e6edf3 } .small { fill: #9da7b3 }
 .fairlead { fill: #3fb98a } .haproxy, .haproxy-64k { fill: #8b949e } .nginx { fill: #6e7681 } .pump { fill: #484f58 }
 .card { fill: #161b22; stroke: #30363d } .page { fill: #0d1117 }
}
"""


def text(x, y, kind, words, anchor="start"):
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def panel(summary, x, y, metric, title, unit, digits):
    values = summary["medians"].get(metric, {})
    most = max([values.get(b, 0) for b in BARS] + [1e-9])
    out = [f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="8" class="card"/>',
           text(x + 12, y + 22, "panel", title), text(x + 12, y + 38, "small", unit)]
    row = y + 50
    for bar in BARS:
        if bar not in values:
            continue
        value = max(values[bar], 0)
        length = max(2, (WIDTH - 12 - NAMES - 42) * value / most)
        label = summary["contenders"][bar].replace(" tcp", "").replace(" stream", "")
        out += [text(x + 12, row + 14, "name", label),
                f'<rect x="{x + NAMES}" y="{row + 3}" width="{length:.1f}" height="14" rx="2" class="{bar}"/>',
                text(x + NAMES + length + 5, row + 14, "value", f"{value:,.{digits}f}")]
        row += 23
    return out


def draw(summary):
    rows = (len(PANELS) + COLUMNS - 1) // COLUMNS
    width = COLUMNS * (WIDTH + GAP) + GAP
    height = TOP + rows * (HEIGHT + GAP) + 40
    rounds = summary["rounds"]
    foot = (f"Medians of {rounds} {'round' if rounds == 1 else 'interleaved rounds'}, one process each, TLS 1.3 "
            f"AES-128-GCM over loopback to a unix socket. {summary['machine']['cpu']}, "
            f"Linux {summary['machine']['kernel'].split('-')[0]}.")
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
           f'height="{height}" role="img" aria-label="fairlead beside HAProxy, nginx and a bare pump">',
           f"<style>{STYLE}</style>", f'<rect width="{width}" height="{height}" rx="10" class="page"/>',
           text(GAP, 30, "title", "What an exec session costs"),
           text(GAP, 50, "small", "Lower is better. fairlead also authenticates, authorises and checks each "
                "request; the others only carry it.")]
    for i, (metric, title, unit, digits) in enumerate(PANELS):
        out += panel(summary, GAP + i % COLUMNS * (WIDTH + GAP), TOP + i // COLUMNS * (HEIGHT + GAP),
                     metric, title, unit, digits)
    out += [text(GAP, height - 30, "small", foot),
            text(GAP, height - 14, "small", "The bare pump only decrypts, encrypts and copies: the floor."), "</svg>"]
    return "\n".join(out) + "\n"
