from agent.models.cards import cards, main_search
from switchboard import ToolContext, ToolResult, tool
from tests.agent.models.corpus import LIST, SEARCH


@tool
async def look_up(context: ToolContext, *, query: str) -> ToolResult:
    """Look something up. It is quick.

    Args:
        query: What for.

    Examples:
        - Who is Ada?
        - "What is a lathe?"
    """
    return ToolResult()


def made(description: str) -> tuple[str, ...]:
    (card,) = cards([{"function": {"name": "do_it", "description": description}}])
    return card.examples


def test_a_tool_of_ours_declares_its_examples() -> None:
    function = {"name": look_up.name, "description": look_up.description, "parameters": look_up.parameters}
    (card,) = cards([{"type": "function", "function": function}])
    assert card.examples == ("Who is Ada?", "What is a lathe?")
    assert card.about == "Look something up. It is quick."
    assert card.required == {"query"}


def test_without_examples_the_description_speaks() -> None:
    assert made("Adds numbers. Fast.") == ("Adds numbers.", "Fast.", "do it")


def test_a_tool_without_any_description_has_its_name() -> None:
    assert made("") == ("do it",)


def test_the_search_over_documents_is_the_main_one() -> None:
    other = {"function": {**SEARCH["function"], "name": "search_images"}}
    search = main_search(cards([LIST, other, SEARCH]))
    assert search is not None
    assert search.name == "search_documents"
    assert main_search(cards([LIST])) is None
