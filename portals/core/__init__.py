"""What every portal is made of: rendering, languages, refusals, forms, live status, static files. Knows no portal."""
