# %% [markdown]
# # Exercise 12.3. Two bets in one network
# A row of 12 numbers comes from a machine, and each of them means something else. Behind the first
# layer, places are alike. So the first layer of this Keras model shares nothing, and the second one
# shares: `LocallyConnected1D(4, 3)`, then `Conv1D(4, 3)`. How many parameters does it have?

# %%
answer = 10 * 4 * (3 + 1) + 4 * (3 * 4 + 1)
