"""The state folder of one installation and the settings in it.

settings.toml     what an administrator may change (docs/operators.md lists every key)
keys/             one key a file, mode 0400 (or a systemd credential directory)
mingce.db         the database, where it is SQLCipher
policies/         the organisation's own regulations
log/              the server's log
backups/          backups, where the settings name no other place
journal/          every change, encrypted, where the settings name no other place
checkpoints/      signed ends of the audit chain, where the settings name no other place
run/              sockets and marks of what runs now
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from db.language import MessageError, _
from db.store.complaints import UnusableSetting, complaint
from db.store.disk import read_plain
from db.store.toml import read_toml

ADDRESS = re.compile(r"([A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
"""A name or an address, an IPv6 one in brackets, and a port."""


class SettingsError(MessageError):
    """The settings file can't be used; ``message`` says why and what to do."""


class Mail(BaseModel):
    """The ``[mail]`` table: the server that takes the organisation's mail."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(description="name or address of the SMTP server")
    port: int = Field(default=587, ge=1, le=65535, description="its port")
    tls: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="`tls` from the first byte (port 465); `none` on this machine only"
    )
    user: str = Field(default="", description="name to sign in with; empty: without signing in")
    password_file: str = Field(
        default="keys/mail", description="file with the password, mode 0400, relative to the state folder"
    )
    sender: str = Field(description="address that the mail comes from")
    reply_to: str = Field(default="", description="address that answers go to; empty: the sender")
    ca_file: str = Field(default="", description="certificates to trust instead of the system's")
    notices: bool = Field(default=False, description="mail update notices too, not only editions")

    @model_validator(mode="after")
    def _encrypted(self) -> Mail:
        if self.tls == "none" and self.host not in ("localhost", "127.0.0.1", "::1"):
            raise UnusableSetting(
                _('Mail leaves this machine only through TLS: write tls = "starttls" or tls = "tls".')
            )
        return self


class Checkpoints(BaseModel):
    """The ``[checkpoints]`` table: where the signed ends of the audit chain go."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    to: tuple[str, ...] = Field(
        default=("checkpoints",), min_length=1, description="directories, relative to the state folder"
    )
    syslog: bool = Field(default=False, description="to the system's log too")
    signer: str = Field(default="", description="socket of a signer that runs as another user")


class WeComSettings(BaseModel):
    """The ``[wecom]`` table: the organisation's WeCom, whose directory is kept in step."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    corpid: str = Field(min_length=1, description="the organisation's ID there")
    secret_file: str = Field(
        default="keys/wecom", description="file with the secret, mode 0400, relative to the state folder"
    )
    base_url: str = Field(default="https://qyapi.weixin.qq.com", description="where its API is")
    ca_file: str = Field(default="", description="certificates to trust instead of the system's")
    department: int = Field(default=1, ge=1, description="the department there that holds everybody")
    wechat_attribute: str = Field(
        default="", description="custom attribute there that holds the WeChat ID; empty: it is not sent"
    )

    message_agent: int = Field(
        default=0, ge=0, description="application there that posts revisions to everybody; 0: none"
    )
    message_secret_file: str = Field(
        default="keys/wecom-message", description="file with that application's secret, mode 0400"
    )
    bulk_from: int = Field(
        default=100, ge=0, description="from so many people on they are told of in one file; 0: never"
    )

    @field_validator("base_url")
    @classmethod
    def _encrypted(cls, value: str) -> str:
        place = urlsplit(value)
        if place.scheme != "https" or not place.hostname:
            raise UnusableSetting(_("Contacts leave this machine only through TLS: begin with `https://`."))
        return value.rstrip("/")


class BackupSettings(BaseModel):
    """The ``[backups]`` table: where backups go. How often is the regulations' to say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    to: tuple[str, ...] = Field(
        default=("backups",), min_length=1, description="directories, relative to the state folder"
    )
    keep: int = Field(
        default=30,
        ge=2,
        description="backups kept in each, and of as many days the last one; older ones are removed",
    )


class Settings(BaseModel):
    """Everything ``settings.toml`` may say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    organisation: str = "Organisation"
    privacy_contact: str = Field(
        default="",
        max_length=200,
        description="phone, e-mail or address for questions about personal information, in the notice at "
        "collection (PIPL 17); empty: it has none",
    )
    privacy_contacts: dict[str, Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        default_factory=dict,
        description="the same for single directories, by their ids; none: `privacy_contact` for all",
    )
    database: str = Field(
        default="sqlite:mingce.db",
        description="`sqlite:FILE` (SQLCipher, relative to the state folder) or `postgresql://…`",
    )
    country: str = Field(default="CN", description="whose public holidays and make-up days count")
    time_zone: str = Field(default="Asia/Shanghai", description="IANA name; days begin and end here")
    language: Literal["zh_CN", "en"] = Field(default="zh_CN", description="where a client names none")
    phone_region: str = Field(default="CN", description="region of numbers written without a country code")
    host: str = Field(default="127.0.0.1", description="address the SSH server listens on")
    port: int = Field(default=8022, ge=0, le=65535, description="port the SSH server listens on")
    address: str = Field(
        default="",
        description="name (and `:port`) that people reach it by, shown in commands; empty: as they came",
    )
    sessions: int = Field(default=300, ge=1, description="sessions open at one time at the most")
    sessions_per_person: int = Field(
        default=5, ge=1, description="screens that one person has open at one time; plain commands besides"
    )
    idle_minutes: int = Field(default=30, ge=1, description="an untouched session ends after this long")
    undo_seconds: int = Field(
        default=10, ge=0, le=60, description="seconds for which a decision can be taken back; 0: never"
    )
    stop_minutes: int = Field(
        default=5, ge=0, le=120, description="minutes that those inside are given when the server stops"
    )
    openssh_user: str = Field(
        default="", description="user of the system that OpenSSH leads to the console; empty: none does"
    )
    font: str = Field(
        default="",
        description="file of the organisation's own font for pages, relative to the state folder; empty: the "
        "one that comes along",
    )
    mail: Mail | None = Field(default=None, description="where mail is sent through; none: no mail is sent")
    wecom: WeComSettings | None = Field(
        default=None, description="the WeCom that is kept in step; none: by its import file"
    )

    journal: str = Field(
        default="journal", description="directory of the journal of changes; best on another disk"
    )
    checkpoints: Checkpoints | None = Field(
        default=None, description="where the audit's checkpoints go; none: `checkpoints` in this folder"
    )

    backups: BackupSettings | None = Field(
        default=None, description="where backups go; none: `backups` in this folder, which is no second place"
    )

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, OSError):
            raise UnusableSetting(_("There is no such time zone; write one such as Asia/Shanghai.")) from None
        return value

    @field_validator("address")
    @classmethod
    def _name_and_port(cls, value: str) -> str:
        if value and not ADDRESS.fullmatch(value):
            raise UnusableSetting(
                _("Write a name or an address, with its port if it has one: `host.example:8022`.")
            )
        return value

    @field_validator("database")
    @classmethod
    def _known_scheme(cls, value: str) -> str:
        if not value.startswith(("sqlite:", "postgresql:", "postgres:")):
            raise UnusableSetting(_("Write `sqlite:FILE`, which is encrypted here, or `postgresql://…`."))
        return value


def known_settings(place: Sequence[str | int]) -> list[str]:
    """Return the names allowed beside the key at ``place``: in the file, or in its table."""
    tables: dict[str, type[BaseModel]] = {
        "mail": Mail,
        "wecom": WeComSettings,
        "checkpoints": Checkpoints,
        "backups": BackupSettings,
    }
    model = tables.get(str(place[0]), Settings) if len(place) > 1 else Settings
    return list(model.model_fields)


class Home:
    """One installation's state folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings_file = folder / "settings.toml"
        self.keys = folder / "keys"
        self.policies = folder / "policies"
        self.log = folder / "log"
        self.unfinished = folder / "restore-unfinished.json"
        self.backup_places = folder / "backup-places"
        self.run = folder / "run"
        self.door = self.run / "door"
        self.metrics = self.run / "metrics.sock"
        self.duties_mark = self.run / "duties"
        self.duties_failed = self.run / "duties-failed"
        """There where the last run of the duties failed."""
        self.wanted_backup = self.folder / "backup-wanted"
        """There where a backup is to be made at the next occasion, whether one is due or not."""

    def settings(self) -> Settings:
        """Read and validate ``settings.toml``. Raises SettingsError."""
        try:
            return Settings.model_validate(read_toml(read_plain(self.settings_file).decode("utf-8")))
        except FileNotFoundError:
            raise SettingsError(
                _("There is no mingce in {folder}. Run `mingce init` first.", folder=str(self.folder))
            ) from None
        except OSError as error:
            from db.store import unavailable  # it loads the database's library

            raise SettingsError(
                _(
                    "{file} can't be read: {reason}",
                    file=str(self.settings_file),
                    reason=unavailable.system_reason(error),
                )
            ) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(
                _("{file} is not valid TOML: {reason}", file=str(self.settings_file), reason=str(error))
            ) from None
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            why = complaint(first, known_settings(first["loc"]))
            raise SettingsError(
                _("{file}: `{key}`: {reason}", file=str(self.settings_file), key=key, reason=why)
            ) from None

    def checkpoint_places(self, settings: Settings) -> list[Path]:
        """Return the folders that signed ends of the audit chain go to."""
        return [self.folder / place for place in (settings.checkpoints or Checkpoints()).to]

    def backups_to(self, settings: Settings) -> list[Path]:
        return [self.folder / place for place in (settings.backups or BackupSettings()).to]

    def journal_place(self, settings: Settings) -> Path:
        return self.folder / settings.journal

    def database_url(self, settings: Settings) -> str:
        """Return the database's URL, a relative SQLite file resolved in this folder."""
        scheme, _colon, rest = settings.database.partition(":")
        if scheme == "sqlite":
            return f"sqlite:{self.folder / rest}"
        return settings.database
