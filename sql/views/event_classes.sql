-- One row is one class of one event: why its call matters, by whatever client, done or only tried.
-- class: 'privilege_change', 'credential_made', 'defense_evasion', 'data_exposure', 'secret_read', 'persistence',
-- 'exfiltration', 'impact', 'execution' or 'reversal': it ends the effect of the call that is its object. The classes of
-- each call are listed in rules/calls/README.md.
-- @order event_time, event_id, class
-- @tables events
-- @column class Why the call matters
-- @column effect What was done, in the words of the class: grants, stopped, shared
-- @column object What it was done to, in the words of the class: trail, detector, secret; NULL if the class needs none
-- @column target The things that the call is about, made, deleted or let in, joined by commas; NULL if it names none
-- @column signal_id The signal that explains it: signals.signal_id; NULL if none does
-- @column title Where in the console; NULL if no signal explains it
-- @column kind The kind of that signal
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
