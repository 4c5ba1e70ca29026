from . import portal, portal_registration
