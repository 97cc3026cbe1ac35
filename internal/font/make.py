#!/usr/bin/env python3
"""Cuts Vertefill Sans from Inter: the signs the window needs, digits of one width.

Neither Gio nor the PDF writer has a switch for OpenType features, so the
tabular digits (tnum) are written into the character map before the subset is
cut. The PDF writer embeds TrueType outlines only, so Inter's cubic outlines
become quadratic ones, within half a unit of 2048 to the em.

    apt-get install fonts-inter python3-fonttools
    python3 make.py            # writes VertefillSans-*.ttf beside this file
"""
import pathlib

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

SOURCE = pathlib.Path("/usr/share/fonts/opentype/inter")
WEIGHTS = ["Regular", "Medium", "SemiBold", "Bold"]
SIGNS = (
    list(range(0x20, 0x7F))      # Latin
    + list(range(0xA0, 0x180))   # Latin-1, Latin Extended-A
    + [0x2009, 0x200A, 0x202F, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014]
    + [0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x2032, 0x2033, 0x2039, 0x203A]
    + [0x2070, 0x2074, 0x20AC, 0x2122, 0x2190, 0x2191, 0x2192, 0x2193, 0x21B5, 0x23CE]
    + [0x2202, 0x2206, 0x2211, 0x2212, 0x221A, 0x221E, 0x2248, 0x2260, 0x2264, 0x2265]
    + [0x3A9, 0x3B1, 0x3B2, 0x3BC, 0x3C3, 0x25B2, 0x25BC, 0x2713]
)


def tabular(font):
    """Returns {glyph: glyph with tabular width} of the tnum feature."""
    table = font["GSUB"].table
    swaps = {}
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag != "tnum":
            continue
        for index in record.Feature.LookupListIndex:
            for sub in table.LookupList.Lookup[index].SubTable:
                swaps.update(getattr(getattr(sub, "ExtSubTable", sub), "mapping", {}))
    return swaps


def quadratic(font):
    """Replaces the CFF outlines by TrueType outlines."""
    glyphs, order = font.getGlyphSet(), font.getGlyphOrder()
    outlines = {}
    for name in order:
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, max_err=0.5, reverse_direction=True))
        outlines[name] = pen.glyph()
    font["loca"] = newTable("loca")
    font["glyf"] = glyf = newTable("glyf")
    glyf.glyphOrder, glyf.glyphs = order, outlines
    glyf.compile(font)
    font["maxp"].tableVersion = 0x00010000
    for field, value in dict(maxZones=1, maxTwilightPoints=0, maxStorage=0, maxFunctionDefs=0,
                             maxInstructionDefs=0, maxStackElements=0, maxSizeOfInstructions=0,
                             maxComponentElements=0).items():
        setattr(font["maxp"], field, value)
    font["post"].formatType, font["post"].extraNames, font["post"].mapping = 2.0, [], {}
    font["post"].glyphOrder = order
    del font["CFF "]
    if "VORG" in font:
        del font["VORG"]
    font.sfntVersion = "\000\001\000\000"


def cut(weight):
    font = TTFont(SOURCE / f"Inter-{weight}.otf")
    swaps = tabular(font)
    for table in font["cmap"].tables:
        if table.isUnicode():
            for digit in range(0x30, 0x3A):
                name = table.cmap[digit]  # two tables may share one map
                table.cmap[digit] = swaps.get(name, name)
    digits = [font.getBestCmap()[d] for d in range(0x30, 0x3A)]
    width = max(font["hmtx"][name][0] for name in digits)  # SemiBold's differ by 3 units
    for name in digits:
        font["hmtx"][name] = (width, font["hmtx"][name][1])
    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl"]
    options.name_IDs = ["*"]
    options.hinting = False
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=SIGNS)
    cutter.subset(font)
    quadratic(font)
    style = weight.replace("SemiBold", "Semi Bold")
    for record in list(font["name"].names):
        name = {1: "Vertefill Sans", 2: style, 4: f"Vertefill Sans {style}",
                6: f"VertefillSans-{weight}", 16: "Vertefill Sans", 17: style}.get(record.nameID)
        if name:
            record.string = name
        elif record.nameID not in (0, 5, 13, 14):
            font["name"].names.remove(record)
    path = pathlib.Path(__file__).with_name(f"VertefillSans-{weight}.ttf")
    font["head"].modified = font["head"].created  # the same bytes at every run
    font.recalcTimestamp = False
    font.save(path)
    print(path.name, path.stat().st_size)


for weight in WEIGHTS:
    cut(weight)
