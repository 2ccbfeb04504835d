"""`python -m tests`: runs pytest and ends the process with its verdict.

Native threads of the engines' SDK can crash the interpreter while it exits, after every result is known and
every fixture is torn down. So the process ends at once with the verdict; a crash before that is no pass.
"""

import os
import sys

import pytest

verdict = int(pytest.main(sys.argv[1:]))
sys.stdout.flush()
sys.stderr.flush()
os._exit(verdict)
