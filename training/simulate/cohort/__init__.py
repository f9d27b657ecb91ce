"""Simulated patients: clinical variables, bleed, markers, and expansion drawn from a stated risk.

Needs numpy alone. Everything is simulated: no figure measured on it is accuracy on patients.
"""

from .draw import draw_cohort as draw_cohort
from .draw import draw_patient as draw_patient
from .files import write_cohort as write_cohort
from .patient import Patient as Patient
