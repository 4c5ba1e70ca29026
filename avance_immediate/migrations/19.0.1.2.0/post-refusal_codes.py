def migrate(cr, _version):
    """Give each refused registration the codes of its refusal, which stood among the problems shown."""
    cr.execute(
        """
        UPDATE urssaf_registration registration SET refusal_codes = found.codes
        FROM (
            SELECT id, jsonb_agg(problem -> 'code' ORDER BY place) AS codes
            FROM urssaf_registration, jsonb_array_elements(problems) WITH ORDINALITY AS listed (problem, place)
            WHERE state = 'refused' AND jsonb_typeof(problems) = 'array' AND problem ->> 'kind' = 'error'
            GROUP BY id
        ) found
        WHERE found.id = registration.id AND registration.refusal_codes IS NULL
        """
    )
