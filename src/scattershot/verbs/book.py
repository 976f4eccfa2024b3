"""Every verb that works on a node, by its name: the command line and the control socket both look here."""

from typing import cast

from scattershot.verbs.people import person_add, sign_in_link, token
from scattershot.verbs.posts import follow, home, post
from scattershot.verbs.saying import Verb

VERBS = {
    "person add": cast(Verb, person_add),
    "person link": cast(Verb, sign_in_link),
    "token": cast(Verb, token),
    "follow": cast(Verb, follow),
    "post": cast(Verb, post),
    "home": cast(Verb, home),
}
