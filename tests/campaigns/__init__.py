"""Campaigns: heavy proofs, each run by `python -m tests.campaigns.NAME`; `make test` collects none of them."""
