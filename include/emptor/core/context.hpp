#pragma once
// What a long computation is given besides its data: where to run, whom to tell, which kernels.
//
// `Context{}` runs inline on the calling thread with the portable kernels and tells nobody. Work is
// cut by data size, never by the number of threads, so results are the same bits for any executor.
// Thread safety: a Context may be shared; the progress callback is called from the thread that
// called the library, never from a worker.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <type_traits>

namespace emptor {

struct Kernels;  // core/kernels.hpp

/// A borrowed callable: two pointers, no allocation. It must outlive the call it is passed to.
template <class Signature>
class FunctionRef;

template <class R, class... Args>
class FunctionRef<R(Args...)> {
 public:
  template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, FunctionRef> &&
             std::is_invocable_r_v<R, F&, Args...>)
  FunctionRef(F&& function)  // NOLINT: converts
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(function)))),
        call_([](void* object, Args... args) -> R {
          return (*static_cast<std::remove_reference_t<F>*>(object))(static_cast<Args>(args)...);
        }) {}

  R operator()(Args... args) const { return call_(object_, static_cast<Args>(args)...); }

 private:
  void* object_;
  R (*call_)(void*, Args...);
};

/// Runs numbered tasks, in any order and on any threads, and returns when all have ended.
/// A host adapts its own pool by deriving from this; `ThreadPool` is the one that is shipped.
class Executor {
 public:
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor() = default;

  /// Calls `task(i)` once for every i in [0, tasks). If calls throw, rethrows one of the exceptions
  /// after all started calls have ended; later tasks may then be left out.
  virtual void run(std::size_t tasks, FunctionRef<void(std::size_t)> task) = 0;

  /// How many tasks may run at once, at least 1. Never used to cut work.
  [[nodiscard]] virtual std::size_t concurrency() const noexcept = 0;
};

/// The answer of a progress callback: go on, or stop at the next safe point.
enum class Go : std::uint8_t { on, stop };

struct ProgressStep {
  std::string_view what;  ///< "als", "read csv", …
  std::size_t done = 0;   ///< units finished, of `total`
  std::size_t total = 0;  ///< 0: not known beforehand
};

struct Context {
  Executor* executor = nullptr;                       ///< null: inline
  std::function<Go(const ProgressStep&)> progress{};  ///< empty: never asked
  const Kernels* kernels = nullptr;                   ///< null: the portable kernels

  /// Tells the callback, if there is one.
  [[nodiscard]] Go report(const ProgressStep& step) const {
    return progress ? progress(step) : Go::on;
  }
};

/// Calls `body(begin, end)` for consecutive chunks of [0, count) of `grain` elements (the last may
/// be shorter), on the context's executor. Chunks depend on `count` and `grain` alone. `grain` 0
/// counts as 1. Exceptions of `body` reach the caller.
template <class Body>
void parallel_chunks(const Context& context, std::size_t count, std::size_t grain, Body&& body) {
  if (count == 0) return;
  if (grain == 0) grain = 1;
  const std::size_t chunks = count / grain + (count % grain != 0 ? 1 : 0);
  const auto run_chunk = [&](std::size_t chunk) {
    const std::size_t begin = chunk * grain;
    body(begin, count - begin < grain ? count : begin + grain);
  };
  if (context.executor == nullptr || chunks == 1) {
    for (std::size_t chunk = 0; chunk < chunks; ++chunk) run_chunk(chunk);
  } else {
    context.executor->run(chunks, run_chunk);
  }
}

}  // namespace emptor
