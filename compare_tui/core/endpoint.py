"""Endpoint: a base URL, the dialect spoken there, where its key comes from, and how much at once."""

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address
from typing import Literal
from urllib.parse import SplitResult, urlsplit

Api = Literal["responses", "chat"]

_APIS = ("responses", "chat")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_LOOKS_LIKE_A_KEY = re.compile(r"(?=.*[a-z])(?=.*[0-9])[A-Za-z0-9]{20,}")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)*(?!\d+\.?\Z){_LABEL}\.?", re.ASCII)
_PRINTABLE = re.compile(r"[!-~]+")
_MOST_AT_ONCE = 10_000
_LOOPBACK = IPv4Network("127.0.0.0/8")


class EndpointError(ValueError):
    """A value no endpoint can have: the field and what it must be. The value is not repeated, it may hold a key."""

    def __init__(self, name: str, field: str, reason: str) -> None:
        super().__init__(f"endpoint {name}: {field} {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Checked when it is made, its URL without a trailing slash. Without key_env or key_cmd no key is ever sent."""

    name: str
    base_url: str
    api: Api = "responses"
    key_env: str | None = None
    key_cmd: tuple[str, ...] | None = field(default=None, repr=False)
    concurrency: int = 8
    allow_http: bool = False
    free: bool = False
    simulated: bool = False
    """The embedded one: its prices are no money. No setting of the user's."""

    def __post_init__(self) -> None:
        for name, reason in (
            ("name", _name_fault(self.name)),
            ("base_url", _url_fault(self.base_url, self.allow_http)),
            ("api", None if self.api in _APIS else "must be responses or chat"),
            ("key_env", _key_env_fault(self.key_env)),
            ("key_cmd", _key_cmd_fault(self.key_cmd, self.key_env)),
            ("concurrency", None if 1 <= self.concurrency <= _MOST_AT_ONCE else f"must be from 1 to {_MOST_AT_ONCE}"),
        ):
            if reason:
                raise EndpointError("?" if _name_fault(self.name) else self.name, name, reason)
        parts = urlsplit(self.base_url)
        tidy = f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"
        object.__setattr__(self, "base_url", tidy)

    @property
    def recorded_url(self) -> str:
        """The embedded endpoint has another port each time and is the same all the same."""
        return "embedded" if self.simulated else self.base_url

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""

    @property
    def is_loopback(self) -> bool:
        return _is_loopback(self.host)

    @property
    def shown_url(self) -> str:
        """Fit for a screen or a log: what could hide a secret in a URL (userinfo, query, fragment) is never let in."""
        return self.base_url


def _name_fault(name: str) -> str | None:
    if _NAME.fullmatch(name):
        return None
    return "must be up to 64 letters, digits, '.', '_' or '-', so that @name can stand in a lane"


def _url_fault(url: str, allow_http: bool) -> str | None:
    """What the SDK would accept in silence and send a key to."""
    if not _PRINTABLE.fullmatch(url) or "\\" in url:
        return "must be a URL in plain ASCII, without spaces or backslashes"
    try:
        parts = urlsplit(url)
    except ValueError:
        return "is not a URL"
    if parts.scheme not in ("https", "http") or not parts.netloc:
        return "must begin with https:// (http:// on this machine)"
    if "@" in parts.netloc:
        return "must not hold a user or a password; name the key with key_env"
    if "?" in url or "#" in url:
        return "must not have a query or a fragment"
    if fault := _host_fault(parts):
        return fault
    if parts.scheme == "http" and not allow_http and not _is_loopback(parts.hostname or ""):
        return "must begin with https:// unless it is on this machine; allow_http = true in config.toml permits it"
    return None


def _host_fault(parts: SplitResult) -> str | None:
    """The split is lenient ("a[::1]" is ::1 to it): what it found must spell the same again."""
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        return "must have a port between 1 and 65535"
    host = parts.hostname or ""
    spelled = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    if spelled != parts.netloc.lower() or not (_HOST_NAME.fullmatch(host) or _address(host)):
        return "must name a host"  # nor are 127.1 and 2130706433 one: the HTTP stack would read something else
    return None


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return None if "%" in host else ip_address(host)
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    address = _address(host)
    if isinstance(address, IPv4Address):
        return address in _LOOPBACK
    return host == "localhost" or address == IPv6Address("::1")


def _key_env_fault(key_env: str | None) -> str | None:
    """A key pasted where its variable's name belongs must not come back in a later "KEY is not set"."""
    if key_env is None:
        return None
    if not _VARIABLE.fullmatch(key_env) or _LOOKS_LIKE_A_KEY.fullmatch(key_env):
        return "must be the name of an environment variable, such as OPENAI_API_KEY, never the key itself"
    return None


def _key_cmd_fault(key_cmd: tuple[str, ...] | None, key_env: str | None) -> str | None:
    if key_cmd is None:
        return None
    if key_env is not None:
        return "and key_env exclude each other; give one of them"
    if not key_cmd or not key_cmd[0] or any("\0" in word for word in key_cmd):
        return 'must be a command as a list of words, such as ["pass", "show", "openai"]'
    return None
