-- The server's in-memory tables for calls outside the console, created once, after setup_timeline.sql, which adds the rows
-- that stand out.
INSERT INTO served.programs FROM served.program_rows WHERE NOT found;
