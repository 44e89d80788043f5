"""Reading by Amazon Textract: recognised text, layout, tables and forms of PDF, TIFF, PNG, JPEG; others are read here.

reader.py       what the rest of the house sees
recognising.py  one file on its way: asked for once, waited for, put together
service.py      the service: jobs begun, waited for, fetched; one page at once
records.py      what is remembered of a file, so that nothing is paid for twice
assembling.py   a document from what comes of a job, and from what was read here
items.py        the service's blocks, collected page by page
pages.py        a page from its layout            tables.py   a table from its cells
words.py        a page from its words alone       forms.py    labels and values, answers, signatures
limits.py       what the service takes            settings.py what it is asked for
"""
