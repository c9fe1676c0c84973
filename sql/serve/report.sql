-- The requested timeline rows, with the columns of a report.
SELECT time, COALESCE(kind, class) AS kind, principal, region, title, summary, error_code AS error, events, id
FROM served.shown
