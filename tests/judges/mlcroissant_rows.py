"""Prints what mlcroissant reads by a card: of each task its number and the boxes. A card with errors is none."""

import json
import sys

import mlcroissant

card = mlcroissant.Dataset(sys.argv[1])
assert not card.metadata.ctx.issues.errors, card.metadata.ctx.issues.report()
rows = [
    [int(row["tasks/task_number"]), [list(map(float, box)) for box in row["tasks/objects/bbox"] or []]]
    for row in card.records("tasks")
]
print(json.dumps(rows))
