"""Sheets as PDF, A4: German on the left, the client's language on the right and in its own direction."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue, TextDirection, XPos, YPos

from agreements.sheets.types import Block, Fact, Heading, Line, Mark, Pair, Sheet, Signatures
from i18n.languages import LANGUAGES, SOURCE

FONTS = Path(__file__).parent / "fonts"
FAMILIES = {"latin": "NotoSans", "arabic": "NotoNaskhArabic", "ethiopic": "NotoSansEthiopic"}
_LETTERS = {
    "arabic": re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]"),
    "ethiopic": re.compile("[\u1200-\u139f\u2d80-\u2ddf\uab00-\uab2f]"),
}
_ETHIOPIC = frozenset({"ti", "am"})
_MARGIN, _GAP, _BOX, _INDENT = 18.0, 8.0, 3.2, 6.0
_TITLE, _HEADING, _TEXT, _SMALL, _FOOT = 17.0, 12.5, 11.0, 9.5, 8.0
_INK, _GREY, _RULE, _BAND = (20, 24, 28), (92, 98, 104), (190, 196, 202), (238, 242, 245)
# Persian, Urdu and Arabic letters reach further up and down than Latin ones.
_LEADING = {"latin": 1.35, "arabic": 1.6, "ethiopic": 1.45}
_POINT = 25.4 / 72
# The sign for information counts as a letter; the others only join or colour pictograms.
_LIGHTS = {Mark.GREEN: (29, 100, 51), Mark.YELLOW: (222, 160, 0), Mark.RED: (176, 38, 27), Mark.OPEN: None}
_NOT_DRAWN = frozenset("\u2139\ufe0f\u200d")
# A short German name or number inside a sentence of the other direction stays on one line.
_NAME = re.compile("[\u2066-\u2068][^\u2069]{1,28}\u2069")


def pdf(sheet: Sheet, now: datetime) -> bytes:
    """The sheet as a PDF file; the same sheet at the same `now` gives the same bytes."""
    page = _Page(sheet, now)
    page.put_title(sheet.title)
    for block in sheet.blocks:
        page.put(block)
    return bytes(page.output())


def printable(text: str) -> str:
    """The text without pictograms, which no font of ours draws, and on one line."""
    kept = (char for char in text if unicodedata.category(char) not in {"So", "Sk", "Cs", "Co", "Cn"})
    text = " ".join("".join(char for char in kept if char not in _NOT_DRAWN).split())
    return _NAME.sub(lambda found: found[0].replace(" ", "\u00a0"), text)


def script_of(language: str) -> str:
    """Which of `FAMILIES` writes this language."""
    if language in _ETHIOPIC:
        return "ethiopic"
    spoken = LANGUAGES.get(language)
    return "arabic" if spoken and spoken.right_to_left else "latin"


def scripts_in(texts: Iterable[str]) -> list[str]:
    """Which of `FAMILIES` the letters of some texts need beside Latin, Greek and Cyrillic ones."""
    letters = {letter for text in texts for letter in text}
    return [script for script, wanted in _LETTERS.items() if any(wanted.match(letter) for letter in letters)]


def _texts(sheet: Sheet) -> Iterator[str]:
    """Everything that stands on a sheet."""
    pairs = [sheet.title]
    for block in sheet.blocks:
        match block:
            case Heading():
                pairs.append(block.text)
            case Line():
                pairs += [block.text, *([block.below] if block.below else [])]
            case Fact():
                pairs += [block.label, block.value]
            case Signatures():
                pairs += block.who
    for pair in pairs:
        yield pair.german
        yield pair.own


class _Page(FPDF):
    def __init__(self, sheet: Sheet, now: datetime) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self._script = script_of(sheet.language)
        self._right_to_left = self._script == "arabic"
        self._alone = sheet.language == SOURCE
        self._foot = sheet.foot
        self._begin(sheet, now)

    def _begin(self, sheet: Sheet, now: datetime) -> None:
        # German names stand inside Arabic sentences, and own words, whatever the language, in letters of any kind.
        scripts = list(dict.fromkeys(("latin", self._script, *scripts_in(_texts(sheet)))))
        for script in scripts:
            for style, name in (("", "Regular"), ("B", "Bold")):
                self.add_font(script, style, FONTS / f"{FAMILIES[script]}-{name}.ttf")
        self.set_fallback_fonts(scripts, exact_match=True)
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(auto=False)
        self.set_title(sheet.title.german)
        self.set_lang(sheet.language)
        self.set_creation_date(now)
        self.add_page()

    def footer(self) -> None:
        """What stands at the foot of every page: the sheet's own line, and the page's number."""
        self._style("latin", "", _FOOT, _GREY)
        self.set_y(-_MARGIN + 3)
        self._direct("latin")
        self.cell(self._width, 4, printable(self._foot), align=Align.L)
        self.set_x(_MARGIN)
        self.cell(self._width, 4, str(self.page_no()), align=Align.R)

    @property
    def _width(self) -> float:
        return float(self.w - 2 * _MARGIN)

    @property
    def _column(self) -> float:
        return self._width if self._alone else (self._width - _GAP) / 2

    def put_title(self, text: Pair) -> None:
        """The sheet's title, with a rule below it."""
        self._pair(text, "B", _TITLE, _INK)
        self._rule()

    def put(self, block: Block) -> None:
        """One block; it never begins at the end of a page and goes on at the next one."""
        match block:
            case Heading():
                self._heading(block)
            case Line():
                self._line(block)
            case Fact():
                self._fact(block)
            case Signatures():
                self._signatures(block)

    def _heading(self, block: Heading) -> None:
        self.ln(4)
        height = self._height(block.text, "B", _HEADING) + 3
        # A heading stays with the line below it.
        self._room(height + 16)
        self.set_fill_color(*_BAND)
        self.rect(_MARGIN - 2, self.get_y(), self._width + 4, height, style="F")
        self.set_y(self.get_y() + 1.5)
        self._pair(block.text, "B", _HEADING, _INK)
        self.ln(3)

    def _line(self, block: Line) -> None:
        indent = _INDENT if block.mark else 0.0
        style = "B" if block.below else ""
        below = self._height(block.below, "", _SMALL, indent) if block.below else 0.0
        self._room(self._height(block.text, style, _TEXT, indent) + below)
        if block.mark:
            self._mark(block.mark)
        struck = block.mark is Mark.STRUCK
        self._pair(block.text, style, _TEXT, _GREY if struck else _INK, indent)
        if block.below:
            self._pair(block.below, "", _SMALL, _GREY, indent)
        self.ln(2)

    def _fact(self, block: Fact) -> None:
        self._room(self._height(block.label, "", _SMALL) + self._height(block.value, "B", _TEXT))
        self._pair(block.label, "", _SMALL, _GREY)
        self._pair(block.value, "B", _TEXT, _INK)
        self.ln(2)

    def _signatures(self, block: Signatures) -> None:
        for who in block.who:
            self._room(26)
            self.ln(14)
            self.set_draw_color(*_RULE)
            self.line(_MARGIN, self.get_y(), _MARGIN + self._width, self.get_y())
            self.ln(1)
            self._pair(who, "", _SMALL, _GREY)

    def _mark(self, mark: Mark) -> None:
        top = self.get_y() + 1.1
        at = [_MARGIN]
        if not self._alone:
            right_end = _MARGIN + self._width - _BOX
            at.append(right_end if self._right_to_left else _MARGIN + self._column + _GAP)
        self.set_draw_color(*_GREY)
        self.set_line_width(0.35)
        for left in at:
            if mark in _LIGHTS:
                self._light(left, top, _LIGHTS[mark])
                continue
            self.rect(left, top, _BOX, _BOX)
            if mark is Mark.TICKED:
                self.line(left + 0.6, top + 1.7, left + 1.4, top + 2.6)
                self.line(left + 1.4, top + 2.6, left + 2.7, top + 0.6)
            elif mark is Mark.STRUCK:
                self.line(left + 0.5, top + _BOX / 2, left + _BOX - 0.5, top + _BOX / 2)
        self.set_line_width(0.2)

    def _light(self, left: float, top: float, colour: tuple[int, int, int] | None) -> None:
        """A disc, or a ring where nothing is said."""
        if colour is not None:
            self.set_fill_color(*colour)
            self.set_draw_color(*colour)
        self.ellipse(left, top, _BOX, _BOX, style="D" if colour is None else "DF")

    def _rule(self) -> None:
        self.ln(2)
        self.set_draw_color(*_RULE)
        self.line(_MARGIN, self.get_y(), _MARGIN + self._width, self.get_y())
        self.ln(3)

    def _room(self, height: float) -> None:
        """Go on to the next page unless so much fits on this one."""
        if self.get_y() + height > self.h - _MARGIN - 4:
            self.add_page()

    def _pair(
        self, text: Pair, style: str, size: float, ink: tuple[int, int, int], indent: float = 0.0
    ) -> None:
        top = self.get_y()
        ends = [self._text(text.german, "latin", style, size, ink, _MARGIN + indent, self._column - indent)]
        if not self._alone:
            self.set_y(top)
            left = _MARGIN + self._column + _GAP + (0 if self._right_to_left else indent)
            width = self._column - indent
            ends.append(self._text(text.own, self._script, style, size, ink, left, width))
        self.set_y(max(ends))

    def _text(
        self,
        text: str,
        script: str,
        style: str,
        size: float,
        ink: tuple[int, int, int],
        left: float,
        width: float,
    ) -> float:
        self._style(script, style, size, ink)
        self._direct(script)
        self.set_x(left)
        self.multi_cell(
            width,
            size * _POINT * _LEADING[script],
            printable(text),
            align=Align.R if script == "arabic" else Align.L,
            padding=0,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )
        return float(self.get_y())

    def _height(self, text: Pair, style: str, size: float, indent: float = 0.0) -> float:
        """How high the pair will be: that of the longer text."""
        both = [("latin", text.german)] + ([] if self._alone else [(self._script, text.own)])
        found = []
        for script, said in both:
            self._style(script, style, size, _INK)
            self._direct(script)
            height = self.multi_cell(
                self._column - indent,
                size * _POINT * _LEADING[script],
                printable(said),
                dry_run=True,
                output=MethodReturnValue.HEIGHT,
            )
            found.append(float(str(height)))
        return max(found)

    def _style(self, script: str, style: str, size: float, ink: tuple[int, int, int]) -> None:
        self.set_font(script, style, size)
        self.set_text_color(*ink)

    def _direct(self, script: str) -> None:
        direction = TextDirection.RTL if script == "arabic" else TextDirection.LTR
        self.set_text_shaping(use_shaping_engine=True, direction=direction)
