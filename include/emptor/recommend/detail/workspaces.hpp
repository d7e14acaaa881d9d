#pragma once
// Scratch memory for parallel tasks: as many buffers as tasks may run at once, made once a fit.
// What a task computes must not depend on which buffer it got. Thread safety: take and give back
// from any thread.

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/matrix.hpp"

namespace emptor::detail {

template <class T>
class Workspaces {
 public:
  /// `size` elements a buffer, 64-byte aligned.
  Workspaces(const Context& context, std::size_t size)
      : count_(context.executor == nullptr ? 1 : context.executor->concurrency()),
        busy_(std::make_unique<std::atomic_flag[]>(count_)) {
    for (std::size_t i = 0; i < count_; ++i) buffers_.emplace_back(1, size);
  }

  /// Holds a buffer until the end of its scope.
  class Lease {
   public:
    explicit Lease(Workspaces& owner) : owner_(owner) {
      while (owner_.busy_[slot_].test_and_set(std::memory_order_acquire)) {
        slot_ = slot_ + 1 == owner_.count_ ? 0 : slot_ + 1;
      }
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { owner_.busy_[slot_].clear(std::memory_order_release); }

    [[nodiscard]] T* data() const noexcept { return owner_.buffers_[slot_].data(); }

   private:
    Workspaces& owner_;
    std::size_t slot_ = 0;
  };

 private:
  std::size_t count_;
  std::unique_ptr<std::atomic_flag[]> busy_;
  std::vector<Matrix<T>> buffers_;
};

}  // namespace emptor::detail
