"""Write the JSON Schemas in this folder: `python docs/schema/make_schemas.py`."""

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.publish import RECORD, Record
from pipeline.render import DATA
from review.record import Review, Version

HERE = Path(__file__).parent


def schemas() -> Iterator[tuple[Path, str]]:
    """Each schema file and what it holds."""
    written = {name: data.kind for name, data in DATA.items()}
    kinds = {
        **written,
        RECORD: Record,
        "review.json": Review,
        "data/versions/version.json": Version,
    }
    for name, kind in kinds.items():
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": name,
            **TypeAdapter(kind).json_schema(mode="serialization"),
        }
        schema["title"] = name
        yield HERE / Path(name).name, json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for path, text in schemas():
        path.write_text(text, encoding="utf-8")
