"""What a brand may say of how its pages look, besides its hue and chroma."""

import re
from typing import Literal

Font = Literal["sans", "humanist", "serif"]
RADIUS = re.compile(r"(0|[01]?(\.\d{1,4})?rem|1(\.\d{1,4})?rem)")
"""0 to 1.9999rem: a style sheet receives nothing else."""
