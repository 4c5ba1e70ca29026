"""What every part of the simulator shares: its state, its clock and its options."""

# docs/api.md §9: name of each switch, what it may be, the default first.
OPTIONS = {
    "errors_key": ("errors", "Errors"),
    "strict_decimals": (False, True),
    "empty_search": ("400", "200"),
    "unknown_fields": ("refuse", "ignore"),
    "transfers": ("by_date", "each", "random"),
    "taken_back": ("debit", "deduct", "random"),
    "seed": range(10**9),
}


class World:
    """The simulator's world.

    :param store: a `Store`, where everything is kept
    :param clock: a `Clock`, or whatever tells and moves the time as one does
    :param int token_life: seconds
    :param dict options: switches that differ from the default
    """

    def __init__(self, store, clock, token_life=3600, options=None):
        self.store = store
        self.clock = clock
        self.token_life = token_life
        # In memory, as it speaks of this process: a test fails when it is not zero.
        self.contract_breaches = []
        self._start_options = options or {}
        self.set_options(self._start_options)

    @property
    def options(self):
        """The switches in force."""
        return {name: values[0] for name, values in OPTIONS.items()} | self.store.get_meta("options", {})

    def set_options(self, changes):
        """Change some switches.

        :raise ValueError: unknown name or value
        """
        for name, value in changes.items():
            known = OPTIONS.get(name, ())
            # Of its type: 1 equals True, and is no switch.
            if not known or type(value) is not type(known[0]) or value not in known:
                raise ValueError(f"{name}: one of {OPTIONS.get(name, 'no such option')}")
        self.store.set_meta("options", self.store.get_meta("options", {}) | changes)

    def reset(self):
        """Empty everything: providers, options and clock are as in a new world."""
        with self.store.transaction():
            self.store.reset()
            self.clock.restart()
            self.set_options(self._start_options)
        self.contract_breaches.clear()
