"""A Stripe-compatible server for demo and tests: see README.md beside this file."""
