"""Windows: which stretch of a long list is asked for, by ids that grow with time."""

from typing import NamedTuple


class Window(NamedTuple):
    """Entries below one id and above another, both left out. The newest of them, or `nearest`: those next above."""

    below: int | None = None
    above: int | None = None
    nearest: bool = False

    @property
    def bounds(self) -> tuple[int, int]:
        """Both ends; what was not said lies beyond every id."""
        return _END if self.below is None else self.below, self.above or 0


_END = 1 << 62
FROM_THE_TOP = Window()
