from odoo.tests import tagged

from .column_walk import ColumnWalk, Known
from .test_log import LogCommon
from .whole_life import PLANTED, WholeLife


@tagged("post_install", "-at_install")
class TestColumnWalk(LogCommon, WholeLife):
    def test_life(self):
        import time, cProfile
        t=time.perf_counter()
        walk = ColumnWalk(self.env)
        with self.everything_logged() as records:
            self.live()
        print("LIFE", time.perf_counter()-t)
        known = Known({**PLANTED, "token": self.tokens})
        t=time.perf_counter()
        for place in sorted(walk.places(known)):
            print("PLACE", *place)
        print("WALK", time.perf_counter()-t)
        t=time.perf_counter()
        seen={}
        for line in records.lines:
            kinds = known.kinds_in(line)
            if kinds: seen.setdefault((line[:60], tuple(sorted(kinds))), line)
        for k, line in seen.items(): print("LOG", k, line[:1500])
        print("LOGT", time.perf_counter()-t, len(records.lines), sum(map(len,records.lines)))
        self.assertTrue(0)
