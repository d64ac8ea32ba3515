"""How does a table of numbers become a picture, with nothing but the standard library?

A figure is a few panels with one legend. A `DotPanel` has a line for each case and a mark for each series; a
`LinePanel` has curves over numbers. Colours are of middle lightness and the background is left open, so that figures
are readable on light and on dark pages.

    text = figure("Products", [DotPanel("1 thread", "GFLOP/s", ["64x64"], {"ours": {"64x64": 90}})])

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import dataclasses
import math
from typing import Optional
from xml.sax.saxutils import escape

INK, GRID = "#7d848c", "#8a919940"
COLOURS = ["#2f81d0", "#d97a1e", "#2a9d6a", "#c2507a", "#8a6fd1", "#8c8c3a", "#5a9aa8"]
FONT, CHARACTER = 11, 6.6  # pixels: size, and mean width of a letter
WIDEST_TEXT = 46  # characters of a label


# -- Scales ------------------------------------------------------------------------------------------------------------

def ticks(low, high, wanted=5):
    """Round numbers (1, 2 or 5 times a power of ten apart) from `low` or below to `high` or above."""
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError("an axis needs finite ends")
    if high <= low:
        high = low + (abs(low) or 1)
    rough = (high - low) / max(1, wanted)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


def log_ticks(values):
    """Some of the values themselves, from the largest down and a third apart at least: what is measured at few places is
    labelled at these."""
    places = []
    for value in sorted(set(values), reverse=True):
        if not places or value <= places[0] / 1.4:
            places.insert(0, value)
    stride = -(-len(places) // 8)
    return places[::stride]


class Scale:
    """Maps [low, high] to [start, end] in pixels; by logarithms, if asked to."""

    def __init__(self, low, high, start, end, logarithmic=False):
        if logarithmic and low <= 0:
            raise ValueError("a logarithmic axis begins above 0")
        self.transform = math.log if logarithmic else float
        self.low, self.high = self.transform(low), self.transform(high)
        if self.high <= self.low:
            self.high = self.low + 1
        self.start, self.end = start, end

    def __call__(self, value):
        share = (self.transform(value) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def number(value):
    """A tick's label: without trailing zeros."""
    return f"{value:.6g}"


# -- Marks -------------------------------------------------------------------------------------------------------------

def text(x, y, words, anchor="start", size=FONT, extra=""):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{INK}"{extra}>'
            f"{escape(words)}</text>")


def line(x1, y1, x2, y2, colour=GRID, extra=""):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{extra}/>'


def mark(index, x, y):
    """A mark of series `index`: colours repeat after shapes do, so that marks differ without colours too."""
    colour = COLOURS[index % len(COLOURS)]
    shape = index % 5
    if shape == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
    if shape == 1:
        return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" fill="{colour}"/>'
    if shape == 4:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.3" fill="none" stroke="{colour}" stroke-width="1.8"/>'
    corners = {2: [(0, -5), (5, 0), (0, 5), (-5, 0)], 3: [(0, -4.5), (4.5, 3.5), (-4.5, 3.5)]}[shape]
    points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners)
    return f'<polygon points="{points}" fill="{colour}"/>'


# -- Panels ------------------------------------------------------------------------------------------------------------

@dataclasses.dataclass
class DotPanel:
    """A line for each of `cases`, and a mark at `series[name][case]` where there is one."""
    title: str
    unit: str
    cases: list
    series: dict
    reference: Optional[float] = None  # a dashed line, as at a ratio of 1

    width, row = 340, 17

    def size(self):
        widest = max((len(shorten(case)) for case in self.cases), default=0)
        self.left = 12 + widest * CHARACTER
        return self.left + self.width + 16, 26 + self.row * len(self.cases) + 40

    def draw(self, x, y, colour_of):
        values = [value for values in self.series.values() for value in values.values()]
        places = ticks(0, max(values + [self.reference or 0]))
        left, top, bottom = x + self.left, y + 26, y + 26 + self.row * len(self.cases)
        scale = Scale(places[0], places[-1], left, left + self.width)
        parts = [text(left, y + 14, self.title, size=FONT + 1, extra=' font-weight="bold"')]
        for place in places:
            parts += [line(scale(place), top, scale(place), bottom),
                      text(scale(place), bottom + 14, number(place), "middle")]
        parts.append(text(left + self.width / 2, bottom + 30, self.unit, "middle"))
        if self.reference is not None:
            at = scale(self.reference)
            parts.append(line(at, top, at, bottom, INK, ' stroke-dasharray="4 3"'))
        for index, case in enumerate(self.cases):
            middle = top + self.row * (index + 0.5)
            parts += [text(left - 6, middle + 4, shorten(case), "end"), line(left, middle, left + self.width, middle)]
            parts += [mark(colour_of[name], scale(values[case]), middle)
                      for name, values in self.series.items() if case in values]
        return parts


@dataclasses.dataclass
class LinePanel:
    """Curves `series[name] = [(x, y), ...]`; y begins at 0."""
    title: str
    x_unit: str
    unit: str
    series: dict
    logarithmic: bool = False         # the horizontal axis
    highest: Optional[float] = None   # of the vertical axis; default: what the curves need

    width, height, left = 300, 240, 56

    def size(self):
        return self.left + self.width + 16, 26 + self.height + 40

    def draw(self, x, y, colour_of):
        points = [point for curve in self.series.values() for point in curve]
        across = [point[0] for point in points]
        x_places = log_ticks(across) if self.logarithmic else ticks(min(across), max(across), 7)
        y_places = ticks(0, self.highest or max(point[1] for point in points))
        left, top, bottom = x + self.left, y + 26, y + 26 + self.height
        ends = (min(across), max(across)) if self.logarithmic else (x_places[0], x_places[-1])
        horizontal = Scale(*ends, left, left + self.width, self.logarithmic)
        vertical = Scale(0, y_places[-1], bottom, top)
        parts = [text(left, y + 14, self.title, size=FONT + 1, extra=' font-weight="bold"')]
        for place in y_places:
            parts += [line(left, vertical(place), left + self.width, vertical(place)),
                      text(left - 6, vertical(place) + 4, number(place), "end")]
        for place in x_places:
            parts += [line(horizontal(place), top, horizontal(place), bottom),
                      text(horizontal(place), bottom + 14, number(place), "middle")]
        parts.append(text(left + self.width / 2, bottom + 30, self.x_unit, "middle"))
        middle = top + self.height / 2
        upright = f' transform="rotate(-90 {x + 12:.1f} {middle:.1f})"'
        parts.append(text(x + 12, middle, self.unit, "middle", extra=upright))
        for name, curve in self.series.items():
            places = [(horizontal(px), vertical(py)) for px, py in sorted(curve)]
            track = " ".join(f"{px:.1f},{py:.1f}" for px, py in places)
            colour = COLOURS[colour_of[name] % len(COLOURS)]
            parts.append(f'<polyline points="{track}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
            parts += [mark(colour_of[name], px, py) for px, py in places]
        return parts


def shorten(words):
    return words if len(words) <= WIDEST_TEXT else words[:WIDEST_TEXT - 1] + "…"


# -- The figure --------------------------------------------------------------------------------------------------------

def legend(names, x, y, room):
    """Marks and names from (x, y), in lines no wider than `room`; and the height that they take."""
    parts, at, top = [], x, y
    for index, name in enumerate(names):
        width = 30 + len(name) * CHARACTER
        if at > x and at + width > x + room:
            at, top = x, top + 18
        parts += [mark(index, at + 6, top), text(at + 15, top + 4, name)]
        at += width
    return parts, top - y + 18


def figure(title, panels, names=None, columns=2):
    """The text of an SVG file: panels from left to right in rows of `columns`. `names` are the series in the legend's
    order (default: that of their appearance)."""
    panels = [panel for panel in panels if any(panel.series.values())]
    if not panels:
        raise ValueError(f"figure '{title}' has nothing to show")
    used = list(dict.fromkeys(name for panel in panels for name in panel.series))
    names = [name for name in names if name in used] if names else used
    colour_of = {name: index for index, name in enumerate(names)}
    rows = [panels[first:first + columns] for first in range(0, len(panels), columns)]
    width = max(sum(panel.size()[0] for panel in row) for row in rows) + 16
    parts = [text(12, 22, title, size=FONT + 4, extra=' font-weight="bold"')]
    marks, taken = legend(names, 14, 44, width - 28)
    parts += marks
    top = 44 + taken
    for row in rows:
        x = 8
        for panel in row:
            parts += panel.draw(x, top, colour_of)
            x += panel.size()[0]
        top += max(panel.size()[1] for panel in row) + 4
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{top:.0f}" '
            f'viewBox="0 0 {width:.0f} {top:.0f}" font-family="system-ui, sans-serif" role="img">\n'
            f"<title>{escape(title)}</title>\n" + "\n".join(parts) + "\n</svg>\n")
