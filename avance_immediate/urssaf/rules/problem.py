"""One thing that Urssaf would refuse."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Problem:
    """A rule that what is to be sent breaks.

    :param code: our own name of the rule
    :param field: wire path of the faulty value, such as ``inputPrestations[1].codeNature``
    :param params: what a text about it may name, ready to be read: amounts as ``12,34``, days as ``31/10/2026``, lines
        counted from 1; never a personal datum
    """

    code: str
    field: str
    params: dict[str, str] = dataclasses.field(default_factory=dict, hash=False)


class Problems(list[Problem]):
    """The problems found so far."""

    def add(self, code: str, path: str, **params) -> None:
        """Note one; the parameters become texts."""
        self.append(Problem(code, path, {name: str(value) for name, value in params.items()}))
