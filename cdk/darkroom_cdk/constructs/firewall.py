"""The web ACL in front of CloudFront."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import aws_wafv2 as waf
from constructs import Construct

Statement = waf.CfnWebACL.StatementProperty

UPLOAD_PATHS: Final = ("/uploads", "/v1/images/upload")
"""Paths whose bodies are images. A rule that looks for scripts or SQL in a body cannot judge an image."""
_COMMON: Final = "AWSManagedRulesCommonRuleSet"
_COUNTED: Final = ("SizeRestrictions_BODY",)
"""Rules of AWS's common set that only count here. The rule blocks bodies over 8 KB, and a recipe may be longer."""
_BESIDE_THE_FILE: Final = 1024 * 1024
"""Bytes; more than the fields of an upload form may have in addition to its file."""
_LONGEST_JSON: Final = 256 * 1024
"""Bytes of the longest JSON body that the API accepts."""


class Firewall(Construct):
    """A web ACL with AWS's managed rules, a request limit for each address, and limits on body sizes.

    WAF sees the first 16 KB of a body and cannot compare numbers in headers. So the ACL counts the digits of
    Content-Length: it blocks bodies that are ten times too long, and the service enforces the exact limit.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, requests_per_address: int, max_upload_bytes: int
    ) -> None:
        """Create the ACL. `requests_per_address` is the limit of one address in five minutes."""
        super().__init__(scope, construct_id)
        elsewhere = _not(_any_of([_path(path) for path in UPLOAD_PATHS]))
        rules = [
            _managed("AWSManagedRulesAmazonIpReputationList"),
            _managed("AWSManagedRulesKnownBadInputsRuleSet"),
            _managed(_COMMON, counted=_COUNTED, scope_down=elsewhere),
            ("RequestsOfOneAddress", _rate(requests_per_address)),
            ("LargestUpload", _content_length(longer_than(max_upload_bytes + _BESIDE_THE_FILE))),
            ("LargestJson", _all_of([_content_length(longer_than(_LONGEST_JSON)), elsewhere])),
        ]
        self.acl = waf.CfnWebACL(
            self,
            "Acl",
            name=name,
            scope="CLOUDFRONT",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow=waf.CfnWebACL.AllowActionProperty()),
            visibility_config=_visibility(name),
            rules=[_rule(rule, statement, priority) for priority, (rule, statement) in enumerate(rules)],
        )


def _rule(name: str, statement: Statement, priority: int) -> waf.CfnWebACL.RuleProperty:
    """Return a rule: a managed rule group keeps AWS's actions, a rule of our own blocks."""
    block = waf.CfnWebACL.RuleActionProperty(block=waf.CfnWebACL.BlockActionProperty())
    keep = waf.CfnWebACL.OverrideActionProperty(none={})
    is_group = statement.managed_rule_group_statement is not None
    return waf.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        statement=statement,
        visibility_config=_visibility(name),
        action=None if is_group else block,
        override_action=keep if is_group else None,
    )


def longer_than(size: int) -> str:
    """Return a regular expression that matches numbers with more digits than `size`."""
    return f"^[0-9]{{{len(str(size)) + 1},}}$"


def _managed(name: str, *, counted: Sequence[str] = (), scope_down: Statement | None = None) -> tuple[str, Statement]:
    count = waf.CfnWebACL.RuleActionProperty(count=waf.CfnWebACL.CountActionProperty())
    overrides = [waf.CfnWebACL.RuleActionOverrideProperty(name=rule, action_to_use=count) for rule in counted]
    group = waf.CfnWebACL.ManagedRuleGroupStatementProperty(
        vendor_name="AWS", name=name, rule_action_overrides=overrides or None, scope_down_statement=scope_down
    )
    return name, Statement(managed_rule_group_statement=group)


def _rate(limit: int) -> Statement:
    return Statement(
        rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(aggregate_key_type="IP", limit=limit)
    )


def _path(prefix: str) -> Statement:
    return Statement(
        byte_match_statement=waf.CfnWebACL.ByteMatchStatementProperty(
            field_to_match=waf.CfnWebACL.FieldToMatchProperty(uri_path={}),
            positional_constraint="EXACTLY",
            search_string=prefix,
            text_transformations=[_unchanged()],
        )
    )


def _content_length(pattern: str) -> Statement:
    return Statement(
        regex_match_statement=waf.CfnWebACL.RegexMatchStatementProperty(
            field_to_match=waf.CfnWebACL.FieldToMatchProperty(single_header={"Name": "content-length"}),
            regex_string=pattern,
            text_transformations=[_unchanged()],
        )
    )


def _all_of(statements: Sequence[Statement]) -> Statement:
    return Statement(and_statement=waf.CfnWebACL.AndStatementProperty(statements=list(statements)))


def _any_of(statements: Sequence[Statement]) -> Statement:
    return Statement(or_statement=waf.CfnWebACL.OrStatementProperty(statements=list(statements)))


def _not(statement: Statement) -> Statement:
    return Statement(not_statement=waf.CfnWebACL.NotStatementProperty(statement=statement))


def _unchanged() -> waf.CfnWebACL.TextTransformationProperty:
    return waf.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")


def _visibility(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
    )
