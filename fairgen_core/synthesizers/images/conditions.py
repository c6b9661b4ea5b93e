"""What a generator of pictures is told beside its noise: the class, the group, both or nothing."""

from __future__ import annotations

import torch

from fairgen_core.synthesizers.images.pixels import Pictures


class Conditions:
    """Looks conditions up for real pictures and draws them for generated ones.

    Columns are the class first, then the group, each only where it is told.

    Args:
        class_shares: (M,) how often each class is generated; None: no class is told.
        n_groups: K where the group is told and drawn evenly, else 0.
    """

    def __init__(self, class_shares: torch.Tensor | None, n_groups: int) -> None:
        self.class_shares, self.n_groups = class_shares, n_groups
        n_classes = 0 if class_shares is None else len(class_shares)
        self.n_values = tuple(n for n in (n_classes, n_groups) if n)

    @classmethod
    def of(cls, data: Pictures, tell_group: bool) -> Conditions:
        """Classes as frequent as in the pictures; groups, where told, evenly."""
        shares = None
        if data.classes is not None:
            shares = (torch.bincount(data.classes).double() / len(data.classes)).cpu()
        return cls(shares, int(data.groups.max()) + 1 if tell_group else 0)

    def of_rows(self, data: Pictures, rows: torch.Tensor) -> torch.Tensor | None:
        """(b, n_conditions) of real pictures, or None where nothing is told."""
        told = []
        if self.class_shares is not None and data.classes is not None:
            told.append(data.classes[rows])
        if self.n_groups:
            told.append(data.groups[rows])
        return torch.stack(told, dim=1) if told else None

    def draw(self, n: int, rng: torch.Generator, device: torch.device) -> torch.Tensor | None:
        """(n, n_conditions) for generated pictures; group counts differ by one at most."""
        told = []
        if self.class_shares is not None:
            shares = self.class_shares.to(device)
            told.append(torch.multinomial(shares, n, replacement=True, generator=rng))
        if self.n_groups:
            offset = torch.randint(self.n_groups, (1,), generator=rng, device=device)
            turns = (torch.arange(n, device=device) + offset) % self.n_groups
            told.append(turns[torch.randperm(n, generator=rng, device=device)])
        return torch.stack(told, dim=1) if told else None

    def split(self, told: torch.Tensor | None) -> tuple[torch.Tensor | None, torch.Tensor | None]:
        """Columns of `draw` as (classes, groups), each None where it is not told."""
        columns = [] if told is None else list(told.T)
        classes = columns.pop(0) if self.class_shares is not None else None
        return classes, columns.pop(0) if self.n_groups else None
