"""
Names that are one file, or stand in each other's way, on some platform.

1. ``name-duplicate``: one path is given twice.
2. ``name-case-collision``: two paths, or two directories on the way to them, differ in spelling and are one on a file
   system that ignores case or the form of a letter (``README`` and ``readme``, ``A/x`` and ``a/y``).
3. ``name-kind-collision``: one name, however spelled, is a file and a directory.

Every path and every directory above it goes into one map under its folded form, so ``A/x`` and ``a/x`` are one finding
(the directories), not one a file below them. Time and memory are linear: one entry a path, one a directory.

References: Unicode 3.13 (default case folding, D145 to D147), UAX #15, CVE-2021-21300 (git and a case collision).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from .findings import Finding

_PORTION = 256  # names that are folded with one call


def fold(text: str) -> str:
    """
    The form that all spellings of one name share.

    It is coarser than any one file system: compatibility forms count as the same letter, for what differs only by them
    differs on some platform or not to any reader's eye.
    """
    if text.isascii():
        return text.lower()
    import unicodedata

    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def find(names: Iterable[str]) -> tuple[Finding, ...]:
    """
    Every collision among `names`, each as a finding on the path that came later.

    Args:
        names: Paths in an order of the caller's choice; that of a directory ends with a slash. The directories above a
            path are implied and may be given besides.
    """
    names = tuple(names)
    return () if _are_distinct(names) else tuple(_Map().add_all(names))


def _are_distinct(names: Sequence[str]) -> bool:
    """
    Whether all names are of files, and differ in more than spelling from each other and from the directories above.

    A shorter way to what the map comes to as well when it finds nothing; False says nothing.
    """
    files: set[str] = set()
    parents: set[str] = set()
    for start in range(0, len(names), _PORTION):
        portion = names[start : start + _PORTION]
        text = "\n".join(portion)
        if text.endswith("/") or "/\n" in text:
            return False
        files.update(_folded(portion, text))
        parents.update([path.rpartition("/")[0] for path in portion])
    if len(files) != len(names):
        return False
    directories: set[str] = set()
    for parent in filter(None, parents):
        path = parent
        while path not in directories:
            directories.add(path)
            if "/" not in path:
                break
            path = path.rpartition("/")[0]
    folded = {_key(path) for path in directories}
    return len(folded) == len(directories) and folded.isdisjoint(files)


def _folded(paths: Sequence[str], text: str) -> Sequence[str]:
    """
    The folded forms of `paths`, which `text` joins.
    """
    if not text.isascii():
        return [_key(path) for path in paths]
    lowered = text.lower()
    if lowered == text:
        return paths
    keys = lowered.split("\n")
    # Names with line breaks are refused, but not here.
    return keys if len(keys) == len(paths) else [_key(path) for path in paths]


class _Map:
    """
    What is known so far.

    Invariants:
     1. `files` and `directories` map a folded path to its first spelling; no key is in both, unless that was reported.
     2. `spelled` holds every spelling of a directory whose own ancestors were entered too.
     3. `others` holds every spelling of a file but the first.
     4. `stated` holds the directories that were given themselves.
    """

    __slots__ = ("directories", "files", "others", "spelled", "stated")

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.directories: dict[str, str] = {}
        self.spelled: set[str] = set()
        self.others: set[str] = set()
        self.stated: set[str] = set()

    def add_all(self, names: Iterable[str]) -> Iterator[Finding]:
        for name in names:
            path = name.removesuffix("/")
            parent = path[: max(path.rfind("/"), 0)]
            if parent and parent not in self.spelled:
                yield from self._enter_directories(parent)
            if name[-1:] == "/":
                if path in self.stated:
                    yield _duplicate(path)
                self.stated.add(path)
                if path not in self.spelled:
                    yield from self._enter_directories(path)
            else:
                yield from self._enter_file(path)

    def _enter_directories(self, path: str) -> Iterator[Finding]:
        end = path.find("/")
        while end != -1:
            yield from self._enter_directory(path[:end])
            end = path.find("/", end + 1)
        yield from self._enter_directory(path)

    def _enter_directory(self, path: str) -> Iterator[Finding]:
        if path in self.spelled:
            return
        self.spelled.add(path)
        key = _key(path)
        if key in self.files:
            yield _kind(path, "a directory", "file", self.files[key])
        first = self.directories.setdefault(key, path)
        if _is_news(first, path):
            yield _case(path, first)

    def _enter_file(self, path: str) -> Iterator[Finding]:
        key = _key(path)
        if key in self.directories:
            yield _kind(path, "a file", "directory", self.directories[key])
        first = self.files.get(key)
        if first is None:
            self.files[key] = path
        elif path == first or path in self.others:
            yield _duplicate(path)
        else:
            self.others.add(path)
            if _is_news(first, path):
                yield _case(path, first)


def _key(path: str) -> str:
    key = fold(path)
    # One text instead of two for the many names that fold to themselves.
    return path if key == path else key


def _is_news(first: str, path: str) -> bool:
    """
    Whether two spellings of one folded path differ in their last component; above it they were reported already.
    """
    return first.rpartition("/")[2] != path.rpartition("/")[2]


def _duplicate(path: str) -> Finding:
    return Finding("name-duplicate", path, "the name is given twice")


def _case(path: str, first: str) -> Finding:
    return Finding("name-case-collision", path, "the same name where case and form are ignored", seen=repr(first))


def _kind(path: str, kind: str, other: str, first: str) -> Finding:
    return Finding("name-kind-collision", path, f"{kind}, and a {other} of the same name", seen=repr(first))
