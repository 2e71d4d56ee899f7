"""The type checker of the import hook in ``conftest``."""

from beartype import BeartypeConf, beartype

# An integer is a number too: `radius_px: 3` in YAML is not a type error.
checked = beartype(conf=BeartypeConf(is_pep484_tower=True))
