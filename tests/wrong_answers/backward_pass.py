"""Plausible wrong ways to write the backward pass over a graph of names, and the bug that each is
told, if it is a known one. Each is one right answer with the mistakes that its name says."""

import numpy as np


def topological(graph, output):
    order = []

    def visit(name):
        if name not in order:
            for each in graph.get(name, ("leaf",))[1:]:
                visit(each)
            order.append(name)

    visit(output)
    return order


def order_of(graph, output, mistakes):
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
        return topological(graph, output)
    return topological(graph, output)[::-1]


def sent(operation, g, y, inputs, mistakes):
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


def fitted(part, shape, mistakes):
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


def answer(graph, values, output, *mistakes):
    if "half precision" in mistakes:
        values = {name: value.astype(np.float16) for name, value in values.items()}
    order = order_of(graph, output, mistakes)
    gradients = {output: np.ones_like(values[output], dtype=float)}
    if "output 0" in mistakes:
        gradients[output] = np.zeros(values[output].shape)
    if "output a number" in mistakes:
        gradients[output] = np.array(1.0)
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
        parts = sent(operation, gradients[name], values[name], arrays, mistakes)
        pairs = list(zip(inputs, parts, strict=True))
        if "once" in mistakes:
            pairs = list(dict(pairs).items())
        for each, part in pairs:
            part = np.asarray(part)
            if part.shape != values[each].shape:
                part = fitted(part, values[each].shape, mistakes)
            if "mean over the batch" in mistakes and operation in ("add", "multiply"):
                part = part * (values[each].size / values[name].size)
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


def wrong(*mistakes):
    """An answer with these mistakes."""

    def function(graph, values, output):
        return answer(graph, values, output, *mistakes)

    function.__name__ = "_and_".join(each.replace(" ", "_") for each in mistakes)
    return function


def every_path(graph, values, output):
    gradients = {
        name: np.zeros(values[name].shape) for name in topological(graph, output)
    }

    def push(name, g):
        gradients[name] = gradients[name] + g
        if name in graph:
            operation, *inputs = graph[name]
            arrays = [values[each] for each in inputs]
            for each, part in zip(
                inputs, sent(operation, g, values[name], arrays, ()), strict=True
            ):
                push(each, fitted(part, values[each].shape, ()))

    push(output, np.ones(values[output].shape))
    return gradients


def accumulated_and_passed_on(graph, values, output):
    """The whole gradient so far is passed on at each visit, not what has just come."""
    gradients = {
        name: np.zeros(values[name].shape) for name in topological(graph, output)
    }
    gradients[output] += 1

    def push(name):
        if name in graph:
            operation, *inputs = graph[name]
            arrays = [values[each] for each in inputs]
            g = gradients[name]
            for each, part in zip(
                inputs, sent(operation, g, values[name], arrays, ()), strict=True
            ):
                gradients[each] = gradients[each] + fitted(
                    np.asarray(part), values[each].shape, ()
                )
                push(each)

    push(output)
    return gradients


def into_the_values(graph, values, output):
    gradients = answer(graph, values, output)
    for name, gradient in gradients.items():
        values[f"d{name}"] = gradient
    return gradients


BUGS = {
    wrong("overwritten"): "overwritten",
    wrong("as listed", "zeros"): "order_of_the_graph",
    wrong("listed backwards", "zeros"): "order_of_the_graph",
    wrong("listed backwards", "skipped"): "order_of_the_graph",
    wrong("listed backwards"): None,
    wrong("depth first"): "too_early",
    wrong("breadth first"): "too_early",
    wrong("from the inputs", "zeros"): "order_of_the_graph",
    wrong("not summed"): "broadcast_not_summed",
    wrong("new axes only"): "only_new_axes_summed",
    wrong("dropped"): "size_1_dropped",
    wrong("mean over the batch"): "averaged",
    wrong("own factor"): "own_factor",
    wrong("first factor only"): None,
    wrong("exp unchanged"): "exp_without_slope",
    wrong("power rule"): "exp_of_the_wrong_array",
    wrong("exp of the result"): "exp_of_the_wrong_array",
    wrong("log"): None,
    wrong("not transposed"): "matrices_not_transposed",
    wrong("wrong side"): "matrices_on_the_wrong_side",
    wrong("transposed results"): None,
    wrong("sum as a number"): "sum_not_spread",
    wrong("mean"): None,
    wrong("ones"): "local_slope_alone",
    wrong("slopes alone"): "local_slope_alone",
    wrong("output 0"): "output_without_gradient",
    wrong("output a number"): "output_taken_for_a_number",
    wrong("output its value"): None,
    wrong("once"): "same_name_once",
    wrong("in place"): "one_array_for_two_names",
    wrong("leaves only"): None,
    wrong("list"): None,
    wrong("half precision"): None,
    every_path: "path_by_path",
    accumulated_and_passed_on: None,
    into_the_values: None,
    wrong("own factor", "overwritten"): "own_factor",
    wrong("not summed", "overwritten"): "broadcast_not_summed",
    wrong("not transposed", "overwritten"): "matrices_not_transposed",
    wrong("breadth first", "overwritten"): "overwritten",
    wrong("exp unchanged", "breadth first"): "exp_without_slope",
}
