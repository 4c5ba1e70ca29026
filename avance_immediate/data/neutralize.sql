-- A copy of a database must not speak for the provider: it loses the credentials and leaves production.
UPDATE urssaf_credentials
   SET client_id = NULL,
       client_secret = NULL,
       access_token = NULL,
       token_expires_at = NULL;

UPDATE res_company
   SET urssaf_environment = 'sandbox'
 WHERE urssaf_environment IS NOT NULL;
