-- Events that stopped, deleted or changed logging or monitoring, including attempts, regardless of the client that made
-- the call. Settings specified when a resource is created are excluded. Routine maintenance uses the same calls; use
-- the principal, the address and the rest of the session to tell the two apart.
-- @order event_time, event_id
-- @tables events signals
-- @column signal_id The signal that the event belongs to: signals.signal_id. NULL if there is none
-- @column title Console page. NULL if the event does not belong to a signal
-- @column control What was affected: trail, detector, findings, configuration recorder, network log, log, alarm, key
-- @column effect 'stopped', 'deleted' or 'changed'
-- @column target The trail, detector, log group or other resource. NULL if the call does not name any
CREATE OR REPLACE VIEW defense_impairment AS
SELECT
    object AS control,
    effect,
    target,
    signal_id,
    title,
    * EXCLUDE (class, effect, object, target, signal_id, title, kind)
FROM event_classes
WHERE class = 'defense_impairment' AND (effect <> 'changed' OR kind IS DISTINCT FROM 'create'::signal_kind)
    -- Tested before the other columns are read.
    AND list_contains(list_transform(classes, lambda c: c.class), 'defense_impairment');
