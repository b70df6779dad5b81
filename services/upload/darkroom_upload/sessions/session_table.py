"""Sessions in the accounts table: `session#<digest>`, and `logout#<user>` for the last logout from all sessions."""

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
                "last_logout": session.last_logout,
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
            last_logout=item["last_logout"]["S"],
            expires_at=datetime.fromtimestamp(int(item["expires_at"]["N"]), UTC),
        )

    async def last_logout(self, user: str) -> str:
        """Return the name of the user's last logout from all sessions; empty if there was none."""
        item = await self._get(f"logout#{user}")
        return str(item["last_logout"]["S"]) if item else ""

    async def record_logout(self, user: str, last_logout: str) -> None:
        """Record a logout from all sessions, under a name of its own. Sessions that began before it are over."""
        item = serialized({"id": f"logout#{user}", "last_logout": last_logout})
        with translated("DynamoDB"):
            await self._client.put_item(TableName=self._table, Item=item)

    async def _get(self, item_id: str) -> Item | None:
        return await read_item(self._client, self._table, {"id": {"S": item_id}})
