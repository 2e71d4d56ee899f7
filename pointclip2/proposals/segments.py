"""Segment the neighbourhood graph of a surface with Felzenszwalb and Huttenlocher's algorithm (IJCV 2004)."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


def segment_graph(weights: Floats, edges: Indices, count: int, k: float, smallest: int) -> Indices:
    """Return a segment for every node, numbered from 0.

    Edges are taken in order of weight; two segments become one if the edge is no heavier than the heaviest edge
    inside either plus ``k`` over its size. Segments smaller than ``smallest`` then join the neighbour to
    which they are tied most. This is the algorithm of section 4 of the paper.

    Args:
        weights: how unlike the two ends of each edge are, (edges,).
        edges: the two nodes of each edge, (edges, 2).
        count: number of nodes.
        k: scale; a larger k gives larger segments.
        smallest: how many nodes every segment has at least, except those without neighbours.
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
