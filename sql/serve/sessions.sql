-- The sessions whose text contains $1. $2 selects console sessions ('true'), other sessions ('false') or both ('all').
-- If $3 is 'true', only sessions in which something stands out. If $4 is not empty, only sessions in which $4 stands out,
-- regardless of the number.
FROM served.sessions
WHERE ($2 = 'all' OR console = ($2 = 'true'))
    AND ($3 <> 'true' OR weight > 0)
    AND ($4 = '' OR list_contains(list_transform(stands_out, lambda text: served.plain(text)), served.plain($4)))
    AND contains(
        lower(concat_ws(chr(10), session_id, account_id, identity_type, principal, principal_arn,
            array_to_string(ips, chr(10)), array_to_string(regions, chr(10)), array_to_string(services, chr(10)),
            array_to_string(user_agents, chr(10)), array_to_string(stands_out, chr(10)))),
        lower($1)
    )
