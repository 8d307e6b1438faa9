"""The objects as Stripe answers them: pure functions that fill every field.

Fields that Stripe sends only when asked (`expand`) or never for this kind of payment are absent;
`tests/sandbox/test_shapes.py` holds the list and checks the rest against the SDK's annotations.
"""
