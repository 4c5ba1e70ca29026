from . import export, portal, portal_registration
