"""Windows: which stretch of a long list is asked for, by ids that grow with time."""

from typing import NamedTuple


class Window(NamedTuple):
    """Entries below one id and above another, both left out. The newest of them, or `nearest`: those next above."""

    below: int | None = None
    above: int | None = None
    nearest: bool = False


FROM_THE_TOP = Window()
