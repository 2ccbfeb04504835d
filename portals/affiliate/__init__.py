"""Pages for affiliates: plain numbers that explain themselves."""
