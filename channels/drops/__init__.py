"""Files that come to the bucket with an order: each becomes a summary on the conversation that ordered it.

orders.py   a file that is to come, and what is to become of it     events.py   what the services say, as our words
desk.py     what happens to a file, step by step                    making.py   orders as the settings want them
texts.py    what a person reads                                     settings.py the table ``[channels.drops]``
"""
