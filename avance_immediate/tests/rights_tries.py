"""What is tried for a cell of ``rights.csv``: for each letter, every way to do it, through one door."""

DATES = ("date", "datetime")


#: What is written on a record of each model: valid, so that nothing but a right refuses it.
WRITTEN = {
    "urssaf.bank.match": {"is_part": True},
    "base_import.import": {"file_name": "clients.csv"},
    "urssaf.birth.country": {"code": "99999"},
    "urssaf.commune": {"zips": "69001"},
    "urssaf.consent": {"is_over": True},
    "urssaf.credentials": {"address": "http://127.0.0.1:1"},
    "urssaf.disagreement": {"number": "x"},
    "urssaf.erasure": {"report_html": "<p>y</p>"},
    "urssaf.exchange": {"codes": "X"},
    "urssaf.month": {"date": "2026-06-30"},
    "urssaf.month.line": {"key": "paid"},
    "urssaf.nature": {"name": "Promenade"},
    "urssaf.payment.cancel": {"payment_ids": []},
    "urssaf.payment.request": {"deposit": 1},
    "urssaf.payment.request.status": {"label": "x"},
    "urssaf.payout": {"is_another": True},
    "urssaf.queue": {"told": "x"},
    "urssaf.recovery": {"is_by_itself": True},
    "urssaf.recovery.rule": {"proposal": "share"},
    "urssaf.recovery.window": {"choice": "whole"},
    "urssaf.transfer": {"date": "2026-06-19"},
    "urssaf.register": {"has_consent": True},
    "urssaf.registration": {"mobile": "06 11 22 33 44"},
    "urssaf.registration.attempt": {"is_automatic": True},
    "urssaf.secret.draft": {"environment": "sandbox"},
    "urssaf.send": {},
    "urssaf.send.line": {"is_ready": True},
}


class Refused(Exception):
    """Not let in, for the lack of a right."""


class Stopped(Exception):
    """Let in, and stopped by something else than rights."""


class Tries:
    """Ways to do something, in the name of whoever has entered the door: each returns whether it came to something."""

    #: By letter of a cell; and where fewer say as much through RPC, that calls the same methods.
    WAYS = {}
    RPC_WAYS = {}

    def __init__(self, door, record):
        self.call, self.model, self.record, self.ids = door.call, record._name, record, record.ids
        self.is_remote = door.is_remote
        self.by_letter = self.WAYS | (self.RPC_WAYS if door.is_remote else {})

    def ways(self, letter, _cell):
        """Return the names of the ways to do what ``letter`` stands for."""
        return self.by_letter[letter]

    def lets(self, way):
        """Try one way.

        :return: whether it is let, or why it came to nothing that is not a matter of rights
        """
        try:
            return bool(getattr(self, f"try_{way}")())
        except Refused:
            return False
        except Stopped as error:
            return str(error)


class RecordTries(Tries):
    WAYS = {
        "r": ("read", "web_read", "search", "web_search_read", "group", "name_search", "export"),
        "w": ("write", "web_save"),
        "c": ("create", "web_create", "load"),
        "d": ("unlink",),
    }
    RPC_WAYS = {"r": ("read", "web_search_read"), "w": ("web_save",), "c": ("create",)}

    def __init__(self, door, record, created):
        super().__init__(door, record)
        self.own = [("id", "=", record.id)]
        self.written, self.created = WRITTEN[self.model], created

    def ways(self, letter, cell):
        if self.is_remote:
            return self.by_letter[letter]
        # Whoever copies reads first.
        return (*self.by_letter[letter], *(["copy"] if letter == "c" and ("r" in cell or "c" not in cell) else []))

    def try_read(self):
        return self.call(self.model, self.ids, "read")

    def try_web_read(self):
        return self.call(self.model, self.ids, "web_read", {"display_name": {}})

    def try_search(self):
        return self.call(self.model, None, "search_count", self.own)

    def try_web_search_read(self):
        return self.call(self.model, None, "web_search_read", self.own, {"id": {}})["length"]

    def try_group(self):
        return self.call(self.model, None, "formatted_read_group", self.own, [], ["__count"])[0]["__count"]

    def try_name_search(self):
        return self.call(self.model, None, "name_search", "", self.own)

    def try_export(self):
        return self.call(self.model, self.ids, "export_data", ["create_date"])["datas"]

    def try_write(self):
        return self.call(self.model, self.ids, "write", self.written)

    def try_web_save(self):
        return self.call(self.model, self.ids, "web_save", self.written, {"id": {}})

    def try_create(self):
        return self.call(self.model, None, "create", [self.created])

    def try_web_create(self):
        return self.call(self.model, [], "web_save", self.created, {"id": {}})

    def try_load(self):
        relational = {name for name in self.created if self.record._fields[name].relational}
        names = [f"{name}/.id" if name in relational else name for name in self.created]
        return self.call(self.model, None, "load", names, [[_as_cell(value) for value in self.created.values()]])["ids"]

    def try_copy(self):
        return self.call(self.model, self.ids, "copy", self.created)

    def try_unlink(self):
        return self.call(self.model, self.ids, "unlink")


def _as_cell(value):
    """Return a value as it stands in a spreadsheet; the command of a list as the ids that it sets."""
    return ",".join(map(str, value[0][2])) if isinstance(value, list) else str(value)


class FieldTries(Tries):
    """Several fields at once where all are let, or where the record itself is out of reach."""

    WAYS = {"r": ("read", "web_read", "export", "search", "sort", "group"), "w": ("write",)}
    RPC_WAYS = {"r": ("web_read",)}
    #: Given to a window when it is made, and fixed from then on.
    FIXED = {("urssaf.register", "registration_id"), ("urssaf.send", "move_ids")}

    def __init__(self, door, record, names):
        super().__init__(door, record)
        self.fields = [record._fields[name] for name in names]
        self.names = names
        # Whether there is anything in a list of other records says no more than other fields do.
        self.searched = [f.name for f in self.fields if f._description_searchable and f.type != "one2many"]
        self.columns = [field for field in self.fields if field.store and field.column_type and field.type != "json"]
        # What is neither stored nor handed on is not kept, whoever writes it.
        self.kept = [
            field
            for field in self.fields
            if (field.store or field.inverse)
            and field.type != "one2many"  # written on the other records, which have rights of their own
            and (self.model, field.name) not in self.FIXED
        ]

    def ways(self, letter, cell):
        impossible = {"search": not self.searched, "sort": not self.columns, "group": not self.columns}
        impossible["write"] = not self.kept
        return [way for way in super().ways(letter, cell) if not impossible.get(way)]

    def try_read(self):
        return self.call(self.model, self.ids, "read", self.names)

    def try_web_read(self):
        return self.call(self.model, self.ids, "web_read", dict.fromkeys(self.names, {}))

    def try_export(self):
        paths = [f"{field.name}/.id" if field.relational else field.name for field in self.fields]
        return self.call(self.model, self.ids, "export_data", paths)

    def try_search(self):
        """Look for a value, which tells it as reading does; and for the record, which a rule may hide."""
        domain = ["|"] * (len(self.searched) - 1) + [(name, "!=", False) for name in self.searched]
        self.call(self.model, None, "search_count", domain)
        return self.call(self.model, None, "search_count", [("id", "=", self.record.id)])

    def try_sort(self):
        order = ", ".join(field.name for field in self.columns)
        return self.call(self.model, None, "search_read", [("id", "=", self.record.id)], ["id"], order=order)

    def try_group(self):
        names = [f"{field.name}:month" if field.type in DATES else field.name for field in self.columns]
        return self.call(self.model, None, "formatted_read_group", [("id", "=", self.record.id)], names, ["__count"])

    def try_write(self):
        """Write what stands there already: a right is asked for all the same."""
        values = {}
        for field in self.kept:
            value = field.convert_to_write(self.record[field.name], self.record)
            values[field.name] = field.to_string(value) if field.type in DATES and value else value
        return self.call(self.model, self.ids, "write", values)


class MethodTries(Tries):
    WAYS = {"x": ("run",)}

    def __init__(self, door, record, name):
        super().__init__(door, record)
        self.name = name

    def try_run(self):
        self.call(self.model, self.ids, self.name)
        return True


class RouteTries:
    """Opening a page, or calling a route, from outside."""

    def __init__(self, door, path):
        self.door, self.path = door, path

    def ways(self, _letter, _cell):
        return ("post",) if self.path.endswith("/communes") else ("open",)

    def lets(self, way):
        if way == "open":
            answer = self.door.test.url_open(self.path, allow_redirects=False)
            return answer.status_code < 400 and "/web/login" not in answer.headers.get("Location", "")
        try:
            self.door.post(self.path, text="Lyon")
        except Refused:
            return False
        return True
