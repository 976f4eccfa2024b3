"""Passkeys (W3C Web Authentication): what a browser is asked, and whether what it answers is true.

The library is loaded where it is first needed: it takes a quarter of a second, and most people have no passkey.
"""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from scattershot.storage.tables.second_factors import Passkey

MAX_ANSWER = 20_000
"""Characters of what a browser answers; attestations are not asked for, so that a few hundred are usual."""


class Made(NamedTuple):
    """A key that a device made."""

    credential: bytes
    public_key: bytes
    counter: int


class Party(NamedTuple):
    """Who asks: this node, as browsers know it."""

    origin: str
    title: str

    @property
    def id(self) -> str:
        """The host without its port (RP ID)."""
        return urlsplit(self.origin).hostname or ""


def wish_for_new(party: Party, person: int, name: str, known: Sequence[Passkey], challenge: bytes) -> str:
    """What a browser is asked so that it makes a passkey, as JSON."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    return options_to_json(
        generate_registration_options(
            rp_id=party.id,
            rp_name=party.title,
            user_id=str(person).encode(),
            user_name=name,
            challenge=challenge,
            exclude_credentials=[PublicKeyCredentialDescriptor(id=each.credential) for each in known],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED,
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
        )
    )


def made(party: Party, answer: str, challenge: bytes) -> Made | None:
    """The key that was made for that challenge; None where the answer is not true."""
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        found = verify_registration_response(
            credential=answer[:MAX_ANSWER],
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    return Made(found.credential_id, found.credential_public_key, found.sign_count)


def wish(party: Party, known: Sequence[Passkey], challenge: bytes) -> str:
    """What a browser is asked so that it shows one of those passkeys, as JSON."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return options_to_json(
        generate_authentication_options(
            rp_id=party.id,
            challenge=challenge,
            allow_credentials=[PublicKeyCredentialDescriptor(id=each.credential) for each in known],
        )
    )


def shown(party: Party, answer: str, challenge: bytes, known: Sequence[Passkey]) -> tuple[Passkey, int] | None:
    """Which of the passkeys was shown, and its counter; None where the answer is not true."""
    from webauthn import verify_authentication_response
    from webauthn.helpers import parse_authentication_credential_json
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        credential = parse_authentication_credential_json(answer[:MAX_ANSWER])
        passkey = next((each for each in known if each.credential == credential.raw_id), None)
        if passkey is None:
            return None
        found = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.counter,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    return passkey, found.new_sign_count
