"""Names of files as people see them: without folders, control characters and what turns text around."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 200
_UNNAMED = "document"
# Slashes of both kinds, and what Windows does not take in a name.
_FOREIGN = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


def cleaned(name: str) -> str:
    """A name that can be shown, downloaded and put into a header; its ending stays when it is cut.

    Folders go (``../../etc/passwd`` is ``passwd``), and so does every control, format and
    surrogate character: a text turned right to left can make ``exe.jpg`` of ``gpj.exe``.
    """
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    name = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C")
    name = " ".join(name.translate(_FOREIGN).split()).strip(". ")
    return _shortened(name) or _UNNAMED


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 8:
        return name[:LONGEST].rstrip()
    return f"{stem[: LONGEST - len(ending) - 1].rstrip()}.{ending}"
