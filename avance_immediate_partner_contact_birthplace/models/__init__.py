from . import urssaf_registration
