#pragma once
// Large arrays that are read and written all over do better with large pages, where there are any.

#include <cstddef>
#include <cstdint>
#include <vector>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace emptor::detail {

/// Makes room for `count` elements and asks for large pages for it. Only a hint: the content and
/// the size stay.
template <class T>
void reserve_huge(std::vector<T>& values, std::size_t count) {
  if (count <= values.capacity()) return;
  values.reserve(count);
#ifdef __linux__
  constexpr std::uintptr_t page = std::uintptr_t{1} << 21;
  const auto begin = reinterpret_cast<std::uintptr_t>(values.data());
  const std::uintptr_t from = (begin + page - 1) / page * page;
  const std::uintptr_t to = (begin + values.capacity() * sizeof(T)) / page * page;
  if (from < to) {
    // NOLINTNEXTLINE: the address is the vector's own.
    static_cast<void>(madvise(reinterpret_cast<void*>(from), to - from, MADV_HUGEPAGE));
  }
#endif
}

}  // namespace emptor::detail
