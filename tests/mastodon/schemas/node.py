"""Entities about the node: instances, rules, OAuth, errors, and the tables of those who run it."""

from tests.mastodon.schemas.kinds import (
    BOOL,
    COUNT,
    DATE,
    DATETIME,
    DIGITS,
    ID,
    INT,
    LANGUAGE,
    NUMBER,
    SOCKET_URL,
    STRING,
    TEXT,
    URI,
    URL,
    Schema,
    also,
    array,
    mapping,
    nullable,
    one_of,
    ref,
    some,
    thing,
)

# Semver first, and no two-digit minor: Mastodon.py parses it, Ice Cubes makes a number of its first three letters.
VERSION: Schema = {"type": "string", "pattern": r"^[0-9]\.[0-9]\.[0-9]+(\s.*)?$"}

_STATUSES = thing({"max_characters": COUNT, "max_media_attachments": COUNT, "characters_reserved_per_url": COUNT})
_MEDIA = thing(
    {
        "supported_mime_types": some(STRING),
        "image_size_limit": COUNT,
        "image_matrix_limit": COUNT,
        "video_size_limit": COUNT,
        "video_frame_rate_limit": COUNT,
        "video_matrix_limit": COUNT,
    },
    {"description_limit": COUNT},
)
_POLLS = thing(
    {"max_options": COUNT, "max_characters_per_option": COUNT, "min_expiration": COUNT, "max_expiration": COUNT}
)
_LIMITS = {"statuses": _STATUSES, "media_attachments": _MEDIA, "polls": _POLLS}
_ACCESS = thing(
    {"local": one_of("public", "authenticated", "disabled"), "remote": one_of("public", "authenticated", "disabled")}
)

INSTANCE_V1 = thing(
    {
        "uri": TEXT,
        "title": STRING,
        "short_description": STRING,
        "description": STRING,
        "email": STRING,
        "version": VERSION,
        # Elk crashes where it is missing.
        "urls": thing({"streaming_api": SOCKET_URL}),
        "stats": thing({"user_count": COUNT, "status_count": COUNT, "domain_count": COUNT}),
        "thumbnail": nullable(URL),
        "languages": array(LANGUAGE),
        "registrations": BOOL,
        "approval_required": BOOL,
        "invites_enabled": BOOL,
        "configuration": thing({"accounts": thing({"max_featured_tags": COUNT}), **_LIMITS}),
        "contact_account": nullable(ref("Account")),
        "rules": array(ref("Rule")),
    }
)

_CONFIGURATION = thing(
    {
        "urls": thing(
            {"streaming": SOCKET_URL},
            {
                "status": nullable(URL),
                "about": nullable(URL),
                "privacy_policy": nullable(URL),
                "terms_of_service": nullable(URL),
            },
        ),
        "vapid": thing({"public_key": TEXT}),
        "accounts": thing({"max_featured_tags": COUNT, "max_pinned_statuses": COUNT}),
        "translation": thing({"enabled": BOOL}),
        **_LIMITS,
    },
    {
        "limited_federation": BOOL,
        "timelines_access": thing({"live_feeds": _ACCESS, "hashtag_feeds": _ACCESS, "trending_link_feeds": _ACCESS}),
    },
)

INSTANCE = thing(
    {
        "domain": TEXT,
        "title": STRING,
        "version": VERSION,
        "source_url": URL,
        "description": STRING,
        "usage": thing({"users": thing({"active_month": COUNT})}),
        "thumbnail": thing(
            {"url": URL}, {"blurhash": nullable(STRING), "versions": nullable(mapping(URL)), "description": STRING}
        ),
        "icon": array(thing({"src": URL, "size": TEXT})),
        "languages": array(LANGUAGE),
        "configuration": _CONFIGURATION,
        "registrations": thing(
            {"enabled": BOOL, "approval_required": BOOL, "message": nullable(STRING)},
            {"reason_required": nullable(BOOL), "min_age": nullable(INT), "url": nullable(URL)},
        ),
        "api_versions": thing({"mastodon": COUNT}),
        "contact": thing({"email": STRING, "account": nullable(ref("Account"))}),
        "rules": array(ref("Rule")),
    }
)

_APPLICATION = {"name": TEXT, "website": nullable(URL), "scopes": some(TEXT), "redirect_uris": some(STRING)}
_APPLICATION_OPTIONAL = {"id": ID, "redirect_uri": STRING, "vapid_key": STRING}

OAUTH_SERVER = thing(
    {
        "issuer": URL,
        "authorization_endpoint": URL,
        "token_endpoint": URL,
        "app_registration_endpoint": URL,
        "revocation_endpoint": URL,
        "scopes_supported": some(TEXT),
        "response_types_supported": some(TEXT),
        "response_modes_supported": some(TEXT),
        "grant_types_supported": some(TEXT),
        "token_endpoint_auth_methods_supported": some(TEXT),
        "code_challenge_methods_supported": some(one_of("S256")),
    },
    {"userinfo_endpoint": URL, "service_documentation": nullable(URL)},
)

# docs: methods/accounts#422. For each field what is wrong with it, as a code and in words.
_DETAILS = mapping(array(thing({"error": TEXT, "description": STRING})))

NODE: dict[str, Schema] = {
    "Error": thing({"error": TEXT}, {"error_description": STRING, "details": _DETAILS}),
    "Instance": INSTANCE,
    "InstanceV1": INSTANCE_V1,
    "Rule": thing(
        {"id": ID, "text": STRING, "hint": STRING}, {"translations": mapping(thing({"text": STRING, "hint": STRING}))}
    ),
    "ExtendedDescription": thing({"updated_at": DATETIME, "content": STRING}),
    "PrivacyPolicy": thing({"updated_at": {"anyOf": [DATETIME, DATE]}, "content": STRING}),
    "TermsOfService": thing(
        {"effective_date": DATE, "effective": BOOL, "content": STRING, "succeeded_by": nullable(DATE)}
    ),
    "DomainBlock": thing(
        {
            "domain": TEXT,
            "digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": one_of("silence", "suspend"),
            "comment": nullable(STRING),
        }
    ),
    "Activity": thing({"week": DIGITS, "statuses": DIGITS, "logins": DIGITS, "registrations": DIGITS}),
    "Token": thing({"access_token": TEXT, "token_type": one_of("Bearer"), "scope": TEXT, "created_at": INT}),
    "Application": thing(_APPLICATION, _APPLICATION_OPTIONAL),
    "CredentialApplication": thing(
        {**_APPLICATION, "id": ID, "client_id": TEXT, "client_secret": TEXT, "client_secret_expires_at": INT},
        _APPLICATION_OPTIONAL,
    ),
    "OAuthServer": OAUTH_SERVER,
    "UserInfo": thing(
        {"iss": URL, "sub": URI, "name": STRING, "preferred_username": TEXT, "profile": URL}, {"picture": URL}
    ),
    "AsyncRefresh": thing(
        {"async_refresh": thing({"id": TEXT, "status": one_of("running", "finished"), "result_count": nullable(COUNT)})}
    ),
    "OEmbed": thing({"type": one_of("rich"), "version": TEXT, "html": STRING, "author_url": URL}),
    "NodeInfoLinks": thing({"links": some(thing({"rel": URI, "href": URL}))}),
    "NodeInfo": thing(
        {
            "version": {"type": "string", "pattern": r"^2\.\d$"},
            "software": thing({"name": {"type": "string", "pattern": "^[a-z0-9-]+$"}, "version": TEXT}),
            "protocols": array(STRING),
            "openRegistrations": BOOL,
            "usage": thing({"users": {"type": "object"}}),
            "metadata": {"type": "object"},
        }
    ),
    "Count": thing({"count": COUNT}),
    "Merged": thing({"merged": BOOL}),
}

ADMIN_ACCOUNT = thing(
    {
        "id": ID,
        "username": TEXT,
        "domain": nullable(STRING),
        "created_at": DATETIME,
        # All of these are null for somebody from elsewhere.
        "email": nullable(STRING),
        "ip": nullable(STRING),
        "ips": array(ref("Admin::Ip")),
        "locale": nullable(STRING),
        "invite_request": nullable(STRING),
        "role": nullable(ref("Role")),
        "confirmed": nullable(BOOL),
        "approved": nullable(BOOL),
        "disabled": nullable(BOOL),
        "silenced": BOOL,
        "suspended": BOOL,
        "account": ref("Account"),
    },
    {"sensitized": BOOL, "created_by_application_id": nullable(ID), "invited_by_account_id": nullable(ID)},
)

ADMIN_REPORT = thing(
    {
        "id": ID,
        "action_taken": BOOL,
        "action_taken_at": nullable(DATETIME),
        "category": one_of("spam", "legal", "violation", "other"),
        "comment": STRING,
        "forwarded": nullable(BOOL),
        "created_at": DATETIME,
        "updated_at": DATETIME,
        "account": ref("Admin::Account"),
        "target_account": ref("Admin::Account"),
        "assigned_account": nullable(ref("Admin::Account")),
        "action_taken_by_account": nullable(ref("Admin::Account")),
        "statuses": array(ref("Status")),
        "rules": array(ref("Rule")),
    }
)

ADMIN: dict[str, Schema] = {
    "Admin::Account": ADMIN_ACCOUNT,
    "Admin::Report": ADMIN_REPORT,
    "Admin::DomainBlock": thing(
        {
            "id": ID,
            "domain": TEXT,
            "created_at": DATETIME,
            "severity": one_of("silence", "suspend", "noop"),
            "reject_media": BOOL,
            "reject_reports": BOOL,
            "private_comment": nullable(STRING),
            "public_comment": nullable(STRING),
            "obfuscate": BOOL,
        },
        {"digest": nullable(STRING)},
    ),
    "Admin::DomainAllow": thing({"id": ID, "domain": TEXT, "created_at": DATETIME}),
    "Admin::EmailDomainBlock": thing(
        {
            "id": ID,
            "domain": TEXT,
            "created_at": DATETIME,
            "history": array(thing({"day": DIGITS, "accounts": DIGITS, "uses": DIGITS})),
        },
        {"allow_with_approval": BOOL},
    ),
    "Admin::CanonicalEmailBlock": thing({"id": ID, "canonical_email_hash": TEXT}),
    "Admin::Ip": thing({"ip": TEXT, "used_at": DATETIME}),
    "Admin::IpBlock": thing(
        {
            "id": ID,
            "ip": TEXT,
            "severity": one_of("sign_up_requires_approval", "sign_up_block", "no_access"),
            "comment": STRING,
            "created_at": DATETIME,
            "expires_at": nullable(DATETIME),
        }
    ),
    "Admin::Measure": thing(
        {
            "key": TEXT,
            "unit": nullable(STRING),
            "total": DIGITS,
            "data": array(thing({"date": DATETIME, "value": DIGITS})),
        },
        {"human_value": STRING, "previous_total": nullable(DIGITS)},
    ),
    "Admin::Dimension": thing({"key": TEXT, "data": array(thing({"key": TEXT, "human_key": STRING, "value": DIGITS}))}),
    "Admin::Cohort": thing(
        {
            "period": DATETIME,
            "frequency": one_of("day", "month"),
            "data": array(thing({"date": DATETIME, "rate": NUMBER, "value": DIGITS})),
        }
    ),
    "Admin::TrendingLink": also("TrendingLink", {}, {"id": ID, "requires_review": BOOL}),
}
