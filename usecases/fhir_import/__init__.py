"""Taking people and places over from another system's FHIR R4 files: all of a kind or nothing, safe to repeat."""
