"""llama.cpp as a library: quantises matrices, and runs GGUF models.

The library is the extension module of the package xllamacpp on PyPI, which exports the C functions of llama.cpp. It is
installed into a folder on first use. The structs of parameters are those of the pinned version; their default values
are checked, so another layout is noticed.
"""

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np

ROOT = Path(__file__).parent.parent.parent
SITE = ROOT / "target" / "llama-cpp"
REQUIREMENT = ROOT / "python" / "requirements-llama-cpp.txt"
ERRORS = 4
"""The level of messages that are shown."""


class ModelParams(ctypes.Structure):
    """`llama_model_params`. Its fields are left at their defaults."""

    _fields_ = (("bytes", ctypes.c_uint8 * 512),)


class ContextParams(ctypes.Structure):
    """`llama_context_params`: the fields that are set, and room for the others."""

    _fields_ = (
        ("n_ctx", ctypes.c_uint32),
        ("n_batch", ctypes.c_uint32),
        ("n_ubatch", ctypes.c_uint32),
        ("n_seq_max", ctypes.c_uint32),
        ("n_rs_seq", ctypes.c_uint32),
        ("n_outputs_max", ctypes.c_uint32),
        ("n_outputs_max_per_seq", ctypes.c_uint32),
        ("n_threads", ctypes.c_int32),
        ("n_threads_batch", ctypes.c_int32),
        ("kinds", ctypes.c_int32 * 4),
        ("flash_attn_type", ctypes.c_int32),
        ("more", ctypes.c_int32 * 8),
        ("cb_eval", ctypes.c_void_p),
        ("cb_eval_user_data", ctypes.c_void_p),
        ("type_k", ctypes.c_int32),
        ("type_v", ctypes.c_int32),
        ("others", ctypes.c_uint8 * 400),
    )


class Batch(ctypes.Structure):
    """`llama_batch`."""

    _fields_ = (
        ("n_tokens", ctypes.c_int32),
        ("token", ctypes.POINTER(ctypes.c_int32)),
        ("embd", ctypes.c_void_p),
        ("pos", ctypes.POINTER(ctypes.c_int32)),
        ("n_seq_id", ctypes.POINTER(ctypes.c_int32)),
        ("seq_id", ctypes.POINTER(ctypes.POINTER(ctypes.c_int32))),
        ("logits", ctypes.POINTER(ctypes.c_int8)),
    )


class TypeTraits(ctypes.Structure):
    """`ggml_type_traits`."""

    _fields_ = (
        ("type_name", ctypes.c_char_p),
        ("blck_size", ctypes.c_int64),
        ("blck_size_interleave", ctypes.c_int64),
        ("type_size", ctypes.c_size_t),
        ("is_quantized", ctypes.c_bool),
        ("to_float", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)),
    )


def installed() -> Path:
    """The folder of the package xllamacpp, which is installed if it is missing."""
    if not list(SITE.glob("xllamacpp/*.so")):
        install = ("uv", "pip", "install", "--quiet", "--target", str(SITE), "--no-deps", "--require-hashes")
        subprocess.run([sys.executable, "-m", *install, "--requirement", str(REQUIREMENT)], check=True)
    return SITE


class Library:
    """llama.cpp's functions."""

    def __init__(self) -> None:
        """Installs the package if it is missing, and loads the library."""
        self.functions = ctypes.CDLL(str(next(installed().glob("xllamacpp/*.so"))))
        self._declare("llama_model_default_params", ModelParams)
        self._declare("llama_context_default_params", ContextParams)
        self._declare("llama_model_load_from_file", ctypes.c_void_p, ctypes.c_char_p, ModelParams)
        self._declare("llama_init_from_model", ctypes.c_void_p, ctypes.c_void_p, ContextParams)
        self._declare("llama_model_get_vocab", ctypes.c_void_p, ctypes.c_void_p)
        self._declare("llama_vocab_n_tokens", ctypes.c_int32, ctypes.c_void_p)
        self._declare("llama_get_memory", ctypes.c_void_p, ctypes.c_void_p)
        self._declare("llama_memory_clear", None, ctypes.c_void_p, ctypes.c_bool)
        self._declare("llama_batch_init", Batch, ctypes.c_int32, ctypes.c_int32, ctypes.c_int32)
        self._declare("llama_decode", ctypes.c_int32, ctypes.c_void_p, Batch)
        self._declare("llama_get_logits_ith", ctypes.POINTER(ctypes.c_float), ctypes.c_void_p, ctypes.c_int32)
        self._declare("llama_free", None, ctypes.c_void_p)
        self._declare("llama_model_free", None, ctypes.c_void_p)
        self._declare("ggml_get_type_traits", ctypes.POINTER(TypeTraits), ctypes.c_int)
        chunk = (ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, *[ctypes.c_int64] * 3, ctypes.c_void_p)
        self._declare("ggml_quantize_chunk", ctypes.c_size_t, *chunk)
        self._log = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)(_log)
        self.functions.llama_log_set(self._log, None)
        self.functions.llama_backend_init()
        defaults = self.functions.llama_context_default_params()
        found = (defaults.n_ctx, defaults.n_batch, defaults.n_ubatch, defaults.n_seq_max, defaults.n_threads)
        half = gguf.GGMLQuantizationType.F16
        found += (defaults.flash_attn_type, defaults.type_k, defaults.type_v, defaults.cb_eval)
        if found != (512, 2048, 512, 1, 4, -1, half, half, None):
            raise RuntimeError(f"{SITE}: llama_context_params has another layout; use {REQUIREMENT.name} as it is")

    def _declare(self, name: str, result: object, *arguments: object) -> None:
        function = getattr(self.functions, name)
        function.restype, function.argtypes = result, list(arguments)

    def quantise(self, weight: np.ndarray, kind: gguf.GGMLQuantizationType) -> np.ndarray:
        """The bytes of a float32 matrix, a row of blocks for each row. Needs no importance matrix."""
        weight = np.ascontiguousarray(weight, dtype=np.float32)
        rows, columns = weight.shape
        size, length = gguf.GGML_QUANT_SIZES[kind]
        stored = np.zeros((rows, columns // size * length), dtype=np.uint8)
        written = self.functions.ggml_quantize_chunk(
            kind.value, weight.ctypes.data, stored.ctypes.data, 0, rows, columns, None
        )
        if written != stored.size:
            raise RuntimeError(f"llama.cpp wrote {written} bytes of {kind.name}, expected {stored.size}")
        return stored

    def values(self, stored: np.ndarray, kind: gguf.GGMLQuantizationType) -> np.ndarray:
        """What llama.cpp's own code de-quantises the bytes of a matrix to."""
        size, length = gguf.GGML_QUANT_SIZES[kind]
        values = np.zeros((len(stored), stored.shape[1] // length * size), dtype=np.float32)
        traits = self.functions.ggml_get_type_traits(kind.value).contents
        traits.to_float(stored.ctypes.data, values.ctypes.data, values.size)
        return values


class Tensor(ctypes.Structure):
    """The first fields of `ggml_tensor`."""

    _fields_ = (
        ("type", ctypes.c_int32),
        ("buffer", ctypes.c_void_p),
        ("ne", ctypes.c_int64 * 4),
    )


class Observer:
    """A function that llama.cpp calls before and after it computes a tensor, `ggml_backend_sched_eval_callback`."""

    def __init__(self, library: ctypes.CDLL, observe: Callable[[str, np.ndarray], None]) -> None:
        """Keeps the function alive, because llama.cpp has its address only."""
        library.ggml_get_name.restype, library.ggml_get_name.argtypes = ctypes.c_char_p, [ctypes.c_void_p]
        library.ggml_backend_tensor_get.argtypes = [*[ctypes.c_void_p] * 2, *[ctypes.c_size_t] * 2]

        def call(address: int, ask: bool, _: int | None) -> bool:
            tensor = Tensor.from_address(address)
            if not ask and tensor.type == gguf.GGMLQuantizationType.F32:
                values = np.empty(tensor.ne[::-1], dtype=np.float32)
                library.ggml_backend_tensor_get(address, values.ctypes.data, 0, values.nbytes)
                observe(library.ggml_get_name(address).decode(), values)
            return True

        self.function = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_bool, ctypes.c_void_p)(call)


class Model:
    """A GGUF model in llama.cpp, with an empty cache of keys and values."""

    def __init__(
        self,
        library: Library,
        file: Path,
        context: int,
        threads: int,
        exact: bool = False,
        observe: Callable[[str, np.ndarray], None] | None = None,
    ) -> None:
        """Loads the file for sequences of at most `context` tokens.

        If `exact`, flash attention is off, and keys and values are in float32 instead of float16. `observe` gets the
        name and a copy of each float32 tensor of a pass.
        """
        self.library = library.functions
        self.model = self.library.llama_model_load_from_file(
            str(file).encode(), self.library.llama_model_default_params()
        )
        if not self.model:
            raise ValueError(f"{file}: llama.cpp cannot load it")
        params = self.library.llama_context_default_params()
        params.n_ctx, params.n_batch = context, context
        params.n_threads = params.n_threads_batch = threads
        if exact:
            params.flash_attn_type = 0
            params.type_k = params.type_v = gguf.GGMLQuantizationType.F32
        if observe is not None:
            self.observer = Observer(self.library, observe)
            params.cb_eval = ctypes.cast(self.observer.function, ctypes.c_void_p)
        self.context = self.library.llama_init_from_model(self.model, params)
        self.vocabulary = self.library.llama_vocab_n_tokens(self.library.llama_model_get_vocab(self.model))
        self.batch = self.library.llama_batch_init(context, 0, 1)
        self.past = 0

    def clear(self) -> None:
        """Forgets the tokens so far."""
        self.library.llama_memory_clear(self.library.llama_get_memory(self.context), True)
        self.past = 0

    def append(self, ids: list[int], *, logits: bool) -> np.ndarray:
        """Appends tokens. Returns the logits after each of them, or after the last one only. (T, V)"""
        self.batch.n_tokens = len(ids)
        for index, token in enumerate(ids):
            self.batch.token[index] = token
            self.batch.pos[index] = self.past + index
            self.batch.n_seq_id[index] = 1
            self.batch.seq_id[index][0] = 0
            self.batch.logits[index] = logits or index == len(ids) - 1
        result = self.library.llama_decode(self.context, self.batch)
        if result != 0:
            raise RuntimeError(f"llama_decode returned {result}")
        self.past += len(ids)
        rows = range(len(ids)) if logits else [len(ids) - 1]
        return np.stack([self._logits(row) for row in rows])

    def _logits(self, row: int) -> np.ndarray:
        pointer = self.library.llama_get_logits_ith(self.context, row)
        return np.ctypeslib.as_array(pointer, shape=(self.vocabulary,)).copy()

    def close(self) -> None:
        """Frees the memory."""
        self.library.llama_free(self.context)
        self.library.llama_model_free(self.model)


def _log(level: int, text: bytes, _: object) -> None:
    if level >= ERRORS and text.strip(b". \n"):
        os.write(2, text)
