"""What is known of a patient beside the images: the record, its units and limits, and reading it."""

from .read import read_clinical as read_clinical
from .record import ClinicalRecord as ClinicalRecord
from .template import template as template
