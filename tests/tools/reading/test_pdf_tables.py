"""Tables on PDF pages, without ruling: rows, columns, cells over several lines."""


def _write(canvas, x, y, text, size=10):
    canvas.setFont("Helvetica", size)
    canvas.drawString(x, y, text)


def _tables(document):
    return [block for block in document.pages[0].blocks if block.kind == "table"]


def test_a_row_of_a_table_keeps_its_label_and_its_figures_on_one_line(read, make_pdf):
    def draw(c):
        rows = [
            ("", "2025", "2024"),
            ("Revenue", "$ 1,204", "$ 1,100"),
            ("Cost of sales", "(700)", "(650)"),
            ("Profit", "504", "450"),
        ]
        for number, row in enumerate(rows):
            for x, cell in zip((50, 300, 400), row, strict=True):
                _write(c, x, 700 - 14 * number, cell)

    (table,) = _tables(read(make_pdf(draw)))
    assert "Revenue | $ 1,204 | $ 1,100" in table.text.split("\n")
    assert "Cost of sales | (700) | (650)" in table.text.split("\n")


def test_figures_drawn_column_by_column_are_read_row_by_row(read, make_pdf):
    def draw(c):
        for x, column in ((50, ("Rent", "Power", "Tea")), (300, ("100", "20", "3")), (400, ("110", "22", "4"))):
            for number, cell in enumerate(column):
                _write(c, x, 700 - 14 * number, cell)

    assert _tables(read(make_pdf(draw)))[0].text == "Rent | 100 | 110\nPower | 20 | 22\nTea | 3 | 4"


def test_an_empty_cell_keeps_the_figures_after_it_in_their_column(read, make_pdf):
    def draw(c):
        for number, row in enumerate([("Rent", "100", "110"), ("Power", "", "22"), ("Tea", "3", "4")]):
            for x, cell in zip((50, 300, 400), row, strict=True):
                _write(c, x, 700 - 14 * number, cell)

    assert "Power |  | 22" in _tables(read(make_pdf(draw)))[0].text


def test_a_currency_sign_set_apart_belongs_to_its_figure(read, make_pdf):
    def draw(c):
        for number, (label, figure) in enumerate([("Net income", "461"), ("Tax", "29")]):
            _write(c, 50, 700 - 14 * number, label)
            _write(c, 300, 700 - 14 * number, "$")
            _write(c, 330, 700 - 14 * number, figure)

    assert _tables(read(make_pdf(draw)))[0].text == "Net income | $ 461\nTax | $ 29"


def test_a_label_over_two_lines_stands_on_one_line_with_its_figures(read, make_pdf):
    def draw(c):
        _write(c, 50, 714, "Interest")
        _write(c, 300, 714, "12")
        _write(c, 50, 700, "Gains on hedges, net of tax and")
        _write(c, 60, 688, "of minority interests")
        _write(c, 300, 688, "37")

    assert "Gains on hedges, net of tax and of minority interests | 37" in _tables(read(make_pdf(draw)))[0].text


def _grid(canvas, rows, xs, top=700, step=18):
    """Rows of cells; a cell's further lines are set closer than rows are."""
    y = top
    for row in rows:
        for x, cell in zip(xs, row, strict=True):
            for number, line in enumerate(cell.split("\n")):
                _write(canvas, x, y - 11 * number, line, 9)
        y -= step + 11 * (max(cell.count("\n") for cell in row))


def test_a_table_of_words_is_read_row_by_row(read, make_pdf):
    rows = [("Place", "Approved by", "Within"), ("York", "Manager", "a day"), ("Leeds", "Head of shops", "a week")]
    (table,) = _tables(read(make_pdf(lambda c: _grid(c, rows, (50, 200, 350)))))
    assert table.text == "Place | Approved by | Within\nYork | Manager | a day\nLeeds | Head of shops | a week"


def test_the_lines_of_a_cell_are_joined(read, make_pdf):
    rows = [
        ("Model", "Brakes", "Weight"),
        ("Heron", "Discs, 160 mm", "21.8 kg"),
        ("Cargo", "Discs, 180 mm,\nfour pistons", "34.5 kg"),
        ("A model with\na long name", "Rim", "9.9 kg"),
        ("Wren", "Rim", "8.5 kg"),
    ]
    (table,) = _tables(read(make_pdf(lambda c: _grid(c, rows, (50, 200, 350)))))
    assert table.text.split("\n")[2:4] == [
        "Cargo | Discs, 180 mm, four pistons | 34.5 kg",
        "A model with a long name | Rim | 9.9 kg",
    ]


def test_a_row_without_wide_gaps_belongs_to_the_table_under_whose_cells_it_stands(read, make_pdf):
    rows = [
        ("Up to 500", "Your manager"),
        ("More", "The director"),
        ("Any amount at all for a member of the board", "The chair"),
    ]
    (table,) = _tables(read(make_pdf(lambda c: _grid(c, rows, (50, 240)))))
    assert table.text.endswith("Any amount at all for a member of the board | The chair")


def test_two_tables_under_each_other_keep_their_own_columns(read, make_pdf):
    def draw(c):
        _grid(c, [("Sums", "Late"), ("Rent", "100"), ("Tea", "3")], (50, 450))
        _grid(c, [("Shares", "Here", "There"), ("Rent", "4", "5"), ("Tea", "6", "7")], (50, 200, 350), top=646)

    (table,) = _tables(read(make_pdf(draw)))
    assert table.text == "Sums | Late\nRent | 100\nTea | 3\nShares | Here | There\nRent | 4 | 5\nTea | 6 | 7"


def test_the_dots_that_lead_to_a_page_number_are_left_out(read, make_pdf):
    def draw(c):
        for number, (title, page) in enumerate((("Scope " + "." * 40, "1"), ("Prices " + ". " * 20, "12"))):
            _write(c, 50, 700 - 14 * number, title)
            _write(c, 450, 700 - 14 * number, page)

    assert _tables(read(make_pdf(draw)))[0].text == "Scope | 1\nPrices | 12"


def test_further_lines_of_cells_beside_one_with_a_figure_are_joined(read, make_pdf):
    def draw(c):
        for y, rows in ((700, ("Delivery", "Ten days", "EUR 120")), (688, ("of goods", "from order"))):
            for x, text in zip((50, 250, 430), rows, strict=False):
                _write(c, x, y, text)
                _write(c, x, y - 40, text)

    (table,) = _tables(read(make_pdf(draw)))
    assert table.text == "\n".join(["Delivery of goods | Ten days from order | EUR 120"] * 2)
