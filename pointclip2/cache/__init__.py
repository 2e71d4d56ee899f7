"""Features encoded once and reused for every prompt, weight and adapter."""

from pointclip2.cache.encode_missing import encode_missing
from pointclip2.cache.encoded import EncodedSplit
from pointclip2.cache.encoding import FeatureCache
from pointclip2.cache.keys import feature_key
from pointclip2.cache.store import FeatureStore, FeatureTable, Shard

__all__ = [
    "EncodedSplit",
    "FeatureCache",
    "FeatureStore",
    "FeatureTable",
    "Shard",
    "encode_missing",
    "feature_key",
]
