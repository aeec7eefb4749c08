"""Saxon with the same stylesheet: ``saxon.py STYLESHEET IN OUT``."""

import sys

from saxonche import PySaxonProcessor

stylesheet, source, target = sys.argv[1:]
with PySaxonProcessor(license=False) as processor:
    executable = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=stylesheet)
    executable.transform_to_file(source_file=source, output_file=target)
