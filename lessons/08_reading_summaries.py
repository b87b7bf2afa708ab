# %% [markdown]
# # 8. Reading summaries
# One small network, in Keras and in PyTorch, and two totals. Which of them is right?

# %%
filters = 32  # --filters 64
affine = True  # --no-affine
tied = True  # --no-tied
device = "auto"  # --device cpu

# %%
import os
from dataclasses import replace
from importlib.util import find_spec

import torch
import torchinfo
from torch import nn

from sharedconv import cross_check, summary
from sharedconv.counting import LSTM, BatchNorm, Count, Dense, Embedding
from sharedconv.practice import choose_device, predict, say, show, toggles

toggles(globals())
say("""
LESSON 8. READING SUMMARIES

Somebody builds one small network in Keras and in PyTorch, and asks on Stack Overflow (question
60079783) why "the total number of trainable parameters are same but total number of parameters and
number of parameters for Batch Normalization don't match". Let us read both summaries.

The batch norm of lesson 5 has a scale and a shift. PyTorch's affine=False leaves both out.
""")
device = choose_device(device)

# %% [markdown]
# ## One batch norm in two summaries

# %%
norm = BatchNorm(filters, scale=affine, shift=affine)
predict(f"A batch norm on {filters} channels, affine={affine}: how many are learned?", norm.count())
with torch.device("meta"):  # a summary needs the sizes only
    parts = [nn.Conv2d(1, filters, 3, padding="same"), nn.BatchNorm2d(filters, affine=affine)]
    parts += [nn.Flatten(), nn.Linear(filters * 64 * 64, 100), nn.Linear(100, 10)]
network = nn.Sequential(*parts)
say("The asker's network in PyTorch, as torchinfo lists it:")
torchinfo.summary(network, (1, 1, 64, 64), device="meta", col_width=18, row_settings=[], verbose=1)
print()
if find_spec("keras"):
    say("And in Keras, as Keras does:")
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    with keras.device("meta"):
        twin = [keras.Input((64, 64, 1)), keras.layers.Conv2D(filters, 3, padding="same")]
        twin += [keras.layers.BatchNormalization(scale=affine, center=affine)]
        twin += [keras.layers.Flatten(), keras.layers.Dense(100), keras.layers.Dense(10)]
        keras.Sequential(twin).summary(line_length=78)
else:
    say("And as Keras would. (It isn't installed here: pip install 'sharedconv[keras]' gets it.)")
    show(summary(network, (1, 64, 64), style="keras"))
print()

# %% [markdown]
# ## Learned, or only kept

# %%
say("Send a batch through PyTorch's batch norm, with no optimiser near. Which numbers change?")
layer = nn.BatchNorm2d(filters, affine=affine, device=device)
learned = dict(layer.named_parameters())
before = {name: each.clone() for name, each in layer.state_dict().items()}
layer(torch.rand(16, filters, 4, 4, device=device))
for name, each in layer.state_dict().items():
    after = "as it was" if torch.equal(each, before[name]) else "changed"
    print(f"  {name:<21}{each.numel():>7,}   {'learned' if name in learned else 'kept':<10}{after}")
print()
counted = norm.replace(statistics=True).count()
say(f"""
What is kept was measured, not learned: what the channels were like so far, for when there is no
batch to measure. Keras counts this mean and variance, as non-trainable parameters, and comes to
{counted.total:,}. PyTorch calls what is kept a buffer, counts what is learned, and comes to
{counted.trainable.total:,}. Both are right; ask which of them you read.
""")

# %% [markdown]
# ## A second bias

# %%
say("""
An LSTM reads a sequence step by step. It has four gates, each with weights for the input and for
the layer's own last output. "There should be only one bias" for each gate of each unit, writes
somebody on PyTorch's forum (topic 45025), and finds two.
""")
lstm = LSTM(8, 16, recurrent_bias=True).count()
predict("PyTorch's LSTM(8, 16), for 8 inputs and 16 units: how many parameters?", lstm)
show(lstm)
layer = nn.LSTM(8, 16, device=device, dtype=torch.float64)
steps = torch.rand(5, 8, device=device, dtype=torch.float64)
with_two = layer(steps)[0]
layer.bias_ih_l0.data += layer.bias_hh_l0.data
layer.bias_hh_l0.data.zero_()
say(f"""
Both biases are added to the same sum. So add the second to the first, and put zeros in its place:
the largest difference is {(layer(steps)[0] - with_two).abs().max().item():.1e}. One would do, and
Keras has one. PyTorch has two because cuDNN, which runs it on NVIDIA's cards, has two.
""")
check = cross_check(layer)
show(replace(check, explanations=()))
say("\n\n".join(check.explanations or ["They agree."]))

# %% [markdown]
# ## One tensor in two layers

# %%
say("""
An embedding has a row of numbers for each word. A language model begins with one, and ends with a
dense layer that turns a row back into a word. Often both use the same tensor: they are tied.
""")
model = nn.Sequential(nn.Embedding(100, 8), nn.Linear(8, 100, bias=False)).to(device)
model[1].weight = model[0].weight if tied else model[1].weight
words, last = Embedding(100, 8).count(), Dense(8, 100, bias=False).count()
count, twice = words + (Count() if tied else last), {"counted-shared-twice": words + last}
predict(f"100 words, a row of 8 numbers for each, tied={tied}: how many parameters?", count, twice)
show(replace(check := cross_check(model), explanations=()))
say("\n\n".join(check.explanations or ["They agree."]))
if tied:
    say(f"""
    Most may agree and miss what one sees. The rule and Keras know the layers only, not the tensors.
    torchinfo sees the tensors, and its version {torchinfo.__version__} counts a tied one
    {"twice" if torchinfo.summary(model, verbose=0).total_params > count.total else "once"} (asked
    about in its issue 377).
    """)

# %%
say("""
CHANGE: --no-affine, then --no-tied. Who agrees with whom? Say it before you run it.

MAKE: a model with a batch norm, an LSTM and two tied layers, in a file of your own. Write down what
each witness will count, then let cross_check(model) answer.
""")
