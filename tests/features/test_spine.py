"""The whole chain of both cities, from draft to archive."""

from pytest_bdd import scenarios

scenarios("朝阳-全流程.feature", "盘锦-全流程.feature")
