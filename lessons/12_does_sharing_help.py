# %% [markdown]
# # 12. Does sharing help?
# "What is the advantage of shared weights for convolutional neural networks? Are there any pros and
# cons?" (stats.stackexchange.com, question 154860). We try it, where it helps and where it doesn't.

# %%
steps = 400  # --steps 2000
examples = 4000  # --examples 250
seed = 0  # --seed 1
head = "max"  # --head flatten
device = "auto"  # --device cpu

# %%
import torch

from sharedconv import Count
from sharedconv.counting.sizes import whole
from sharedconv.practice import choose_device, predict, say, toggles
from sharedconv.training import PLANS, Machine, fit, load, network
from sharedconv.witnesses import count_of

toggles(globals())
say("""
LESSON 12. DOES SHARING HELP?

"What is the advantage of shared weights for convolutional neural networks?", asks somebody. "Are
there any pros and cons? Or is it just an architecture-based decision, like 'we noticed, our network
works better with shared weights'?" (stats.stackexchange.com, question 154860)

So let us notice. One network, three times: with one kernel for all places; with one for each place;
and dense, with a weight from each input to each output. Each has as many outputs in each layer.
""")
device, steps = choose_device(device), whole("steps", steps)
network(PLANS["MNIST-1D"], "shared", head=head)  # an unknown head is refused before any training
plan, ways = PLANS["MNIST-1D"], ("shared", "unshared", "dense")

# %%
counts = {way: count_of(network(plan, way, device="meta")) for way in ways}
(places,) = plan.stages[0].outputs(plan.size)
predict(
    f"The shared one has {int(counts['shared']):,} parameters, and its first layer works at "
    f"{places} places. How many has the unshared one? (A guess is fine.)",
    counts["unshared"],
    {"every-layer-as-the-first": places * int(counts["shared"])},
)
for way, count in counts.items():
    print(f"  {way:<9}{int(count):>8,}   first layer: {Count(count.terms[:1]).arithmetic()}")
print()


# %%
def learnt(task, way, plan=plan, head="flatten", examples=examples, steps=steps):
    torch.manual_seed(seed)
    model = network(plan, way, head=head)
    return fit(model, load(task, examples, seed), steps, Machine(device))


def show(accuracies):
    for way, accuracy in accuracies.items():
        print(f"  {way:<9}{accuracy:6.1f}% right   {'#' * round(accuracy / 2)}")
    print()
    return sorted(accuracies, key=accuracies.get, reverse=True)


# %% [markdown]
# ## Where places are alike

# %%
say(f"""
MNIST-1D (Greydanus and Kobak, arXiv 2011.14439) is ten shapes, one for each digit, as rows of
{plan.size[0]} numbers: stretched, tilted, made noisy, and put anywhere in the row. The networks
learn from {examples:,} rows for {steps:,} steps, and are tested on rows that they haven't seen.
""")
CHANCE = (
    "Usually the shared one is {}. With few steps or examples chance decides: take more of them."
)
first, second, third = show({way: learnt("in order", way) for way in ways})
reason = """What a shape looks like doesn't depend on where it stands. A shared kernel learns it
from all places together; an unshared one has to meet it at each."""
say(f"""
First {first}, then {second}, then {third}.
{reason if first == "shared" else CHANCE.format("first")}
""")

# %% [markdown]
# ## Where they aren't

# %%
say("""
Now the positions change places with each other, in all rows in the same way. Nothing is lost:
whoever knew the order could undo it. But a number's neighbours aren't its neighbours any more.
""")
shuffled = {way: learnt("shuffled", way) for way in ways}
worst = min(shuffled, key=shuffled.get)
predict("Which is last now? 1 for shared, 2 for unshared, 3 for dense.", 1 + ways.index(worst))
show(shuffled)
reason = """What is to be seen at one place says nothing about another now, and who shares must look
for the same everywhere. The dense one had never counted on any order."""
say(f"""
{worst.capitalize()} is last. {reason if worst == "shared" else CHANCE.format("last")}
""")

# %% [markdown]
# ## Learnt in the middle, asked anywhere

# %%
say("""
Small images of digits (scikit-learn's), learnt in the middle of a canvas and tested anywhere on it.
""")
digits = {way: learnt("centred", way, PLANS["digits"], head, 1200, 60) for way in ways[:2]}
ahead, behind = show(digits)
points = round(digits[ahead] - digits[behind])
outcome = f"{ahead.capitalize()} is ahead by {points} points" if points > 2 else "Neither is ahead"
reason = (
    "and only its largest answer goes on, from whichever place it comes."
    if head == "max"
    else "but here a weight for each place comes after it, and has seen the middle only."
)
say(f"""
{outcome}; guessing gets a tenth right. A shared kernel answers alike wherever a digit stands,
{reason}

Sharing doesn't find out that places are alike. It is a bet that they are, made before anything is
seen. So ask of your own data: would the same thing mean the same at another place?
""")

# %%
say("""
CHANGE: --seed 1: does the order of the three stay? --examples 250: who suffers most? --steps 2000.
--head flatten: why doesn't sharing help? And `python3 scripts/train.py` gives the shared network as
many parameters as the unshared one, too: was it the smaller number that helped?

MAKE: in a copy of this file, a network whose first layer is unshared, with shared ones behind it.
Where will it come in, in order and shuffled? Say it before you run it.
""")
