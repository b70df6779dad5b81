"""The web ACL in front of CloudFront."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import aws_wafv2 as waf
from constructs import Construct

Statement = waf.CfnWebACL.StatementProperty

UPLOAD_PATHS: Final = ("/uploads", "/v1/images/upload")
"""Where bodies are pictures: no rule that looks for scripts or SQL in a body can be right about them."""
_REQUESTS_IN_FIVE_MINUTES: Final = 2000
_INSPECTED_BYTES: Final = 16 * 1024
"""How much of a body WAF sees, and more than any JSON that the API takes."""
_HUNDRED_MEGABYTES: Final = "^[0-9]{9,}$"
"""A content length of nine digits or more: over the largest upload that can be configured."""


class Firewall(Construct):
    """Rules by AWS, a limit of requests an address, and limits of bodies."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str) -> None:
        super().__init__(scope, construct_id)
        rules = [
            _managed("AWSManagedRulesAmazonIpReputationList"),
            _managed("AWSManagedRulesKnownBadInputsRuleSet"),
            _managed("AWSManagedRulesCommonRuleSet", scope_down=_not(_any_of([_path(path) for path in UPLOAD_PATHS]))),
            ("RequestsOfOneAddress", _rate(_REQUESTS_IN_FIVE_MINUTES)),
            ("LargestUpload", _content_length_matches(_HUNDRED_MEGABYTES)),
            ("LargestJson", _all_of([_body_over(_INSPECTED_BYTES), _not(_any_of([_path(p) for p in UPLOAD_PATHS]))])),
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
    """A rule group by AWS keeps its own actions; a rule of ours blocks."""
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


def _managed(name: str, *, scope_down: Statement | None = None) -> tuple[str, Statement]:
    group = waf.CfnWebACL.ManagedRuleGroupStatementProperty(
        vendor_name="AWS", name=name, scope_down_statement=scope_down
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


def _content_length_matches(pattern: str) -> Statement:
    return Statement(
        regex_match_statement=waf.CfnWebACL.RegexMatchStatementProperty(
            field_to_match=waf.CfnWebACL.FieldToMatchProperty(single_header={"Name": "content-length"}),
            regex_string=pattern,
            text_transformations=[_unchanged()],
        )
    )


def _body_over(size: int) -> Statement:
    return Statement(
        size_constraint_statement=waf.CfnWebACL.SizeConstraintStatementProperty(
            field_to_match=waf.CfnWebACL.FieldToMatchProperty(
                body=waf.CfnWebACL.BodyProperty(oversize_handling="MATCH")
            ),
            comparison_operator="GT",
            size=size,
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
