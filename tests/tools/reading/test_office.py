from datetime import date, datetime

import pytest

from switchboard import Unreadable

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _body(inner):
    return f'<?xml version="1.0"?><w:document {W}><w:body>{inner}</w:body></w:document>'.encode()


def _kinds(document, page=0):
    return [(block.kind, block.text, block.level) for block in document.pages[page].blocks]


def test_a_word_file_keeps_headings_lists_and_tables_in_order(read, make_docx):
    def fill(document):
        document.add_heading("Leave", 1)
        document.add_paragraph("Everybody has 28 days.")
        document.add_heading("Asking", 2)
        document.add_paragraph("Ask early", style="List Bullet")
        document.add_paragraph("Ask nicely", style="List Bullet")
        table = document.add_table(rows=2, cols=2)
        for row, cells in zip(table.rows, (("Grade", "Days"), ("A", "30")), strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
        document.add_paragraph("After the table.")

    document = read(make_docx(fill), "leave.docx")
    assert not document.paged
    assert _kinds(document) == [
        ("heading", "Leave", 1),
        ("text", "Everybody has 28 days.", 0),
        ("heading", "Asking", 2),
        ("list", "- Ask early\n- Ask nicely", 0),
        ("table", "Grade | Days\nA | 30", 0),
        ("text", "After the table.", 0),
    ]


def test_a_merged_cell_is_read_once(read, make_docx):
    def fill(document):
        table = document.add_table(rows=1, cols=3)
        table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
        table.cell(0, 2).text = "narrow"

    assert _kinds(read(make_docx(fill), "a.docx")) == [("table", "wide | narrow", 0)]


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<w:sdt><w:sdtContent><w:p><w:r><w:t>in a control</w:t></w:r></w:p></w:sdtContent></w:sdt>", "in a control"),
        (
            "<w:p><w:ins><w:r><w:t>inserted</w:t></w:r></w:ins><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>",
            "inserted",
        ),
        ("<w:p><w:hyperlink><w:r><w:t>a link</w:t></w:r></w:hyperlink></w:p>", "a link"),
        ("<w:p><w:r><w:t>one</w:t><w:tab/><w:t>two</w:t><w:br/><w:t>three</w:t></w:r></w:p>", "one two\nthree"),
    ],
)
def test_text_that_stands_in_a_special_place_is_found(read, make_docx, repack, inner, text):
    data = repack(make_docx(lambda d: None), {"word/document.xml": _body(inner)})
    assert read(data, "a.docx").pages[0].text == text


def test_containers_nested_very_deeply_do_not_break_the_reader(read, make_docx, repack):
    inner = "<w:sdt><w:sdtContent>" * 120 + "<w:p><w:r><w:t>deep</w:t></w:r></w:p>" + "</w:sdtContent></w:sdt>" * 120
    assert (
        read(repack(make_docx(lambda d: None), {"word/document.xml": _body(inner)}), "a.docx").pages[0].text == "deep"
    )


def test_a_custom_style_with_an_outline_level_is_a_heading(read, make_docx):
    def fill(document):
        from docx.enum.style import WD_STYLE_TYPE
        from docx.oxml import parse_xml

        style = document.styles.add_style("Kapitel", WD_STYLE_TYPE.PARAGRAPH)
        style.element.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {W} w:val="1"/>'))
        document.add_paragraph("Ein Kapitel", style="Kapitel")

    assert _kinds(read(make_docx(fill), "a.docx")) == [("heading", "Ein Kapitel", 2)]


def test_a_workbook_has_a_page_for_each_sheet_with_its_name(read, make_xlsx):
    def fill(workbook):
        workbook.active.title = "Prices"
        workbook.active.append(["Item", "EUR"])
        workbook.active.append(["Beans", 12.5])
        workbook.create_sheet("Notes").append(["Valid from", date(2026, 1, 1)])

    document = read(make_xlsx(fill), "prices.xlsx")
    assert document.paged
    assert [(page.number, page.label, page.text) for page in document.pages] == [
        (1, "Prices", "Item | EUR\nBeans | 12.5"),
        (2, "Notes", "Valid from | 2026-01-01"),
    ]


def test_cells_are_shown_as_people_write_them(read, make_xlsx):
    def fill(workbook):
        workbook.active.append([0.1 + 0.2, 3.0, True, datetime(2026, 3, 1, 9, 30), 0.125, "two\nlines"])
        workbook.active["E1"].number_format = "0.0%"
        workbook.active.append(["x"])

    assert (
        read(make_xlsx(fill), "a.xlsx").pages[0].text.split("\n")[0]
        == "0.3 | 3 | TRUE | 2026-03-01 09:30 | 12.5% | two lines"
    )


def test_blank_rows_part_tables_and_a_lone_cell_is_a_line(read, make_xlsx):
    def fill(workbook):
        for row in (["Price list 2026"], [], ["a", 1], ["b", 2], [], ["c", 3], ["d", 4]):
            workbook.active.append(row)

    assert [kind for kind, _, _ in _kinds(read(make_xlsx(fill), "a.xlsx"))] == ["text", "table", "table"]


def test_a_sheet_that_claims_to_be_huge_costs_only_what_it_holds(read, make_xlsx, repack):
    import io
    import zipfile

    data = make_xlsx(lambda w: w.active.append(["only", "row"]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    data = repack(data, {"xl/worksheets/sheet1.xml": sheet.replace(b'ref="A1:B1"', b'ref="A1:XFD1048576"')})
    assert read(data, "a.xlsx", seconds=5.0).pages[0].text == "only | row"


def test_a_workbook_with_too_many_sheets_is_refused(read, make_xlsx):
    data = make_xlsx(lambda w: [w.create_sheet(f"s{n}") for n in range(4)])
    with pytest.raises(Unreadable, match="5 pages, and at most 4"):
        read(data, "a.xlsx", pages=4)


def test_a_presentation_has_a_page_for_each_slide_with_its_notes(read, make_pptx):
    def fill(presentation):
        for title in ("Opening", "Figures"):
            slide = presentation.slides.add_slide(presentation.slide_layouts[1])
            slide.shapes.title.text = title
            slide.placeholders[1].text = "first point\nsecond point"
        slide.notes_slide.notes_text_frame.text = "Speak slowly."

    document = read(make_pptx(fill), "a.pptx")
    assert document.title == "Opening"
    assert _kinds(document, 1) == [
        ("heading", "Figures", 1),
        ("list", "- first point\n- second point", 0),
        ("text", "Notes: Speak slowly.", 0),
    ]


def test_a_table_a_group_and_a_chart_on_a_slide_are_read(read, make_pptx):
    def fill(presentation):
        from pptx.chart.data import CategoryChartData
        from pptx.enum.chart import XL_CHART_TYPE

        slide = presentation.slides.add_slide(presentation.slide_layouts[6])
        table = slide.shapes.add_table(1, 2, 0, 0, 100, 100).table
        table.cell(0, 0).text, table.cell(0, 1).text = "Sales", "12"
        slide.shapes.add_group_shape().shapes.add_textbox(0, 0, 10, 10).text_frame.text = "grouped"
        data = CategoryChartData()
        data.categories = ["Q1", "Q2"]
        data.add_series("Bags", (10, 12.5))
        slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, 0, 0, 100, 100, data)

    texts = [text for _, text, _ in _kinds(read(make_pptx(fill), "a.pptx"))]
    assert texts == ["Sales | 12", "grouped", " | Bags\nQ1 | 10\nQ2 | 12.5"]


def test_the_properties_of_an_office_file_become_metadata(read, make_docx):
    def fill(document):
        document.core_properties.author = "Ida Holm"
        document.core_properties.created = datetime(2026, 1, 2)
        document.add_paragraph("text")

    metadata = read(make_docx(fill), "a.docx").metadata
    assert (metadata["author"], metadata["created"]) == ("Ida Holm", "2026-01-02")


def test_footnotes_stand_after_the_text(read, make_docx, repack):
    import io
    import zipfile

    data = make_docx(lambda d: d.add_paragraph("text"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        relations = archive.read("word/_rels/document.xml.rels")
        types = archive.read("[Content_Types].xml")
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    relation = b'<Relationship Id="rIdF" Type="' + kind + b'" Target="footnotes.xml"/></Relationships>'
    part = b"application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    override = b'<Override PartName="/word/footnotes.xml" ContentType="' + part + b'"/></Types>'
    separator = '<w:footnote w:type="separator" w:id="-1"/>'
    note = '<w:footnote w:id="1"><w:p><w:r><w:t>See annex.</w:t></w:r></w:p></w:footnote>'
    notes = f"<w:footnotes {W}>{separator}{note}</w:footnotes>"
    data = repack(
        data,
        {
            "word/_rels/document.xml.rels": relations.replace(b"</Relationships>", relation),
            "[Content_Types].xml": types.replace(b"</Types>", override),
            "word/footnotes.xml": notes.encode(),
        },
    )
    assert _kinds(read(data, "a.docx"))[-1] == ("list", "Footnotes:\n1. See annex.", 0)
