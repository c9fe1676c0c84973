-- The timeline rows that match the filter.
FROM served.shown
