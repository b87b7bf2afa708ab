# %% [markdown]
# # 6. Shift, and it shifts
# "nn.Conv2D is not translation-equivariant", says the title of a bug report (GitHub,
# pytorch/pytorch, issue 71154). "Please explain this and I think this should be fixed." Is it so?

# %%
length = 14  # --length 30
kernel_size = 3  # --kernel-size 5
shift = 3  # --shift 4
stride = 2  # --stride 3
device = "auto"  # --device cpu

# %%
import torch
from torch.nn.functional import pad

from sharedconv import LocalConv1d, SharedConv1d, SharedConv2d
from sharedconv.counting.sizes import whole
from sharedconv.practice import choose_device, predict, say, toggles

toggles(globals())
say("""
LESSON 6. SHIFT, AND IT SHIFTS

"nn.Conv2D is not translation-equivariant", says the title of a bug report on GitHub
(pytorch/pytorch, issue 71154). Equivariant means: shift the image, and the answer shifts with it,
and is otherwise the same. Somebody showed a convolution two bright strips, saw a line beside one of
them and none beside the other, and wrote: "Please explain this and I think this should be fixed."

Let us try it with pixels and weights that are whole numbers. So nothing is ever rounded, and equal
means equal to the last digit.
""")
device = choose_device(device)
dice = torch.Generator().manual_seed(6)


# %%
def whole_numbers(*shape):
    return torch.randint(1, 10, shape, generator=dice).to(device, torch.float64)


def weighted(layer):
    layer = layer.to(device, torch.float64).requires_grad_(False)
    layer.kernel.copy_(whole_numbers(*layer.kernel.shape))
    return layer


def unlike(before, after, by):
    """Where an answer differs from the one that stood `by` places to its left before."""
    return (after[..., by:] != before[..., : max(before.shape[-1] - by, 0)]).flatten()


shared = weighted(SharedConv1d(1, 1, kernel_size, bias=False))
unshared = weighted(LocalConv1d(1, 1, kernel_size, length, bias=False))
shift = whole("shift", shift, most=max(length - kernel_size, 1))  # one answer is left to compare
spot = pad(whole_numbers(1, 1, 3), (kernel_size - 1, length))[..., :length]
moved = pad(spot, (shift, 0))[..., :length]
found = unlike(shared(spot), shared(moved), shift)
predict(
    f"A spot in a row of pixels moves by {shift}. Compare each answer of a shared kernel with the "
    f"one that was {shift} places to its left before, {len(found)} pairs in all. How many differ?",
    int(found.sum()),
)
for name, layer in {"pixels": torch.nn.Identity(), "shared": shared, "unshared": unshared}.items():
    for when, row in {"before": spot, f"moved by {shift}": moved}.items():
        answers = [f"{each or '·':>4}" for each in layer(row).int().flatten().tolist()]
        print(f"  {name:<9}{when:<11}{''.join(answers[:14])}")
    found = unlike(layer(spot), layer(moved), shift)
    print(f"  {'':<9}different: {found.sum()} of {len(found)}\n")
say("With one kernel for all places, it can't matter where the spot is. With one for each, it can.")

# %% [markdown]
# ## The two strips

# %%
picture = torch.zeros(1, 3, 1024, 1024, dtype=torch.float64, device=device)
wide, starts = 30, range(100, 1024, 800)
for start in starts:
    picture[:, :, start : start + wide, :] = picture[:, :, :, start : start + wide] = 1
answer = weighted(SharedConv2d(3, 1, 3, padding=1, bias=False))(picture)[0, 0]
strips = [answer[300:800, start - 50 : start + wide + 50] for start in starts]
left, right = (strips[0][0, edge - 2 : edge + 2].int().tolist() for edge in (50, 50 + wide))
say(f"""
Now the picture and the layer of the bug report. Is the answer to both strips the same, with all
that is around them? {torch.equal(*strips)}.

The left edge of a strip is answered by {left}, the right edge by {right}: the kernel isn't its own
mirror image. But both strips have both edges. The line that was missing got lost in displaying the
picture, somebody from PyTorch found.
""")

# %% [markdown]
# ## The border

# %%
scene = whole_numbers(1, 1, length + shift)
before, after = scene[..., shift:], scene[..., :length]
padded = weighted(SharedConv1d(1, 1, kernel_size, padding=kernel_size // 2, bias=False))
found = unlike(padded(before), padded(after), shift)
predict(
    f"Now a row full of numbers moves by {shift}, and others come in. With a shared kernel of "
    f"{kernel_size} and padding={padded.padding[0]}, how many of the {len(found)} pairs differ?",
    int(found.sum()),
)
unpadded = unlike(shared(before), shared(after), shift)
for name, differ in {"without padding": unpadded, "with padding": found}.items():
    print(f"  {name:<18}{' '.join('·x'[each] for each in differ.int().tolist()[:28])}")
print()
say("So there are exceptions. The zeros of the padding stay at the border, whatever moves.")

# %% [markdown]
# ## The stride

# %%
strided = weighted(SharedConv1d(1, 1, kernel_size, stride, bias=False))
scene = whole_numbers(1, 1, kernel_size + 20 * stride)
followed = {}
for by in range(1, 7):
    before, after = strided(scene[..., by:]), strided(scene[..., :-by])
    followed[by] = [step for step in range(by + 1) if not unlike(before, after, step).any()]
predict(
    f"A shared kernel with stride {stride}, and a row that moves by {', '.join(map(str, followed))}"
    " places: how many of these times is the answer the same as before, but for its place?",
    sum(map(bool, followed.values())),
)
for by, steps in followed.items():
    print(f"  row moved by {by}   answer {f'moved by {steps[0]}' if steps else 'is another one'}")
print()
say("""
A layer with a stride follows what moves by a multiple of the stride. "Why do deep convolutional
networks generalize so poorly to small image transformations?" Azulay and Weiss: also by strides.
""")

# %%
say("""
CHANGE: --stride 3; --kernel-size 5; --shift 4. Which exceptions grow?

MAKE: two layers with strides, one behind the other. Find the smallest shift that both together
follow, by trying, and then say why it is this one.
""")
