"""Words of explorations: what to vary, the frontier, the dial, stability over seeds."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "explore.picker": "Exploration",
    "explore.picker_placeholder": "a new one",
    "explore.new": "New exploration",
    "explore.gone": "There is no exploration named '{id}' on this machine.",
    "explore.from": "Explore",
    "explore.from_help": "Train and judge many settings of this at once, and see what parity "
    "costs.",
    "explore.base": "Start from",
    "explore.base_help": "All that is not varied is as in this training.",
    "explore.plan": "What is chosen on the Train page",
    "explore.vary": "Choose what to vary. Every combination is trained and judged; one compression "
    "and one generator serve all targets and strengths, so many settings cost little more "
    "than one.",
    "explore.vary_pictures": "Choose what to vary. Every combination is trained and judged, from "
    "the same noise, with the same judges; several seeds show how much of a difference is chance.",
    "explore.vary_no_target": "Choose what to vary. Every combination is trained and judged. There "
    "is no target, so there are no labels to make fair: choose one on the Data page for that.",
    "explore.more_axes": "Vary something else",
    "explore.not_varied": "as in the training",
    "explore.axis_help": "Choose, or type a number. Ranges work too: 0:1:8 is eight values from 0 "
    "to 1.",
    "explore.n_seeds": "Seeds",
    "explore.name": "Name of the exploration",
    "explore.ray": "Address of a Ray cluster",
    "explore.ray_placeholder": "empty: this machine",
    "explore.ray_help": "Such as ray://head:10001. The run folders must lie on storage that the "
    "cluster shares; docs/CLUSTER.md says how.",
    "explore.start": "Explore",
    "explore.expected": "{n} runs · about {time}, instead of {full} as {n} full runs · on {device}",
    "explore.expected_full": "{n} runs · about {time} · on {device}",
    "explore.done": "{n} of {total} runs",
    "explore.took": "{time} of work",
    "explore.instead": "instead of {time} for {n} full runs",
    "explore.on_ray": "on the Ray cluster at {address}",
    "explore.failures": "{n} failed; a resume tries them again",
    "explore.failed": "{setting}, seed {seed}",
    "explore.resume_ray": "Leave the address empty to go on here. What is done stays done.",
    "explore.extend": "More seeds",
    "explore.extend_n": "Seeds in all",
    "explore.extend_help": "There are {n} now. What was done is not done again.",
    "explore.extend_button": "Add seeds",
    "explore.nothing_yet": "The first runs are at work. Their points appear here as they finish.",
    "explore.nothing": "No run has figures of usefulness and of disparity, so there is nothing to "
    "draw. Resume it, or start from another training.",
    "explore.view": "What to see of it",
    "explore.view.frontier": "Frontier and dial",
    "explore.view.stability": "Stability over seeds",
    "explore.usefulness": "Usefulness (up)",
    "explore.disparity": "Disparity (across)",
    "explore.frontier_caption": "Further left is less disparity, further up is more useful. A "
    "cross spans the seeds. Click a point to look at its run below.",
    "explore.table": "The same as a table",
    "explore.settings_alt": "Settings with their figures, the frontier first",
    "explore.setting": "Setting",
    "explore.seeds": "Seeds",
    "explore.sd": "{figure}, standard deviation",
    "explore.note": "Note",
    "explore.best": "on the frontier",
    # the dial
    "dial.title": "The dial",
    "dial.caption": "Moves through settings that are computed already; nothing is trained here.",
    "dial.help": "Figures, rates, scores, SHAP and rows or pictures follow.",
    "dial.axis": "Turn",
    "dial.seeds": "Seed",
    "dial.seed": "seed {seed}",
    "dial.open": "Inspect this run",
    "dial.beside": "Put side by side",
    "dial.beside_help": "Keeps this run for the part 'Side by side', which holds two to four.",
    "dial.put_beside": "Side by side: {n} of at most 4 runs.",
    "dial.not_yet": "This setting has no finished run yet.",
    "dial.rates": "Decisions by group",
    "dial.rows": "The first synthetic rows",
    "dial.rows_caption": "The same noise at every place of the dial. Marked: other than at its "
    "start.",
    "dial.pictures": "Pictures from the same noise at every place of the dial",
    "dial.pictures_alt": "Generated pictures at {setting}, seed {seed}, from fixed noise",
    "dial.no_pictures": "The pictures of this run are not there.",
    "dial.shares": "Shares of the generated pictures",
    # stability
    "stable.caption": "One run is one draw. Points are seeds; the line is the 95 % interval of "
    "their mean, cut where the figure's own range ends.",
    "stable.metric": "Figure",
    "stable.better": "Is one better than the other?",
    "stable.a": "A",
    "stable.b": "B",
    "stable.same": "Choose two different settings.",
    "stable.winner": "Better in this figure ({direction}): **{name}**.",
    "stable.how": "Student's interval of the differences, paired by seed; {n} seeds ran with both.",
}
