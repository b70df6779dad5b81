"""CloudWatch alarms for the operators, and one composite alarm over all of them."""

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

MISSING = cloudwatch.TreatMissingData.NOT_BREACHING


class Alarms(Construct):
    """Creates alarms that publish to one topic when they start and when they end."""

    def __init__(self, scope: Construct, construct_id: str, *, prefix: str, topic: sns.ITopic) -> None:
        super().__init__(scope, construct_id)
        self._prefix = prefix
        self._action = actions.SnsAction(topic)
        self.made: list[cloudwatch.Alarm] = []

    def add(
        self,
        name: str,
        metric: cloudwatch.IMetric,
        *,
        above: float,
        periods: int = 1,
        meaning: str,
    ) -> None:
        """Add an alarm that starts when the metric is above a threshold for a number of periods.

        The section of the runbook (docs/operations.md) that explains the alarm has the alarm's name.
        """
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_name=f"{self._prefix}-{name}",
            alarm_description=f"{meaning} Runbook: docs/operations.md#{name}",
            metric=metric,
            threshold=above,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=periods,
            treat_missing_data=MISSING,
        )
        alarm.add_alarm_action(self._action)
        alarm.add_ok_action(self._action)
        self.made.append(alarm)

    def sum_up(self, name: str) -> cloudwatch.CompositeAlarm:
        """Add an alarm that is on while any other alarm is on, for a status page or a pager."""
        return cloudwatch.CompositeAlarm(
            self,
            "Any",
            composite_alarm_name=f"{self._prefix}-{name}",
            alarm_description="At least one alarm is on.",
            alarm_rule=cloudwatch.AlarmRule.any_of(*self.made),
        )
