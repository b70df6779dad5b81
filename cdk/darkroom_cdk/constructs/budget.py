"""A monthly budget."""

from typing import Final

from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_sns as sns
from constructs import Construct

_PERCENT_SPENT: Final = (50, 80, 100)
_PERCENT_FORECAST: Final = 100


class MonthlyBudget(Construct):
    """Publishes to a topic when shares of the budget are spent, and when the forecast exceeds it."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str, usd: int, topic: sns.ITopic) -> None:
        super().__init__(scope, construct_id)
        thresholds = [("ACTUAL", percent) for percent in _PERCENT_SPENT] + [("FORECASTED", _PERCENT_FORECAST)]
        subscriber = budgets.CfnBudget.SubscriberProperty(subscription_type="SNS", address=topic.topic_arn)
        budgets.CfnBudget(
            self,
            "Budget",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_name=name,
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=usd, unit="USD"),
            ),
            notifications_with_subscribers=[
                budgets.CfnBudget.NotificationWithSubscribersProperty(
                    notification=budgets.CfnBudget.NotificationProperty(
                        notification_type=kind,
                        comparison_operator="GREATER_THAN",
                        threshold=percent,
                        threshold_type="PERCENTAGE",
                    ),
                    subscribers=[subscriber],
                )
                for kind, percent in thresholds
            ],
        )
