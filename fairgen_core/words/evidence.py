"""Words of reports and cards on pictures."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "report.late_gap": "mean of {n} looks at {each} pictures each; looks of one training depend on "
    "each other, so there is no interval: compare seeds",
    "report.source": "Source: {source}. Licence: {licence}.",
    "report.grey": "grey",
    "report.colour": "colour",
    "report.brought": "Every picture was cut to a square and brought to {size} × {size} pixels, "
    "{kind}.",
    "report.groups.own": "The groups are the values of {column}: {groups}.",
    "report.groups.made": "The groups ({groups}) were made for teaching, by the {how} of the "
    "pictures and for each picture at random, so that the truth about them is known.",
    "report.groups.share": "The group '{group}' was given {share} of the pictures.",
    "report.divided": "{share} of the pictures were held out, drawn at random within every group "
    "(seed of the division: {seed}).",
    "report.divided.column": "The column {column} says which pictures were held out.",
    "report.judge": "the classifier that is taught",
    "report.told.rule": "The groups of {column} were made by a rule, and the same rule tells them "
    "in generated pictures. Right on held-out real pictures: {accuracy}.",
    "report.told.classifier": "A classifier trained on the real pictures tells the groups of "
    "{column} in generated ones. Right on held-out real pictures: {accuracy}. Corrected shares "
    "allow for how it confuses the groups.",
    "report.space": "Distances between pictures (density, coverage, FID, KID, nearest pictures) "
    "are taken in the features of a small classifier of {column} that was trained on these real "
    "pictures: they cannot be compared with distances in another feature space, such as "
    "Inception's.",
    "report.taught.asked": "The same small classifier of {column} was taught by {synthetic} "
    "synthetic and by {real} real pictures and tested on {test} held-out real ones. The synthetic "
    "pictures have the classes that they were asked to be.",
    "report.taught.told": "The same small classifier of {column} was taught by {synthetic} "
    "synthetic and by {real} real pictures and tested on {test} held-out real ones. The generator "
    "knows no classes, so the synthetic pictures have the classes that the real-trained classifier "
    "tells them to be.",
    "report.parity.outcome": "Parity is asked for the answer {label}.",
    "report.parity.every_class": "Parity is asked for every class, and the largest difference "
    "counts.",
    "report.background": "Share of the classifier's attribution (SHAP) that lies on the background "
    "of the picture: {parts}.",
    "report.background.group": "{group}: {synthetic} taught by synthetic, {real} by real pictures "
    "(the background is {area} of the picture)",
}
