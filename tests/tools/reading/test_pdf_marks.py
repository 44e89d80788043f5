"""PDF pages beyond plain text in Latin letters: forms, comments, other scripts, bullets, files within."""

import io

import pytest


def _write(canvas, x, y, text, size=10, font="Helvetica"):
    canvas.setFont(font, size)
    canvas.drawString(x, y, text)


def _blocks(document):
    return [(block.kind, block.text) for block in document.pages[0].blocks]


def _mapped(content: str, codes: dict[int, str]) -> bytes:
    """A page with this content, in a font whose bytes stand for other characters, as subsets of fonts do."""
    maps = "".join(f"<{code:02x}> <{text.encode('utf-16-be').hex()}>\n" for code, text in codes.items())
    cmap = (
        f"begincmap\n1 begincodespacerange\n<00> <ff>\nendcodespacerange\n{len(codes)} beginbfchar\n{maps}endbfchar\n"
    )
    bodies = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 4 0 R>>>>/Contents 5 0 R>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Courier/ToUnicode 6 0 R>>",
        *(f"<</Length {len(text)}>>stream\n{text}\nendstream" for text in (content, f"{cmap}endcmap\n")),
    ]
    objects = "".join(f"{number} 0 obj\n{body}\nendobj\n" for number, body in enumerate(bodies, start=1))
    return f"%PDF-1.4\n{objects}trailer<</Root 1 0 R>>\n".encode()


def test_what_is_filled_into_a_form_stands_beside_its_label(read, make_pdf):
    def draw(c):
        for y, label, value in ((700, "Name:", "Ada Lovelace"), (660, "Town:", "York")):
            _write(c, 50, y, label)
            c.acroForm.textfield(name=label, x=120, y=y - 5, width=200, height=18, value=value)

    assert _blocks(read(make_pdf(draw))) == [("table", "Name: | Ada Lovelace\nTown: | York")]


def test_boxes_to_tick_and_choices_say_what_was_chosen(read, make_pdf):
    def draw(c):
        for x, label, checked in ((50, "by train", True), (250, "by car", False)):
            c.acroForm.checkbox(name=label, x=x, y=695, size=14, checked=checked)
            _write(c, x + 18, 698, label)
        c.acroForm.choice(name="town", x=50, y=650, width=80, height=18, value="York", options=["York", "Leeds"])

    assert read(make_pdf(draw)).pages[0].text == "[x] by train [ ] by car\n\nYork"


def test_the_lines_of_a_field_are_read_and_a_password_is_not(read, make_pdf):
    def draw(c):
        form = c.acroForm
        form.textfield(name="a", x=50, y=600, width=200, height=28, value="one\ntwo", fieldFlags="multiline")
        form.textfield(name="p", x=50, y=500, width=200, height=18, value="hunter2", fieldFlags="password")

    assert read(make_pdf(draw)).pages[0].text == "one two"


@pytest.mark.parametrize("quarter", [90, 180, 270])
def test_a_form_on_a_page_that_is_turned_is_read_where_it_is_seen(read, make_pdf, quarter):
    def draw(c):
        c.setPageRotation(quarter)
        c.acroForm.textfield(name="name", x=300, y=300, width=100, height=18, value="Ada")

    (block,) = read(make_pdf(draw)).pages[0].blocks
    left, top, right, bottom = block.box
    assert block.text == "Ada"
    assert 0.2 < left < right < 0.8
    assert 0.2 < top < bottom < 0.8


def test_what_is_typed_onto_a_page_is_read_and_comments_come_last(read, make_pdf):
    def draw(c):
        c.textAnnotation("Is that so?", Rect=[300, 700, 320, 720])
        c.freeTextAnnotation("Received on 3 May", DA="/Helv 10 Tf", Rect=[50, 600, 300, 620])
        c.textAnnotation("Not to be seen", Rect=[300, 500, 320, 520], F=2)
        _write(c, 50, 705, "The lease ends in June.")

    text = read(make_pdf(draw)).pages[0].text
    assert text == "The lease ends in June.\n\nReceived on 3 May\n\n[comment] Is that so?"


def test_text_that_stands_beside_the_page_is_left_out(read, make_pdf):
    def draw(c):
        _write(c, 50, 700, "What a person sees.")
        for x, y in ((50, 900), (50, -50), (-400, 500), (700, 500)):
            _write(c, x, y, "What nobody sees.")

    assert read(make_pdf(draw)).pages[0].text == "What a person sees."


def test_words_that_run_from_right_to_left_are_read_in_their_order(read):
    shalom, olam, tov = "םולש", "םלוע", "בוט"  # as they are drawn, from the left
    codes = dict(zip(range(97, 123), dict.fromkeys(shalom + olam + tov), strict=False))
    byte = {char: chr(code) for code, char in codes.items()}
    drawn = ((500, 700, shalom), (470, 700, olam), (446, 700, tov), (500, 685, olam), (470, 685, shalom))
    content = "".join(
        f"BT /F 10 Tf {x} {y} Td ({''.join(byte[char] for char in word)}) Tj ET\n" for x, y, word in drawn
    )
    expected = " ".join(word[::-1] for _, _, word in drawn)
    assert " ".join(read(_mapped(content, codes)).pages[0].text.split()) == expected


def test_the_label_of_a_table_from_right_to_left_comes_first(read):
    codes = {97: "\u05d0", 98: "\u05d1"}
    rows = ((500, 700, "ab"), (300, 700, "120"), (100, 700, "130"), (500, 680, "bb"), (300, 680, "7"), (100, 680, "8"))
    content = "".join(f"BT /F 10 Tf {x} {y} Td ({text}) Tj ET\n" for x, y, text in rows)
    (block,) = read(_mapped(content, codes)).pages[0].blocks
    assert block.rows == (("\u05d1\u05d0", "120", "130"), ("\u05d1\u05d1", "7", "8"))
    assert block.box[0] < 0.2 < 0.8 < block.box[2]


def test_lines_of_a_script_without_spaces_are_joined_without(read, make_pdf):
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    lines = ["本公司董事会及全体董事保证本公告", "内容不存在任何虚假记载。"]

    def draw(c):
        for number, line in enumerate(lines):
            _write(c, 50, 700 - 14 * number, line, 11, "STSong-Light")

    assert read(make_pdf(draw)).pages[0].text == "".join(lines)


def test_a_character_of_two_units_moves_no_other(read):
    content = "BT /F 10 Tf 50 700 Td (a well) Tj 0 -12 Td (done) Tj ET"
    assert read(_mapped(content, {97: "\U0001f600"})).pages[0].text == "\U0001f600 well done"


def test_the_bullets_of_word_processors_make_a_list(read):
    content = "".join(
        f"BT /F 10 Tf 50 {y} Td ({mark}) Tj 20 0 Td ({text}) Tj ET\n"
        for y, mark, text in ((700, "@", "first"), (686, "@", "second"), (672, "o", "below it"))
    )
    assert _blocks(read(_mapped(content, {64: "\uf0b7"}))) == [("list", "• first\n• second\n◦ below it")]


def _with_files(data: bytes, *names: str) -> bytes:
    import pypdfium2

    document, out = pypdfium2.PdfDocument(data), io.BytesIO()
    for name in names:
        document.new_attachment(name).set_data(b"content")
    document.save(out)
    document.close()
    return out.getvalue()


def test_files_in_a_pdf_are_told_as_not_read_but_for_the_data_of_an_invoice(read, make_pdf):
    data = make_pdf(lambda c: _write(c, 50, 700, "See what is attached."))
    told = read(_with_files(data, "factur-x.xml", "../plan.xlsx")).warnings
    assert told == ("It holds files that were not read: plan.xlsx; send them on their own",)
    assert read(_with_files(data, "factur-x.xml")).warnings == ()
