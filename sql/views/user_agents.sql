-- The user agents of each principal, and when they were used. agent is the program with its major version: 'aws-cli/2',
-- 'Boto3/1', 'Terraform/1'. For a browser, it includes the operating system: 'Chrome 120 on Windows'. If the user agent
-- names the execution environment, it is appended: 'aws-cli/2 in CloudShell'. For requests that the console and AWS make
-- on their own, agent is 'AWS console' or 'AWS internal'.
-- @order first_time, principal, user_agent
-- @tables events
-- @column agent Program with its major version
-- @column first_time Time of the first event (UTC)
-- @column last_time Time of the last event (UTC)
-- @column events Number of events
CREATE OR REPLACE VIEW user_agents AS
WITH used AS (
    SELECT
        account_id,
        principal,
        client,
        user_agent,
        -- S3 and other services put square brackets around it.
        regexp_replace(trim(user_agent), '^\[(.*)\]$', '\1') AS bare,
        min(event_time) AS first_time,
        max(event_time) AS last_time,
        count(*) AS events
    FROM events
    WHERE user_agent IS NOT NULL
    GROUP BY account_id, principal, client, user_agent
)
SELECT
    account_id,
    principal,
    client,
    CASE
        WHEN client = 'browser' THEN
            CASE
                WHEN regexp_matches(bare, 'Edg[A-Za-z]*/\d') THEN 'Edge ' || regexp_extract(bare, 'Edg[A-Za-z]*/(\d+)', 1)
                WHEN regexp_matches(bare, 'OPR/\d') THEN 'Opera ' || regexp_extract(bare, 'OPR/(\d+)', 1)
                WHEN regexp_matches(bare, 'Firefox/\d') THEN 'Firefox ' || regexp_extract(bare, 'Firefox/(\d+)', 1)
                WHEN regexp_matches(bare, 'Chrome/\d') THEN 'Chrome ' || regexp_extract(bare, 'Chrome/(\d+)', 1)
                WHEN regexp_matches(bare, 'Version/\d.*Safari/') THEN 'Safari ' || regexp_extract(bare, 'Version/(\d+)', 1)
                ELSE 'another browser'
            END || CASE
                WHEN contains(bare, 'Windows') THEN ' on Windows'
                WHEN contains(bare, 'Android') THEN ' on Android'
                WHEN regexp_matches(bare, 'iPhone|iPad') THEN ' on iOS'
                WHEN contains(bare, 'Mac OS X') THEN ' on macOS'
                WHEN contains(bare, 'CrOS') THEN ' on ChromeOS'
                WHEN contains(bare, 'Linux') THEN ' on Linux'
                ELSE ''
            END
        WHEN client = 'console' THEN 'AWS console'
        WHEN client = 'internal' THEN 'AWS internal'
        ELSE
            CASE
                WHEN regexp_matches(bare, 'Terraform/v?\d') THEN 'Terraform/' || regexp_extract(bare, 'Terraform/v?(\d+)', 1)
                WHEN regexp_matches(bare, '^[^/\s]+/v?\d') THEN regexp_replace(bare, '^([^/\s]+/)v?(\d+).*$', '\1\2')
                WHEN regexp_matches(bare, '^[^/\s]+/') THEN split_part(bare, ' ', 1)
                ELSE bare
            END || COALESCE(' in ' || NULLIF(rtrim(regexp_extract(bare, '\bexec-env/([A-Za-z_-]+)', 1), '_-'), ''), '')
    END AS agent,
    user_agent,
    first_time,
    last_time,
    events
FROM used;
