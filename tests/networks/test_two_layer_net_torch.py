"""The network in PyTorch, against the one by hand in NumPy, and against PyTorch's own words."""

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose

from answers.networks import two_layer_net
from answers.networks.two_layer_net_torch import TwoLayerNet, autograd_gradients

NAMES = ["x", "w1", "b1", "w2", "b2"]
SIZES = [(1, 1, 1, 1), (1, 7, 5, 3), (5, 3, 3, 3), (11, 7, 5, 3), (13, 2, 17, 11)]


def arrays(sizes, seed=0, dtype=np.float64):
    """Random x, y and parameters for batch, d_in, hidden and classes."""
    batch, d_in, hidden, classes = sizes
    rng = np.random.default_rng(seed)
    shapes = [(batch, d_in), (d_in, hidden), (hidden,), (hidden, classes), (classes,)]
    made = {
        name: rng.normal(size=shape).astype(dtype)
        for name, shape in zip(NAMES, shapes, strict=True)
    }
    return {**made, "y": rng.integers(0, classes, batch)}


def by_autograd(x, y, **params):
    net = TwoLayerNet.from_numpy(**params)
    return autograd_gradients(net, torch.from_numpy(x), torch.from_numpy(y))


def assert_same(got, expected, tolerance):
    """Relative to the largest entry: an entry that nearly cancels has no digits of its own."""
    (got_loss, got), (expected_loss, expected) = got, expected
    assert float(got_loss) == pytest.approx(float(expected_loss), rel=tolerance, abs=1e-15)
    assert list(got) == list(expected)
    for name, gradient in expected.items():
        atol = tolerance * np.abs(gradient).max()
        assert_allclose(got[name], gradient, rtol=0, atol=atol, err_msg=name)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-5)])
@pytest.mark.parametrize("sizes", SIZES)
def test_loss_and_gradients_agree_with_numpy_in_float64(sizes, dtype, tolerance):
    a = arrays(sizes)
    loss, gradients = by_autograd(**{k: v if k == "y" else v.astype(dtype) for k, v in a.items()})
    assert {g.numpy().dtype for g in (loss, *gradients.values())} == {np.dtype(dtype)}
    assert_same((loss, gradients), two_layer_net.two_layer_gradients(**a), tolerance)


def test_asking_twice_gives_the_same_and_touches_no_grad_input_or_array():
    a = arrays((5, 3, 4, 2), seed=5)
    kept = {name: array.copy() for name, array in a.items()}
    net = TwoLayerNet.from_numpy(**{name: a[name] for name in NAMES[1:]})
    x, y = torch.from_numpy(a["x"]), torch.from_numpy(a["y"])
    (_, once), (_, twice) = (autograd_gradients(net, x, y) for _ in range(2))
    for name in NAMES:
        assert torch.equal(once[name], twice[name]), name
    assert not x.requires_grad
    assert [p.grad for p in (x, *net.parameters())] == [None] * 5
    with torch.no_grad():
        net.first.weight += 1  # the arrays are copied
    for name, array in a.items():
        assert np.array_equal(array, kept[name]), name
    half = autograd_gradients(net.bfloat16(), x.bfloat16(), y)[1]
    assert half["w1"].dtype == torch.bfloat16


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int32, torch.int64, torch.bool])
def test_labels_of_any_integer_type_are_taken(dtype):
    net, x, y = TwoLayerNet(3, 4, 2), torch.randn(5, 3), torch.tensor([0, 1, 1, 0, 1])
    assert autograd_gradients(net, x, y.to(dtype))[0] == autograd_gradients(net, x, y)[0]


def test_parameters_start_as_those_of_nn_linear():
    torch.manual_seed(0)
    net = TwoLayerNet(4, hidden=5, classes=3)
    torch.manual_seed(0)
    first, second = torch.nn.Linear(4, 5), torch.nn.Linear(5, 3)
    for layer, expected in ((net.first, first), (net.second, second)):
        assert torch.equal(layer.weight, expected.weight)
        assert torch.equal(layer.bias, expected.bias)


def test_integer_parameters_become_float64():
    net = TwoLayerNet.from_numpy(
        np.ones((2, 3), int), np.zeros(3, int), np.ones((3, 2), int), np.zeros(2)
    )
    assert {p.dtype for p in net.parameters()} == {torch.float64}


@pytest.mark.parametrize("label", [-100, -1, 2])
def test_labels_out_of_range_are_refused_even_minus_100(label):
    net, x = TwoLayerNet(3, 4, 2), torch.randn(3, 3)
    with pytest.raises(ValueError, match=f"`y` holds {label} at index 1; with 2 classes"):
        autograd_gradients(net, x, torch.tensor([0, label, 1]))


def test_nan_an_empty_batch_and_another_precision_are_refused():
    net, y = TwoLayerNet(3, 4, 2), torch.tensor([0, 1])
    x = torch.ones(2, 3)
    x[1, 2] = torch.nan
    with pytest.raises(ValueError, match=r"`x` holds nan at index \(1, 2\)"):
        autograd_gradients(net, x, y)
    with pytest.raises(ValueError, match=r"`x` is empty: its shape is \(0, 3\)"):
        autograd_gradients(net, torch.ones(0, 3), y[:0])
    with pytest.raises(ValueError, match=r"`x` is torch.float64, the network torch.float32"):
        autograd_gradients(net, torch.ones(2, 3, dtype=torch.float64), y)


@pytest.mark.parametrize("name", NAMES[1:])
def test_parameters_that_are_empty_nan_or_of_another_shape_are_refused_by_name(name):
    a = {k: v for k, v in arrays((5, 3, 4, 2)).items() if k in NAMES[1:]}
    broken = a[name].copy()
    broken.flat[-1] = np.inf
    with pytest.raises(ValueError, match=f"`{name}` holds inf at index"):
        TwoLayerNet.from_numpy(**{**a, name: broken})
    with pytest.raises(TypeCheckError):
        TwoLayerNet.from_numpy(**{**a, name: a[name][..., :-1][None]})
    with pytest.raises(ValueError, match="`w1` is empty"):
        TwoLayerNet.from_numpy(a["w1"][:0], *list(a.values())[1:])
    with pytest.raises(ValueError, match="`w2` is empty"):
        TwoLayerNet.from_numpy(a["w1"], a["b1"], a["w2"][:, :0], a["b2"][:0])


@pytest.mark.parametrize(
    ("x", "y", "name"),
    [
        (torch.ones(5, 3), torch.zeros(4, dtype=torch.int64), "y"),
        (torch.ones(5), torch.zeros(5, dtype=torch.int64), "x"),
        (torch.ones(5, 3, dtype=torch.int64), torch.zeros(5, dtype=torch.int64), "x"),
        (torch.ones(5, 3), torch.zeros(5), "y"),
        (torch.ones(5, 3), torch.zeros(5, 1, dtype=torch.int64), "y"),
    ],
)
def test_batches_that_do_not_fit_are_refused_by_name(x, y, name):
    with pytest.raises(TypeCheckError, match=f"parameter '{name}'"):
        autograd_gradients(TwoLayerNet(3, 4, 2), x, y)


@pytest.mark.parametrize("name", ["d_in", "hidden", "classes"])
def test_a_layer_without_units_is_refused(name):
    sizes = {"d_in": 3, "hidden": 4, "classes": 5, name: 0}
    with pytest.raises(ValueError, match=f"`{name}` is 0; a layer needs at least one unit"):
        TwoLayerNet(**sizes)


# What question 2 says of PyTorch in words


@pytest.mark.parametrize(
    ("layer", "safe"),
    [(torch.nn.Linear(3, 3), True), (torch.sigmoid, False), (torch.exp, False)],
)
def test_relu_in_place_is_safe_after_a_layer_that_does_not_keep_its_output(layer, safe):
    def gradient(relu):
        x = torch.linspace(-1, 1, 3, requires_grad=True)
        relu(layer(x)).sum().backward()
        return x.grad

    if safe:
        assert torch.equal(gradient(torch.relu_), gradient(torch.relu))
    else:
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            gradient(torch.relu_)


def test_a_step_between_forward_and_backward_is_an_error():
    net = TwoLayerNet(3, 4, 2)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    net(torch.ones(5, 3)).sum().backward()
    second = net(torch.ones(5, 3)).sum()
    optimizer.step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        second.backward()


@pytest.mark.parametrize("options", [{"weight_decay": 0.1}, {"momentum": 0.9}])
def test_an_optimizer_skips_none_but_moves_at_a_gradient_of_zero(options):
    moved = {}
    for set_to_none in (True, False):
        w = torch.ones(2, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.1, **options)
        w.sum().backward()
        optimizer.step()
        before = w.detach().clone()
        optimizer.zero_grad(set_to_none=set_to_none)
        optimizer.step()
        moved[set_to_none] = not torch.equal(w, before)
    assert moved == {True: False, False: True}


def test_nn_linear_starts_uniformly_within_one_over_the_root_of_its_inputs():
    torch.manual_seed(0)
    for parameter in torch.nn.Linear(400, 300).parameters():
        assert 0.049 < parameter.abs().max() <= 0.05
        assert parameter.std().item() == pytest.approx(0.05 / 3**0.5, rel=0.1)


def test_anomaly_mode_shows_the_operation_whose_saved_tensor_was_edited():
    with torch.autograd.set_detect_anomaly(True):
        out = torch.ones(2, requires_grad=True).exp()  # the line to be shown
        out += 1
        with (
            pytest.raises(RuntimeError, match="inplace"),
            pytest.warns(UserWarning, match="the line to be shown"),
        ):
            out.sum().backward()


def test_with_a_detached_hidden_layer_the_loss_still_falls_and_the_first_layer_stays():
    torch.manual_seed(0)
    net, x = TwoLayerNet(3, 8, 2), torch.randn(20, 3)
    y = (x[:, 0] > 0).long()
    start = net.first.weight.detach().clone()
    optimizer, losses = torch.optim.SGD(net.parameters(), lr=0.5), []
    for _ in range(50):
        optimizer.zero_grad()
        hidden = torch.relu(net.first(x)).detach()
        loss = torch.nn.functional.cross_entropy(net.second(hidden), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.9 * losses[0]
    assert torch.equal(net.first.weight, start)


def test_a_fused_step_between_forward_and_backward_is_not_noticed():
    def gradient(step):
        torch.manual_seed(0)
        net = TwoLayerNet(3, 4, 2)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1, fused=True)
        net(torch.ones(5, 3)).sum().backward()
        second = net(torch.ones(5, 3)).square().sum()
        if step == "between":
            optimizer.step()
        optimizer.zero_grad()
        second.backward()
        return net.first.weight.grad

    assert not torch.allclose(gradient("between"), gradient("never"))


@pytest.mark.parametrize(("kind", "times"), [(torch.optim.SGD, 7), (torch.optim.Adam, 1)])
def test_a_sum_makes_the_step_of_sgd_larger_but_not_that_of_adam(kind, times):
    def step(reduction):
        torch.manual_seed(0)
        net = TwoLayerNet(3, 4, 2).double()
        start = net.second.weight.detach().clone()
        optimizer = kind(net.parameters(), lr=0.1)
        logits = net(torch.randn(7, 3).double())
        y = torch.tensor([0, 1, 1, 0, 1, 0, 0])
        torch.nn.functional.cross_entropy(logits, y, reduction=reduction).backward()
        optimizer.step()
        return (net.second.weight - start).norm().item()

    assert step("sum") == pytest.approx(times * step("mean"), rel=1e-5)


def test_with_class_weights_the_size_of_a_part_is_the_sum_of_its_weights():
    torch.manual_seed(0)
    weight, y = torch.tensor([1.0, 5.0, 2.0]), torch.tensor([0, 1, 1, 1, 2, 0, 0])
    logits = torch.randn(7, 3, requires_grad=True)
    loss = torch.nn.CrossEntropyLoss(weight)
    whole, part, other = (
        loss(logits, y),
        loss(logits[:4], y[:4]),
        loss(logits[4:], y[4:]),
    )
    sizes = weight[y[:4]].sum(), weight[y[4:]].sum()
    torch.testing.assert_close(whole, (sizes[0] * part + sizes[1] * other) / sum(sizes))


def test_after_relu_in_place_a_skip_connection_reads_the_result():
    z = torch.linspace(-1, 1, 4, requires_grad=True) * 1
    torch.testing.assert_close(torch.relu_(z) + z, 2 * torch.relu(torch.linspace(-1, 1, 4)))


def test_a_cut_beside_another_path_leaves_a_gradient_that_is_wrong():
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    (w * w.detach()).sum().backward()
    assert torch.equal(w.grad, w)  # not 2 w


def test_an_edit_through_numpy_is_not_noticed():
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    out = w.exp()
    out.detach().numpy()[:] += 1
    out.sum().backward()
    assert torch.equal(w.grad, out)


def test_backward_frees_what_a_total_of_losses_would_keep():
    for backward in (False, True):
        total, w = 0.0, torch.ones(3, requires_grad=True)
        out = w.exp()
        total = total + out.sum()
        if backward:
            out.sum().backward()
            with pytest.raises(RuntimeError, match="freed"):
                _ = out.grad_fn._saved_result
        else:
            assert out.grad_fn._saved_result is not None


def test_batch_norm_makes_micro_batches_differ_from_the_batch():
    torch.manual_seed(0)
    x, layer = torch.randn(7, 3, dtype=torch.float64), torch.nn.BatchNorm1d(3).double()
    layer = torch.nn.Sequential(torch.nn.Linear(3, 3).double(), layer)

    def gradient(*parts):
        layer.zero_grad()
        for part in parts:
            (layer(part).pow(3).mean() * len(part) / 7).backward()
        return layer[0].weight.grad.clone()

    assert not torch.allclose(gradient(x), gradient(x[:4], x[4:]), rtol=0.01)


def refused(change, match):
    net, x, y = TwoLayerNet(4, 5, 3), torch.ones(2, 4), torch.tensor([0, 2])
    with pytest.raises(ValueError, match=match):
        autograd_gradients(*change(net, x, y))


def test_a_network_that_cannot_be_differentiated_is_refused():
    refused(lambda net, x, y: (net, torch.ones(2, 6), y), "6 columns; the network takes 4")
    refused(
        lambda net, x, y: (net.double(), x, y),
        r"x.to\(torch.float64\), or net.to\(torch.float32",
    )

    def frozen(net, x, y):
        net.first.weight.requires_grad_(False)
        return net, x, y

    def spoilt(net, x, y):
        net.first.weight.data[0, 1] = torch.nan
        return net, x, y

    refused(frozen, "`net.first.weight` is frozen")
    refused(spoilt, r"`first.weight` holds nan at index \(0, 1\)")
    with torch.no_grad():
        refused(lambda *given: given, "gradients are off")


def test_parameters_of_any_strides_and_byte_order_are_copied():
    w1, b1, w2, b2 = (
        np.arange(6.0).reshape(3, 2)[::-1],
        np.ones(2),
        np.ones((2, 2)),
        np.ones(2),
    )
    net = TwoLayerNet.from_numpy(w1, b1.astype(">f8"), w2, b2)
    assert np.array_equal(net.first.weight.detach().numpy(), w1.T)
    with pytest.raises(ValueError, match="`w2` holds inf"):
        TwoLayerNet.from_numpy(w1.astype(np.float32), b1, 1e300 * w2, b2)
