-- One row is one service in one session of the console: how many of its events are explained, and how.
-- An event is counted in one column only, but for console_events and share: letter + likeness + generic + background +
-- unexplained = console_events. What was typed, and what services called, is not the console's.
-- @tables sessions events
-- @column service The service called, without its domain: iam
-- @column console_events Events that are the console's
-- @column letter Events of signals to the letter
-- @column likeness Events of signals by likeness
-- @column generic Events of signals for which no page is known
-- @column background Events that the console made by itself, nobody clicking
-- @column commands Events typed in a CLI, an SDK or CloudShell by the same identity; not among console_events
-- @column unexplained Events that no signal explains: those of residual
-- @column share Part of console_events that is explained, 0 to 1; NULL if there are none
CREATE OR REPLACE VIEW coverage AS
WITH counted AS (
    SELECT
        session_id,
        service,
        count(*) FILTER (class = 'click' AND origin = 'letter') AS letter,
        count(*) FILTER (class = 'click' AND origin = 'likeness') AS likeness,
        count(*) FILTER (class = 'click' AND origin = 'generic') AS generic,
        count(*) FILTER (class = 'background') AS background,
        count(*) FILTER (class = 'residual') AS unexplained,
        letter + likeness + generic + background + unexplained AS console_events,
        count(*) FILTER (
            class = 'command' OR (class = 'programmatic' AND client IN ('cli', 'sdk', 'cloudshell'))
        ) AS commands
    FROM event_signals
    GROUP BY session_id, service
)
SELECT
    session_id,
    x.account_id,
    x.principal,
    c.service,
    c.console_events,
    c.letter,
    c.likeness,
    c.generic,
    c.background,
    c.unexplained,
    1 - c.unexplained / NULLIF(c.console_events, 0) AS share,
    c.commands
FROM counted AS c
JOIN sessions AS x USING (session_id)
WHERE x.console AND c.console_events + c.commands > 0;
