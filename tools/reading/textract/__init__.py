"""Reading by Amazon Textract: recognised text, layout and tables of PDF, TIFF, PNG and JPEG; other files are read here.

reader.py       what the rest of the house sees
service.py      the service: jobs begun, waited for, fetched
records.py      what is remembered of a file, so that nothing is paid for twice
assembling.py   a document from what comes of a job
items.py        the service's blocks, collected page by page
pages.py        a page from its layout            tables.py   a table from its cells
words.py        a page from its words alone       limits.py   what the service takes
"""
