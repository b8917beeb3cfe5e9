"""Right and wrong ways to write the backward pass over a graph of names.

A wrong one is one right answer with the mistakes that its name says.
"""

import numpy as np


def _slopes(operation, g, y, *inputs):
    """What goes back to each input, before it is fitted to the input's shape."""
    if operation == "add":
        return [g, g]
    if operation == "multiply":
        a, b = inputs
        return [g * b, g * a]
    if operation == "matmul":
        a, b = inputs
        return [np.matmul(g, np.transpose(b)), np.matmul(np.transpose(a), g)]
    if operation == "exp":
        return [g * y]
    return [g * np.ones(inputs[0].shape)]


def _fitted(part, shape):
    part = np.asarray(part)
    while part.ndim > len(shape):
        part = part.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1:
            part = part.sum(axis=axis, keepdims=True)
    return part


_slopes.__module__ = _fitted.__module__ = "helpers"  # no answers of their own


def depth_first_and_reversed(graph, values, output):
    order, seen = [], set()

    def visit(name):
        if name in seen:
            return
        seen.add(name)
        for each in graph.get(name, ("leaf",))[1:]:
            visit(each)
        order.append(name)

    visit(output)
    gradients = {name: np.zeros(np.shape(values[name])) for name in order}
    gradients[output] = np.ones(np.shape(values[output]))
    for name in reversed(order):
        if name not in graph:
            continue
        operation, *inputs = graph[name]
        arrays = [values[each] for each in inputs]
        parts = _slopes(operation, gradients[name], values[name], *arrays)
        for each, part in zip(inputs, parts, strict=True):
            gradients[each] = gradients[each] + _fitted(part, values[each].shape)
    return gradients


def counting_the_uses_that_are_left(graph, values, output):
    """Kahn's algorithm: a name is ready when all of its uses have been visited."""
    uses, found, open_ = {}, {output}, [output]
    while open_:
        for each in graph.get(open_.pop(), ("leaf",))[1:]:
            uses[each] = uses.get(each, 0) + 1
            if each not in found:
                found.add(each)
                open_.append(each)
    gradients, ready = {output: np.ones_like(values[output], dtype=float)}, [output]
    while ready:
        name = ready.pop()
        if name in graph:
            operation, *inputs = graph[name]
            arrays = [values[each] for each in inputs]
            parts = _slopes(operation, gradients[name], values[name], *arrays)
            for each, part in zip(inputs, parts, strict=True):
                part = _fitted(part, values[each].shape)
                gradients[each] = gradients[each] + part if each in gradients else part
                uses[each] -= 1
                if uses[each] == 0:
                    ready.append(each)
    return gradients


def asking_each_name_for_its_uses(graph, values, output):
    """Recursion with a memory: a gradient is the sum of what comes back from every use."""
    needed = set()

    def mark(name):
        if name not in needed:
            needed.add(name)
            for each in graph.get(name, ("leaf",))[1:]:
                mark(each)

    mark(output)
    known = {}

    def gradient(name):
        if name not in known:
            total = np.zeros(values[name].shape)
            if name == output:
                total = total + 1
            for user, (operation, *inputs) in graph.items():
                if user in needed and name in inputs:
                    arrays = [values[each] for each in inputs]
                    parts = _slopes(operation, gradient(user), values[user], *arrays)
                    for each, part in zip(inputs, parts, strict=True):
                        if each == name:
                            total = total + _fitted(part, total.shape)
            known[name] = total
        return known[name]

    return {name: gradient(name) for name in needed}


def zeros_for_all_the_rest(graph, values, output):
    """Every name gets a gradient; those that the output does not depend on get zeros."""
    import graphlib

    order = graphlib.TopologicalSorter({k: v[1:] for k, v in graph.items()})
    gradients = {name: np.zeros(value.shape) for name, value in values.items()}
    gradients[output] += 1
    for name in list(order.static_order())[::-1]:
        if name in graph:
            operation, *inputs = graph[name]
            arrays = [values[each] for each in inputs]
            parts = _slopes(operation, gradients[name], values[name], *arrays)
            for each, part in zip(inputs, parts, strict=True):
                gradients[each] += _fitted(part, values[each].shape)
    return gradients


def forward_mode(graph, values, output):
    """A pass for every entry of every name, along that entry."""
    operations = {
        "add": lambda a, b, da, db, y: da + db,
        "multiply": lambda a, b, da, db, y: da * b + a * db,
        "matmul": lambda a, b, da, db, y: da @ b + a @ db,
        "exp": lambda a, da, y: da * y,
        "sum": lambda a, da, y: da.sum(),
    }
    order = []

    def visit(name):
        if name not in order:
            for each in graph.get(name, ("leaf",))[1:]:
                visit(each)
            order.append(name)

    visit(output)

    def slope(start, index):
        tangents = {}
        for name in order:
            tangents[name] = np.zeros(values[name].shape)
            if name == start:
                tangents[name][index] = 1
            if name in graph:
                operation, *inputs = graph[name]
                arrays = [values[each] for each in inputs]
                slopes = [tangents[each] for each in inputs]
                tangent = operations[operation](*arrays, *slopes, values[name])
                tangents[name] = tangents[name] + tangent
        return tangents[output].sum()

    gradients = {}
    for name in order:
        gradients[name] = np.empty(values[name].shape)
        for index in np.ndindex(values[name].shape):
            gradients[name][index] = slope(name, index)
    return gradients


def pytorch(graph, values, output):
    import torch

    tensors = {}

    def tensor(name):
        if name not in tensors:
            if name in graph:
                operation, *inputs = graph[name]
                made = getattr(torch, operation)(*map(tensor, inputs))
                made.retain_grad()
            else:
                array = values[name].astype(np.float64)
                made = torch.tensor(array, requires_grad=True)
            tensors[name] = made
        return tensors[name]

    tensor(output).sum().backward()
    return {name: each.grad.numpy() for name, each in tensors.items()}


def recursion_in_place(graph, values, output):
    """Like a framework: one function that accumulates in place, then goes on to the next."""
    order, waiting = [], [(output, False)]
    while waiting:
        name, done = waiting.pop()
        if done:
            order.append(name)
        elif name not in order:
            waiting.append((name, True))
            waiting += [(each, False) for each in graph.get(name, ("leaf",))[1:]]
    order = list(dict.fromkeys(order))
    gradients = {name: np.zeros(values[name].shape) for name in order}
    gradients[output][...] = 1
    while order:
        name = order.pop()
        g = gradients[name]
        match graph.get(name):
            case ("add", a, b):
                gradients[a] += _fitted(g, values[a].shape)
                gradients[b] += _fitted(g, values[b].shape)
            case ("multiply", a, b):
                gradients[a] += _fitted(g * values[b], values[a].shape)
                gradients[b] += _fitted(g * values[a], values[b].shape)
            case ("matmul", a, b):
                gradients[a] += np.einsum("ij,kj->ik", g, values[b])
                gradients[b] += np.einsum("ki,kj->ij", values[a], g)
            case ("exp", a):
                gradients[a] += g * np.exp(values[a])
            case ("sum", a):
                gradients[a] += g
    return gradients


def _topological(graph, output):
    order = []

    def visit(name):
        if name not in order:
            for each in graph.get(name, ("leaf",))[1:]:
                visit(each)
            order.append(name)

    visit(output)
    return order


def _order_of(graph, output, mistakes):
    if "as listed" in mistakes:
        return list(graph)
    if "listed backwards" in mistakes:
        return list(reversed(graph))
    if "depth first" in mistakes:
        order, stack = [], [output]
        while stack:
            name = stack.pop()
            if name not in order:
                order.append(name)
                stack += graph.get(name, ("leaf",))[1:]
        return order
    if "breadth first" in mistakes:
        order = [output]
        for name in order:
            for each in graph.get(name, ("leaf",))[1:]:
                if each not in order:
                    order.append(each)
        return order
    if "from the inputs" in mistakes:
        return _topological(graph, output)
    return _topological(graph, output)[::-1]


def _sent(operation, g, y, inputs, mistakes):
    if "slopes alone" in mistakes:
        g = np.ones_like(g)
    if operation == "add":
        return g, g
    if operation == "multiply":
        a, b = inputs
        if "own factor" in mistakes:
            return g * a, g * b
        if "first factor only" in mistakes:
            return g * b, np.zeros_like(g)
        return g * b, g * a
    if operation == "matmul":
        a, b = inputs
        if "not transposed" in mistakes:
            return g @ b, a @ g
        if "wrong side" in mistakes:
            return b.T @ g, g @ a.T
        if "wrong side for b" in mistakes:
            return g @ b.T, g @ a.T
        if "transposed results" in mistakes:
            return (g @ b.T).T, (a.T @ g).T
        return g @ b.T, a.T @ g
    if operation == "exp":
        if "exp unchanged" in mistakes:
            return (g,)
        if "power rule" in mistakes:
            return (g * inputs[0],)
        if "exp of the result" in mistakes:
            return (g * np.exp(y),)
        if "log" in mistakes:
            return (g / y,)
        return (g * y,)
    if "sum as a number" in mistakes:
        return (g,)
    if "mean" in mistakes:
        return (np.broadcast_to(g / inputs[0].size, inputs[0].shape),)
    if "ones" in mistakes:
        return (np.ones(inputs[0].shape),)
    return (np.broadcast_to(g, inputs[0].shape),)


def _fitted_with(part, shape, mistakes):
    if "not summed" in mistakes or part.ndim < len(shape):
        return part
    new = part.ndim - len(shape)
    part = part.sum(axis=tuple(range(new)))
    if "new axes only" in mistakes:
        return part
    for axis in reversed(range(len(shape))):
        if shape[axis] == 1 and part.shape[axis] > 1:
            part = part.sum(axis=axis, keepdims="dropped" not in mistakes)
    return part


def _answer(graph, values, output, *mistakes):
    if "half precision" in mistakes:
        values = {name: value.astype(np.float16) for name, value in values.items()}
    order = _order_of(graph, output, mistakes)
    gradients = {output: np.ones_like(values[output], dtype=float)}
    if "output 0" in mistakes:
        gradients[output] = np.zeros(values[output].shape)
    if "output a number" in mistakes:
        gradients[output] = np.array(1.0)
    if "output a mean" in mistakes:
        gradients[output] = np.ones(values[output].shape) / np.size(values[output])
    if "output its value" in mistakes:
        gradients[output] = values[output] * 1.0
    for name in order:
        if name not in graph:
            continue
        operation, *inputs = graph[name]
        if "zeros" in mistakes and name not in gradients:
            gradients[name] = np.zeros(values[name].shape)
        if "skipped" in mistakes and name not in gradients:
            continue
        arrays = [values[each] for each in inputs]
        parts = _sent(operation, gradients[name], values[name], arrays, mistakes)
        pairs = list(zip(inputs, parts, strict=True))
        if "once" in mistakes:
            pairs = list(dict(pairs).items())
        for each, part in pairs:
            part = np.asarray(part)
            as_it_is = "summed in add" in mistakes and operation != "add"
            as_it_is |= "summed for b" in mistakes and each is inputs[0]
            if part.shape != values[each].shape and not as_it_is:
                part = _fitted_with(part, values[each].shape, mistakes)
            if "mean over the batch" in mistakes and operation in ("add", "multiply"):
                part = part * (values[each].size / values[name].size)
            if "into zeros" in mistakes:
                gradients.setdefault(each, np.zeros(values[each].shape))
            if each not in gradients or "overwritten" in mistakes:
                gradients[each] = part.copy() if operation == "sum" else part
            elif "in place" in mistakes and part.shape:
                gradients[each] += part
            else:
                gradients[each] = gradients[each] + part
    if "leaves only" in mistakes:
        return {name: g for name, g in gradients.items() if name not in graph}
    if "list" in mistakes:
        return list(gradients.values())
    return gradients


def _wrong(*mistakes):
    """An answer with these mistakes."""

    def function(graph, values, output):
        return _answer(graph, values, output, *mistakes)

    function.__name__ = "_and_".join(each.replace(" ", "_") for each in mistakes)
    return function


def every_path(graph, values, output):
    gradients = {name: np.zeros(values[name].shape) for name in _topological(graph, output)}

    def push(name, g):
        gradients[name] = gradients[name] + g
        if name in graph:
            operation, *inputs = graph[name]
            arrays = [values[each] for each in inputs]
            for each, part in zip(
                inputs, _sent(operation, g, values[name], arrays, ()), strict=True
            ):
                push(each, _fitted_with(part, values[each].shape, ()))

    push(output, np.ones(values[output].shape))
    return gradients


def accumulated_and_passed_on(graph, values, output):
    """The whole gradient so far is passed on at each visit, not what has just come."""
    gradients = {name: np.zeros(values[name].shape) for name in _topological(graph, output)}
    gradients[output] += 1

    def push(name):
        if name in graph:
            operation, *inputs = graph[name]
            arrays = [values[each] for each in inputs]
            g = gradients[name]
            for each, part in zip(
                inputs, _sent(operation, g, values[name], arrays, ()), strict=True
            ):
                gradients[each] = gradients[each] + _fitted_with(
                    np.asarray(part), values[each].shape, ()
                )
                push(each)

    push(output)
    return gradients


def into_the_values(graph, values, output):
    gradients = _answer(graph, values, output)
    for name, gradient in gradients.items():
        values[f"d{name}"] = gradient
    return gradients


def every_path_in_few_calls(graph, values, output):
    gradients = {}

    def walk(name, g):
        gradients[name] = gradients[name] + g if name in gradients else g
        if name not in graph:
            return
        operation, *inputs = graph[name]
        if operation == "multiply" and values[name].ndim == 0 == g.ndim:
            one, other = inputs
            walk(one, g * values[other])
            walk(other, g * values[one])
            return
        arrays = [np.asarray(values[each], float) for each in inputs]
        parts = _slopes(operation, g, np.asarray(values[name], float), *arrays)
        for each, part in zip(inputs, parts, strict=True):
            walk(each, _fitted(np.asarray(part), np.shape(values[each])))

    walk(output, np.ones(np.shape(values[output])))
    return gradients


def _swept(graph, values, output, order, dtype=float):
    gradients = {name: np.zeros(np.shape(values[name]), dtype(name)) for name in order}
    gradients[output] = np.ones_like(gradients[output])
    for name in order:
        if name in graph:
            operation, *inputs = graph[name]
            arrays = [np.asarray(values[each], float) for each in inputs]
            y = np.asarray(values[name], float)
            parts = _slopes(operation, gradients[name].astype(float), y, *arrays)
            for each, part in zip(inputs, parts, strict=True):
                part = _fitted(np.asarray(part), np.shape(values[each]))
                gradients[each] = (gradients[each] + part).astype(gradients[each].dtype)
    return {name: np.asarray(each) for name, each in gradients.items()}


def in_the_types_of_the_values(graph, values, output):
    def dtype(name):
        return np.asarray(values[name]).dtype

    return _swept(graph, values, output, _topological(graph, output)[::-1], dtype)


def uses_counted_once_for_each_name(graph, values, output):
    names = _topological(graph, output)
    inputs = {name: graph[name][1:] for name in names if name in graph}
    left = {name: sum(name in each for each in inputs.values()) for name in names}
    order, ready = [], [output]
    while ready:
        order.append(name := ready.pop())
        for each in inputs.get(name, ()):
            left[each] -= 1
            ready += [each] * (left[each] == 0)
    return _swept(graph, values, output, order, lambda name: float)


def from_the_name_that_nobody_uses(graph, values, output):
    used = {each for _, *inputs in graph.values() for each in inputs}
    ends = [name for name in graph if name not in used]
    end = ends[0] if len(ends) == 1 else output
    end = end if output in _topological(graph, end) and output in graph else output
    found = _swept(graph, values, end, _topological(graph, end)[::-1], lambda name: float)
    return {name: found[name] for name in _topological(graph, output)}


def a_leaf_has_no_gradient_of_its_own(graph, values, output):
    assert graph[output]
    order = _topological(graph, output)[::-1]
    return _swept(graph, values, output, order, lambda name: float)


def exponential_in_place(graph, values, output):
    v = {name: np.asarray(value, float) for name, value in values.items()}
    order = _topological(graph, output)
    gradients = {name: np.zeros(v[name].shape) for name in order}
    gradients[output] += 1
    for name in order[::-1]:
        if name in graph:
            operation, *inputs = graph[name]
            g = gradients[name]
            if operation == "exp":
                g *= v[name]
                parts = (g,)
            else:
                parts = _sent(operation, g, v[name], [v[each] for each in inputs], ())
            for each, part in zip(inputs, parts, strict=True):
                gradients[each] += _fitted_with(np.asarray(part), v[each].shape, ())
    return gradients


def first_input_first(graph, values, output):
    """In preorder: a name before its inputs, each with all that it depends on."""
    order = []

    def visit(name):
        if name not in order:
            order.append(name)
            for each in graph.get(name, ("leaf",))[1:]:
                visit(each)

    visit(output)
    return _swept(graph, values, output, order, lambda name: float)


def _with_kahn(graph, values, output, names, uses):
    """The sweep in the order in which names have no use left; only their inputs are reached."""
    left = {each: 0 for name in [*graph, *values] for each in (name, *graph.get(name, ())[1:])}
    for name in names:
        for each in graph.get(name, ())[1:]:
            left[each] += 1
    order, ready, reached = [], [output], {output}
    while ready:
        order.append(name := ready.pop())
        reached |= {*graph.get(name, ())[1:]}
        for each in uses(graph.get(name, ())[1:]):
            left[each] -= 1
            ready += [each] * (left[each] == 0)
    rest = [name for name in _topological(graph, output) if name not in order]
    found = _swept(graph, values, output, order + rest, lambda name: float)
    return {name: each for name, each in found.items() if name in reached}


def waits_for_names_off_the_way(graph, values, output):
    return _with_kahn(graph, values, output, list(graph), tuple)


def double_use_ticked_off_once(graph, values, output):
    return _with_kahn(graph, values, output, _topological(graph, output), set)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    _wrong("overwritten"): "overwritten",
    _wrong("as listed", "zeros"): "order_of_the_graph",
    _wrong("listed backwards", "zeros"): "order_of_the_graph",
    _wrong("listed backwards", "skipped"): "order_of_the_graph",
    _wrong("listed backwards"): "raises_KeyError",
    _wrong("depth first"): "too_early",
    _wrong("breadth first"): "too_early",
    _wrong("from the inputs", "zeros"): "without_reversed",
    _wrong("not summed"): "broadcast_not_summed",
    _wrong("new axes only"): "only_new_axes_summed",
    _wrong("dropped"): "size_1_dropped",
    _wrong("mean over the batch"): "averaged",
    _wrong("own factor"): "own_factor",
    _wrong("first factor only"): "second_factor_without_gradient",
    _wrong("exp unchanged"): "exp_without_slope",
    _wrong("power rule"): "exp_of_the_wrong_array",
    _wrong("exp of the result"): "exp_of_the_wrong_array",
    _wrong("log"): None,
    _wrong("not transposed"): "matrices_not_transposed",
    _wrong("wrong side"): "matrices_on_the_wrong_side",
    _wrong("wrong side for b"): "matrices_on_the_wrong_side",
    _wrong("summed in add"): "summed_in_some_places",
    _wrong("summed for b"): "summed_in_some_places",
    _wrong("transposed results"): "transposed",
    _wrong("sum as a number"): "sum_not_spread",
    _wrong("mean"): "sum_taken_for_a_mean",
    _wrong("ones"): "local_slope_alone",
    _wrong("slopes alone"): "local_slope_alone",
    _wrong("output 0"): "output_without_gradient",
    _wrong("output a number"): "output_taken_for_a_number",
    _wrong("output a number", "into zeros"): "output_taken_for_a_number",
    _wrong("output its value"): "output_starts_with_its_value",
    _wrong("output a mean"): "gradient_of_the_mean",
    _wrong("once"): "same_name_once",
    _wrong("in place"): "one_array_for_two_names",
    _wrong("leaves only"): "a_key_is_missing",
    _wrong("list"): "a_result_of_another_kind",
    _wrong("half precision"): "nearly_right",
    every_path: "path_by_path",
    accumulated_and_passed_on: "passed_on_again",
    into_the_values: "an_argument_changed",
    _wrong("own factor", "overwritten"): "own_factor",
    _wrong("not summed", "overwritten"): "broadcast_not_summed",
    _wrong("not transposed", "overwritten"): "matrices_not_transposed",
    _wrong("breadth first", "overwritten"): None,
    _wrong("exp unchanged", "breadth first"): "exp_without_slope",
    every_path_in_few_calls: "path_by_path",
    in_the_types_of_the_values: "truncated_to_integers",
    uses_counted_once_for_each_name: "wrong_where_graph_holds_11_entries",
    from_the_name_that_nobody_uses: "wrong_only_where_it_should_be_1",
    a_leaf_has_no_gradient_of_its_own: "wrong_where_output_is_'b'",
    exponential_in_place: "gradient_multiplied_in_place",
    first_input_first: "too_early",
    waits_for_names_off_the_way: "waits_for_ever",
    double_use_ticked_off_once: "waits_for_ever",
}
