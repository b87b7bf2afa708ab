# %% [markdown]
# # Exercise 8.3. The same in Keras, as a formula
# This function should count the parameters of Keras's `LSTM(units)`, where `in_features` numbers
# come in at each step. Each of its four gates sees what comes in, and the layer's own last output.
# Repair the last line.


# %%
def parameters(in_features: int, units: int) -> int:
    return 4 * units * (in_features + units + 1)
