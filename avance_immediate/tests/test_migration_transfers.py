from datetime import date

from odoo import Command
from odoo.modules.module import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path

from .branch import add_branch
from .common import UrssafCommon

FOLDER = "avance_immediate/migrations/19.0.1.5.0"
