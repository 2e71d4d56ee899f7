"""Campaigns: hundreds of kills, damages and hostile inputs against the real commands, each case drawn by a seed.

``make campaigns`` runs all; ``python -m tests.campaigns.kills --tries 20 --seed 3`` one. ``make test`` runs none.
"""
