"""Features encoded once and reused for every prompt, weight and adapter."""

from pointclip2.cache.store import FeatureStore, FeatureTable, feature_key

__all__ = ["FeatureStore", "FeatureTable", "feature_key"]
