"""Files that are dropped into the bucket with an order: each becomes a summary on the conversation that this names.

orders.py   what is to become of a file, for whom, signed      events.py   what the services say, as our words
desk.py     what happens to a file, step by step               settings.py the table ``[channels.drops]``
"""
