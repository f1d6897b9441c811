"""The page of equations.py in JAX, compiled by XLA."""

from pathlib import Path

import jax
import jax.numpy as jnp
from equations import Equations, load
from jax.scipy.special import erf
from protocol import Engine, Ids, config_of, serve


class JaxPage(Engine):
    """The page with JAX. XLA compiles it once for each number of tokens."""

    name = "JAX, one page"
    version = jax.__version__

    def __init__(self, folder: Path, setting: str, threads: int) -> None:
        """XLA takes the number of threads from the processors that the process may use."""
        config = config_of(folder)
        self.vocabulary = config["vocab_size"]
        self.weights = {name: jnp.asarray(weight) for name, weight in load(folder).items()}
        self.all = jax.jit(lambda weights, ids: Equations(jnp, erf, config).forward(weights, ids))
        self.last = jax.jit(lambda weights, ids: Equations(jnp, erf, config).forward(weights, ids)["logits"])

    def taps(self, ids: Ids) -> dict[str, jax.Array]:
        """All taps."""
        return self.all(self.weights, jnp.asarray(ids))

    def logits(self, ids: Ids) -> jax.Array:
        """(T) -> (T, V)"""
        return self.last(self.weights, jnp.asarray(ids))

    def batch(self, rows: list[Ids]) -> list[jax.Array] | None:
        """`vmap` of the page, for sequences of the same length."""
        if len({len(row) for row in rows}) > 1:
            return None
        return list(jax.vmap(self.last, in_axes=(None, 0))(self.weights, jnp.asarray(rows)))


if __name__ == "__main__":
    serve(JaxPage)
