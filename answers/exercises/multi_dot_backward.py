"""Practice for question 24: the gradient of a product, for each of its factors."""

from functools import reduce

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.training.chained_products import multi_dot_backward

exercise = Exercise(
    multi_dot_backward,
    page="24-products-scans-streams",
    hints=(
        "Call all factors to the left of one L and all to its right R. How does L M R move when "
        "M moves a little, and which matrix has an inner product with that move?",
        "For two factors you know both gradients, as of a linear layer. What does a factor in the "
        "middle have on either side?",
        "The product to the left of a factor is the one before it times one factor more. Keep them "
        "all in a list. From the right, what must be carried along so that one product a factor is "
        "enough?",
        "With batch axes a transpose must leave these in front. Which two axes change places?",
    ),
)

rng = np.random.default_rng(24)


def draw(k, d, *batch):
    """A gradient of the product, and k factors."""
    return rng.normal(size=(*batch, d, d)), rng.normal(size=(k, *batch, d, d))


exercise.case(
    "three numbers", np.array([[0.5]]), np.array([[[2.0]], [[3.0]], [[-7.0]]])
)
exercise.case("two factors", *draw(2, 3))
exercise.case("three factors", *draw(3, 3))
exercise.case("one factor", *draw(1, 4))
exercise.case("six factors", *draw(6, 2))
exercise.case("a gradient of ones", np.ones((3, 3)), draw(4, 3)[1])
symmetric = draw(3, 3)[1]
exercise.case(
    "symmetric factors", draw(1, 3)[0], symmetric + symmetric.swapaxes(-1, -2)
)
exercise.case("a batch of two", *draw(3, 3, 2))
exercise.case("a batch as large as a matrix", *draw(4, 3, 3))
exercise.case("two batch axes", *draw(3, 2, 4, 3))
exercise.case("three batch axes", *draw(2, 3, 2, 1, 2))
blind = draw(4, 3)
blind[1][2] = 0
exercise.case("a factor of zeros", *blind)
flat = draw(3, 2)
flat[1][1] = [[1, 2], [2, 4]]
exercise.case("a factor without an inverse", *flat)
exercise.case(
    "factors of 1e-6, a gradient of 1e11",
    1e11 * draw(1, 3)[0],
    1e-6 * draw(3, 3)[1] + 1e-5 * np.eye(3),
)
exercise.case("float32", *(a.astype(np.float32) for a in draw(4, 3)))
add_whole_numbers(exercise, *(np.rint(9 * a) for a in draw(3, 2, 3)))
big = np.array([[200, -150], [170, 190]], dtype=np.int16)
exercise.case("integers whose products need more bytes", big, np.stack([big] * 3))
# Products of two reach 1e20, and int64 ends at 9.2e18; the gradients are some 1e4.
huge = draw(3, 2)
exercise.case(
    "a gradient of 1e-16, integers whose products are beyond int64",
    1e-16 * huge[0],
    np.rint(1e10 * huge[1]).astype(np.int64),
)


def turned(matrix):
    return matrix.swapaxes(-1, -2)


def products(factors):
    """The product of no factor, of one, of two and so on, from the left."""
    made = [np.broadcast_to(np.eye(factors.shape[-1]), factors.shape[1:])]
    for factor in factors:
        made.append(made[-1] @ factor)
    return made


def sides(dout, factors):
    """For each factor: all to its left, the gradient of the product, and all to its right."""
    dout, factors = as_float(dout), as_float(factors)
    lefts = products(factors)[:-1]
    rights = [turned(each) for each in products(turned(factors)[::-1])[-2::-1]]
    return [(left, dout, right) for left, right in zip(lefts, rights, strict=True)]


@exercise.bug
def left_not_transposed(dout, factors):
    """The factors on the left are multiplied as they are. The inner product moves them to the other
    side transposed."""
    # "The factors on the left are multiplied as they are": np.allclose(got[1], factors[0] @ dout
    #     @ turned(products(factors[2:])[-1]))
    # "moves them to the other side transposed": left @ → turned(left) @
    return np.stack(
        [left @ g @ turned(right) for left, g, right in sides(dout, factors)]
    )


@exercise.bug
def right_not_transposed(dout, factors):
    """The factors on the right are multiplied as they are. The inner product moves them to the
    other side transposed."""
    # "The factors on the right are multiplied as they are": np.allclose(got[0], dout @
    #     products(factors[1:])[-1])
    # "moves them to the other side transposed": @ right → @ turned(right)
    return np.stack(
        [turned(left) @ g @ right for left, g, right in sides(dout, factors)]
    )


@exercise.bug
def nothing_transposed(dout, factors):
    """Both sides are multiplied as they are. The inner product moves them to the other side
    transposed."""
    # "Both sides are multiplied as they are": np.allclose(got[0], dout @ factors[1])
    # "moves them to the other side transposed": left @ g @ right → turned(left) @ g @
    #     turned(right)
    return np.stack([left @ g @ right for left, g, right in sides(dout, factors)])


@exercise.bug
def gradient_of_the_product_left_out(dout, factors):
    """The gradient is made of the other factors alone. `dout` stands between both sides."""
    # "The gradient is made of the other factors alone": np.array_equal(got, bug(2 * dout, factors))
    # "`dout` stands between both sides": turned(left) @ turned(right) → turned(left) @ dout @
    #     turned(right)
    return np.stack(
        [turned(left) @ turned(right) for left, _, right in sides(dout, factors)]
    )


@exercise.bug
def ones_for_the_gradient(dout, factors):
    """`dout` is taken for ones, as if the loss were the sum of the product's entries. Multiply by
    the array that is passed."""
    # "Multiply by the array that is passed": np.ones(dout.shape) → dout
    # "`dout` is taken for ones, as if the loss were the sum of the product's entries":
    #     np.allclose(got, bug(7 * dout, factors)) and np.allclose(got[0], factors[1:].prod())
    #     and np.allclose(bug(np.ones(dout.shape), factors), right(np.ones(dout.shape),
    #     factors))
    return np.stack(
        [
            turned(left) @ np.ones(dout.shape) @ turned(right)
            for left, _, right in sides(dout, factors)
        ]
    )


@exercise.bug(start=(0, 1))
def factor_itself_on_the_left(dout, factors, start=0):
    """The product on the left holds the factor itself. Take all factors before it, and of the first
    factor none."""
    # "The product on the left holds the factor itself": np.allclose(got[0], turned(factors[0]) @
    #     want[0])
    # "Take all factors before it, and of the first factor none": left @ factor → left
    found = multi_dot_backward(dout, factors)
    pairs = zip(sides(dout, factors), as_float(factors), strict=True)
    own = [
        turned(left @ factor) @ g @ turned(right) for (left, g, right), factor in pairs
    ]
    return np.stack([*found[:start], *own[start:]])


@exercise.bug(start=(0, 1))
def factor_itself_on_the_right(dout, factors, start=0):
    """The product on the right holds the factor itself. Take all factors after it, and of the last
    factor none."""
    # "The product on the right holds the factor itself": np.allclose(got[-1], want[-1] @
    #     turned(factors[-1]))
    # "Take all factors after it, and of the last factor none": factor @ right → right
    found = multi_dot_backward(dout, factors)
    pairs = zip(sides(dout, factors), as_float(factors), strict=True)
    own = [
        turned(left) @ g @ turned(factor @ right) for (left, g, right), factor in pairs
    ]
    return np.stack([*found[:start], *own[start:]])


@exercise.bug
def gradient_carried_on(dout, factors):
    """The gradient of one factor is where the next one starts, so that it holds the factors of
    both. Start each at `dout`."""
    # "The gradient of one factor is where the next one starts": np.allclose(got[1],
    #     turned(factors[0]) @ got[0] @ turned(products(factors[2:])[-1]))
    # "Start each at `dout`": g = turned(left) @ g @ → g = turned(left) @ dout @
    gradients, g = [], as_float(dout)
    for left, _, right in sides(dout, factors):
        g = turned(left) @ g @ turned(right)
        gradients.append(g)
    return np.stack(gradients)


@exercise.bug
def left_factors_backwards(dout, factors):
    """The factors on the left are multiplied in the reverse order. Put each new factor on the right
    of the product so far: `left @ factor`."""
    # "The factors on the left are multiplied in the reverse order": np.allclose(got[2],
    #     turned(factors[1] @ factors[0]) @ dout) and not np.allclose(got[2], want[2])
    # "Put each new factor on the right of the product so far: `left @ factor`": factor @ left →
    #     left @ factor
    gradients, left = [], as_float(factors)[0] ** 0 * np.eye(factors.shape[-1])
    for factor, (_, g, right) in zip(
        as_float(factors), sides(dout, factors), strict=True
    ):
        gradients.append(turned(left) @ g @ turned(right))
        left = factor @ left
    return np.stack(gradients)


@exercise.bug
def right_factors_backwards(dout, factors):
    """The factors on the right are multiplied in the reverse order. Going from the last to the
    first, put each new factor on the left: `factor @ right`."""
    # "The factors on the right are multiplied in the reverse order": np.allclose(got[0], dout @
    #     turned(factors[2] @ factors[1])) and not np.allclose(got[0], want[0])
    # "Going from the last to the first, put each new factor on the left: `factor @ right`":
    #     right @ factor → factor @ right
    gradients, right = [], as_float(factors)[0] ** 0 * np.eye(factors.shape[-1])
    for factor, (left, g, _) in zip(
        as_float(factors)[::-1], sides(dout, factors)[::-1], strict=True
    ):
        gradients.append(turned(left) @ g @ turned(right))
        right = right @ factor
    return np.stack(gradients[::-1])


@exercise.bug
def last_factor_first(dout, factors):
    """The gradients come from the last factor to the first. Turn the list around."""
    # "The gradients come from the last factor to the first": np.allclose(got, want[::-1])
    # "Turn the list around": [::-1] → [::1]
    return multi_dot_backward(dout, factors)[::-1]


@exercise.bug
def result_transposed(dout, factors):
    """Each gradient is transposed: as `R @ dout.T @ L` it belongs to the transposed factor."""
    # "Each gradient is transposed": np.allclose(got, turned(want))
    # "as `R @ dout.T @ L` it belongs to the transposed factor": np.allclose(got[0],
    #     products(factors[1:])[-1] @ dout.T @ np.eye(len(dout))) and "R @ dout.T @ L"
    return turned(multi_dot_backward(dout, factors))


@exercise.bug
def all_axes_turned(dout, factors):
    """Batch axes are not left in front: `.T` turns them around, too, and `np.dot` multiplies each
    matrix with each. Swap the last two, `swapaxes(-1, -2)`, and multiply with `@`."""
    # "`np.dot` multiplies each matrix with each": isinstance(got, ValueError) and
    #     np.dot(np.zeros((2, 3, 3)), np.zeros((4, 3, 3))).shape == (2, 3, 4, 3)
    # "Batch axes are not left in front: `.T` turns them around, too": isinstance(got,
    #     ValueError) and np.zeros((2, 3, 4)).T.shape == (4, 3, 2)
    # "Swap the last two, `swapaxes(-1, -2)`, and multiply with `@`": left.T @ g @ right.T →
    #     left.swapaxes(-1, -2) @ g @ right.swapaxes(-1, -2)
    return np.stack([left.T @ g @ right.T for left, g, right in sides(dout, factors)])


@exercise.bug
def summed_over_the_batch(dout, factors):
    """The gradients are summed over the batch. Each example has its own factors here, so each gets
    its own gradient."""
    # "The gradients are summed over the batch": np.allclose(got, want.sum(axis=1)) and
    #     factors.ndim == 4
    # "Each example has its own factors here, so each gets its own gradient":
    #     .sum(axis=tuple(range(1, factors.ndim - 2))) →
    return multi_dot_backward(dout, factors).sum(axis=tuple(range(1, factors.ndim - 2)))


@exercise.bug(mean=(False, True))
def one_gradient_for_the_batch(dout, factors, mean=False):
    """Each example gets the sum or the mean of the gradients of all. Each has its own factors here,
    so each gets its own gradient."""
    # "Each example gets the sum or the mean of the gradients of all": np.allclose(got[:, 0],
    #     want.sum(axis=1)) and np.allclose(got[:, 0], got[:, 1]) and np.allclose(bug(dout, factors,
    #     mean=True)[:, 0], want.mean(axis=1))
    # "Each has its own factors here, so each gets its own gradient": return whole if
    #     factors.ndim > 3 else found → return found
    found = multi_dot_backward(dout, factors)
    axes = tuple(range(1, factors.ndim - 2))
    whole = found.sum(axis=axes, keepdims=True)
    whole = whole / (factors[0, ..., 0, 0].size if mean else 1) + np.zeros(found.shape)
    return whole if factors.ndim > 3 else found


@exercise.bug
def divided_by_the_batch(dout, factors):
    """The gradients are divided by the number of examples. Where the loss is their mean, `dout`
    has this factor: leave them as they are."""
    # "The gradients are divided by the number of examples": np.allclose(got * dout[..., 0,
    #     0].size, want) and factors.ndim > 3
    # "Where the loss is their mean, `dout` has this factor": np.allclose(right(dout / dout[..., 0,
    #     0].size, factors), got) and "dout"
    # "leave them as they are": / dout[..., 0, 0].size →
    return multi_dot_backward(dout, factors) / dout[..., 0, 0].size


@exercise.bug
def last_factor_left_out(dout, factors):
    """The products on the right end one factor early, before the last. Take all factors after a
    factor: `factors[i + 1:]`."""
    # "The products on the right end one factor early, before the last": np.allclose(got, [*right(
    #     dout, factors[:-1]), want[-1]])
    # "Take all factors after a factor: `factors[i + 1:]`": factors[i + 1:-1] → factors[i + 1:]
    factors, found = as_float(factors), []
    for i, (left, g, _) in enumerate(sides(dout, factors)):
        for factor in factors[i + 1 : -1][::-1]:
            g = g @ turned(factor)
        found.append(turned(left) @ g)
    return np.stack(found)


@exercise.bug
def ones_for_the_identity(dout, factors):
    """A product begins with a matrix of ones. The product of no factors is the identity, `np.eye`,
    which changes nothing."""
    # "A product begins with a matrix of ones": np.allclose(got[0], np.ones(dout.shape) @ dout @
    #     turned(np.ones(dout.shape) @ factors[1]))
    # "The product of no factors is the identity, `np.eye`, which changes nothing": np.ones((d,
    #     d)) → np.eye(d)
    d = dout.shape[-1]
    ones = np.ones((d, d))
    return np.stack(
        [
            turned(ones @ left) @ g @ turned(ones @ right)
            for left, g, right in sides(dout, factors)
        ]
    )


@exercise.bug
def products_of_integers(dout, factors):
    """Integer factors are multiplied as integers, which wrap around where a product is large. Make
    them floats first."""
    # "Integer factors are multiplied as integers, which wrap around where a product is large":
    #     np.allclose(got[2], turned(factors[0] @ factors[1]) @ dout) and (abs(products(
    #     as_float(factors))[2]) > 2.0**63).any()
    # "Make them floats first": dtype=factors.dtype → dtype=float
    eye = np.eye(factors.shape[-1], dtype=factors.dtype)
    gradients = []
    for place in range(len(factors)):
        left = reduce(np.matmul, factors[:place], eye)
        right = reduce(np.matmul, factors[place + 1 :], eye)
        gradients.append(turned(left) @ dout @ turned(right))
    return np.stack(gradients)


@exercise.bug
def gradient_transposed(dout, factors):
    """`dout` is transposed. Transpose both sides alone, and leave the gradient as it is."""
    # "`dout` is transposed": np.allclose(got, right(turned(dout), factors))
    # "Transpose both sides alone, and leave the gradient as it is.": turned(g) → g
    return np.stack(
        [
            turned(left) @ turned(g) @ turned(right)
            for left, g, right in sides(dout, factors)
        ]
    )


@exercise.bug
def sides_exchanged(dout, factors):
    """The factors after a factor are multiplied from the left, and those before it from the right.
    Leave each side where it is."""
    # "The factors after a factor are multiplied from the left, and those before it from the
    #     right": np.allclose(got[0], turned(factors[1]) @ dout) and np.allclose(got[1], dout
    #     @ turned(factors[0]))
    # "Leave each side where it is.": turned(right) @ g @ turned(left) → turned(left) @ g @
    #     turned(right)
    return np.stack(
        [turned(right) @ g @ turned(left) for left, g, right in sides(dout, factors)]
    )


@exercise.bug
def gradient_first(dout, factors):
    """`dout` stands before both sides. It belongs between them."""
    # "`dout` stands before both sides": np.allclose(got[1], dout @ turned(factors[0]))
    # "It belongs between them": g @ turned(left) → turned(left) @ g
    return np.stack(
        [g @ turned(left) @ turned(right) for left, g, right in sides(dout, factors)]
    )


@exercise.bug
def gradient_last(dout, factors):
    """`dout` stands behind both sides. It belongs between them."""
    # "`dout` stands behind both sides": np.allclose(got[0], turned(factors[1]) @ dout)
    # "It belongs between them": turned(right) @ g → g @ turned(right)
    return np.stack(
        [turned(left) @ turned(right) @ g for left, g, right in sides(dout, factors)]
    )


@exercise.bug
def transposed_in_the_old_order(dout, factors):
    """Each factor of a side is transposed, and their order stays. The transpose of a product has
    its factors in the reverse order."""
    # "Each factor of a side is transposed, and their order stays": np.allclose(got[2],
    #     turned(factors[0]) @ turned(factors[1]) @ dout)
    # "The transpose of a product has its factors in the reverse order":
    #     np.allclose(turned(factors[0] @ factors[1]), turned(factors[1]) @
    #     turned(factors[0])) and not np.allclose(got[2], turned(factors[0] @ factors[1]) @
    #     dout)
    turns = turned(as_float(factors))
    lefts = products(turns)[:-1]
    rights = [products(turns[place + 1 :])[-1] for place in range(len(turns))]
    pairs = zip(lefts, rights, strict=True)
    return np.stack([left @ as_float(dout) @ right for left, right in pairs])


@exercise.bug
def entry_by_entry(dout, factors):
    """The factors are multiplied entry by entry, as if they were numbers. Multiply matrices, with
    `@`, in their order."""
    # "The factors are multiplied entry by entry": np.allclose(got, dout * factors[::-1])
    # "Multiply matrices, with `@`, in their order": [dout * other for other in others] →
    #     [turned(left) @ g @ turned(right) for left, g, right in sides(dout, factors)]
    dout, factors = as_float(dout), as_float(factors)
    others = [
        np.delete(factors, place, axis=0).prod(axis=0) for place in range(len(factors))
    ]
    return np.stack([dout * other for other in others])


@exercise.bug(side=("left", "right", "what is left"))
def divided_by_a_pseudoinverse(dout, factors, side="left"):
    """The products of one side are made of longer ones by a pseudoinverse, which takes nothing
    back where there is no inverse. Keep them in a list on the way."""
    # "which takes nothing back where there is no inverse": not np.allclose(got, want) and
    #     (np.linalg.matrix_rank(factors) < factors.shape[-1]).any()
    # "Keep them in a list on the way": lefts[place + 1] @ np.linalg.pinv(factor) →
    #     lefts[place]; np.linalg.pinv(made[place + 1]) @ made[-1] → right;
    #     np.linalg.pinv(taken) @ right → sides(dout, factors)[place][2]
    # "The products of one side are made of longer ones by a pseudoinverse":
    #     np.allclose(got[2], turned(products(factors)[3] @ np.linalg.pinv(factors[2])) @ dout
    #     @ turned(factors[3]))
    factors, gradients = as_float(factors), []
    lefts, made = products(factors), products(factors)
    for place in reversed(range(len(factors))):
        factor, (_, g, right) = factors[place], sides(dout, factors)[place]
        if side == "right":
            right = np.linalg.pinv(made[place + 1]) @ made[-1]
        elif side == "what is left":
            right = made[-1]
            for taken in factors[: place + 1]:
                right = np.linalg.pinv(taken) @ right
        else:
            lefts[place] = lefts[place + 1] @ np.linalg.pinv(factor)
        gradients.append(turned(lefts[place]) @ g @ turned(right))
    return np.stack(gradients[::-1])


@exercise.bug
def divided_by_the_factor(dout, factors):
    """The products of one side are made of longer ones by an inverse, which need not exist. Keep
    them in a list on the way."""
    # "Keep them in a list on the way": longer @ np.linalg.inv(factor) → shorter
    # "The products of one side are made of longer ones by an inverse, which need not exist":
    #     isinstance(got, np.linalg.LinAlgError) and np.allclose(bug(dout, factors
    #     + np.eye(3)), right(dout, factors + np.eye(3)))
    factors = as_float(factors)
    triples = zip(
        products(factors),
        products(factors)[1:],
        factors,
        sides(dout, factors),
        strict=False,
    )
    return np.stack(
        [
            turned(longer @ np.linalg.inv(factor)) @ g @ turned(right)
            for shorter, longer, factor, (_, g, right) in triples
        ]
    )
