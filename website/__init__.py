"""The documents as a site that needs no network: `python -m website` writes build/site.

docs/*.md, the READMEs and a page for each kind of problem, in English and Russian, by Sphinx.
"""
