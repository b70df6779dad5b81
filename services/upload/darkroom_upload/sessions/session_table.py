"""Sessions in the accounts table: `session#<digest>`, and `logout#<user>` for the last logout from all sessions."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from darkroom.runtime.aws import translated
from darkroom.tables.dynamodb import MOST_ITEMS, Item, epoch, is_written, read_item, read_items, serialized
from darkroom.topology import SESSIONS_BY_USER
from darkroom_upload.sessions.device import Device
from darkroom_upload.sessions.session import LIFETIME, Session

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


_PREFIX: Final = "session#"


class SessionTable:
    """Reads and writes sessions. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", accounts_table: str) -> None:
        self._client = client
        self._table = accounts_table

    async def put(self, session: Session) -> None:
        """Write a session, or replace it. DynamoDB removes the item some time after it has expired."""
        with translated("DynamoDB"):
            await self._client.put_item(TableName=self._table, Item=_to_item(session))

    async def find(self, session_id: str) -> Session | None:
        """Return the session of an id, or None. It may have expired, or its user may have ended all sessions."""
        item = await self._get(_PREFIX + session_id)
        return _from_item(item) if item else None

    async def of_user(self, user: str, moment: datetime) -> list[Session]:
        """Return the sessions of a user that expire after this moment, the newest first, up to 100.

        The index is a moment behind the table. The user may have ended all of these sessions.
        """
        with translated("DynamoDB"):
            answer = await self._client.query(
                TableName=self._table,
                IndexName=SESSIONS_BY_USER.name,
                KeyConditionExpression="#user = :user AND expires_at > :moment",
                ExpressionAttributeNames={"#user": SESSIONS_BY_USER.partition.name},
                ExpressionAttributeValues={":user": {"S": user}, ":moment": {"N": str(epoch(moment))}},
                ScanIndexForward=False,
                Limit=MOST_ITEMS,
            )
        keys = [{"id": entry["id"]} for entry in answer["Items"]]
        items = await read_items(self._client, self._table, keys) if keys else []
        found = [session for session in map(_from_item, items) if session.expires_at > moment]
        return sorted(found, key=lambda session: session.begun_at, reverse=True)

    async def last_logout(self, user: str) -> str:
        """Return the name of the user's last logout from all sessions; empty if there was none."""
        item = await self._get(f"logout#{user}")
        return str(item["last_logout"]["S"]) if item else ""

    async def record_logout(self, user: str, last_logout: str) -> None:
        """Record a logout from all sessions, under a name of its own. Sessions that began before it are over."""
        item = serialized({"id": f"logout#{user}", "last_logout": last_logout})
        with translated("DynamoDB"):
            await self._client.put_item(TableName=self._table, Item=item)

    async def record_logout_of_others(self, session: Session, last_logout: str) -> bool:
        """Record a logout from all sessions but this one. Return False if this one has ended meanwhile.

        Both items are written or none, so that the user is never logged out of this session too.
        """
        logout = serialized({"id": f"logout#{session.user}", "last_logout": last_logout})
        return await is_written(
            self._client.transact_write_items(
                TransactItems=[
                    {"Put": {"TableName": self._table, "Item": logout}},
                    {
                        "Put": {
                            "TableName": self._table,
                            "Item": _to_item(replace(session, last_logout=last_logout)),
                            "ConditionExpression": "expires_at = :expires_at",
                            "ExpressionAttributeValues": {":expires_at": {"N": str(epoch(session.expires_at))}},
                        }
                    },
                ]
            )
        )

    async def _get(self, item_id: str) -> Item | None:
        return await read_item(self._client, self._table, {"id": {"S": item_id}})


def _to_item(session: Session) -> Item:
    return serialized(
        {
            "id": _PREFIX + session.id,
            "user": session.user,
            "owner": session.owner,
            "user_version": session.user_version,
            "last_logout": session.last_logout,
            "begun_at": epoch(session.begun_at),
            "expires_at": epoch(session.expires_at),
            "browser": session.device.browser,
            "address": session.device.address,
        }
    )


def _from_item(item: Item) -> Session:
    expires_at = _moment(item["expires_at"])
    return Session(
        id=item["id"]["S"].removeprefix(_PREFIX),
        user=item["user"]["S"],
        owner=item["owner"]["S"],
        user_version=item["user_version"]["S"],
        last_logout=item["last_logout"]["S"],
        # Sessions of the release before have none of the three.
        begun_at=_moment(item["begun_at"]) if "begun_at" in item else expires_at - LIFETIME,
        expires_at=expires_at,
        device=Device(
            browser=item.get("browser", {}).get("S", ""), address=item.get("address", {}).get("S", "unknown")
        ),
    )


def _moment(attribute: Item) -> datetime:
    return datetime.fromtimestamp(int(attribute["N"]), UTC)
