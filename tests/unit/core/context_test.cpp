#include "emptor/core/context.hpp"

#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include "support/catch.hpp"

namespace {

using namespace emptor;
using Chunks = std::vector<std::pair<std::size_t, std::size_t>>;

/// Runs tasks from the last to the first.
class Backwards final : public Executor {
 public:
  void run(std::size_t tasks, FunctionRef<void(std::size_t)> task) override {
    ++runs;
    while (tasks != 0) task(--tasks);
  }
  [[nodiscard]] std::size_t concurrency() const noexcept override { return 1; }
  int runs = 0;
};

Chunks chunks_of(std::size_t count, std::size_t grain, const Context& context = {}) {
  Chunks chunks;
  parallel_chunks(context, count, grain,
                  [&](std::size_t begin, std::size_t end) { chunks.emplace_back(begin, end); });
  return chunks;
}

TEST_CASE("chunks depend on the data's size alone") {
  CHECK(chunks_of(0, 4).empty());
  CHECK(chunks_of(3, 4) == Chunks{{0, 3}});
  CHECK(chunks_of(4, 4) == Chunks{{0, 4}});
  CHECK(chunks_of(9, 4) == Chunks{{0, 4}, {4, 8}, {8, 9}});
  CHECK(chunks_of(2, 0) == Chunks{{0, 1}, {1, 2}});
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  CHECK(chunks_of(most, most - 1) == Chunks{{0, most - 1}, {most - 1, most}});
  Backwards backwards;
  CHECK(chunks_of(9, 4, {.executor = &backwards}) == Chunks{{8, 9}, {4, 8}, {0, 4}});
  CHECK(backwards.runs == 1);
  CHECK(chunks_of(4, 4, {.executor = &backwards}) == Chunks{{0, 4}});
  CHECK(backwards.runs == 1);
}

TEST_CASE("an exception of the body reaches the caller") {
  Backwards backwards;
  for (Executor* executor : {static_cast<Executor*>(nullptr), static_cast<Executor*>(&backwards)}) {
    const Context context{.executor = executor};
    CHECK_THROWS_AS(parallel_chunks(context, 10, 1,
                                    [](std::size_t begin, std::size_t) {
                                      if (begin == 5) throw std::runtime_error("five");
                                    }),
                    std::runtime_error);
  }
}

TEST_CASE("progress is asked only when there is someone to ask") {
  CHECK(Context{}.report({"als", 1, 2}) == Go::on);
  std::size_t done = 0;
  Context context;
  context.progress = [&](const ProgressStep& step) {
    done = step.done;
    return step.done < step.total ? Go::on : Go::stop;
  };
  CHECK(context.report({"als", 1, 2}) == Go::on);
  CHECK(context.report({"als", 2, 2}) == Go::stop);
  CHECK(done == 2);
}

TEST_CASE("a borrowed callable sees and changes what it captures") {
  int sum = 0;
  auto add = [&sum](int by) { return sum += by; };
  const FunctionRef<int(int)> borrowed(add);
  CHECK(borrowed(2) == 2);
  CHECK(borrowed(3) == 5);
  const auto twice = [](int x) { return 2 * x; };
  CHECK(FunctionRef<int(int)>(twice)(4) == 8);
}

}  // namespace
