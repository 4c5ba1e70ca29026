-- A copy of a database must not speak for the provider: it loses the credentials and leaves production.
UPDATE urssaf_credentials
   SET client_id = NULL,
       client_secret = NULL,
       access_token = NULL,
       token_expires_at = NULL;

-- A copy made by a former version has not these columns yet.
DO $$
BEGIN
    IF EXISTS (
        SELECT FROM information_schema.columns WHERE table_name = 'urssaf_credentials' AND column_name = 'place'
    ) THEN
        UPDATE urssaf_credentials
           SET place = NULL,
               bound_name = NULL,
               bound_at = NULL,
               told_at = NULL;
    END IF;
END $$;

DELETE FROM urssaf_secret_draft;

UPDATE res_config_settings
   SET urssaf_client_id = NULL,
       urssaf_address = NULL;

-- Nor does it write to clients, register those who ask, or book payouts that are no money. Those that were booked stay.
UPDATE res_company
   SET urssaf_book_test_payouts = FALSE,
       urssaf_mail_clients = FALSE,
       urssaf_portal_auto_register = FALSE;

UPDATE res_company
   SET urssaf_environment = 'simulator'
 WHERE urssaf_environment IS NOT NULL;

-- Nobody who tries something in a copy needs an account to debit, or what Urssaf was told and answered.
UPDATE urssaf_registration
   SET iban = NULL,
       bic = NULL,
       bank_holder = NULL;

UPDATE urssaf_exchange
   SET request_body = NULL,
       response_body = NULL;

-- Nor the spreadsheets that wait to be imported, or were tested only.
DELETE FROM base_import_import
 WHERE res_model IN ('urssaf.registration', 'res.partner', 'res.users');
