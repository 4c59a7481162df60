#!/usr/bin/python3
"""Draws the PNG icons from their SVG sources. Needs python3-gi and librsvg2-common."""
import pathlib

import gi

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf  # noqa: E402

HERE = pathlib.Path(__file__).parent
APP = {"32x32": 32, "64x64": 64, "128x128": 128, "128x128@2x": 256, "icon": 512}


def draw(source: pathlib.Path, target: pathlib.Path, size: int) -> None:
    picture = GdkPixbuf.Pixbuf.new_from_file_at_size(str(source), size, size)
    if not picture.get_has_alpha():
        picture = picture.add_alpha(False, 0, 0, 0)
    picture.savev(str(target), "png", [], [])


for name, size in APP.items():
    draw(HERE / "almanac.svg", HERE / f"{name}.png", size)
for source in sorted((HERE / "tray").glob("*.svg")):
    draw(source, source.with_suffix(".png"), 64)
