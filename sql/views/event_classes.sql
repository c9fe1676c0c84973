-- Reasons why events matter, one row per event and class, regardless of the client that made the call, including
-- attempts. class is 'privilege_change', 'credential_made', 'defense_impairment', 'data_exposure', 'secret_read',
-- 'persistence', 'exfiltration', 'impact', 'execution' or 'reversal' (the call ends the effect of another call; the
-- object column names that other call). rules/calls/README.md lists the classes of each call.
-- @order event_time, event_id, class
-- @tables events
-- @column class Reason why the call matters
-- @column effect What was done: grants, stopped, shared. The values depend on the class
-- @column object What was affected: trail, detector, secret. The values depend on the class. NULL if the class does not specify it
-- @column target Resources that the call was applied to, or that it created or deleted, separated by commas. NULL if it does not name any
-- @column signal_id The signal that the event belongs to: signals.signal_id. NULL if there is none
-- @column title Console page. NULL if the event does not belong to a signal
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
