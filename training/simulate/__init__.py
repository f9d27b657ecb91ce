"""Serial head CT with exact truth, made from the MNI ICBM152 tissue maps that ``nilearn`` carries.

The order of the work: :mod:`.host` makes a head (:mod:`.head`) of the template, its skull, ventricles, dura
and what the patient has had; :mod:`.followup` puts blood into it as it is at one time (:mod:`.mass_effect`,
:mod:`.bleed` with its markers, :mod:`.intraventricular`, :mod:`.subarachnoid`, :mod:`.extra_axial`,
:mod:`.oedema`, :mod:`.density`) and has it scanned (:mod:`.scanner`, :mod:`.simulated_scan`); :mod:`.case`
does this for all scans of a patient and :mod:`.files` writes them; :mod:`.draw` draws patients at random.
``python -m training.simulate`` is the command. Everything is simulated: no figure measured on it is accuracy
on patients.
"""
