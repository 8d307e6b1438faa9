"""The whole newsroom under every fault at once: `python -m tests.soak` (`make soak`).

Thousands of gifts of every kind are given, refunded and disputed while webhooks come up to four
times, late, reversed or never, Stripe's API stumbles, workers are killed every few seconds, Redis
forgets, PostgreSQL and the site are restarted, and the mail server refuses, hangs and breaks off.
Then the faults end, the queues run dry, and the books are compared: to the cent, for each payment.
"""
