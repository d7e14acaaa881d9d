#pragma once
// The executor that is shipped: a fixed number of threads that sleep when there is nothing to do.
// Part of the compiled library; the header pulls in no thread headers.

#include <cstddef>
#include <memory>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"

namespace emptor {

/// Tasks are taken in order from an atomic counter by the workers and by the calling thread, which
/// helps; so a pool of n threads starts n - 1. Cost of a run: waking the workers, some 10 µs, and
/// one atomic addition a task.
///
/// Thread safety: `run` may be called from several threads at once. A `run` from inside a task of
/// the same pool executes inline on that thread. Destroy the pool after its runs have returned.
class EMPTOR_API ThreadPool final : public Executor {
 public:
  /// `threads` run at once, at most 1024; 0: as many as the hardware has. Throws `invalid_option`,
  /// or `unsupported` when the system refuses to start a thread.
  explicit ThreadPool(std::size_t threads = 0);
  ~ThreadPool() override;

  /// As `Executor::run`. Of the tasks that throw, the exception of the one with the lowest number
  /// is rethrown, whatever the number of threads: with one thread it is the first to fail.
  void run(std::size_t tasks, FunctionRef<void(std::size_t)> task) override;

  [[nodiscard]] std::size_t concurrency() const noexcept override;

 private:
  class Workers;
  std::unique_ptr<Workers> workers_;
};

}  // namespace emptor
