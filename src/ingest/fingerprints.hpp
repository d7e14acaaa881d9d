#pragma once
// Which rows stood there before: a set of 64-bit fingerprints, 8 to 16 bytes each. Two different
// rows share one with a chance of n^2 / 2^65 among n rows. Thread safety: as a std::vector.

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string_view>
#include <vector>

#include "emptor/table/keys.hpp"

namespace emptor::detail {

/// Asks for large pages where an array is large: a table that is read at random places would miss
/// the translation buffer at nearly every row otherwise.
template <class T>
struct LargePageAllocator {
  using value_type = T;
  LargePageAllocator() = default;
  template <class Other>
  LargePageAllocator(const LargePageAllocator<Other>&) noexcept {}  // NOLINT: converts

  [[nodiscard]] T* allocate(std::size_t count) {
    constexpr std::size_t page = std::size_t{1} << 21;
    const std::size_t bytes = count * sizeof(T);
    if (bytes < page) return static_cast<T*>(::operator new(bytes));
    const std::size_t whole = (bytes + page - 1) / page * page;
    void* memory = std::aligned_alloc(page, whole);
    if (memory == nullptr) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
    (void)::madvise(memory, whole, MADV_HUGEPAGE);  // a wish: what it answers changes nothing
#endif
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) noexcept {
    if (count * sizeof(T) < std::size_t{1} << 21) {
      ::operator delete(memory);
    } else {
      std::free(memory);
    }
  }
  friend bool operator==(const LargePageAllocator&, const LargePageAllocator&) = default;
};

class Fingerprints {
 public:
  [[nodiscard]] static std::uint64_t of(std::string_view row) noexcept {
    const std::uint64_t hash = hash_key(row, 0x5851f42d4c957f2dU);
    return hash == 0 ? 1 : hash;
  }

  /// Room for `rows` without growing.
  void reserve(std::size_t rows) {
    std::size_t slots = slots_.size() < 16 ? 16 : slots_.size();
    while (slots < 2 * rows) slots *= 2;
    if (slots > slots_.size()) grow(slots);
  }
  void prefetch(std::uint64_t print) const noexcept {
    if (!slots_.empty()) __builtin_prefetch(&slots_[home(print)], 1);
  }
  /// Whether the fingerprint is new.
  bool insert(std::uint64_t print) {
    if (2 * (size_ + 1) > slots_.size()) grow(slots_.empty() ? 1024 : slots_.size() * 2);
    std::uint64_t& slot = slots_[place(print)];
    if (slot == print) return false;
    slot = print;
    ++size_;
    return true;
  }

 private:
  using Slots = std::vector<std::uint64_t, LargePageAllocator<std::uint64_t>>;

  [[nodiscard]] std::size_t home(std::uint64_t print) const noexcept {
    return static_cast<std::size_t>(print) & (slots_.size() - 1);
  }
  [[nodiscard]] std::size_t place(std::uint64_t print) const noexcept {
    std::size_t at = home(print);
    while (slots_[at] != 0 && slots_[at] != print) at = (at + 1) & (slots_.size() - 1);
    return at;
  }
  void grow(std::size_t slots) {
    Slots old(slots, 0);
    old.swap(slots_);
    for (const std::uint64_t print : old) {
      if (print != 0) slots_[place(print)] = print;
    }
  }

  Slots slots_;
  std::size_t size_ = 0;
};

}  // namespace emptor::detail
