"""Taking people and places over from another system's FHIR R4 files: all of a run or nothing, safe to repeat."""
