"""Pages for specialists: dense and quick, the week at the centre."""
