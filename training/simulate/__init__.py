"""Serial head CT with exact truth, made from the MNI ICBM152 tissue maps that ``nilearn`` carries.

The order of the work: :mod:`.template` (maps), :mod:`.skull` and :mod:`.ventricles`, :mod:`.host` (the head),
:mod:`.mass_effect`, :mod:`.bleed`, :mod:`.intraventricular` and :mod:`.density` (the brain pushed aside, and
blood in it), :mod:`.scanner` (what a CT sees of it), :mod:`.followup` (one time point), :mod:`.case` (files),
:mod:`.draw` (random patients). Everything is simulated: no figure measured on it is accuracy on patients.
"""
