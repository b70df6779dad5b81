"""Sessions in the accounts table: `session#<digest>`, and `farewell#<user>` for the last logout everywhere."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from darkroom.runtime.aws import translated
from darkroom.tables.dynamodb import Item, epoch, read_item, serialized
from darkroom_upload.sessions.session import Session

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


class SessionTable:
    """Reads and writes sessions. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", accounts_table: str) -> None:
        self._client = client
        self._table = accounts_table

    async def put(self, session: Session) -> None:
        """Write a session, over what it was. DynamoDB removes it some time after it has expired."""
        item = serialized(
            {
                "id": f"session#{session.id}",
                "user": session.user,
                "owner": session.owner,
                "user_version": session.user_version,
                "farewell": session.farewell,
                "expires_at": epoch(session.expires_at),
            }
        )
        with translated("DynamoDB"):
            await self._client.put_item(TableName=self._table, Item=item)

    async def find(self, session_id: str) -> Session | None:
        """The session of that id, which may have expired or been ended by its user."""
        item = await self._get(f"session#{session_id}")
        if item is None:
            return None
        return Session(
            id=session_id,
            user=item["user"]["S"],
            owner=item["owner"]["S"],
            user_version=item["user_version"]["S"],
            farewell=item["farewell"]["S"],
            expires_at=datetime.fromtimestamp(int(item["expires_at"]["N"]), UTC),
        )

    async def farewell(self, user: str) -> str:
        """What tells the user's last logout everywhere from others; empty without one."""
        item = await self._get(f"farewell#{user}")
        return str(item["farewell"]["S"]) if item else ""

    async def say_farewell(self, user: str, farewell: str) -> None:
        """End all sessions that the user has."""
        item = serialized({"id": f"farewell#{user}", "farewell": farewell})
        with translated("DynamoDB"):
            await self._client.put_item(TableName=self._table, Item=item)

    async def _get(self, item_id: str) -> Item | None:
        return await read_item(self._client, self._table, {"id": {"S": item_id}})
