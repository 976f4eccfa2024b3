"""Every verb that works on a node, by its name: the command line and the control socket both look here."""

from typing import cast

from scattershot.verbs.house_rules import rule_add, rule_list, rule_remove
from scattershot.verbs.inspecting import inspect
from scattershot.verbs.keeping import (
    allow_node,
    block_node,
    copy_database,
    import_blocks,
    limit_node,
    nodes,
    unblock_node,
)
from scattershot.verbs.people import person_add, person_delete, sign_in_link, token
from scattershot.verbs.posts import follow, following, home, post, unfollow
from scattershot.verbs.saying import Verb
from scattershot.verbs.tracing import trace

VERBS = {
    "person add": cast(Verb, person_add),
    "person delete": cast(Verb, person_delete),
    "person link": cast(Verb, sign_in_link),
    "token": cast(Verb, token),
    "follow": cast(Verb, follow),
    "unfollow": cast(Verb, unfollow),
    "following": cast(Verb, following),
    "post": cast(Verb, post),
    "home": cast(Verb, home),
    "inspect": cast(Verb, inspect),
    "trace": cast(Verb, trace),
    "copy database": cast(Verb, copy_database),
    "nodes": cast(Verb, nodes),
    "block-node": cast(Verb, block_node),
    "limit-node": cast(Verb, limit_node),
    "allow-node": cast(Verb, allow_node),
    "unblock-node": cast(Verb, unblock_node),
    "import-blocks": cast(Verb, import_blocks),
    "rule add": cast(Verb, rule_add),
    "rule list": cast(Verb, rule_list),
    "rule remove": cast(Verb, rule_remove),
}
