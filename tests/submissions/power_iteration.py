"""Right and wrong ways to write `power_iteration`."""

import numpy as np


def _floats(a, start):
    return [x if x.dtype.kind == "f" else x.astype(float) for x in (a, start)]


def _unit(vector):
    return vector / np.sqrt(vector @ vector)


def _after(a, start, steps):
    a, vector = _floats(a, start)
    vector = _unit(vector)
    for _ in range(steps):
        vector = _unit(a @ vector)
    return vector


def _quotient(a, vector):
    return vector @ a @ vector


def in_a_loop(a, start, steps):
    vector = _after(a, start, steps)
    return _quotient(a, vector), vector


def with_the_product_kept(a, start, steps):
    a, start = _floats(a, start)
    vector = start / np.linalg.norm(start)
    product = a @ vector
    for _ in range(steps):
        vector = product / np.linalg.norm(product)
        product = a.dot(vector)
    return vector.dot(product), vector


def by_the_largest_entry_on_the_way(a, start, steps):
    a, vector = _floats(a, start)
    vector = vector / np.abs(vector).max()
    for _ in range(steps):
        vector = a @ vector
        vector = vector / np.abs(vector).max()
    vector = vector / np.linalg.norm(vector)
    return np.sum(vector * (a @ vector)), vector


def by_eigenvectors(a, start, steps):
    kind = np.result_type(*_floats(a, start))
    a, start = a.astype(float), start.astype(float)
    values, vectors = np.linalg.eigh(a)
    largest = np.abs(values).max()
    vector = _unit(vectors @ ((values / largest) ** steps * (vectors.T @ _unit(start))))
    return kind.type(vector @ a @ vector), vector.astype(kind)


def by_a_power(a, start, steps):
    kind = np.result_type(*_floats(a, start))
    a, start = a.astype(float), start.astype(float)
    power = np.linalg.matrix_power(a / np.linalg.norm(a, 2), steps)
    vector = _unit(power @ _unit(start))
    return kind.type(vector @ a @ vector), vector.astype(kind)


def recursive(a, start, steps):
    if steps:
        return recursive(a, _floats(a, a @ _unit(_floats(a, start)[1]))[1], steps - 1)
    vector = _unit(_floats(a, start)[1])
    return np.einsum("i,ij,j", vector, _floats(a, start)[0], vector), vector


def rayleigh_with_its_denominator(a, start, steps):
    a, vector = _floats(a, start)
    for _ in range(steps):
        vector = a @ (vector / np.linalg.norm(vector))
    return vector @ a @ vector / (vector @ vector), vector / np.linalg.norm(vector)


def never_a_unit(a, start, steps):
    a, vector = _floats(a, start)
    for _ in range(steps):
        vector = a @ vector
    return _quotient(a, vector), vector


def a_unit_last(a, start, steps):
    a, vector = _floats(a, start)
    for _ in range(steps):
        vector = a @ vector
    vector = vector / np.linalg.norm(vector)
    return _quotient(a, vector), vector


def start_as_it_is(a, start, steps):
    a, vector = _floats(a, start)
    for _ in range(steps):
        vector = _unit(a @ vector)
    return _quotient(a, vector), vector


def by_length(a, start, steps):
    vector = _after(a, start, steps)
    return np.linalg.norm(a @ vector), vector


def without_sign(a, start, steps):
    value, vector = in_a_loop(a, start, steps)
    return np.abs(value), vector


def by_the_last_length(a, start, steps):
    a, vector = _floats(a, start)
    vector = _unit(vector)
    value = np.linalg.norm(a @ vector)
    for _ in range(steps):
        product = a @ vector
        value = np.linalg.norm(product)
        vector = product / value
    return value, vector


def a_step_behind(a, start, steps):
    a, vector = _floats(a, start)
    vector = _unit(vector)
    value = vector @ a @ vector
    for _ in range(steps):
        product = a @ vector
        value = vector @ product
        vector = _unit(product)
    return value, vector


def by_first_entries(a, start, steps):
    vector = _after(a, start, steps)
    with np.errstate(all="ignore"):
        return (a @ vector)[0] / vector[0], vector


def once_more(a, start, steps):
    return in_a_loop(a, start, steps + 1)


def once_less(a, start, steps):
    return in_a_loop(a, start, max(steps - 1, 0))


def by_sums(a, start, steps):
    vector = _after(a, start, steps)
    vector = vector / np.abs(vector).sum()
    return _quotient(a, vector), vector


def by_the_largest(a, start, steps):
    vector = _after(a, start, steps)
    vector = vector / np.abs(vector).max()
    return _quotient(a, vector), vector


def largest_positive(a, start, steps):
    value, vector = in_a_loop(a, start, steps)
    return value, vector * np.sign(vector[np.abs(vector).argmax()])


def sign_of_the_start(a, start, steps):
    value, vector = in_a_loop(a, start, steps)
    return value, vector * (-1 if vector @ start < 0 else 1)


def sign_of_the_value(a, start, steps):
    value, vector = in_a_loop(a, start, steps)
    return value, vector * np.sign(value)


def stopped_where_nothing_moves(a, start, steps):
    a, vector = _floats(a, start)
    vector = _unit(vector)
    for _ in range(steps):
        before, vector = vector, _unit(a @ vector)
        if np.linalg.norm(vector - before) < 1e-9:
            break
    return _quotient(a, vector), vector


def length_at_least_a_little(a, start, steps):
    a, vector = _floats(a, start)
    vector = _unit(vector)
    for _ in range(steps):
        vector = a @ vector
        vector = vector / max(np.linalg.norm(vector), 1e-12)
    return _quotient(a, vector), vector


def to_the_end(a, start, steps):
    return in_a_loop(a, start, 2000)


def stopped_early(a, start, steps):
    a, vector = _floats(a, start)
    vector = _unit(vector)
    for _ in range(steps):
        product = _unit(a @ vector)
        if np.abs(product - vector).max() < 0.01:
            break
        vector = product
    return _quotient(a, vector), vector


def at_most_fifty(a, start, steps):
    return in_a_loop(a, start, min(steps, 50))


def at_least_one(a, start, steps):
    return in_a_loop(a, start, max(steps, 1))


def shifted(a, start, steps):
    a, start = _floats(a, start)
    vector = _after(a + np.abs(a).sum(axis=1).max() * np.eye(len(a)), start, steps)
    return _quotient(a, vector), vector


def vector_first(a, start, steps):
    return in_a_loop(a, start, steps)[::-1]


def start_in_place(a, start, steps):
    a, start = _floats(a, start)
    start /= np.linalg.norm(start)
    for _ in range(steps):
        start[:] = _unit(a @ start)
    return _quotient(a, start), start.copy()


def length_and_a_little(a, start, steps):
    a, vector = _floats(a, start)
    vector = vector / (np.linalg.norm(vector) + 1e-6)
    for _ in range(steps):
        vector = a @ vector
        vector = vector / (np.linalg.norm(vector) + 1e-6)
    return _quotient(a, vector), vector


def a_little_at_the_start(a, start, steps):
    a, vector = _floats(a, start)
    vector = vector / (np.linalg.norm(vector) + 1e-10)
    for _ in range(steps):
        vector = _unit(a @ vector)
    return _quotient(a, vector), vector


def of_whole_numbers(a, start, steps):
    vector = _after(a, start, steps).astype(start.dtype)
    return _quotient(a, vector), vector


def length_of_integers(a, start, steps):
    vector = start / np.sqrt(start @ start)
    for _ in range(steps):
        vector = a @ vector
        vector = vector / np.sqrt(vector @ vector)
    return vector @ a @ vector, vector


def first_product_of_integers(a, start, steps):
    vector = _unit(start) if start.dtype.kind == "f" else start
    for _ in range(steps):
        vector = a @ vector
        vector = vector / np.linalg.norm(vector.astype(float))
    vector = vector / np.linalg.norm(vector.astype(float))
    return _quotient(a.astype(float), vector), vector


def length_and_1e_12(a, start, steps):
    a, vector = _floats(a, start)
    vector = vector / (np.linalg.norm(vector) + 1e-12)
    for _ in range(steps):
        vector = a @ vector
        vector = vector / (np.linalg.norm(vector) + 1e-12)
    return _quotient(a, vector), vector


def by_the_square_of_the_matrix(a, start, steps):
    a, vector = _floats(a, start)
    vector = _unit(vector)
    for _ in range(steps):
        vector = _unit(a @ (a @ vector))
    return _quotient(a, vector), vector


def until_the_value_stays(a, start, steps):
    a, vector = _floats(a, start)
    vector = _unit(vector)
    value = _quotient(a, vector)
    for _ in range(steps):
        vector = _unit(a @ vector)
        if abs(_quotient(a, vector) - value) < 1e-10:
            break
        value = _quotient(a, vector)
    return _quotient(a, vector), vector


def from_equal_entries(a, start, steps):
    return in_a_loop(a, np.full(len(start), 0.5), steps)


def a_unit_first_and_last(a, start, steps):
    a, vector = _floats(a, start)
    vector = _unit(vector)
    for _ in range(steps):
        vector = a @ vector
    vector = _unit(vector)
    return _quotient(a, vector), vector


def first_product_of_the_start(a, start, steps):
    """`start` gets its length only where there is no product."""
    a, vector = _floats(a, start)
    if steps == 0:
        vector = _unit(vector)
    for _ in range(steps):
        vector = _unit(a @ vector)
    return _quotient(a, vector), vector


def start_multiplied_as_it_is(a, start, steps):
    a, vector = _floats(a, start)
    for _ in range(steps):
        product = a @ vector
        vector = product / np.linalg.norm(product)
    return vector @ (a @ vector), vector


def by_sums_on_the_way(a, start, steps):
    """The quotient has its denominator, so that the value is right."""
    a, vector = _floats(a, start)
    vector = vector / np.abs(vector).sum()
    for _ in range(steps):
        vector = a @ vector
        vector = vector / np.abs(vector).sum()
    return vector @ a @ vector / (vector @ vector), vector


def length_turned_to_the_vector_before(a, start, steps):
    a, vector = _floats(a, start)
    vector = _unit(vector)
    value = vector @ a @ vector
    for _ in range(steps):
        product = a @ vector
        value = np.linalg.norm(product) * np.sign(product @ vector)
        vector = _unit(product)
    return value, vector


def by_largest_entries(a, start, steps):
    vector = _after(a, start, steps)
    place = np.argmax(np.abs(vector))
    return (a @ vector)[place] / vector[place], vector


def shifted_by_all_entries(a, start, steps):
    a, start = _floats(a, start)
    vector = _after(a + np.sqrt(np.sum(a**2)) * np.eye(len(a)), start, steps)
    return _quotient(a, vector), vector


# What each is told; None where no known mistake explains it.
def turned_back_by_each_value(a, start, steps):
    a, vector = _floats(a, start)
    vector = _unit(vector)
    for _ in range(steps):
        product = _unit(a @ vector)
        vector = -product if vector @ product < 0 else product
    return _quotient(a, vector), vector


WRONG = {
    turned_back_by_each_value: "sign_turned",
    never_a_unit: "never_normalised",
    a_unit_last: "normalised_at_the_end",
    start_as_it_is: "not_normalised_at_the_start",
    by_length: "length_of_the_product",
    without_sign: "size_of_the_value",
    by_the_last_length: "length_before_dividing",
    a_step_behind: "value_of_the_vector_before",
    by_first_entries: "ratio_of_entries",
    once_more: "one_step_too_many",
    once_less: "one_step_too_few",
    by_sums: "by_another_norm",
    by_the_largest: "by_another_norm",
    largest_positive: "sign_turned",
    sign_of_the_start: "sign_turned",
    sign_of_the_value: "sign_turned",
    stopped_where_nothing_moves: "stopped_early",
    length_at_least_a_little: "wrong_for_numbers_that_are_tiny",
    to_the_end: "converged",
    stopped_early: None,
    at_most_fifty: None,
    at_least_one: "wrong_where_steps_is_0",
    shifted: "largest_by_sign",
    vector_first: "parts_in_another_order",
    start_in_place: "an_argument_changed",
    length_and_a_little: "eps_in_the_length",
    a_little_at_the_start: "eps_in_the_length",
    of_whole_numbers: "truncated_to_integers",
    length_of_integers: "right_in_int64",
    first_product_of_integers: "right_in_int64",
    length_and_1e_12: "eps_in_the_length",
    by_the_square_of_the_matrix: "two_products_a_step",
    until_the_value_stays: "stopped_early",
    from_equal_entries: "start_of_ones",
    a_unit_first_and_last: "normalised_at_the_end",
    first_product_of_the_start: "long_start_multiplied",
    start_multiplied_as_it_is: "not_normalised_at_the_start",
    by_sums_on_the_way: "by_another_norm",
    length_turned_to_the_vector_before: "length_with_a_sign",
    by_largest_entries: "ratio_of_entries",
    shifted_by_all_entries: "largest_by_sign",
}
