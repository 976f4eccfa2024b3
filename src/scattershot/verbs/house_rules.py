"""The rules of the house: `rule add`, `rule remove` and `rule list`."""

from scattershot.bootstrap import Node
from scattershot.domain.reading import Refused
from scattershot.opening import Trouble
from scattershot.verbs.saying import Say, trouble


async def rule_add(node: Node, say: Say, *, text: str, hint: str) -> None:
    """Make another rule."""
    made = await node.house_rules.add(text, hint)
    if isinstance(made, Refused):
        raise trouble(made)
    say.out(f"Rule {made} holds.")


async def rule_remove(node: Node, say: Say, *, number: int) -> None:
    """Let a rule hold no more."""
    if not await node.house_rules.drop(number):
        raise Trouble(f"There is no rule {number}.")
    say.out(f"Rule {number} holds no more.")


async def rule_list(node: Node, say: Say) -> None:
    """Print the rules with their numbers."""
    rules = await node.house_rules.every()
    if not rules:
        say.note("There are no rules yet.")
    for rule in rules:
        say.out(f"{rule.id}  {rule.text}" + (f"\n   {rule.hint}" if rule.hint else ""))
