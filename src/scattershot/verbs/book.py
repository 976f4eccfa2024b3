"""Every verb that works on a node, by its name: the command line and the control socket both look here."""

from typing import cast

from scattershot.verbs.announcing import (
    announce_add,
    announce_edit,
    announce_hide,
    announce_list,
    announce_publish,
    announce_remove,
)
from scattershot.verbs.house_emojis import emoji_add, emoji_edit, emoji_list, emoji_remove
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
from scattershot.verbs.people import (
    person_add,
    person_approve,
    person_delete,
    person_disable,
    person_enable,
    person_invitations,
    person_invite,
    person_list,
    person_one_factor,
    person_reject,
    person_uninvite,
    person_waiting,
    sign_in_link,
    token,
)
from scattershot.verbs.portable import export, import_
from scattershot.verbs.posts import follow, following, home, post, unfollow
from scattershot.verbs.saying import Verb
from scattershot.verbs.signets import microblog_nostr
from scattershot.verbs.teams import microblog_add, microblog_appoint, microblog_keepers
from scattershot.verbs.tracing import trace

VERBS = {
    "person add": cast(Verb, person_add),
    "person delete": cast(Verb, person_delete),
    "person link": cast(Verb, sign_in_link),
    "person list": cast(Verb, person_list),
    "person disable": cast(Verb, person_disable),
    "person enable": cast(Verb, person_enable),
    "person one-factor": cast(Verb, person_one_factor),
    "person waiting": cast(Verb, person_waiting),
    "person approve": cast(Verb, person_approve),
    "person reject": cast(Verb, person_reject),
    "person invite": cast(Verb, person_invite),
    "person invitations": cast(Verb, person_invitations),
    "person uninvite": cast(Verb, person_uninvite),
    "microblog add": cast(Verb, microblog_add),
    "microblog keepers": cast(Verb, microblog_keepers),
    "microblog appoint": cast(Verb, microblog_appoint),
    "microblog nostr": cast(Verb, microblog_nostr),
    "token": cast(Verb, token),
    "follow": cast(Verb, follow),
    "unfollow": cast(Verb, unfollow),
    "following": cast(Verb, following),
    "post": cast(Verb, post),
    "home": cast(Verb, home),
    "inspect": cast(Verb, inspect),
    "trace": cast(Verb, trace),
    "export": cast(Verb, export),
    "import": cast(Verb, import_),
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
    "emoji add": cast(Verb, emoji_add),
    "emoji list": cast(Verb, emoji_list),
    "emoji edit": cast(Verb, emoji_edit),
    "emoji remove": cast(Verb, emoji_remove),
    "announce add": cast(Verb, announce_add),
    "announce list": cast(Verb, announce_list),
    "announce edit": cast(Verb, announce_edit),
    "announce publish": cast(Verb, announce_publish),
    "announce hide": cast(Verb, announce_hide),
    "announce remove": cast(Verb, announce_remove),
}
