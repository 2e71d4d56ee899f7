"""The makers of everyday classes beyond the known ones, a module for each kin; only training asks for them."""
