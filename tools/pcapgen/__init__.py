"""Makes the generated sample captures of tests/pcaps/gen (see ../make_pcaps.py)."""
