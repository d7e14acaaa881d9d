// The kernels of text similarity for AVX-512 (F, VL, DQ, BW),
// chosen at run time; compiled without any -m flag.

#include "emptor/text/kernels.hpp"

#if defined(__x86_64__)

#include "text/simd_avx512.hpp"
// The bodies follow the register type they are written in.
// clang-format off
namespace {
namespace units_16 {
#include "text/similarity_body.inc"
}
namespace units_32 {
#include "text/similarity_body.inc"
}
}
#include "text/kernels_body.inc"
// clang-format on

namespace emptor::detail {

const TextKernels* text_avx512() noexcept;
const TextKernels* text_avx512() noexcept {
  return &table;
}

}  // namespace emptor::detail

#endif
