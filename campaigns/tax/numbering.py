"""Numbers without gaps: one row a year, locked until what took the number is committed."""

from django.db import connection

_NEXT = """
INSERT INTO campaigns_receiptcounter AS counter (year, last) VALUES (%s, 1)
ON CONFLICT (year) DO UPDATE SET last = counter.last + 1 RETURNING last
"""


def next_serial(year: int) -> int:
    """The next number of `year`. Call inside the transaction that stores the receipt: undone
    with it, the number is given to the next."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [year])
        return int(cursor.fetchone()[0])
