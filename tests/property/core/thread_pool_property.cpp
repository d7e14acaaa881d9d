// The same bits for any number of threads: chunks are cut by data size, never by threads.

#include <cstdint>
#include <cstring>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/thread_pool.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

/// A sum whose value depends on its order: partial sums by chunk, added up from the first on.
float sum(const Context& context, const std::vector<float>& values, std::size_t grain) {
  std::vector<float> parts(values.size() / grain + 1);
  parallel_chunks(context, values.size(), grain, [&](std::size_t begin, std::size_t end) {
    float part = 0.0F;
    for (std::size_t i = begin; i < end; ++i) part += values[i] * 1.1F;
    parts[begin / grain] = part;
  });
  return std::accumulate(parts.begin(), parts.end(), 0.0F);
}

bool same_bits(float a, float b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

TEST_CASE("parallel_chunks gives the same bits for any number of threads") {
  ThreadPool one(1), two(2), three(3), eight(8);
  emptor::test::check_property(
      "same bits",
      [&](const std::vector<std::int32_t>& numbers, std::uint8_t grain_minus_1) {
        const std::size_t grain = grain_minus_1 % 16 + std::size_t{1};
        std::vector<float> values;
        for (const std::int32_t number : numbers) {
          for (int power = 0; power < 8; ++power) {
            values.push_back(static_cast<float>(number) / static_cast<float>(1 << (3 * power)));
          }
        }
        const float inline_sum = sum({}, values, grain);
        for (ThreadPool* pool : {&one, &two, &three, &eight}) {
          RC_ASSERT(same_bits(sum({.executor = pool}, values, grain), inline_sum));
        }
      },
      300);
}

TEST_CASE("every element is in one chunk") {
  ThreadPool pool(3);
  emptor::test::check_property("chunks cover", [&](std::uint16_t count, std::uint8_t grain) {
    std::vector<int> seen(count);
    parallel_chunks({.executor = &pool}, count, grain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) ++seen[i];
    });
    RC_ASSERT(seen == std::vector<int>(count, 1));
  });
}

TEST_CASE("the exception is the same for any number of threads") {
  ThreadPool one(1), two(2), eight(8);
  emptor::test::check_property("lowest failure", [&](const std::vector<bool>& fails) {
    const auto failure = [&](ThreadPool& pool) -> std::string {
      try {
        pool.run(fails.size(), [&](std::size_t i) {
          if (fails[i]) throw std::runtime_error(std::to_string(i));
        });
      } catch (const std::runtime_error& error) {
        return error.what();
      }
      return "none";
    };
    const std::string expected = failure(one);
    RC_ASSERT(failure(two) == expected);
    RC_ASSERT(failure(eight) == expected);
  });
}

}  // namespace
