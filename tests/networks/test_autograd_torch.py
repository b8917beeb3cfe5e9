"""autograd inspected: the graph, what is saved, our own operation, and every cell of the table."""

import weakref

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.autograd import gradcheck, gradgradcheck
from torch.autograd.function import once_differentiable
from torch.nn import functional

from answers.networks.autograd_torch import (
    DIFFERS,
    SWITCHES,
    CrossEntropy,
    autograd_graph,
    cross_entropy,
    observe,
    saved_bytes,
    table,
    tree,
)
from answers.probability import softmax

# The graph


def test_the_graph_of_a_linear_layer_and_relu_is_as_pytorch_documents_it():
    w, b = torch.ones(3, 5, requires_grad=True), torch.ones(3, requires_grad=True)
    y = torch.relu(functional.linear(torch.ones(7, 5), w, b)).sum()
    assert autograd_graph(y).split("\n") == [
        "SumBackward0",
        "  ReluBackward0",
        "    AddmmBackward0",
        "      AccumulateGrad, leaf (3,)",
        "      TBackward0",
        "        AccumulateGrad, leaf (3, 5)",
    ]


def test_a_value_that_is_used_twice_is_written_out_once():
    w = torch.ones(2, requires_grad=True)
    h = w.exp()
    assert autograd_graph(h * h).split("\n") == [
        "MulBackward0",
        "  ExpBackward0",
        "    AccumulateGrad, leaf (2,)",
        "  ExpBackward0 (above)",
    ]


def test_a_tensor_without_a_graph_is_refused():
    for tensor in (torch.ones(2), torch.ones(2, requires_grad=True)):
        with pytest.raises(ValueError, match="`tensor` has no grad_fn"):
            autograd_graph(tensor)


def test_a_branch_that_needs_no_gradient_is_left_out():
    w = torch.ones(2, requires_grad=True)
    assert autograd_graph(w * torch.ones(2).exp()).count("\n") == 1


@given(st.data())
def test_every_edge_of_a_random_graph_is_a_line_below_its_node(data):
    inputs = {
        n: data.draw(st.lists(st.integers(0, n - 1), max_size=3)) if n else [] for n in range(6)
    }
    lines = tree(5, str, inputs.get).split("\n")
    edges, path, expanded = [], [], set()
    for line in lines:
        depth, node = (len(line) - len(line.lstrip())) // 2, int(line.split()[0])
        path[depth:] = [node]
        assert line.endswith("(above)") == (node in expanded)
        expanded.add(node)
        edges += [(path[-2], node)] if depth else []
    assert sorted(edges) == sorted((n, m) for n in expanded for m in inputs[n])


def test_each_function_runs_once_all_that_send_to_it_have_run():
    rng = np.random.default_rng(0)
    values = [torch.ones(2, requires_grad=True)]
    for _ in range(30):
        a, b = (values[k] for k in rng.integers(max(0, len(values) - 4), len(values), 2))
        values.append(a * b + a)
    order, waiting, functions = [], [values[-1].grad_fn], set()
    while waiting:
        function = waiting.pop()
        if function not in functions:
            functions.add(function)
            function.register_prehook(lambda *_, f=function: order.append(f))
            waiting += [each for each, _ in function.next_functions if each]
    values[-1].sum().backward()
    ran = {function: place for place, function in enumerate(order)}
    assert len(order) == len(functions) == len(ran) > 40
    for function in functions:
        for each, _ in function.next_functions:
            assert each is None or ran[function] < ran[each]


def test_a_graph_deeper_than_pythons_stack_is_laid_out():
    deep = torch.ones(1, requires_grad=True)
    for _ in range(3000):
        deep = deep + 1
    assert len(autograd_graph(deep).splitlines()) == 3001


# What is saved


def test_the_documented_operations_save_their_input_their_result_or_nothing():
    x = torch.rand(1000, requires_grad=True)
    assert saved_bytes(lambda: x + 1) == saved_bytes(lambda: -x) == 0
    assert saved_bytes(lambda: x.sum()) == saved_bytes(lambda: x.mean()) == 0
    assert saved_bytes(lambda: x.pow(2)) == saved_bytes(lambda: x.exp()) == 4000
    assert saved_bytes(lambda: x.double().exp()) == 8000
    assert saved_bytes(lambda: x[:10].exp()) == 40


def test_memory_that_is_saved_twice_counts_once():
    x = torch.rand(1000, requires_grad=True)
    y = torch.rand(1000, requires_grad=True)
    assert saved_bytes(lambda: x * x) == saved_bytes(lambda: x.sin() + x.cos()) == 4000
    assert saved_bytes(lambda: x * y) == 8000
    assert saved_bytes(lambda: x.exp().relu()) == 8000


def test_memory_is_counted_where_no_address_tells_it_apart():
    x = torch.empty(1000, requires_grad=True, device="meta")
    assert saved_bytes(lambda: x.exp().exp()) == 8000
    assert saved_bytes(lambda: x * x) == saved_bytes(lambda: x.sin() + x.cos()) == 4000


def test_memory_that_is_freed_on_the_way_still_counts():
    x = torch.rand(1000, requires_grad=True)
    assert saved_bytes(lambda: [x.exp().detach() for _ in range(3)] and x.exp()) == 16000


def test_detach_frees_at_once_what_was_saved_and_no_grad_never_saves_it():
    class Kept:
        def __init__(self, tensor):
            self.tensor = tensor.detach()

    x, kept = torch.rand(5, requires_grad=True), []

    def pack(tensor):
        packed = Kept(tensor)
        kept.append(weakref.ref(packed))
        return packed

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda packed: packed.tensor):
        held = x.exp()
        assert [each() is not None for each in kept] == [True]
        held.detach()
        assert [each() is not None for each in kept] == [True]
        x.exp().detach()
        assert [each() is not None for each in kept] == [True, False]
        with torch.no_grad():
            x.exp()
        assert len(kept) == 2


# The operation of our own

LOGITS = [(1, 2), (5, 3), (7, 11)]


def example(shape, dtype=torch.float64):
    rng = np.random.default_rng(shape[0])
    logits = torch.tensor(3 * rng.normal(size=shape), dtype=dtype, requires_grad=True)
    return logits, torch.tensor(rng.integers(shape[1], size=shape[0]))


@pytest.mark.parametrize("shape", LOGITS)
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.float64, 1e-12)])
def test_value_and_gradient_agree_with_pytorch_and_with_the_numpy_answer(shape, dtype, tolerance):
    logits, targets = example(shape, dtype)
    ours, theirs = (
        cross_entropy(logits, targets),
        functional.cross_entropy(logits, targets),
    )
    gradients = [torch.autograd.grad(3 * loss, logits)[0] for loss in (ours, theirs)]
    value, gradient = softmax.cross_entropy(logits.detach().numpy(), targets.numpy())
    assert ours.dtype == gradients[0].dtype == dtype
    close = {"rtol": tolerance, "atol": tolerance}
    torch.testing.assert_close(ours, theirs, **close)
    torch.testing.assert_close(*gradients, **close)
    np.testing.assert_allclose(ours.detach(), value, **close)
    np.testing.assert_allclose(gradients[0], 3 * gradient, **close)


@pytest.mark.parametrize("shape", LOGITS)
def test_first_and_second_derivatives_pass_the_checks(shape):
    logits, targets = example(shape)
    assert gradcheck(cross_entropy, (logits, targets))
    assert gradgradcheck(cross_entropy, (logits, targets))


def test_the_second_derivative_agrees_with_pytorch():
    logits, targets = example((5, 3))
    ours, theirs = (
        torch.autograd.functional.hessian(lambda z, f=f: f(z, targets), logits.detach())
        for f in (cross_entropy, functional.cross_entropy)
    )
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-14)


def test_logits_in_the_thousands_are_no_problem():
    logits = torch.tensor([[3000.0, -2000.0, 0.0]], dtype=torch.float64, requires_grad=True)
    loss = cross_entropy(logits, torch.tensor([1]))
    loss.backward()
    assert loss.item() == 5000
    assert logits.grad.tolist() == [[1, -1, 0]]


@pytest.mark.parametrize("wrong", [-1, 3])
def test_labels_out_of_range_and_empty_batches_are_refused(wrong):
    with pytest.raises(ValueError, match=f"`targets` holds {wrong} at index 1"):
        cross_entropy(torch.zeros(2, 3), torch.tensor([0, wrong]))
    with pytest.raises(ValueError, match="`targets` is empty"):
        cross_entropy(torch.zeros(0, 3), torch.zeros(0, dtype=torch.int64))
    with pytest.raises(TypeError):
        cross_entropy(torch.zeros(1, 3), torch.zeros(1, dtype=torch.uint8))


def test_it_is_one_node_of_the_graph():
    logits, targets = example((5, 3))
    assert autograd_graph(cross_entropy(logits, targets)).split("\n") == [
        "CrossEntropyBackward",
        "  AccumulateGrad, leaf (5, 3)",
    ]


class Once(CrossEntropy):
    @staticmethod
    @once_differentiable
    def backward(ctx, dout):
        return CrossEntropy.backward(ctx, dout)


def test_once_differentiable_refuses_a_second_derivative_of_a_gradient_that_varies():
    logits, targets = example((5, 3))
    loss = Once.apply(logits, targets).square()
    (gradient,) = torch.autograd.grad(loss, logits, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()


def test_once_differentiable_makes_a_constant_if_what_comes_in_is_one():
    logits, targets = example((5, 3))
    loss = Once.apply(logits, targets)
    (gradient,) = torch.autograd.grad(loss, logits, create_graph=True)
    assert not gradient.requires_grad


# The table, from PyTorch's documentation: "Autograd mechanics", Dropout, BatchNorm1d,
# Tensor.detach, Module.zero_grad. The runs of `observe` must say the same.

DOCUMENTED = {
    # switch: grad_fn, saves, dropout, running mean, cleared, layer, before, goes on, next
    "nothing": (True, True, True, True, False, True, True, True, False),
    "no_grad": (False, False, True, True, False, False, False, True, False),
    "inference_mode": (False, False, True, True, False, False, False, False, False),
    "detach": (False, True, True, True, False, False, False, True, False),
    "eval": (True, True, False, False, False, True, True, True, True),
    "requires_grad_(False)": (True, True, True, True, False, False, True, True, True),
    "zero_grad": (True, True, True, True, True, True, True, True, False),
}
QUESTIONS = list(observe(SWITCHES["nothing"]))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("switch", DOCUMENTED)
def test_every_cell_of_the_table_is_as_documented_whatever_the_numbers(switch, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        assert tuple(observe(SWITCHES[switch]).values()) == DOCUMENTED[switch]


def test_the_table_has_every_switch_and_each_question_tells_some_apart():
    assert list(SWITCHES) == list(DOCUMENTED)
    for answers in zip(*DOCUMENTED.values(), strict=True):
        assert len(set(answers)) > 1


def test_the_table_says_where_a_switch_differs_from_doing_nothing():
    assert list(DIFFERS) == QUESTIONS
    assert len({*DIFFERS.values()}) == len(DIFFERS)
    _, _, *rows = [line.strip("| ").split(" | ") for line in table().split("\n")]
    assert [name for name, _ in rows] == [f"`{name}`" for name in [*DOCUMENTED][1:]]
    plain, *others = DOCUMENTED.values()
    for (_, said), answers in zip(rows, others, strict=True):
        pairs = zip(DIFFERS.values(), answers, plain, strict=True)
        assert said.split("; ") == [words for words, a, b in pairs if a != b]


def fresh():
    layer = nn.Sequential(nn.Linear(3, 64), nn.BatchNorm1d(64), nn.Dropout())
    return layer, torch.randn(5, 3, requires_grad=True)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_a_mode_leaves_dropout_and_batch_norm_in_training(mode):
    layer, x = fresh()
    with mode():
        first, second = layer(x), layer(x)
    assert not torch.equal(first, second)
    assert layer[1].num_batches_tracked == 2


def test_eval_records_a_graph_and_makes_calls_equal_until_train():
    layer, x = fresh()
    layer.eval()
    assert torch.equal(layer(x), layer(x))
    assert layer(x).requires_grad
    assert layer[1].num_batches_tracked == 0
    layer.train()
    assert not torch.equal(layer(x), layer(x))


def test_a_frozen_layer_passes_gradients_on_and_its_batch_norm_still_learns():
    layer, x = fresh()
    layer.requires_grad_(False)
    layer(x).square().sum().backward()
    assert x.grad.any()
    assert all(p.grad is None for p in layer.parameters())
    assert layer[1].num_batches_tracked == 1


def test_a_frozen_layer_saves_nothing_if_nothing_before_it_needs_a_gradient():
    layer, x = fresh()
    assert saved_bytes(lambda: layer(x.detach())) > 0
    layer.requires_grad_(False)
    assert saved_bytes(lambda: layer(x.detach())) == 0
    assert saved_bytes(lambda: layer(x)) > 0


def test_detach_shares_memory_and_version_and_clone_does_not():
    h = torch.ones(3, requires_grad=True).exp()
    assert h.detach().data_ptr() == h.data_ptr() != h.clone().data_ptr()
    h.detach().add_(1)
    h.clone().add_(1)
    h.data.add_(1)
    assert h._version == 1


def test_zero_grad_of_module_and_optimizer_set_none_and_keep_the_graph():
    layer, x = fresh()
    loss = layer(x).square().sum()
    loss.backward(retain_graph=True)
    layer.zero_grad()
    assert all(p.grad is None for p in layer.parameters())
    loss.backward()
    assert all(p.grad is not None for p in layer.parameters())
    torch.optim.SGD(layer.parameters(), lr=0.1).zero_grad()
    assert all(p.grad is None for p in layer.parameters())


# What the page says in words


def test_a_tensor_of_inference_mode_has_no_version_and_cannot_be_saved():
    w = torch.ones(3, requires_grad=True)
    with torch.inference_mode():
        t = w * 2
    assert t.is_inference()
    with pytest.raises(RuntimeError, match="version"):
        print(t._version)
    with pytest.raises(RuntimeError, match="Inference tensors cannot be saved"):
        w * t
    assert (w + t).requires_grad


def test_edits_of_data_give_a_wrong_gradient_in_silence():
    x = torch.ones(3, requires_grad=True)
    h = x.exp()
    h.data.zero_()
    h.sum().backward()
    assert x.grad.tolist() == [0, 0, 0]


def test_anomaly_detection_names_the_function_that_made_the_nan():
    x = torch.tensor([0.0, 4.0], requires_grad=True)
    with torch.autograd.set_detect_anomaly(True):
        y = torch.where(x > 0, x.sqrt(), 0).sum()
        with (
            pytest.warns(UserWarning, match="Error detected in SqrtBackward0"),
            pytest.raises(RuntimeError, match="SqrtBackward0"),
        ):
            y.backward()


def test_a_hand_written_norm_has_no_gradient_at_0_and_vector_norm_has_0():
    x = torch.zeros(3, requires_grad=True)
    by_hand, norm = (x * x).sum().sqrt(), torch.linalg.vector_norm(x)
    assert torch.autograd.grad(by_hand, x)[0].isnan().all()
    assert torch.autograd.grad(norm, x)[0].tolist() == [0, 0, 0]


def test_a_hook_replaces_the_gradient_for_what_comes_later():
    x = torch.ones(2, requires_grad=True)
    h = 3 * x
    h.register_hook(lambda g: g.clamp(-1, 1))
    (5 * h).sum().backward()
    assert x.grad.tolist() == [3, 3]


def test_integers_cannot_require_a_gradient():
    with pytest.raises(RuntimeError, match="floating point"):
        torch.tensor([1, 2], requires_grad=True)
    torch.tensor([1j], requires_grad=True)


def test_grad_returns_what_is_asked_for_and_leaves_grad_alone():
    x, w = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    (gradient,) = torch.autograd.grad((x * w).sum(), x)
    assert gradient.tolist() == [1, 1]
    assert x.grad is w.grad is None


def test_create_graph_keeps_the_graph_by_default():
    x = torch.ones(2, requires_grad=True)
    y = x.exp().sum()
    torch.autograd.grad(y, x, create_graph=True)
    torch.autograd.grad(y, x)
    with pytest.raises(RuntimeError, match="second time"):
        torch.autograd.grad(y, x)


def test_vjp_and_jvp_of_torch_func_agree_with_the_jacobian():
    def f(x):
        return torch.stack([x[0] * x[1], x[1] * x[2] ** 2])

    x, g = torch.tensor([2.0, 3, 4]), torch.tensor([10.0, 1])
    jacobian = torch.autograd.functional.jacobian(f, x)
    assert torch.equal(torch.func.vjp(f, x)[1](g)[0], g @ jacobian)
    v = torch.tensor([1.0, -1, 2])
    assert torch.equal(torch.func.jvp(f, (x,), (v,))[1], jacobian @ v)


def test_a_step_in_a_hook_of_each_parameter_leaves_no_gradient_behind():
    net = nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 2))
    before, alive = [p.clone() for p in net.parameters()], []

    def step_and_drop(p):
        alive.append(sum(each.grad is not None for each in net.parameters()))
        with torch.no_grad():
            p -= 0.1 * p.grad
        p.grad = None

    for p in net.parameters():
        p.register_post_accumulate_grad_hook(step_and_drop)
    net(torch.randn(64, 3)).square().sum().backward()
    assert alive == [1, 1, 1, 1]
    assert not any(map(torch.equal, net.parameters(), before))


def test_a_compiled_function_is_one_node_of_the_graph():
    def squares(w):
        return (w * w).exp().sum()

    w = torch.tensor([0.3, -0.7], requires_grad=True)
    loss = torch.compile(squares, backend="aot_eager")(w)
    plain, compiled = autograd_graph(squares(w)), autograd_graph(loss)
    assert compiled == "CompiledFunctionBackward\n  AccumulateGrad, leaf (2,)"
    assert len(plain.splitlines()) > 3
    (gradient,) = torch.autograd.grad(loss, w)
    torch.testing.assert_close(gradient, 2 * w * torch.exp(w * w))
