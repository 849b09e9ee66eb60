"""
Extraction that cannot be led astray.

Members come from the descriptor that was judged, and the digest of what was written is compared with the digest that
was judged: bytes that changed in between are found out. Every step is relative to a descriptor of the directory that
was made for it, files are created exclusively, links are never followed, so nobody who races us redirects a byte.
Where the platform lacks directory descriptors (Windows), the same is done by path, in a directory that only we may
enter.

The names were judged before (`phase2_gate.core.paths`); nothing is cleaned here, and an unjudged name is an error.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from ..core import paths, zip_data
from ..core.errors import AuditError
from ..core.source import Source, Window
from ..core.zip_tiling import Member

_HAS_DIRECTORY_DESCRIPTORS = {os.open, os.mkdir} <= os.supports_dir_fd and hasattr(os, "O_DIRECTORY")
_DIRECTORY = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_CREATE = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_EXECUTE = 0o111 << 16


class _Tree:
    """
    A directory that is being filled, held by descriptors of the chain of directories last written to.

    Invariant: `_chain` holds a descriptor (or path) for the root and every component of `_components`.
    """

    def __init__(self, root: str, *, fixed_modes: bool) -> None:
        self._fixed_modes = fixed_modes
        self._components: tuple[str, ...] = ()
        self._made: set[tuple[str, ...]] = {()}
        self._chain: list[int | str] = [os.open(root, _DIRECTORY) if _HAS_DIRECTORY_DESCRIPTORS else root]
        if fixed_modes:
            os.chmod(root, 0o755)  # noqa: S103 - what lies above it is private; the tests may run as another user

    def close(self) -> None:
        """
        Closes every descriptor.
        """
        self._shrink(-1)

    def create(self, path: str, *, executable: bool) -> int:
        """
        A new file at `path` and the directories above it.

        Returns:
            A descriptor to write to.
        """
        *parents, name = path.split("/")
        parent = self._enter(tuple(parents))
        mode = 0o777 if executable else 0o666
        if not isinstance(parent, int):
            return os.open(os.path.join(parent, name), _CREATE, mode)
        descriptor = os.open(name, _CREATE, mode, dir_fd=parent)
        if self._fixed_modes:
            os.fchmod(descriptor, mode & 0o755)
        return descriptor

    def _enter(self, components: tuple[str, ...]) -> int | str:
        common = 0
        while common < min(len(components), len(self._components)) and components[common] == self._components[common]:
            common += 1
        self._shrink(common)
        for depth in range(common, len(components)):
            self._chain.append(self._descend(components[: depth + 1]))
        self._components = components
        return self._chain[-1]

    def _descend(self, components: tuple[str, ...]) -> int | str:
        above, name = self._chain[-1], components[-1]
        is_new = components not in self._made
        self._made.add(components)
        if isinstance(above, int):
            if is_new:
                os.mkdir(name, dir_fd=above)
            descriptor = os.open(name, _DIRECTORY, dir_fd=above)
            if self._fixed_modes:
                os.fchmod(descriptor, 0o755)
            return descriptor
        path = os.path.join(above, name)
        if is_new:
            os.mkdir(path)
        return path

    def _shrink(self, depth: int) -> None:
        while len(self._chain) > depth + 1:
            last = self._chain.pop()
            if isinstance(last, int):
                os.close(last)


def extract(source: Source, members: Iterable[Member], destination: str, *, fixed_modes: bool = False) -> int:
    """
    Writes the files of a judged bundle.

    Args:
        source: The very source that was judged.
        members: What the judgement read; every file has a digest after a PASS.
        destination: An empty directory of ours.
        fixed_modes: Whether everything gets mode 0644 or 0755 whatever the umask, so that tests which run as another
            user can read it, and see the same modes everywhere.

    Returns:
        The number of files written.

    Raises:
        AuditError: when a member was not judged sound, when its bytes are no longer the judged ones, or when a file
            cannot be written.
    """
    tree = _Tree(destination, fixed_modes=fixed_modes)
    try:
        count = 0
        for member in members:
            if not member.entry.path.endswith("/"):
                _write(tree, source, member)
                count += 1
        return count
    except OSError as error:
        message = f"{destination}: cannot be extracted to: {error.strerror} ({error.filename!r})"
        raise AuditError(message, hint="choose a place with room, on a file system that keeps names apart") from error
    finally:
        tree.close()


def _write(tree: _Tree, source: Source, member: Member) -> None:
    entry = member.entry
    if member.digest is None or paths.problems(entry.path):
        raise AuditError(f"{entry.path!r}: not extracted: the member was not judged sound")
    descriptor = tree.create(entry.path, executable=bool(entry.attributes & _EXECUTE))
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        window = Window(source, member.data, member.data + entry.compressed)

        def sink(piece: bytes) -> None:
            view = memoryview(piece)
            while view:
                view = view[file.write(view) :]

        try:
            digest = zip_data.read(window, entry, sink)
        except zip_data.ContentProblem as problem:
            raise _changed(entry.path) from problem
    if digest != member.digest:
        raise _changed(entry.path)


def _changed(path: str) -> AuditError:
    message = f"{path!r}: the bundle changed while it was judged: other bytes than were verified"
    return AuditError(message, hint="judge a file that nobody writes to")
