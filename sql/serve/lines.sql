-- Numbers the rows of the timeline that are asked for, session by session, and tells which of them begin a line. Calls of
-- one session that follow each other share a line: reads of one service on one day; what changes something, or reads a
-- secret, only with calls of the same name that ended the same way; what stands out, only with calls that name the same things
-- as well. The timeline of the command line folds by the same rule (src/present/runs.rs). Hashes stand for what is compared: they are sorted and compared in a fraction of the time.
CREATE OR REPLACE TEMP TABLE lines AS
WITH rows AS (
    SELECT
        id,
        time,
        hash(session_id) AS session,
        -- A signal shares its line with nothing.
        CASE WHEN entry = 'event' THEN hash(
            class,
            service,
            time::DATE,
            CASE WHEN writes OR kind = 'secret' OR stands_out THEN concat(title, chr(31), error_code) END,
            CASE WHEN stands_out THEN COALESCE(resources, '') END
        ) END AS fold_key
    FROM served.entries
    WHERE wanted
)
SELECT
    id,
    time,
    row_number() OVER in_order AS place,
    COALESCE(session <> lag(session) OVER in_order OR fold_key <> lag(fold_key) OVER in_order, TRUE) AS begins
FROM rows
WINDOW in_order AS (ORDER BY session, time, id);

-- One row is one line: its first row, and the places of its first and its last row.
CREATE OR REPLACE TEMP VIEW line AS
SELECT
    id,
    time,
    place AS first_place,
    COALESCE(lead(place) OVER (ORDER BY place), (SELECT count(*) + 1 FROM lines)) - 1 AS last_place
FROM lines
WHERE begins;
