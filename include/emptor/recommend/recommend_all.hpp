#pragma once
// Lists for many customers: streamed to a callback in bounded memory, or kept in one table.
//
// Customers are served in blocks on the context's executor, by the model's own batch path if it has
// one (`BatchRecommender`). Lists are those of `recommend`, the same for any executor.
// Thread safety: functions; the sink and the progress callback are called on the caller's thread.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/recommend/recommender.hpp"

namespace emptor {

namespace detail {

/// `recommend_batch` of any model.
template <Recommender M>
void recommend_batch_of(const M& model, std::span<const Customer> customers, std::size_t k,
                        const RecommendFilter& filter, const Context& context,
                        std::span<Recommendation> out, std::span<std::uint32_t> counts) {
  if constexpr (BatchRecommender<M>) {
    model.recommend_batch(customers, k, filter, context, out, counts);
  } else {
    if (out.size() != customers.size() * k || counts.size() != customers.size()) {
      throw Exception(ErrorCode::invalid_shape,
                      text("room for ", customers.size(), " lists of ", k, " expected, got ",
                           out.size(), " entries and ", counts.size(), " counts"),
                      "recommend_batch");
    }
    constexpr std::size_t customers_a_chunk = 64;
    parallel_chunks(
        context, customers.size(), customers_a_chunk, [&](std::size_t begin, std::size_t end) {
          for (std::size_t c = begin; c < end; ++c) {
            const auto list = model.recommend(customers[c], k, filter);
            std::copy(list.begin(), list.end(), out.begin() + static_cast<std::ptrdiff_t>(c * k));
            counts[c] = static_cast<std::uint32_t>(list.size());
          }
        });
  }
}

}  // namespace detail

/// Calls `sink(customer, list)` for each of `customers`, in their order; the list's span holds for
/// the call. The sink returns nothing, or Go::stop to end early. Progress counts customers.
/// Memory: at most 8 MB (or one list, if that is more) and the model's workspaces. Throws
/// `out_of_range` for a customer that the model does not know, before the first list.
template <Recommender M, class Sink>
  requires std::invocable<Sink&, Customer, std::span<const Recommendation>>
RecommendReport recommend_many(const M& model, std::span<const Customer> customers, std::size_t k,
                               const RecommendFilter& filter, const Context& context, Sink&& sink) {
  for (const Customer customer : customers) {
    if (index(customer) >= model.customers()) {
      throw Exception(
          ErrorCode::out_of_range,
          text("customer ", index(customer), " is unknown, the model has ", model.customers()),
          "recommend_many");
    }
  }
  const std::size_t width = std::min(k, model.items());
  constexpr std::size_t entries_a_block = std::size_t{1} << 20;
  const std::size_t block =
      std::clamp<std::size_t>(entries_a_block / std::max<std::size_t>(width, 1), 1, 16384);
  std::vector<Recommendation> out(std::min(block, customers.size()) * width);
  std::vector<std::uint32_t> counts(std::min(block, customers.size()));

  RecommendReport report;
  for (std::size_t begin = 0; begin < customers.size(); begin += block) {
    const auto part = customers.subspan(begin, std::min(block, customers.size() - begin));
    detail::recommend_batch_of(model, part, width, filter, context,
                               std::span(out).first(part.size() * width),
                               std::span(counts).first(part.size()));
    for (std::size_t i = 0; i < part.size(); ++i) {
      const std::span<const Recommendation> list(out.data() + i * width, counts[i]);
      ++report.customers;
      report.empty += list.empty() ? 1 : 0;
      report.recommendations += list.size();
      if constexpr (std::same_as<
                        std::invoke_result_t<Sink&, Customer, std::span<const Recommendation>>,
                        Go>) {
        if (sink(part[i], list) == Go::stop) {
          report.stopped = true;
          return report;
        }
      } else {
        sink(part[i], list);
      }
    }
    if (context.report({"recommend", begin + part.size(), customers.size()}) == Go::stop) {
      report.stopped = begin + part.size() < customers.size();
      return report;
    }
  }
  return report;
}

/// The lists of all m customers of the model, in one table of at most 8 m k bytes and 12 m more.
/// Stopped by the progress callback, it holds the customers that were served.
template <Recommender M>
[[nodiscard]] RecommendationTable recommend_all(const M& model, std::size_t k,
                                                const RecommendFilter& filter = {},
                                                const Context& context = {}) {
  std::vector<Customer> customers;
  customers.reserve(model.customers());
  for (std::size_t c = 0; c < model.customers(); ++c) customers.push_back(id_at<Customer>(c));
  RecommendationTable table;
  table.customers.reserve(customers.size());
  table.offsets.reserve(customers.size() + 1);
  recommend_many(model, customers, k, filter, context,
                 [&](Customer customer, std::span<const Recommendation> list) {
                   table.customers.push_back(customer);
                   table.entries.insert(table.entries.end(), list.begin(), list.end());
                   table.offsets.push_back(table.entries.size());
                 });
  return table;
}

}  // namespace emptor
