"""Intracerebral haemorrhage on head CT: volumes, location, change, and the evidence for each.

The one function is :func:`HematomaExpansionLib.study.analyze`. Data flows through the stages
``ct -> segmentation -> volumetry -> report``; a stage imports only stages to its left.

Conventions that hold everywhere in the library:

* arrays are ``[z, y, x]`` in Hounsfield units; images are ``SimpleITK.Image`` in LPS millimetres;
* units stand in names: ``_ml``, ``_mm``, ``_hu``, ``_h``; probabilities are 0-1;
* a missing value is ``None``, never 0.

Nothing here is for clinical decisions.
"""

__version__ = "0.1.0"
