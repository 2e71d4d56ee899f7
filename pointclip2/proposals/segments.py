"""Felzenszwalb and Huttenlocher's graph segmentation, on the neighbourhood graph of a surface."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


def segment_graph(weights: Floats, edges: Indices, count: int, k: float, smallest: int) -> Indices:
    """A segment for every node, numbered from 0.

    Edges are taken in order of weight; two segments become one if the edge is no heavier than the heaviest edge
    inside either plus ``k`` over its size. Segments smaller than ``smallest`` then join the neighbour they hang on
    most. (IJCV 2004, the algorithm of section 4.)

    Args:
        weights: (edges,), how unlike the ends are.
        edges: (edges, 2) nodes.
        count: nodes.
        k: larger gives larger segments.
        smallest: nodes of the smallest segment, but for those without neighbours.
    """
    order = np.argsort(weights, kind="stable")
    ends = edges[order].tolist()
    parent = list(range(count))
    size = [1] * count
    limit = [k] * count  # heaviest edge inside, plus k over the size

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def join(a: int, b: int) -> int:
        if size[a] < size[b]:
            a, b = b, a
        parent[b] = a
        size[a] += size[b]
        return a

    for weight, (start, end) in zip(weights[order].tolist(), ends, strict=True):
        a, b = root(start), root(end)
        if a != b and weight <= limit[a] and weight <= limit[b]:
            a = join(a, b)
            limit[a] = weight + k / size[a]
    for start, end in ends:
        a, b = root(start), root(end)
        if a != b and min(size[a], size[b]) < smallest:
            join(a, b)
    roots = np.array([root(node) for node in range(count)])
    return np.unique(roots, return_inverse=True)[1].astype(np.intp)
