"""An Urssaf that answers what the simulator, which keeps to the API, never would."""

import json
from urllib.parse import urlsplit


class ForgedAnswers:
    """Mixed into ``UrssafCommon``: changes the answers to the calls of one path, as a hostile server would."""

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        answer = super()._request_handler(s, r, **kw)
        ending, change = cls._forgery
        if ending and urlsplit(r.url).path.endswith(ending):
            payload = json.loads(answer.content)
            change(payload, answer.headers)
            answer._content = json.dumps(payload).encode()
        return answer

    _forgery = (None, None)

    def forge(self, ending, change):
        """Let ``change`` alter, in place, the JSON and the headers of each answer to a path of this ending."""
        type(self)._forgery = ending, change
        self.addCleanup(self.forge_nothing)

    def forge_nothing(self):
        type(self)._forgery = (None, None)
