"""The names in Autograd's modules that are not here, each with the reason: whoever imports one is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

IMPORTED = "it is no function of Autograd's but something that this module of it imports; import it from its own module"
RULE = "it is part of Autograd's own rules; those of easygrad are in easygrad.rules, and write your own by defvjp"
CONTAINER = "it is a part of Autograd's boxed containers; here traced values are in Python's own"
GRAPH = "it is a part of Autograd's const_graph; here easygrad.misc.tracers has const_graph and full_graph"
WRAPPING = "it is a part of how Autograd wraps NumPy's functions; here each is written out in easygrad.numpy"
OLD = "it makes a method of primitives, which they have here: primitive(f).defvjp, .defgrad, .defvjp_is_zero"
CHECK = "it is a part of Autograd's differences with one step; those of easygrad.testing choose theirs"
LOOP = "it is the variable of a loop in Autograd's module"

ABSENT = {
    "autograd.builtins": {
        CONTAINER: "DictMeta ListMeta TupleMeta container_untake fwd_grad_make_sequence grad_container_take "
        "grad_sequence_extend_left grad_sequence_extend_right"
    },
    "autograd.core": {
        IMPORTED: "count reduce warnings",
        OLD: "deprecated_defgrad deprecated_defvjp deprecated_defvjp_is_zero deprecated_defvjp_message",
        RULE: "translate_jvp translate_vjp",
    },
    "autograd.differential_operators": {IMPORTED: "OrderedDict atuple"},
    "autograd.misc.fixed_points": {IMPORTED: "defvjp make_vjp primitive tuple vspace", RULE: "fixed_point_vjp"},
    "autograd.misc.flatten": {IMPORTED: "make_vjp np type"},
    "autograd.misc.optimizers": {IMPORTED: "flatten np wraps"},
    "autograd.misc.tracers": {IMPORTED: "Node partial repeat subvals toposort trace wraps", GRAPH: "ConstGraphNode"},
    "autograd.numpy": {IMPORTED: "warnings", WRAPPING: "custom_where"},
    "autograd.numpy.fft": {
        IMPORTED: "anp defvjp ffto match_complex primitive test vspace",
        RULE: "check_even_shape check_no_repeated_axes fft_grad get_fft2_args get_fft_args get_fftn_args irfft_grad "
        "make_rfft_factors rfft_grad truncate_pad",
        WRAPPING: "wrap_namespace",
    },
    "autograd.numpy.linalg": {
        IMPORTED: "anp builtins defjvp defvjp npla partial test",
        RULE: "T add2d grad_cholesky grad_eig grad_eigh grad_inv grad_pinv grad_solve grad_svd norm_jvp norm_vjp",
        WRAPPING: "wrap_namespace",
    },
    "autograd.numpy.numpy_boxes": {IMPORTED: "anp np", LOOP: "method_name type_"},
    "autograd.numpy.numpy_jvps": {
        IMPORTED: "JVPNode dot_adjoint_0 dot_adjoint_1 nograd_functions onp register_notrace tensordot_adjoint_0 "
        "tensordot_adjoint_1 untake",
        RULE: "atleast_jvpmaker forward_grad_np_std forward_grad_np_var fwd_grad_chooser fwd_grad_concatenate_args "
        "fwd_grad_partition fwd_grad_sort np_abs_jvp np_conj_jvp",
        LOOP: "fun",
    },
    "autograd.numpy.numpy_vjps": {
        IMPORTED: "onp partial",
        RULE: "array_from_args_gradmaker array_from_scalar_or_array_gradmaker dot_adjoint_0 dot_adjoint_1 dot_vjp_0 "
        "dot_vjp_1 grad_broadcast_to grad_chooser grad_concatenate_args grad_diff grad_einsum grad_gradient grad_inner "
        "grad_kron grad_np_cumsum grad_np_mean grad_np_prod grad_np_std grad_np_sum grad_np_var grad_partition "
        "grad_repeat grad_reshape_list grad_rollaxis grad_sort grad_tile grad_transpose matmul_adjoint_0 "
        "matmul_adjoint_1 matmul_vjp_0 matmul_vjp_1 np_abs_vjp np_conj_vjp pad_vjp reverse_axis tensordot_adjoint_0 "
        "tensordot_adjoint_1 tensordot_vjp_0 tensordot_vjp_1 unpermuter untake wrapped_reshape",
        LOOP: "fun",
    },
    "autograd.numpy.numpy_vspaces": {IMPORTED: "np", LOOP: "type_"},
    "autograd.numpy.numpy_wrapper": {IMPORTED: "warnings"},
    "autograd.numpy.random": {IMPORTED: "npr test", WRAPPING: "get_bit_generator set_bit_generator wrap_namespace"},
    "autograd.scipy.integrate": {
        IMPORTED: "defvjp_argnums flatten make_vjp np primitive scipy tuple",
        RULE: "argnums_unpack grad_odeint",
    },
    "autograd.scipy.linalg": {
        IMPORTED: "anp defjvp defjvp_argnums defvjp defvjp_argnums partial scipy test",
        RULE: "grad_solve_banded grad_solve_triangular",
        WRAPPING: "wrap_namespace",
    },
    "autograd.scipy.signal": {
        IMPORTED: "as_strided defvjp np npo partial primitive",
        RULE: "compute_conv_size einsum_tensordot flipped_idxs grad_convolve parse_axes",
    },
    "autograd.scipy.special": {
        IMPORTED: "defjvp defvjp np primitive repeat_to_match_shape scipy unbroadcast_f",
        RULE: "fwd_grad_logsumexp inv_root_pi make_gammainc_vjp_arg1 make_grad_logsumexp root_pi",
    },
    "autograd.scipy.stats.beta": {
        IMPORTED: "beta defvjp np primitive psi scipy unbroadcast_f",
        RULE: "grad_beta_logpdf_arg0 grad_beta_logpdf_arg1 grad_beta_logpdf_arg2",
    },
    "autograd.scipy.stats.chi2": {
        IMPORTED: "defvjp gamma np primitive scipy unbroadcast_f",
        RULE: "grad_chi2_logpdf",
    },
    "autograd.scipy.stats.dirichlet": {IMPORTED: "defvjp digamma np primitive scipy"},
    "autograd.scipy.stats.gamma": {
        IMPORTED: "defvjp gamma np primitive psi scipy unbroadcast_f",
        RULE: "grad_gamma_logpdf_arg0 grad_gamma_logpdf_arg1",
    },
    "autograd.scipy.stats.multivariate_normal": {
        IMPORTED: "defvjp np primitive scipy unbroadcast_f",
        RULE: "covgrad generalized_outer_product solve",
    },
    "autograd.scipy.stats.norm": {IMPORTED: "anp defvjp primitive scipy unbroadcast_f"},
    "autograd.scipy.stats.poisson": {
        IMPORTED: "defvjp np primitive scipy unbroadcast_f",
        RULE: "grad_poisson_logpmf",
    },
    "autograd.scipy.stats.t": {
        IMPORTED: "defvjp np primitive psi scipy unbroadcast_f",
        RULE: "grad_tlogpdf_df grad_tlogpdf_diff grad_tlogpdf_loc grad_tlogpdf_scale grad_tlogpdf_x",
    },
    "autograd.test_util": {
        CHECK: "EPS make_numerical_jvp",
        IMPORTED: "get_name make_jvp make_vjp product unary_to_nary vspace",
    },
    "autograd.tracer": {IMPORTED: "autograd defaultdict"},
    "autograd.util": {IMPORTED: "operator", OLD: "deprecation_msg"},
}


def getter(module: str) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a module of this package: an ImportError for what is absent, with the reason."""
    reasons = {name: reason for reason, names in ABSENT.get(module, {}).items() for name in names.split()}

    def getattr_of_module(name: str) -> Any:
        if name in reasons:
            raise ImportError(f"{module}.{name} is not provided by easygrad.as_autograd: {reasons[name]}.")
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return getattr_of_module
