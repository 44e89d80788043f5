"""A plug-in's own table of the settings, checked by the plug-in's own model: one way to say what is wrong with it."""

from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from switchboard.errors import ConfigError

if TYPE_CHECKING:
    from switchboard.settings import Settings

Model = TypeVar("Model", bound=BaseModel)


def table(
    settings: "Settings", group: Literal["channels", "tools"], name: str, model: type[Model], *, page: str = ""
) -> Model:
    """The table ``[<group>.<name>]``, with what variables say over it; without any, the model's defaults.

    Args:
        page: Where it is documented; without one, the names of the settings are listed.

    Raises:
        ConfigError: One of them is wrong, missing or unknown; says which, and where it is set. No value is shown, as
            it may be a secret.
    """
    given: Any = ((settings.channels if group == "channels" else settings.tools).model_extra or {}).get(name, {})
    try:
        return model.model_validate(given)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
    fault = min(faults, key=lambda each: each["type"] != "extra_forbidden")  # what is misspelt is missing as well
    where = ".".join((group, name, *map(str, fault["loc"])))
    variable = f"SWITCHBOARD_{where.replace('.', '__').upper()}"
    listed = f"{page} lists what there is" if page else f"there are: {', '.join(model.model_fields)}"
    raise ConfigError(
        "It is missing." if fault["type"] == "missing" else f"{fault['msg'].removeprefix('Value error, ')}.",
        fix=f"Set it in the table [{group}.{name}] or as {variable}; {listed}.",
        where=where,
    )
