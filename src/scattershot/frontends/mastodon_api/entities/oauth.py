"""Entities of programs and tokens (docs.joinmastodon.org/entities/Application, /entities/Token)."""

from msgspec import Struct


class Application(Struct, frozen=True, kw_only=True):
    """A program."""

    id: str
    name: str
    website: str | None
    scopes: list[str]
    redirect_uri: str
    redirect_uris: list[str]
    vapid_key: str = ""


class CredentialApplication(Application, frozen=True, kw_only=True):
    """A program and what it signs in with: told to its maker once. `client_secret_expires_at` 0 is never."""

    client_id: str
    client_secret: str
    client_secret_expires_at: int = 0


class Token(Struct, frozen=True, kw_only=True):
    """A token; `created_at` in seconds."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - a scheme of RFC 6750
    scope: str
    created_at: int
