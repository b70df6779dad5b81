"""Sessions in the accounts table: `session#<digest>`, and `farewell#<user>` for the last logout from all sessions."""

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
        """Write a session, or replace it. DynamoDB removes the item some time after it has expired."""
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
        """Return the session of an id, or None. It may have expired, or its user may have ended all sessions."""
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
        """Return the name of the user's last logout from all sessions; empty if there was none."""
        item = await self._get(f"farewell#{user}")
        return str(item["farewell"]["S"]) if item else ""

    async def say_farewell(self, user: str, farewell: str) -> None:
        """Record a logout from all sessions. Sessions that began under another farewell are over."""
        item = serialized({"id": f"farewell#{user}", "farewell": farewell})
        with translated("DynamoDB"):
            await self._client.put_item(TableName=self._table, Item=item)

    async def _get(self, item_id: str) -> Item | None:
        return await read_item(self._client, self._table, {"id": {"S": item_id}})
