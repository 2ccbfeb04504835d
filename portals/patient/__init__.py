"""Pages for patients, white-label by brand: calm, one next step."""
