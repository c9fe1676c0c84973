"""Asks a case by the official MCP client: tests/mcp/client.py PROGRAM CONFIGURATION.

CONFIGURATION is what `connect mcp` prints. The server that it names is started with PROGRAM in the place of `cartographer`.
"""

import asyncio
import json
import pathlib
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def main(program, configuration):
    text = "\n".join(line for line in pathlib.Path(configuration).read_text().splitlines() if not line.startswith("//"))
    server = json.loads(text)["mcpServers"]["case"]
    assert server["command"] == "cartographer", server
    async with stdio_client(StdioServerParameters(command=program, args=server["args"])) as (read, write):
        async with ClientSession(read, write) as session:
            began = await session.initialize()
            tools = [tool.name for tool in (await session.list_tools()).tools]
            assert tools == ["sessions", "timeline", "explain", "hunts", "hunt", "sql"], tools

            async def call(tool, **arguments):
                result = await session.call_tool(tool, arguments)
                return [block.text for block in result.content]

            *_, found = await call("timeline", principal="nadia", min_severity=7)
            rows = json.loads(found)["rows"]
            assert any("Created access key" in row["summary"] for row in rows), rows[:3]
            *_, explained = await call("explain", id=rows[0]["id"])
            assert "found" in explained, explained
            for tool, arguments in (("sessions", {}), ("hunts", {"run": True}), ("hunt", {"id": "initial-access/root-use"})):
                assert len(await call(tool, **arguments)) == 2, tool
            *_, refused = await call("sql", query="DROP TABLE events")
            assert "read-only" in refused, refused
            print(f"mcp: {began.server_info.name if hasattr(began, 'server_info') else began.serverInfo.name}: {len(tools)} tools answered")


asyncio.run(main(*sys.argv[1:]))
