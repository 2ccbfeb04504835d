"""Text that is read on one line, such as a name: every character of it can be seen."""

import unicodedata

JOINERS = "\u200c\u200d"
"""Persian and Indic words need them; every other character that only steers how text is shown goes."""
BLANK = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs that look like nothing."""
UNSEEN = ("Cf", "Co", "Cs")
"""Unicode's categories; what is not assigned yet may be a letter that is newer than our tables."""
CONTROL = "Cc"
"""Line breaks and the like: words before and after them are two."""


def one_line(said: str) -> str:
    """What can be seen of it, with single spaces; "" when that is nothing."""
    shown = "".join(map(_seen, unicodedata.normalize("NFC", said)))
    return " ".join(shown.split()).strip(f" {JOINERS}")


def _seen(letter: str) -> str:
    category = unicodedata.category(letter)
    if category == CONTROL:
        return " "
    return letter if letter in JOINERS or (letter not in BLANK and category not in UNSEEN) else ""
