"""Words of the Lessons page: two lessons to be given to a class."""

from __future__ import annotations

TEXT: dict[str, str] = {
    "lessons.title": "Lessons",
    "lessons.caption": "Predict first, then let it be measured. Everything is trained on this "
    "machine, without a network, and results are kept: the same switches show them at once.",
    "lessons.which": "Lesson",
    "lesson.favours-a-group": "Does the GAN favour a group?",
    "lesson.fair-latent": "What the fair latent does and does not do",
    # a run of either lesson
    "lesson.stage.read": "Reading the data",
    "lesson.stage.seed": "Training from {seed}",
    "lesson.stop": "Stop",
    "lesson.stopping": "Stopping …",
    "lesson.queued": "Waiting for a free place: something else is being trained.",
    "lesson.stopped": "The training was stopped. What was measured so far is shown.",
    "lesson.failed": "The training failed",
    "lesson.go_on": "Go on",
    "lesson.more": "Run again with {n} other seeds",
    "lesson.expected": "About {time} on this machine.",
    "lesson.known": "Known already: the results are shown at once.",
    "lesson.wait": "The first result appears here as soon as its seed is done.",
    "lesson.again": "Predict anew",
    "lesson.seeds": "{n} seeds",
    "lesson.one_seed": "1 seed: no interval",
    "lesson.delete": "Delete all results of this lesson",
    "lesson.delete_sure": "Deleted results lie in the trash for a week; then they are gone. "
    "Anything that is running stays.",
    "lesson.delete_button": "Delete",
    # lesson 1
    "gan.ask.title": "What a GAN is asked",
    "gan.ask": "A **GAN** (generative adversarial network) is two networks that play against each "
    "other. The **discriminator** sees real digits and "
    "made-up ones, and learns to tell them apart. The **generator** turns random numbers into "
    "digits, and learns to pass for real. Nobody tells either of them about groups.\n\n"
    "Half of our real digits stand on **black**, half on **white**. Apart from that they are the "
    "same digits. If the generator learned what it is shown, half of what it draws would stand on "
    "white. Because we made the groups, each drawn picture's group can simply be read off its "
    "corners.",
    "gan.real_alt": "Two rows of real digits of 8 by 8 pixels, half of them on black and half on "
    "white",
    "gan.real_caption": "Real digits (UCI, CC BY 4.0, by way of scikit-learn), half on white.",
    "gan.predict.title": "First predict",
    "gan.predict.caption": "Let the class vote, then lock the prediction in.",
    "gan.seed": "The class's seed",
    "gan.seed.help": "Any whole number: it fixes all chance. The training is repeated from other "
    "seeds as well, so that you see what is chance and what is not.",
    "gan.guess": "Share on white among what this seed draws, in percent",
    "gan.pattern": "And from other seeds?",
    "gan.pattern.even": "About half, every time",
    "gan.pattern.white": "White is favoured, every time",
    "gan.pattern.black": "Black is favoured, every time",
    "gan.pattern.lottery": "It depends on the seed",
    "gan.lock": "Lock in and train",
    "gan.reveal.title": "What it drew",
    "gan.yours": "You predicted **{guess}** on white for seed {seed}. It drew **{white}**.",
    "gan.yours_waits": "You predicted **{guess}** on white for seed {seed}. It is still training.",
    "gan.sides": "{n_white} of {n} seeds drew more white, {n_black} more black. Your class said: "
    "“{pattern}”.",
    "gan.card.white": "Mean share on white",
    "gan.card.white.note": "0.5 is even; an average hides what single seeds do",
    "gan.card.gap": "Mean gap",
    "gan.card.gap.note": "0 is even, lower is better; {even} by chance alone",
    "gan.card.quality": "Recognisable",
    "gan.card.quality.note": "higher is better; real digits: {real}",
    "gan.lottery": "**Which side wins is a lottery over seeds.** Averaged over seeds the share is "
    "{white}, which looks almost even; yet a single training is off by a gap of {gap} on average. "
    "So look at the gap of every seed and average the gaps, never the shares. The **gap** is the "
    "distance of the two groups' shares, averaged over the last third of a training, because one "
    "moment is a lottery ticket too.",
    "gan.steady": "With these seeds the share is {white} on average and the gap {gap}. The **gap** "
    "is the distance of the two groups' shares, averaged over the last third of a training. Add "
    "seeds before you call it a rule.",
    "gan.switch.title": "Now mitigate: change one thing",
    "gan.switch.caption": "RepFair-GAN changes two things at once: the groups come **in turns**, "
    "and each group's gradient is **clipped** to a norm C. Here they are separate switches, so "
    "that you can see which one does the work.",
    "gan.order": "Real digits in a step",
    "gan.order.mixed": "Mixed, as they come",
    "gan.order.alternate": "Groups in turns",
    "gan.order.random": "One group, drawn at random",
    "gan.first": "Which group begins",
    "gan.first.0": "Black",
    "gan.first.1": "White",
    "gan.clip": "Clip norm C",
    "gan.clip.off": "off",
    "gan.share": "White among the real digits, in percent",
    "gan.bet": "Compared with the plain GAN, the mean gap will be",
    "gan.bet.smaller": "Smaller",
    "gan.bet.same": "About the same",
    "gan.bet.larger": "Larger",
    "gan.try": "Predict and train",
    "gan.paper": "Set the paper's switches",
    "gan.paper.help": "Groups in turns, C = 2, half on white.",
    "gan.compare.title": "All settings that were tried",
    "gan.compare.axis": "Gap between the groups' shares (0 is even, lower is better; dashed: by "
    "chance)",
    "gan.setting": "{order}, {clip}",
    "gan.setting.first": "{order} ({first} first), {clip}",
    "gan.setting.share": "{setting}\n{share} white",
    "gan.bet.result": "You bet on **{bet}**. Over {n} seeds that both settings share, the gap "
    "changed by **{change}** (95 % interval {low} to {high}): **{found}**.",
    "gan.bet.unknown": "You bet on **{bet}**. That cannot be told yet: {reason}.",
    "gan.found.smaller": "smaller",
    "gan.found.larger": "larger",
    "gan.found.same": "cannot be told from no change",
    "gan.unequal": "Only {share} of the real digits are on white here. A gap of 0 then means that "
    "the rarer group is drawn **more** often than it occurs: groups in turns are shown equally "
    "often. Whether that is wanted is a decision, not a fact.",
    "gan.closer.title": "Look closer",
    "gan.closer.setting": "Setting",
    "gan.closer.seed": "Seed",
    "gan.closer.step": "Training step",
    "gan.closer.picture": "64 digits from the same random numbers, at step {step} (epoch {epoch})",
    "gan.closer.norms": "How strongly each group pulls at the discriminator, before clipping",
    "gan.closer.frequencies": "What it draws while it learns",
    "gan.closer.clipped": "{share} of the discriminator's steps on real digits were clipped.",
    "gan.closer.norm_words": "The norms follow the imbalance, so they may be its symptom as well "
    "as its cause: a picture alone does not tell. The switches do.",
    "gan.live": "Watch it happen",
    "gan.live.help": "Train the GAN and RepFair-GAN side by side on these digits, and see "
    "pictures, norms and frequencies move while they learn: press “Train two side by side” there.",
    "gan.honest.title": "What was and was not reproduced of the paper",
    "gan.honest": "The lesson follows *RepFair-GAN: Mitigating Representation Bias in GANs Using "
    "Gradient Clipping* (Kenfack et al., 2022), at the size of a lesson: 8 × 8 pixels, small dense "
    "networks, seconds a training instead of hours.\n\n"
    "- **Seen here too:** a plain GAN on balanced digits favours a group. In our prototypes the "
    "mean gap was 0.24 on MNIST at 16 pixels (4 seeds) and 0.22 on these digits (6 seeds).\n"
    "- **Not told by the paper:** which group wins changes from seed to seed. The paper averages "
    "frequencies over runs, and such an average can hide the bias.\n"
    "- **Seen here too:** showing the groups in turns mitigates it (mean gap 0.09 and 0.05); so "
    "does drawing the group of each step at random.\n"
    "- **Not seen here:** that the *clip* mitigates it. With mixed batches C = 2 did not help "
    "(0.33 on MNIST). In turns, C = 10 never clips and changes nothing, and a tight C = 2 clipped "
    "99 % of the steps on MNIST and let the group that began win (0.62).\n"
    "- **Not tested:** the paper's full size (28 × 28 pixels, 128 channels, 200 epochs, a gap of "
    "about 18 % brought down to 3 %). It needs a GPU, and a small network need not behave like a "
    "large one. So this lesson does not refute the paper; it shows what its two switches do at "
    "this size.\n"
    "- **This page itself**, seeds 0 to 5, when it was built: 0.15 plain, 0.04 with turns, 0.08 "
    "with turns and C = 2, which clipped about 9 of 10 steps. Your machine may differ a little.\n"
    "- **Shaded instead of white digits** showed hardly any bias (0.08), and better trained GANs "
    "less of it: a gap is not a law.",
    # lesson 2
    "latent.ask.title": "The promise",
    "latent.ask": "FLDGM (fair latent deep generative models) compresses each row of a table to a "
    "short vector, the **latent** z, and adds a penalty until z says nothing about the sensitive "
    "group s. New rows are then generated "
    "from z. The promise sounds plausible: *what does not know the group cannot discriminate*.\n\n"
    "We test it where the truth is known: on invented job applicants, hired by a written rule. "
    "Women are hired less often, a little because they are women and mostly because they more "
    "often work part-time, which the rule punishes. So gender has a strong **proxy**, as in most "
    "real tables.",
    "latent.wires.title": "Four ways to make rows of the same latent",
    "latent.wires.caption": "z is the latent, s the group (gender), y the decision (hired or not), "
    "and x stands for all other columns.",
    "latent.wire.all-see-group": "x and y from (z, s)",
    "latent.wire.all-see-group.means": "The paper's decoder: everything is decoded from the latent "
    "**and** the group.",
    "latent.wire.label-apart": "x from (z, s), y from z",
    "latent.wire.label-apart.means": "The decision y is decoded from the latent alone; the other "
    "columns x still see the group.",
    "latent.wire.latent-alone": "x and y from z",
    "latent.wire.latent-alone.means": "Nothing sees the group; it is drawn beside the row.",
    "latent.wire.label-head": "x from (z, s), y from a fair model of x",
    "latent.wire.label-head.means": "The decision is drawn by a model that was made fair on the "
    "real rows and never sees the group.",
    "latent.predict.title": "First predict",
    "latent.predict.caption": "A model learns to hire from each table, and is tested on {n} other "
    "applicants of the same rule, which no training has seen. What will hold?",
    "latent.predict.attacker": "The attacker's AUROC when it reads the gender from z (0.5 = finds "
    "nothing)",
    "latent.predict.dp": "Parity (DP)",
    "latent.predict.ftu": "Unawareness (FTU)",
    "latent.predict.wiring": "Rows made with",
    "latent.yes": "holds",
    "latent.no": "fails",
    "latent.limits": "**Holds** means: DP over every threshold at most {dp} (mean of the seeds), "
    "FTU at most {ftu}. FairGen's own benchmark holds itself to these bounds.",
    "latent.lock": "Lock in and train",
    "latent.reveal.title": "What came out",
    "latent.attacker": "Attacker on the latent",
    "latent.attacker.note": "0.5 = finds nothing; you predicted {guess}",
    "latent.attacker_real": "Attacker on the real columns",
    "latent.attacker_real.note": "without the gender column itself",
    "latent.truth": "True gap",
    "latent.truth.note": "between the groups' true chances to be hired, by the rule",
    "latent.table.wiring": "Rows made with",
    "latent.table.dp": "Parity (DP)",
    "latent.table.dp_guess": "you said",
    "latent.table.ftu": "Unawareness (FTU)",
    "latent.table.ftu_guess": "you said ",
    "latent.table.auroc": "AUROC",
    "latent.table.rate": "Hired",
    "latent.table.real": "Real rows",
    "latent.table.cell": "{value} {word}",
    "latent.table.alt": "For each wiring whether parity and unawareness held, beside the "
    "prediction, with the model's AUROC and the share it would hire",
    "latent.score": "{right} of {n} predictions were right.",
    "latent.one_class": "Struck out: {reason}",
    "latent.dp.axis": "DP over every threshold (0 = parity, lower is better; dashed: the bound)",
    "latent.ftu.axis": "FTU difference (0 = unaware, lower is better; dashed: the bound)",
    "latent.why.title": "Why",
    "latent.why": "- **x and y from (z, s)**: z does not know the group, but the decoder is told "
    "it, and has learned from real rows whom to hire. It writes the bias straight back. A latent "
    "that is independent of the group does not make fair rows.\n"
    "- **x from (z, s), y from z**: y can no longer follow the group, so parity comes near. But a "
    "model that is given x **and** the gender can work out z better than from x alone, because "
    "the same x means another z in another group. So it has a use for the gender: unawareness "
    "breaks.\n"
    "- **x and y from z**: the gender is drawn beside the row and says nothing, so unawareness "
    "holds. But the model learns that part-time work counts against people, and real women work "
    "part-time more often: parity fails through the proxy.\n"
    "- **A fair label model**: it was fitted to the real rows, where the proxies are, and made "
    "fair there. That is what FairGen does unless you choose otherwise (*Fair labels*).",
    "latent.measured": "That is the general argument. What your seeds measured stands in the "
    "table above, and may differ: how far a wiring fails depends on what the compression kept.",
    "latent.switch.title": "Change one thing",
    "latent.bias": "Bias of the rule",
    "latent.bias.help": "0: hired by merit alone. 0.5: the lesson's. 1: twice as much.",
    "latent.alpha": "Alpha, the weight of the penalty",
    "latent.alpha.help": "0: the latent may know the group. Larger: it knows less, and keeps less "
    "of everything else.",
    "latent.alpha.0": "0, no penalty",
    "latent.try": "Train with these",
    "latent.shown": "Shown: bias {bias}, alpha {alpha}, seeds: {n}.",
    "latent.honest.title": "How far this carries",
    "latent.honest": "- The table is invented, and its proxy is strong on purpose; on a table "
    "without proxies the third way would do well.\n"
    "- Bias, proxy and alpha of this lesson were picked because the pattern shows there with "
    "these seeds. Other settings and seeds show it less clearly, or not at all: try the dials.\n"
    "- On UCI Adult (real people, the income table of the paper) our prototypes found the same "
    "pattern: 0.18 difference in rates back with (z, s); parity but an FTU of 0.05 to 0.12 with y "
    "from z; unawareness but 0.25 to 0.30 over every threshold with both from z; both held with "
    "the fair label model.\n"
    "- The label model acts on **this** decision only. A model for another target can still read "
    "the group from the other columns.\n"
    "- Latents are real rows' own, drawn anew, so no generator's weakness mixes in. One judge "
    "(gradient boosting), and as few seeds as you see dots.",
}
