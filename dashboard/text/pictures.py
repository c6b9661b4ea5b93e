"""Words of the Data and Train pages where they are about pictures."""

from __future__ import annotations

TEXT: dict[str, str] = {
    # which pictures
    "data.kind": "What do you bring?",
    "data.kind.table": "Table",
    "data.kind.pictures": "Pictures",
    "pictures.title": "Which pictures?",
    "pictures.upload": "Your pictures",
    "pictures.files_label": "A zip, an npz, or many picture files at once",
    "pictures.files_help": "PNG, JPEG, WebP and BMP are read. Folders inside a zip, or a table in "
    "it, tell groups and classes; an npz holds an array named 'images' and label arrays. "
    "Everything is copied into FairGen's own folder on this machine and goes nowhere else.",
    "pictures.table_label": "A table of attributes (optional): CSV or Parquet",
    "pictures.table_help": "One row a picture. The column with the file names is found by itself; "
    "every other column is an attribute that can be the group or the class.",
    "pictures.table_is": "attributes from {name}",
    "pictures.table_remove": "Without this table",
    "pictures.earlier": "Pictures that you brought before",
    "pictures.waiting": "Choose pictures above, and what is in them appears here.",
    "pictures.saving": "Keeping a copy of the pictures …",
    "pictures.reading": "Reading the pictures …",
    "pictures.reading_share": "Reading the pictures: {share}",
    "pictures.cancel": "Cancel",
    "pictures.cancelled": "Reading was cancelled.",
    "pictures.read_again": "Read again",
    "pictures.getting": "Getting the pictures and checking them …",
    "pictures.not_here": "These pictures are not on this machine yet. One click gets them from "
    "their public source and checks that not a byte differs.",
    "pictures.look_again": "Look again",
    "pictures.many": "{n} pictures",
    "pictures.mixed_files": "One zip, one npz, or picture files can be brought at once, and "
    "{found} were chosen together. Remove some of them.",
    "pictures.mixed.archives": "{n} archives",
    "pictures.mixed.pictures": "{n} pictures",
    "pictures.mixed.tables": "{n} tables",
    "pictures.no_pictures": "Pictures must be among the files (a zip, an npz, PNG, JPEG, WebP or "
    "BMP), and there are tables only. Choose the pictures as well.",
    "pictures.variance": "Variance of the colours",
    "pictures.variance_help": "How far a training digit's colour may lie from its digit's mean "
    "colour. The smaller, the more the colour gives the digit away.",
    # what was found
    "pictures.found": "What was found",
    "pictures.size": "Size in pixels",
    "pictures.size_help": "Height and width that every picture is brought to, 8 to 128. An empty "
    "field means what the training's preset says, shown in grey. Training takes longer with the "
    "square of it.",
    "pictures.colour": "Colours",
    "pictures.colour.auto": "As they are",
    "pictures.colour.grey": "Grey",
    "pictures.colour.rgb": "RGB",
    "pictures.drawn": "At most {n} pictures, drawn at random, are read for this page.",
    "pictures.left_out": "Files left out: {n}",
    "pictures.left_out.file": "File",
    "pictures.left_out.reason": "Reason",
    "pictures.known": "What is known of each picture: first {n} rows",
    # roles
    "pictures.roles": "Which groups, and which classes?",
    "pictures.groups": "Where do the groups come from?",
    "pictures.groups.none": "An attribute",
    "pictures.groups.none.does": "What is known of each picture says its group.",
    "pictures.groups.background": "Made: background",
    "pictures.groups.background.does": "Some pictures get a white background, the others a black "
    "one.",
    "pictures.groups.shade": "Made: shade",
    "pictures.groups.shade.does": "Some pictures are darkened.",
    "pictures.groups.colour": "Made: colour",
    "pictures.groups.colour.does": "Each picture becomes red, green or blue.",
    "pictures.groups.help": "**Groups made for teaching** are drawn at random and painted on, so "
    "the truth is known: nothing but the paint tells them apart, and their shares are exact.",
    "pictures.sensitive": "Sensitive attribute",
    "pictures.sensitive_none": "Choose one",
    "pictures.sensitive_help": "**Sensitive attribute.** What says which group a picture belongs "
    "to. Attributes with 2 to {most} values can be chosen, and numbers (such as an age): they are "
    "cut at their median.",
    "pictures.none_known": "Nothing tells groups apart in these pictures: they lie in no two "
    "folders, and no attribute has few enough values. Add a table of attributes, or let "
    "groups be made to try things out.",
    "pictures.need_group": "Choose a sensitive attribute, or let groups be made.",
    "pictures.share": "Share of '{group}'",
    "pictures.share_help": "In percent of the pictures; the other groups share the rest evenly.",
    "pictures.class": "Class",
    "pictures.no_class": "None",
    "pictures.class_help": "What is in a picture, such as the digit. It makes quality measurable, "
    "group frequencies class by class possible, and a CGAN needs it.",
    "pictures.test_share": "Pictures held out as the real test",
    "pictures.test_share_help": "Every figure is measured on these pictures. No model sees them "
    "while it learns.",
    "pictures.split": "Which pictures are held out as the real test?",
    "pictures.split.as": "As '{column}' says",
    "pictures.split.random": "Drawn at random",
    "pictures.split.help": "A column says which pictures are for training and which for testing. "
    "Every figure is measured on the held-out ones, and no model sees them while it learns.",
    "pictures.split.parts": "Held out: {test}. To train on: {train}.",
    "pictures.published_split": "Judged on the publisher's own test pictures.",
    "pictures.max_images": "Train on at most",
    "pictures.max_images_help": "So many pictures are drawn at random. An empty field means what "
    "the preset says, shown in grey.",
    "pictures.all": "all",
    "pictures.merge_help": "**Small groups put together.** Groups with fewer pictures than this, "
    "or too few to train on, count as one group, 'other'. Where they are too few together as "
    "well, these pictures are left out, and it is said which.",
    "pictures.merge_nothing": "No two groups have fewer pictures than this: every group stays its "
    "own.",
    "pictures.merge_below": "Groups with fewer pictures than",
    "pictures.unknown": "Left out, because their group, class or part is not known or too small: "
    "{n} pictures ({names}).",
    "pictures.group_count": "{group} ({n} pictures)",
    "pictures.sheet": "Pictures by group and class",
    "pictures.sheet.rows": "Rows by {column}: {classes}.",
    "pictures.sheet.more": "The first {n} classes are shown.",
    "pictures.sheet.others": "Show more groups: {n}",
    "pictures.sheet.alt": "Real pictures of the group {group}. {rows}",
    "pictures.sheet.first": "The first {n} pictures of each group.",
    "pictures.sizes": "Groups and their sizes",
    "pictures.sizes.read": "How many real pictures each group has. What is generated from even "
    "groups need not be even: that is the question of the training.",
    # training
    "train.pictures_caption": "{name} · groups: {groups} · class: {label}",
    "train.pictures_no_roles": "A training needs to know the pictures' groups, and none are chosen "
    "yet.",
    "train.to_groups": "Choose the groups",
    "what.title": "What is trained?",
    "what.gan.means": "Two networks compete: one draws pictures, one tells them from real ones.",
    "what.cgan.means": "The same, told which class to draw.",
    "what.fldgm.means": "Compresses pictures to a code that shall say little about the group, "
    "learns the code, and decodes it in the look of each group.",
    "what.help": "**RepFair-GAN** is the GAN or the CGAN with the groups in turns and a clip "
    "norm C: choose both below.",
    "objective.title": "Objective",
    "objective.help": "What the two networks compete for. **Classic** is cross-entropy, as in the "
    "paper. **LSGAN** is least squares; on made groups it tends to draw one group only. "
    "**WGAN-GP** bounds the slope of the critic; it can diverge where only real gradients are "
    "clipped.",
    "grouping.title": "Which real pictures does a step see?",
    "grouping.mixed": "Mixed",
    "grouping.mixed.does": "Pictures as they come: the classic GAN.",
    "grouping.alternate": "In turns",
    "grouping.alternate.does": "One group a step, one after the other: RepFair-GAN.",
    "grouping.random": "A group at random",
    "grouping.random.does": "One group a step, drawn evenly.",
    "grouping.per-group": "Clipped group by group",
    "grouping.per-group.does": "Pictures as they come; each group's gradient is clipped alone.",
    "grouping.reweight": "Reweighted",
    "grouping.reweight.does": "Pictures as they come, weighted so that every group counts the "
    "same.",
    "grouping.condition": "Told the group",
    "grouping.condition.does": "Both networks know the group, and groups are drawn evenly.",
    "grouping.help": "How the discriminator meets the groups of real pictures. In turns, or at "
    "random, a small group is seen as often as a large one.",
    "pictures.clip_none": "off",
    "first.title": "Which group comes first?",
    "first.help": "With a tight C the group that comes first can win: train both ways to see it.",
    "latent.title": "What learns the latent?",
    "latent.mixture.means": "Ready in seconds, and a good first choice.",
    "latent.lsgan.means": "Two networks compete; least-squares loss.",
    "latent.wgan-gp.means": "Two networks compete; steadier, and slower.",
    "latent.diffusion.means": "Learns to remove noise step by step.",
    "pictures.alpha_help": "**Alpha.** Weight of the penalty that makes the latent independent of "
    "the group; 0 is no penalty. An empty field means what the preset says, shown in grey.",
    "preset.instant": "Instant",
    "preset.standard": "Standard",
    "preset.paper": "Paper",
    "pictures.preset_help": "**Preset.** Sets every number that you leave empty, the size of the "
    "pictures among them. Instant (8 pixels) is for a lesson, standard (16 pixels) for a first "
    "look, thorough for better pictures. Paper has RepFair-GAN's own networks, 28 pixels and 200 "
    "epochs, and needs a GPU.",
    "pictures.preset_caption": "About {time} for one training on this device ({device}), with {n} "
    "pictures of {size} pixels. The estimate gets better with every run.",
    "pictures.too_large": "This preset's GAN is made for pictures of {usual} pixels: at {size} "
    "they come out grainy, with few steps as noise. Bring them to {usual} pixels on the Data page, "
    "or try FLDGM, which draws large pictures more smoothly.",
    "pictures.n_images": "Generated pictures",
    "pictures.n_images_help": "How many to draw and judge at the end. Any number can be drawn "
    "later as well.",
    "train.two": "Train two side by side",
    "train.two_title": "The second of two side by side",
    "train.two_caption": "Both runs have the same seed and start from the same noise. They differ "
    "in what is set here.",
    "train.two_words": "Side by side: **{first}** and **{second}**.",
    "second.synthesizer": "What is trained in the second?",
    "second.objective": "Objective of the second",
    "second.grouping": "What a step of the second sees",
    "second.clip": "Clip norm C of the second",
    "second.clip_help": "Empty: no clipping.",
    "second.generator": "What learns the latent of the second?",
    "second.alpha": "Alpha of the second",
    "second.same": "As the first",
    "second.alike": "Two runs side by side must differ, and the second is set as the first. Change "
    "something in it.",
    "pictures.advanced": "Networks and schedule",
    "knob.network": "Network",
    "knob.network.help": "**Dense** layers are quick and fit small pictures; **convolutional** "
    "ones are the paper's and fit larger ones.",
    "knob.network.dense": "Dense",
    "knob.network.conv": "Convolutional",
    "knob.width": "Width",
    "knob.width.help": "Units in a layer, or channels of the widest one.",
    "knob.noise_dims": "Noise size",
    "knob.noise_dims.help": "Random numbers that a picture is made from.",
    "knob.n_steps": "Steps",
    "knob.n_steps.help": "Rounds of a step of each network.",
    "knob.n_epochs": "Epochs",
    "knob.n_epochs.help": "Passes over the pictures, in place of steps. Only one of the two can be "
    "set.",
    "knob.batch_size": "Batch size",
    "knob.batch_size.help": "Pictures in a step.",
    "knob.learning_rate": "Learning rate",
    "knob.learning_rate.help": "Step size of the optimiser. Too large diverges, too small does not "
    "arrive.",
    "knob.r1_weight": "R1 weight",
    "knob.r1_weight.help": "Weight of a penalty on the discriminator's slope at real pictures; 0 "
    "is none.",
    "knob.ema_decay": "Averaging",
    "knob.ema_decay.help": "Pictures come from an average of the generator over its last steps; 0 "
    "takes the newest one, 0.99 averages over about 100 steps.",
}
