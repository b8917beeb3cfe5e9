"""Networks by hand: layers, their gradients, and automatic differentiation."""
