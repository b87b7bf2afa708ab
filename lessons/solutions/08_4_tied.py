# %% [markdown]
# # Exercise 8.4. Tied
# A small language model knows 200 words, and has a row of 16 numbers for each. Its last layer uses
# the same tensor. How many parameters has `Tied()`? (You can run this file and ask; but first try
# without.)

# %%
from torch import Tensor, nn


class Tied(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(200, 16)
        self.last = nn.Linear(16, 200)
        self.last.weight = self.words.weight

    def forward(self, words: Tensor) -> Tensor:
        return self.last(self.words(words))


answer = 3400
