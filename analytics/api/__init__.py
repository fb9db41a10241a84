"""/api/v1/analytics, put together."""

from ninja import Router

from analytics.api import analyses, coverage, diagnosis, failures, flakiness, quarantines, routes, trends

router = Router(tags=["analytics"])
router.add_router("", trends.router)
router.add_router("", flakiness.router)
router.add_router("", coverage.router)
router.add_router("", routes.router)
router.add_router("", diagnosis.router)
router.add_router("", analyses.router)
router.add_router("/failures", failures.router)
router.add_router("/quarantines", quarantines.router)
