from email.message import EmailMessage

import pytest

from switchboard import Unreadable


def _kinds(document, page=0):
    return [(block.kind, block.text) for block in document.pages[page].blocks]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_the_encoding_of_plain_text_is_found(read, encoding):
    assert (
        read("Größe: 5 µm für Café Noël – “fein”.".encode(encoding), "a.txt")
        .pages[0]
        .text.startswith("Größe: 5 µm für Café")
    )


def test_paragraphs_are_parted_by_blank_lines_and_lists_are_seen(read):
    assert _kinds(read(b"One\nline.\r\n\r\n- a\r\n- b\r\n", "a.txt")) == [("text", "One\nline."), ("list", "- a\n- b")]


def test_form_feeds_part_the_pages_of_plain_text(read):
    document = read(b"first\fsecond\f", "a.txt")
    assert (document.paged, [page.text for page in document.pages]) == (True, ["first", "second"])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(read, delimiter):
    rows = [["item", "price, net", "note"], ["beans", "12,50", 'a "fine" one'], ["cups", "3,00", ""]]
    data = "\n".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    text = read(data.encode(), "a.csv").pages[0].text
    assert text == 'item | price, net | note\nbeans | 12,50 | a "fine" one\ncups | 3,00'


def test_a_csv_of_one_column_is_a_table_of_one_column(read):
    assert _kinds(read(b"name\nada\nbob\n", "a.csv")) == [("table", "name\nada\nbob")]


def test_quotes_that_never_close_do_not_lose_the_file(read):
    assert "beans" in read(b'item,eur\n"beans,12\ncups,3\n', "a.csv").pages[0].text


def test_a_field_over_the_limit_is_refused(read):
    with pytest.raises(Unreadable, match="more than 1,000 characters"):
        read(b"a,b\n" + b"x" * 2000 + b",y\n", "a.csv", characters=1000)


def test_a_field_of_a_megabyte_is_read(read):
    assert len(read(b"a,b\n" + b"x" * 1_000_000 + b",y\n", "a.csv").pages[0].text) > 1_000_000


def test_markdown_loses_its_marks_and_keeps_its_structure(read):
    source = b"""---
title: Travel policy
owner: Finance
---
# Scope

It is **for all** of [us](http://x.test), see `code` ![a map](m.png).

1. first
2. second
   - nested

| a | b |
|---|---|
| 1 | 2 |

```
kept as it is
```
<div>html</div>
"""
    document = read(source, "policy.md")
    assert (document.title, dict(document.metadata)) == ("Travel policy", {"owner": "Finance"})
    assert _kinds(document) == [
        ("heading", "Scope"),
        ("text", "It is for all of us, see code a map."),
        ("list", "1. first\n2. second\n  - nested"),
        ("table", "a | b\n1 | 2"),
        ("text", "kept as it is"),
        ("text", "html"),
    ]


def test_a_web_page_loses_scripts_and_navigation(read):
    source = b"""<!doctype html><html><head><title>The  FAQ</title><style>x{}</style></head><body>
    <nav>Home</nav><script>alert(1)</script><h1>Questions</h1><div>Loose <b>bold</b> text<p>A paragraph
    over lines.</p>tail</div><ul><li>one</li><li>two</li></ul>
    <table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table><pre>a
  b</pre></body></html>"""
    document = read(source, "faq.html")
    assert document.title == "The FAQ"
    assert _kinds(document) == [
        ("heading", "Questions"),
        ("text", "Loose bold text"),
        ("text", "A paragraph over lines."),
        ("text", "tail"),
        ("list", "- one\n- two"),
        ("table", "a | b\n1 | 2"),
        ("text", "a\nb"),
    ]


def test_a_table_that_only_places_things_is_read_as_text(read):
    source = b"<html><body><table><tr><td><h2>Head</h2><p>Body</p></td></tr></table></body></html>"
    assert _kinds(read(source, "a.html")) == [("heading", "Head"), ("text", "Body")]


def test_elements_nested_ten_thousand_deep_do_not_break_the_reader(read):
    source = b"<html><body>" + b"<div>" * 10_000 + b"deep" + b"</div>" * 10_000
    assert read(source, "a.html").pages[0].text == "deep"


def test_a_very_long_list_takes_time_in_proportion(read):
    source = b"<html><body><ul>" + b"<li>an item of the list" * 150_000
    assert read(source, "a.html", seconds=60.0).pages[0].text.count("\n") == 149_999


def _mail(**headers):
    message = EmailMessage()
    message["From"], message["To"] = "Ida <ida@example.test>", "all@example.test"
    message["Subject"], message["Date"] = "Welcome aboard", "Mon, 05 Jan 2026 09:00:00 +0000"
    for key, value in headers.items():
        message[key] = value
    return message


def test_a_mail_has_its_headers_and_its_body(read):
    message = _mail()
    message.set_content("Dear all,\n\nwelcome to the roastery.\n")
    document = read(message.as_bytes(), "welcome.eml")
    assert (document.title, document.media_type, document.paged) == ("Welcome aboard", "message/rfc822", False)
    assert document.pages[0].text.startswith(
        "From: Ida <ida@example.test>\nTo: all@example.test\nDate: Mon, 05 Jan 2026"
    )
    assert "welcome to the roastery." in document.pages[0].text


def test_a_mail_is_known_by_its_headers_whatever_its_name(read):
    message = _mail()
    message.set_content("hello")
    assert read(message.as_bytes(), "note.txt").media_type == "message/rfc822"


def test_a_text_that_begins_with_a_colon_line_is_no_mail(read):
    assert read(b"Subject: a plain note\nto be read as text\n", "a.txt").media_type == "text/plain"


def test_the_plain_body_of_a_mail_is_preferred_to_the_html_one(read):
    message = _mail()
    message.set_content("plain words")
    message.add_alternative("<html><body><p>html words</p></body></html>", subtype="html")
    assert "html words" not in read(message.as_bytes(), "a.eml").pages[0].text


def test_a_mail_with_only_html_is_read(read):
    message = _mail()
    message.set_content("<html><body><h1>Hello</h1><p>there</p></body></html>", subtype="html")
    assert ("heading", "Hello") in _kinds(read(message.as_bytes(), "a.eml"))


def test_attachments_are_listed_and_read_under_their_name(read, make_docx):
    message = _mail()
    message.set_content("see attached")
    message.add_attachment(
        make_docx(lambda d: d.add_paragraph("from Word")), maintype="application", subtype="x", filename="plan.docx"
    )
    document = read(message.as_bytes(), "a.eml")
    assert _kinds(document)[-1] == ("list", "Attachments:\n- plan.docx")
    assert _kinds(document, 1) == [("heading", "Attachment: plan.docx"), ("text", "from Word")]


def test_an_attachment_that_cannot_be_read_costs_a_warning_and_not_the_mail(read):
    message = _mail()
    message.set_content("see attached")
    message.add_attachment(
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, maintype="image", subtype="png", filename="../a/photo.png"
    )
    document = read(message.as_bytes(), "a.eml")
    assert document.warnings == (
        "The attachment photo.png can't be read: the file is damaged or incomplete; open it in the program that made it"
        " and save it again.",
    )


def test_a_mail_in_a_mail_is_read_with_its_own_attachments(read):
    inner = _mail()
    inner.set_content("inner words")
    inner.add_attachment(b"deep words", maintype="text", subtype="plain", filename="deep.txt")
    outer = _mail()
    outer.set_content("outer words")
    outer.add_attachment(inner)
    document = read(outer.as_bytes(), "a.eml")
    assert "inner words" in document.pages[1].text
    assert "deep words" in document.pages[2].text
    assert [page.label for page in document.pages] == ["", "Welcome aboard.eml", "Welcome aboard.eml, deep.txt"]


@pytest.mark.parametrize(
    "line", ["Date: not a date", "From: =?utf-8?b?//8=?=", "To: <<<>>>,;", "Cc: " + "a@b.test," * 2000]
)
def test_a_malformed_header_does_not_lose_the_mail(read, line):
    data = b"Subject: Hi\nMIME-Version: 1.0\n" + line.encode() + b"\n\nbody words\n"
    assert "body words" in read(data, "a.eml").pages[0].text


def test_a_mail_whose_parts_are_malformed_is_told_as_damaged(read):
    data = b"""From: a@b.test
Subject: Hi
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: multipart/related; boundary=y

no part begins here
--x--
"""
    with pytest.raises(Unreadable) as caught:
        read(data, "a.eml")
    assert caught.value.code == "damaged"
