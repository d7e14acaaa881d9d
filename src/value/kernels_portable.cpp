// The kernels of the models of buying that run everywhere: two lanes, which every x86-64 and ARM
// has.

#include "emptor/value/kernels.hpp"

#include <cstddef>

namespace {
constexpr std::size_t lanes = 2;
}

#define EMPTOR_SIMD
#include "value/kernels_body.inc"

namespace emptor {

const PurchaseKernels& purchase_kernels(const Kernels* kernels) noexcept {
  return kernels != nullptr && kernels->purchases != nullptr ? *kernels->purchases : table;
}

}  // namespace emptor
