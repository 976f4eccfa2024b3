"""Hosts as those who run the node deal with them: blocks and allows, and what strangers are told of these."""

import hashlib
from typing import TypeVar

from msgspec import Struct

from scattershot.app.block_lists import SEVERITIES
from scattershot.app.dealing import Dealing, KnownRule
from scattershot.domain.node import EVERYWHERE, HostRule, Standing
from scattershot.domain.reading import Refused
from scattershot.domain.window import FROM_THE_TOP
from scattershot.frontends.mastodon_api.admin import AdminDoor, AdminPageParams
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Problem, Reply, paged, refused
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Who
from scattershot.frontends.mastodon_api.entities.admin import AdminDomainAllow, AdminDomainBlock, DomainBlock
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.wirekit.dates import rfc3339

T = TypeVar("T")

_SEVERITY = {standing: word for word, standing in SEVERITIES.items()}
_BAD_SEVERITY = Problem(422, "Validation failed: Severity is not included in the list")
MOST_PUBLIC = 10_000
"""Hosts that strangers are told of."""


class AllowParams(Struct, frozen=True):
    """Which host."""

    domain: str


class ChangeParams(Struct, frozen=True):
    """What is said of it; what is left out stays as it is."""

    severity: str | None = None
    reject_media: bool | None = None
    reject_reports: bool | None = None
    private_comment: str | None = None
    public_comment: str | None = None
    obfuscate: bool | None = None


class BlockParams(ChangeParams, frozen=True, kw_only=True):
    """Of which host."""

    domain: str


class AdminHosts:
    """The endpoints of hosts."""

    def __init__(self, dealing: Dealing, door: AdminDoor) -> None:
        self._dealing, self._door = dealing, door

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        blocks, allows = "/api/v1/admin/domain_blocks", "/api/v1/admin/domain_allows"
        may_read, may_write = "admin:read:domain_blocks", "admin:write:domain_blocks"
        read_allows, write_allows = "admin:read:domain_allows", "admin:write:domain_allows"
        person, only = Who.PERSON, self._door.only
        return [
            Endpoint("GET", blocks, only(self._blocks), may_read, person, AdminPageParams, list[AdminDomainBlock]),
            Endpoint("POST", blocks, only(self._block), may_write, person, BlockParams, AdminDomainBlock),
            Endpoint("GET", blocks + "/{id}", only(self._one_block), may_read, answers=AdminDomainBlock),
            Endpoint("PUT", blocks + "/{id}", only(self._change), may_write, person, ChangeParams, AdminDomainBlock),
            Endpoint("DELETE", blocks + "/{id}", only(self._unblock), may_write),
            Endpoint("GET", allows, only(self._allows), read_allows, person, AdminPageParams, list[AdminDomainAllow]),
            Endpoint("POST", allows, only(self._allow), write_allows, person, AllowParams, AdminDomainAllow),
            Endpoint("GET", allows + "/{id}", only(self._one_allow), read_allows, answers=AdminDomainAllow),
            Endpoint("DELETE", allows + "/{id}", only(self._disallow), write_allows),
            Endpoint("GET", "/api/v1/instance/domain_blocks", self._public, who=Who.ANYONE, answers=list[DomainBlock]),
            Endpoint("GET", "/api/v1/instance/peers", self._peers, who=Who.ANYONE, answers=list[str]),
        ]

    # -- blocks

    async def _blocks(self, call: Call, params: AdminPageParams) -> Reply:
        return await self._page(call, params, allows=False)

    async def _page(self, call: Call, params: AdminPageParams, *, allows: bool) -> Reply:
        rows = await self._dealing.rules(allows=allows, window=params.window, limit=params.size)
        older = rows[-1].id if len(rows) == params.size else None
        shown = [_allow(row) if allows else _block(row) for row in rows]
        return paged(call, shown, older, rows[0].id if rows else None)

    async def _one(self, call: Call, *, allows: bool) -> KnownRule | None:
        row = await self._dealing.rule(call.id())
        return row if row is not None and row.rule.allows is allows else None

    async def _one_block(self, call: Call, _: Nothing) -> Reply:
        row = await self._one(call, allows=False)
        return Answer(_block(row)) if row is not None else NOT_FOUND

    async def _block(self, _: Call, params: BlockParams) -> Reply:
        rule = _changed(HostRule(params.domain, Standing.LIMITED), params)
        if isinstance(rule, Problem):
            return rule
        problem = self._dealing.problem(rule)
        if problem is not None:
            return _invalid(problem)
        known = await self._dealing.stricter(rule)
        if known is not None:
            return Answer(
                {
                    "error": f"You have already imposed stricter limits on {known.rule.host}.",
                    "existing_domain_block": _block(known),
                },
                422,
            )
        return await self._judge(rule)

    async def _change(self, call: Call, params: ChangeParams) -> Reply:
        row = await self._one(call, allows=False)
        if row is None:
            return NOT_FOUND
        rule = _changed(row.rule, params)
        return rule if isinstance(rule, Problem) else await self._judge(rule)

    async def _judge(self, rule: HostRule) -> Reply:
        done = await self._dealing.judge(rule)
        if isinstance(done, Refused):
            return _invalid(done)
        row = await self._dealing.rule_of(rule.host)
        return Answer(_allow(row) if rule.allows else _block(row)) if row is not None else NOT_FOUND

    async def _unblock(self, call: Call, _: Nothing) -> Reply:
        return await self._forget(call, allows=False)

    async def _forget(self, call: Call, *, allows: bool) -> Reply:
        row = await self._one(call, allows=allows)
        if row is None:
            return NOT_FOUND
        await self._dealing.unblock(row.rule.host)
        return Answer({})

    # -- allows

    async def _allows(self, call: Call, params: AdminPageParams) -> Reply:
        return await self._page(call, params, allows=True)

    async def _one_allow(self, call: Call, _: Nothing) -> Reply:
        row = await self._one(call, allows=True)
        return Answer(_allow(row)) if row is not None else NOT_FOUND

    async def _allow(self, _: Call, params: AllowParams) -> Reply:
        rule = HostRule(params.domain, Standing.NORMAL, allows=True)
        known = await self._dealing.rule_of(params.domain)
        if known is not None:
            if known.rule.allows:
                return Answer(_allow(known))
            return Problem(422, f"Something else is said of {known.rule.host}: lift its domain block first.")
        return await self._judge(rule)

    async def _disallow(self, call: Call, _: Nothing) -> Reply:
        return await self._forget(call, allows=True)

    # -- what strangers are told

    async def _public(self, _: Call, __: Nothing) -> Reply:
        rows = await self._dealing.rules(allows=False, window=FROM_THE_TOP, limit=MOST_PUBLIC)
        told = [row.rule for row in rows if row.rule.standing is not Standing.NORMAL and row.rule.host != EVERYWHERE]
        told.sort(key=lambda rule: (rule.standing is not Standing.BLOCKED, rule.host))
        return Answer(
            [
                DomainBlock(
                    domain=_with_stars(rule.host) if rule.obfuscated else rule.host,
                    digest=_digest(rule.host),
                    severity=_SEVERITY[rule.standing],
                    comment=rule.public_comment or None,
                )
                for rule in told
            ]
        )

    async def _peers(self, _: Call, __: Nothing) -> Reply:
        return Answer(await self._dealing.peers())


def _changed(rule: HostRule, said: ChangeParams) -> HostRule | Problem:
    """The rule with what was said of it."""
    if said.severity is not None:
        if said.severity not in SEVERITIES:
            return _BAD_SEVERITY
        rule = rule._replace(standing=SEVERITIES[said.severity])
    return rule._replace(
        rejects_media=_or(said.reject_media, rule.rejects_media),
        rejects_reports=_or(said.reject_reports, rule.rejects_reports),
        private_comment=_or(said.private_comment, rule.private_comment),
        public_comment=_or(said.public_comment, rule.public_comment),
        obfuscated=_or(said.obfuscate, rule.obfuscated),
    )


def _or(given: T | None, before: T) -> T:
    return before if given is None else given


def _invalid(problem: Refused) -> Problem:
    return refused(problem._replace(detail=f"Validation failed: {problem.detail}"))


def _block(row: KnownRule) -> AdminDomainBlock:
    rule = row.rule
    return AdminDomainBlock(
        id=str(row.id),
        domain=rule.host,
        digest=_digest(rule.host),
        created_at=rfc3339(row.at),
        severity=_SEVERITY[rule.standing],
        reject_media=rule.rejects_media,
        reject_reports=rule.rejects_reports,
        private_comment=rule.private_comment or None,
        public_comment=rule.public_comment or None,
        obfuscate=rule.obfuscated,
    )


def _allow(row: KnownRule) -> AdminDomainAllow:
    return AdminDomainAllow(id=str(row.id), domain=row.rule.host, created_at=rfc3339(row.at))


def _digest(host: str) -> str:
    return hashlib.sha256(host.encode()).hexdigest()


def _with_stars(host: str) -> str:
    """The name with stars in its middle, as Mastodon writes it: a quarter of it may be read at each end."""
    seen = len(host) // 4
    middle = range(seen, len(host) - seen)
    return "".join("*" if place in middle and sign != "." else sign for place, sign in enumerate(host))
