"""One socket, over a real one: hello, messages, following, stopping, confirming, and what bad input gets."""




from .conftest import Site


async def test_hello_is_answered_with_all_that_a_newcomer_needs(site: Site) -> None:
    client = await site.chat(hello={})
    assert client.welcome["v"] == 1
    assert client.welcome["history"] == []
    assert client.welcome["suggestions"] == ["What is in the handbook?"]
    assert client.welcome["limits"] == {"text": 32000, "upload": 50000000, "attachments": 10}
