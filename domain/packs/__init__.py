"""Configuration packs: what a YAML folder may say about organizations, brands, people and care."""
