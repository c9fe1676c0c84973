-- One row is one event that stopped, deleted or changed what watches an account, or tried to, by whatever client.
-- What is changed where the thing itself is created is its setting-up, and not here.
-- Upkeep does the same: who, from where, and what else was done in the session tell the two apart.
-- @order event_time, event_id
-- @tables events signals
-- @column signal_id The signal that explains it: signals.signal_id; NULL if none does
-- @column title Where in the console; NULL if no signal explains it
-- @column control What watches: trail, detector, findings, configuration recorder, network log, log, alarm, key ...
-- @column effect 'stopped', 'deleted' or 'changed'
-- @column target The trail, detector, log group ... that the call names; NULL if it names none
CREATE OR REPLACE VIEW defense_evasion AS
SELECT
    object AS control,
    effect,
    target,
    signal_id,
    title,
    * EXCLUDE (class, effect, object, target, signal_id, title, kind)
FROM event_classes
WHERE class = 'defense_evasion' AND (effect <> 'changed' OR kind IS DISTINCT FROM 'create'::signal_kind);
