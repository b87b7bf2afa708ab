"""``python -m sharedconv`` is the same as ``sharedconv``."""

import sys

from .cli import main

sys.exit(main())
