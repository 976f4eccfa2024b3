"""Nudges between the parts of a node: never facts, so a lost one makes a reader late and never wrong."""

from typing import Protocol


class Bus(Protocol):
    """Wakes whoever waits on a topic; several nudges before a wait count as one."""

    def nudge(self, topic: str) -> None:
        """Wake the topic's waiters; safe from any thread."""
        ...

    async def wait(self, topic: str, seconds: float) -> bool:
        """True as soon as the topic is nudged (also if that was since the last wait), False after so many seconds."""
        ...
