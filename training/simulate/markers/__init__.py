"""The nine non-contrast CT markers by construction: those asked for are there, every other one is not.

:mod:`.rules` says what goes together, how large and how dense a clot must be. :mod:`.outline` gives a bleed
protrusions and satellites; :mod:`.regions` lays out its regions of low density: a part of the clot
(:mod:`.blend`, :mod:`.fluid_level`), encapsulated holes (:mod:`.holes`) and inlets open to the brain
(:mod:`.inlets`). Sizes and contrasts lie well beyond the limits of the definitions, so that slices of 5 mm
and noise of 5 HU leave them visible, and those of absent markers well below.
"""
