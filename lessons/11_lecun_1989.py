# %% [markdown]
# # 11. The first shared kernels
# The network of 1989 that read zip codes has 64,660 connections and 9,760 parameters. Which
# connections share one, and which don't?

# %%
classes = 10  # --classes 26
shared_biases = False  # --shared-biases
device = "auto"  # --device cpu

# %%
from itertools import zip_longest

import torch
from torch import nn

from sharedconv import SharedConv2d, tally
from sharedconv.networks import MappedConv2d, lenet5, lenet1989
from sharedconv.networks.lenet import BACKGROUND, C3_SEES, H2_SEES
from sharedconv.practice import choose_device, predict, say, toggles
from sharedconv.witnesses import connections, kind_of

toggles(globals())
say("""
LESSON 11. THE FIRST SHARED KERNELS

In 1989 LeCun and others teach a network to read zip codes (Neural Computation 1(4)). In 2022 Andrej
Karpathy builds it again, and a reader sends him a change called "Fix bias init". His answer: "this
is not correct. the paper at the time had a bias per position" (lecun1989-repro, pull request 6).
You met these biases in lesson 5. Now for the whole network, in the words of its paper.

A unit is one number that a layer makes. A connection is an arrow to a unit, from a number that it
sees or from its bias.
""")
device = choose_device(device)
network = lenet1989(classes)
if shared_biases:
    network.H1.conv, network.H1.bias = SharedConv2d(1, 12, 5, 2), nn.Identity()
    network.H2.conv, network.H2.bias = MappedConv2d(H2_SEES, 5, 2), nn.Identity()
network.to(device)
counted = connections(network, (1, 16, 16))

# %% [markdown]
# ## Its first layer, H1

# %%
h1 = counted["H1"]
predict(
    f"H1 has {h1.units} units. Each sees 5×5 pixels and has a bias. How many connections?",
    int(h1.connections),
    {
        "bias-unconnected": h1.connections.role("kernel"),
        "parameters-for-connections": h1.parameters,
    },
)
print(f"  connections   {h1.connections.arithmetic()}")
print(f"  parameters    {h1.parameters.arithmetic()}\n")
if not shared_biases:
    network.H1.bias.bias.data.uniform_(-1, 1)
paper = torch.full((1, 1, 16, 16), BACKGROUND, device=device)
apart = [(each.max() - each.min()).item() for each in (network.H1[:n](paper)[:, 0] for n in (2, 3))]
say(f"""
Show it blank paper. What the first kernel finds at one place and at another is {apart[0]:.4f} apart
at most, for it is the same kernel. With {"one bias" if shared_biases else "a bias per position"}
(at random) it is {apart[1]:.4f}.
""")

# %% [markdown]
# ## What sharing saved, stage by stage

# %%
table, words = str(counted).split("\n\n")
print(f"{table}\n")
say(words)
for name in ("H1", "H2", "H3"):
    served = counted[name].connections.total / counted[name].parameters.total
    print(f"  {name}: {served:>5.1f} connections to a parameter")
print()
say(f"""
H3 is dense, and nothing in it is shared. In H1 and H2 the kernels are shared, and the biases are
{"shared, too" if shared_biases else "not"}.
""")

# %% [markdown]
# ## Which map sees which

# %%
say("""
One thing more keeps the count low: a map of H2 sees 8 of H1's 12 maps. The paper keeps to itself
which ("a scheme that will not be described here"), so the left table below is ours. The right one
is printed in the paper on LeNet-5, of 1998 (Proceedings of the IEEE 86(11)), for its layer C3.
There is a row for each map, and an x for each map that it sees:
""")
tables = [
    [" ".join("x" if seen in row else "·" for seen in range(maps)) for row in sees]
    for sees, maps in ((H2_SEES, 12), (C3_SEES, 6))
]
for left, right in zip_longest(*tables, fillvalue=""):
    print(f"  {left:<23}      {right}")
old = lenet5(classes)
c3 = kind_of(old.C3.conv)
predict(
    f"C3, on the right, has {sum(map(len, C3_SEES))} x, a kernel of 5×5 for each x, and a bias for "
    "each row. How many parameters?",
    c3.count(),
)
print(f"  with its table    {c3.count().arithmetic()}")
print(f"  if all see all    {c3.full().count().arithmetic()}\n")

# %% [markdown]
# ## LeNet-5, then and now

# %%
say("What is called LeNet-5 in today's tutorials has another number. Stage by stage:")
today = {
    "C1": nn.Conv2d(1, 6, 5),
    "S2": nn.AvgPool2d(2),
    "C3": nn.Conv2d(6, 16, 5),
    "S4": nn.AvgPool2d(2),
    "C5": nn.Linear(16 * 5 * 5, 120),
    "F6": nn.Linear(120, 84),
    "output": nn.Linear(84, classes),
}
print(f"{'in 1998':>20}{'today':>10}")
for name, layer in today.items():
    print(f"  {name:<8}{tally(old.get_submodule(name)).total:>10,}{tally(layer).total:>10,}")
now = tally(nn.ModuleDict(today)).total
print(f"  {'all':<8}{tally(old).total:>10,}{now:>10,}\n")
say("""
Then, the pooling (S2, S4) learned a factor and a bias for each map, and the output learned nothing:
it compared with pictures of the digits, drawn beforehand.
""")

# %%
say("""
CHANGE: --shared-biases; --classes 26. Which numbers change, connections or parameters?

MAKE: somebody reports a LeNet-5 with 44426 parameters (GitHub, DeepImportance, issue 10). Its
kernels are those of today's, and its images are smaller. Build it, and let tally count.
""")
