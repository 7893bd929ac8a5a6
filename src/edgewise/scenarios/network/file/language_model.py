"""Requests to a language model, as bits, cycles and deadlines of an edge network."""

import numpy as np

from edgewise.scenarios.network.file.tables import LanguageModel


def sizes(
    model: LanguageModel, prompt_tokens: np.ndarray, output_tokens: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Bits, cycles and extra seconds of deadline of requests with these lengths.

    A server of `cpu_hz` reads `prefill_tokens_per_s` of a prompt, then writes one token of every
    request of a batch each `decode_step_s`. The batch is as large as the memory for keys and values
    allows: b = memory/(bytes per token x (prompt + output)). So a request holds the server for

        prompt/prefill_tokens_per_s + output decode_step_s/b   seconds,

    cycles = cpu_hz times that, and a server of twice the `cpu_hz` takes half as long. Its bits are
    those of its prompt. The deadline is on the first token, which comes once the prompt is read:
    the time for the output is added to it, so that the delay of `evaluate` meets the longer
    deadline where the first token meets its own, on a server of `cpu_hz`.

    What this leaves out: batches of unequal requests, and that they fill and drain; prefill that
    delays the tokens of others; memory that differs between servers, prompts kept from before,
    requests swapped out; the answer's way back; that a model cannot be split between device and
    server (an `offload_ratio` between 0 and 1 has no meaning here); and a first token that comes
    early or late on a server of another `cpu_hz`, by the output's time times cpu_hz/f - 1.

    >>> bits, cycles, extra_s = sizes(EXAMPLE, np.array([1000.0]), np.array([1000.0]))
    >>> bits[0], cycles[0], extra_s[0]  # 0.1 s for the prompt, 20 s for the output in a batch of 50
    (np.float64(32000.0), np.float64(500000000.0), np.float64(0.4))
    """
    batch = batches(model, prompt_tokens, output_tokens)
    prefill_s = prompt_tokens / model.prefill_tokens_per_s
    decode_s = output_tokens * model.decode_step_s / np.maximum(batch, 1)
    cycles = model.cpu_hz * (prefill_s + decode_s)
    return model.bits_per_token * prompt_tokens, cycles, decode_s


def batches(
    model: LanguageModel, prompt_tokens: np.ndarray, output_tokens: np.ndarray
) -> np.ndarray:
    """How many requests of each one's length the memory holds at once; 0: not even one.

    >>> batches(EXAMPLE, np.array([1000.0, 2e5]), np.array([1000.0, 0.0])).tolist()
    [50, 0]
    """
    tokens = np.maximum(prompt_tokens + output_tokens, 1.0)
    return np.floor(model.memory_bytes / (model.memory_bytes_per_token * tokens)).astype(int)


EXAMPLE = LanguageModel(
    cpu_hz=1e9,
    prefill_tokens_per_s=1e4,
    decode_step_s=0.02,
    memory_bytes=1e10,
    memory_bytes_per_token=1e5,
)
