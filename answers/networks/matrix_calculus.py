"""The derivative of Y = XW: the whole Jacobian, and the product with it that training needs."""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:linear_vjp_refuses]
def not_finite(result, x, w, g):
    # nan or infinity in w spoils a column of dx, in x a row of dw, in g a column of dw: the
    # arguments are searched only to say where.
    dx, dw = result
    if not (np.isfinite(dx).all() and np.isfinite(dw).all()):
        for name, array in (("x", x), ("w", w), ("g", g)):
            refuse_nan(array, name)
        refuse_overflowed(dx, "dx")
        refuse_overflowed(dw, "dw")


@refuses(not_finite, x=refuse_empty, w=refuse_empty)
# --8<-- [end:linear_vjp_refuses]
# --8<-- [start:linear_vjp]
def linear_vjp(
    x: Real[ndarray, "*batch d_in"],
    w: Real[ndarray, "d_in d_out"],
    g: Real[ndarray, "*batch d_out"],
) -> tuple[Float[ndarray, "*batch d_in"], Float[ndarray, "d_in d_out"]]:
    """Gradients of a loss with respect to `x` and `w`, from its gradient at `x @ w`.

    They turn a change of x and w into the change of the loss, to first order:
    ⟨g, Δx w + x Δw⟩ = ⟨dx, Δx⟩ + ⟨dw, Δw⟩ for every Δx and Δw, where ⟨a, b⟩ sums the
    products of all entries. Both are vector-Jacobian products, and no Jacobian is formed.
    Nothing divides by the batch: the 1/N of a mean belongs to the loss, and is in `g`.

    Args:
        x: Inputs, one per row; any leading axes.
        w: Weights, inputs along the rows. `torch.nn.Linear` stores the transpose.
        g: Gradient of the loss with respect to `x @ w`.

    Returns:
        (dx, dw), each in the shape of what it is the gradient of.

    Raises:
        ValueError: An argument is empty or holds nan or infinity, or a product overflows.

    Source:
        Giles (2008), Collected Matrix Derivative Results, on the matrix product

    Example:
        >>> x, w, g = np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]), np.array([[10.0]])
        >>> dx, dw = linear_vjp(x, w, g)
        >>> dx, dw.T
        (array([[30., 40.]]), array([[10., 20.]]))
    """
    x, g = as_float(x), as_float(g)
    # One row per example, so that the inner sum of xᵀ g runs over every leading axis.
    rows, g_rows = x.reshape(-1, x.shape[-1]), g.reshape(-1, g.shape[-1])
    return g @ w.T, rows.T @ g_rows


# --8<-- [end:linear_vjp]


# --8<-- [start:linear_jacobian_refuses]
@refuses(x=(refuse_empty, refuse_nan), w=(refuse_empty, refuse_nan))
# --8<-- [end:linear_jacobian_refuses]
# --8<-- [start:linear_jacobian]
def linear_jacobian(
    x: Real[ndarray, "*batch d_in"], w: Real[ndarray, "d_in d_out"]
) -> Float[ndarray, "*batch d_out d_in d_out"]:
    """The derivative of y = x w with respect to `w`: ∂y_ij / ∂w_kl = x_ik [j = l].

    The axes are those of y, then those of w. Of a matrix x,
    `reshape(y.size, w.size)` of it is x ⊗ I (row-major), and with order="F" it is I ⊗ x
    (column-major).

    For the eye and for tests: along either axis of d_out, no more than one entry is not 0.
    Training needs only the product with a gradient, `linear_vjp`.

    Args:
        x: Inputs, one per row; any leading axes.
        w: Weights. y is linear in them, so the derivative takes only their shape.

    Raises:
        ValueError: An argument is empty or holds nan or infinity.

    Source:
        Magnus and Neudecker (2019), Matrix Differential Calculus, 3rd edition, chapter 9

    Example:
        >>> x, w = np.array([[5.0, 7.0]]), np.zeros((2, 2))
        >>> linear_jacobian(x, w).reshape(2, 4)
        array([[5., 0., 7., 0.],
               [0., 5., 0., 7.]])
    """
    x, w = as_float(x), as_float(w)
    same_output = np.eye(w.shape[1], dtype=np.result_type(x, w))
    return np.einsum("...k,jl->...jkl", x, same_output)


# --8<-- [end:linear_jacobian]
