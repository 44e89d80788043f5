"""The table ``[tools.drafts]`` of the settings, checked when the tool is made."""

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from switchboard import ConfigError
from switchboard.tables import table
from tools.drafts.amounts import currencies, grouped, is_iban
from tools.drafts.backend import Party
from tools.drafts.letterhead import Letterhead, logo_of

if TYPE_CHECKING:
    from switchboard.settings import Settings

WHERE = "tools.drafts"
FOLDER = "templates"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Company(_Table):
    """On whose behalf drafts are made, ``[tools.drafts.company]``, so that nobody is asked for it."""

    name: str = Field("", max_length=500, description="Name of the firm, as on its letters; empty to ask each time.")
    address: tuple[str, ...] = Field((), description="Lines of its address.")
    email: str = Field("", max_length=320, description="Its mail address.")
    tax_id: str = Field("", max_length=50, description="Its VAT number.")
    iban: str = Field("", description="The account to which invoices are paid.")
    logo: Path | None = Field(None, description="Its logo, a PNG or JPEG; it stands at the top of each page.")
    footer: str = Field("", max_length=300, description="What stands at the foot of each page, such as its register.")

    @property
    def party(self) -> Party | None:
        """The firm as a party, if it is named."""
        if not self.name:
            return None
        return Party(name=self.name, address=self.address, email=self.email, tax_id=self.tax_id)

    @property
    def line(self) -> str:
        """Who the firm is, in one line."""
        parts = (self.name, *self.address, self.tax_id, grouped(self.iban.replace(" ", "")), self.footer)
        return " · ".join(part for part in parts if part)


class DraftSettings(_Table):
    """What is drafted, and for whom."""

    templates: Path | None = Field(
        None, description="Folder of your own templates; by default `templates` in the data folder, if it is there."
    )
    currency: str = Field("", description="ISO code of the currency where none is said; empty to ask.")
    locale: str = Field("", description="Whose customs dates and amounts follow, such as `en-US`; else the asker's.")
    company: Company = Company()


def letterhead_of(settings: DraftSettings) -> Letterhead:
    """The firm's letterhead; an empty one if the settings name no firm.

    Raises:
        ConfigError: The logo is no picture that can be printed.
    """
    company = settings.company
    if not company.name:
        return Letterhead()
    logo = logo_of(company.logo.expanduser(), f"{WHERE}.company.logo") if company.logo else None
    return Letterhead(logo=logo, line=company.line)


def settings_of(settings: "Settings") -> DraftSettings:
    """The table as it is set, with the folder of templates.

    Raises:
        ConfigError: Something in it is wrong.
    """
    made = table(settings, "tools", "drafts", DraftSettings, page="docs/drafts.md")
    if made.currency and made.currency not in currencies():
        raise ConfigError(f"There is no currency {made.currency!r}.", fix="Use a code such as EUR.", where=WHERE)
    iban = made.company.iban.replace(" ", "")
    if iban and not is_iban(iban):
        raise ConfigError(f"{iban!r} is not a valid IBAN.", fix="Its check digits don't fit; mend it.", where=WHERE)
    if made.templates is not None and not made.templates.expanduser().is_dir():
        raise ConfigError("There is no such folder of templates.", fix="Make it, or remove the line.", where=WHERE)
    if (made.company.logo or made.company.footer) and not made.company.name:
        raise ConfigError("A letterhead needs the firm's name.", fix="Set `name` beside it.", where=f"{WHERE}.company")
    folder = made.templates.expanduser() if made.templates else settings.data_dir / FOLDER
    return made.model_copy(update={"templates": folder})
