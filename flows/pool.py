"""A pool of workers: what a Prefect server is told, so that any worker of it can write articles."""

import contextlib
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectAlreadyExists
from prefect.utilities.callables import parameter_schema

from flows import takeover
from flows.article import article

POOL = "mytake"


def deploy(client: SyncPrefectClient) -> UUID:
    """Register the pool and the flow; the same again changes nothing. Gives the deployment."""
    with contextlib.suppress(ObjectAlreadyExists):
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
    takeover.register(client)
    return client.create_deployment(
        flow_id=client.create_flow(article),
        name="video",
        # With a dot, not a colon: then no worker copies the project to where it is anyway.
        entrypoint="flows.article.article",
        description=article.description,
        work_pool_name=POOL,
        parameter_openapi_schema=parameter_schema(article).model_dump(),
        enforce_parameter_schema=False,
    )
