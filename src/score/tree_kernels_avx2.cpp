// Trees with AVX2, chosen at run time; compiled without any -m flag.

#include "emptor/score/tree_kernels.hpp"

#if defined(__x86_64__)

#include <cstring>

#include "score/tree_shap_plan.hpp"

#define EMPTOR_SIMD __attribute__((target("avx2,fma")))
#define EMPTOR_LANES 4
// clang-format off
#include "score/tree_shap_lanes.inc"
#include "score/tree_shap_body.inc"
// clang-format on

namespace emptor::detail {
namespace {

constexpr TreeKernels avx2{nullptr, explain_eight_rows};

}  // namespace

const TreeKernels* trees_avx2() noexcept;
const TreeKernels* trees_avx2() noexcept {
  return &avx2;
}

}  // namespace emptor::detail

#endif
