-- The reasons why events matter, one row for each event and class, whatever client made the call, including attempts. class:
-- 'privilege_change', 'credential_made', 'defense_evasion', 'data_exposure', 'secret_read', 'persistence', 'exfiltration',
-- 'impact', 'execution' or 'reversal' (the call ends the effect of another call, which is the object). rules/calls/README.md
-- lists the classes of each call.
-- @order event_time, event_id, class
-- @tables events
-- @column class Reason why the call matters
-- @column effect What was done, in the terms of the class: grants, stopped, shared
-- @column object What it was done to, in the terms of the class: trail, detector, secret. NULL if the class has none
-- @column target Resources that the call was applied to, created or deleted, separated by commas. NULL if it names none
-- @column signal_id The signal that the event belongs to: signals.signal_id. NULL if there is none
-- @column title Page of the console. NULL if the event belongs to no signal
-- @column kind Kind of the signal
CREATE OR REPLACE VIEW event_classes AS
SELECT
    c.class,
    c.effect,
    c.object,
    list_aggregate(
        list_transform(
            list_filter(e.entities, lambda n: n.relation IN ('target', 'created', 'deleted')), lambda n: n.name
        ), 'string_agg', ', '
    ) AS target,
    es.signal_id,
    s.title,
    s.kind,
    e.* EXCLUDE (c)
FROM (SELECT *, unnest(classes) AS c FROM events WHERE classes IS NOT NULL) AS e
LEFT JOIN event_signal AS es USING (event_id)
LEFT JOIN signals AS s USING (signal_id);
