#pragma once
// Bodies of recommend/customer_neighbours.hpp: fit, update, batches, explanations, archives.

#include <limits>

#include "emptor/recommend/customer_neighbours.hpp"

namespace emptor {
namespace detail {

using CustomerLists = std::vector<std::vector<ScoredIndex<float>>>;

inline CustomerRow<std::uint32_t> customer_row(const Interactions& data, std::size_t c) {
  return {data.by_customer().row_indices(c), data.by_customer().row_values(c)};
}

/// The lists as rows of a matrix; empties them.
inline Csr<float> matrix_of(CustomerLists& lists) {
  std::vector<std::size_t> offsets(1, 0);
  for (const auto& list : lists) offsets.push_back(offsets.back() + list.size());
  std::vector<std::uint32_t> customers;
  std::vector<float> values;
  customers.reserve(offsets.back());
  values.reserve(offsets.back());
  for (auto& list : lists) {
    std::ranges::sort(list, {}, &ScoredIndex<float>::index);
    for (const auto& [customer, value] : list) {
      customers.push_back(customer);
      values.push_back(value);
    }
    list = {};
  }
  return {lists.size(), std::move(offsets), std::move(customers), std::move(values)};
}

/// What is new to the lists of customers who did not change: (neighbour, similarity) by customer.
struct CustomerNews {
  std::vector<std::size_t> offsets;
  std::vector<ScoredIndex<float>> entries;
};

/// Searches the changed customers' lists, and gathers what the others are to hear of them.
inline CustomerNews search_changed(const Interactions& data, const CustomerSimilarity& similarity,
                                   std::span<const std::uint32_t> changed,
                                   const std::vector<char>& is_changed, std::size_t k,
                                   const Context& context, CustomerLists& lists) {
  std::vector<std::vector<ScoredIndex<float>>> told(changed.size());
  parallel_chunks(context, changed.size(), 16, [&](std::size_t begin, std::size_t end) {
    CustomerSums sums(data.customers());
    for (std::size_t i = begin; i < end; ++i) {
      const std::uint32_t self = changed[i];
      const double size = similarity.size_of_customer(self);
      TopK<float> best(std::min(k, data.customers()));
      similarity.each(data, customer_row(data, self), sums, [&](std::uint32_t other, double sum) {
        const double other_size = similarity.size_of_customer(other);
        const float value = similarity.finish(sum, size, other_size);
        if (value > 0 && other != self) best.push(other, value);
        const float back = similarity.finish(sum, other_size, size);
        if (back > 0 && is_changed[other] == 0) told[i].push_back({other, back});
      });
      lists[self] = best.take();
    }
  });
  CustomerNews news;
  news.offsets.assign(data.customers() + 1, 0);
  for (const auto& list : told) {
    for (const auto& entry : list) ++news.offsets[entry.index + 1];
  }
  for (std::size_t c = 0; c < data.customers(); ++c) news.offsets[c + 1] += news.offsets[c];
  news.entries.resize(news.offsets.back());
  std::vector<std::size_t> next(news.offsets.begin(), news.offsets.end() - 1);
  for (std::size_t i = 0; i < told.size(); ++i) {
    for (const auto& [customer, value] : told[i]) {
      news.entries[next[customer]++] = {changed[i], value};
    }
  }
  return news;
}

/// The k best of an old list without changed neighbours and the news, or false if others may be
/// among them: a list that was cut at k knows nobody behind its last.
inline bool take_news(std::span<const std::uint32_t> old_customers,
                      std::span<const float> old_values, const std::vector<char>& is_changed,
                      std::span<const ScoredIndex<float>> news, std::size_t k,
                      std::vector<ScoredIndex<float>>& list) {
  const bool cut = old_customers.size() >= k;
  ScoredIndex<float> last{0, std::numeric_limits<float>::infinity()};
  TopK<float> best(std::min(k, old_customers.size() + news.size()));
  for (std::size_t i = 0; i < old_customers.size(); ++i) {
    const ScoredIndex<float> one{old_customers[i], old_values[i]};
    if (ranks_before(last, one)) last = one;
    if (is_changed[one.index] == 0) best.push(one.index, one.score);
  }
  for (const auto& [customer, value] : news) best.push(customer, value);
  list = best.take();
  return !cut || (list.size() == k && !ranks_before(last, list.back()));
}

}  // namespace detail

inline CustomerNeighboursModel::CustomerNeighboursModel(Interactions data, Csr<float> similarities,
                                                        const CustomerNeighboursOptions& options)
    : data_(std::move(data)),
      similarities_(std::move(similarities)),
      options_((detail::check_customer_neighbours(options), options)),
      similarity_(data_, options_) {
  constexpr std::string_view where = "CustomerNeighboursModel";
  const std::size_t m = data_.customers();
  if (similarities_.rows() != m || similarities_.columns() != m) {
    throw Exception(ErrorCode::invalid_shape,
                    text("similarities of ", m, " customers must be ", m, " x ", m, ", got ",
                         similarities_.rows(), " x ", similarities_.columns()),
                    std::string(where));
  }
  for (const float value : similarities_.values()) {
    if (value > 0 && std::isfinite(value)) continue;
    throw Exception(ErrorCode::invalid_value,
                    text("a similarity must be finite and > 0, got ", value), std::string(where));
  }
  for (std::size_t c = 0; c < m; ++c) {
    if (!similarities_.contains(c, static_cast<std::uint32_t>(c))) continue;
    throw Exception(ErrorCode::invalid_value, "nobody is their own neighbour", std::string(where));
  }
}

inline CustomerNeighboursFit fit_customer_neighbours(const Interactions& data,
                                                     const CustomerNeighboursOptions& options,
                                                     const Context& context) {
  detail::check_customer_neighbours(options);
  const detail::CustomerSimilarity similarity(data, options);
  const std::size_t m = data.customers();
  detail::CustomerLists lists(m);
  constexpr std::size_t grain = 64;
  constexpr std::size_t round = 32 * grain;
  CustomerNeighboursReport report;
  while (report.customers < m && !report.stopped) {
    const std::size_t first = report.customers;
    const std::size_t count = std::min(round, m - first);
    parallel_chunks(context, count, grain, [&](std::size_t begin, std::size_t end) {
      detail::CustomerSums sums(m);
      for (std::size_t c = first + begin; c < first + end; ++c) {
        lists[c] =
            similarity.nearest(data, detail::customer_row(data, c), c, options.neighbours, sums);
      }
    });
    report.customers += count;
    report.stopped = context.report({"customer neighbours", report.customers, m}) == Go::stop &&
                     report.customers < m;
  }
  for (std::size_t c = 0; c < report.customers; ++c) {
    report.pairs += lists[c].size();
    report.without += lists[c].empty() ? 1 : 0;
  }
  return {CustomerNeighboursModel(data, detail::matrix_of(lists), options), report};
}

inline CustomerNeighboursModel CustomerNeighboursModel::update(const Interactions& data,
                                                               const Context& context) const {
  detail::require_grown(data, customers(), items());
  const std::size_t m = data.customers();
  const Csr<float>& before = data_.by_customer();
  const Csr<float>& now = data.by_customer();
  std::vector<char> is_changed(m, 1);
  std::vector<std::uint32_t> changed;
  for (std::size_t c = 0; c < m; ++c) {
    const bool same = c < before.rows() &&
                      std::ranges::equal(before.row_indices(c), now.row_indices(c)) &&
                      std::ranges::equal(before.row_values(c), now.row_values(c));
    is_changed[c] = same ? 0 : 1;
    if (!same) changed.push_back(static_cast<std::uint32_t>(c));
  }
  const bool much = changed.size() > m / 4;
  if (similarity_.global() || much) return fit_customer_neighbours(data, options_, context).model;

  const detail::CustomerSimilarity similarity(data, options_);
  detail::CustomerLists lists(m);
  const detail::CustomerNews news = detail::search_changed(data, similarity, changed, is_changed,
                                                           options_.neighbours, context, lists);
  parallel_chunks(context, m, 64, [&](std::size_t begin, std::size_t end) {
    detail::CustomerSums sums(m);
    for (std::size_t c = begin; c < end; ++c) {
      if (is_changed[c] != 0) continue;
      const auto heard =
          std::span(news.entries).subspan(news.offsets[c], news.offsets[c + 1] - news.offsets[c]);
      const bool known =
          detail::take_news(similarities_.row_indices(c), similarities_.row_values(c), is_changed,
                            heard, options_.neighbours, lists[c]);
      if (known) continue;
      lists[c] =
          similarity.nearest(data, detail::customer_row(data, c), c, options_.neighbours, sums);
    }
  });
  return {data, detail::matrix_of(lists), options_};
}

inline void CustomerNeighboursModel::recommend_batch(std::span<const Customer> customers,
                                                     std::size_t k, const RecommendFilter& filter,
                                                     const Context& context,
                                                     std::span<Recommendation> out,
                                                     std::span<std::uint32_t> counts) const {
  detail::require_batch_spans(customers, k, out, counts);
  for (const Customer customer : customers) {
    detail::require_id(customer, this->customers(), "customer", "recommend_batch");
  }
  const detail::ItemFilter ready(filter, items());
  parallel_chunks(context, customers.size(), 64, [&](std::size_t begin, std::size_t end) {
    Sums sums(items());
    for (std::size_t c = begin; c < end; ++c) {
      const auto row = detail::row_of(data_, customers[c], "recommend_batch");
      TopK<float> best = best_of(row, circle_of(customers[c]), k, ready, sums);
      counts[c] = static_cast<std::uint32_t>(best.size());
      Recommendation* to = out.data() + c * k;
      for (const auto& [item, score] : best.take()) *to++ = {id_at<Item>(item), score};
    }
  });
}

template <class ItemId>
Explanation CustomerNeighboursModel::explain_row(const detail::CustomerRow<ItemId>& row,
                                                 const Circle& circle, Item item,
                                                 std::size_t k) const {
  detail::require_id(item, items(), "item", "explain");
  if (row.size() == 0) return detail::unknown_explanation();
  Explanation out;
  double score = 0;
  std::vector<double> shares(row.size(), 0.0);
  std::vector<std::pair<std::size_t, double>> common;
  const double saturation = similarity_.saturation_of(row);
  for (std::size_t i = 0; i < circle.customers.size(); ++i) {
    const double share = share_of(circle, i, item);
    if (share == 0) continue;
    score += share;
    const auto other = detail::customer_row(data_, circle.customers[i]);
    const double other_saturation = similarity_.saturation_of(other);
    common.clear();
    double sum = 0;
    for (std::size_t a = 0, b = 0; a < row.size() && b < other.size();) {
      if (row.item(a) != other.item(b)) {
        ++(row.item(a) < other.item(b) ? a : b);
        continue;
      }
      const double part =
          static_cast<double>(similarity_.entry(row.weights[a], row.item(a), saturation)) *
          static_cast<double>(similarity_.entry(other.weights[b], other.item(b), other_saturation));
      common.emplace_back(a, part);
      sum += part;
      ++a;
      ++b;
    }
    for (const auto& [a, part] : common) shares[a] += share * (part / sum);
  }
  out.score = static_cast<float>(score);
  for (std::size_t a = 0; a < row.size(); ++a) {
    if (shares[a] == 0) continue;
    out.parts.push_back({id_at<Item>(row.item(a)), static_cast<float>(shares[a])});
  }
  detail::keep_largest_parts(out, k);
  return out;
}

inline NeighbourExplanation CustomerNeighboursModel::explain_circle(bool known,
                                                                    const Circle& circle, Item item,
                                                                    std::size_t k) const {
  detail::require_id(item, items(), "item", "explain_neighbours");
  NeighbourExplanation out;
  if (!known) {
    out.score = out.rest = std::numeric_limits<float>::quiet_NaN();
    return out;
  }
  double score = 0;
  for (std::size_t i = 0; i < circle.customers.size(); ++i) {
    const double share = share_of(circle, i, item);
    if (share == 0) continue;
    score += share;
    out.parts.push_back({id_at<Customer>(circle.customers[i]), static_cast<float>(share)});
  }
  out.score = static_cast<float>(score);
  using Part = NeighbourExplanation::Part;
  std::ranges::sort(out.parts, [](const Part& a, const Part& b) {
    return a.share != b.share ? a.share > b.share : a.because < b.because;
  });
  double rest = 0;
  for (std::size_t i = k; i < out.parts.size(); ++i) {
    rest += static_cast<double>(out.parts[i].share);
  }
  out.rest = static_cast<float>(rest);
  if (out.parts.size() > k) out.parts.resize(k);
  return out;
}

inline std::vector<std::byte> CustomerNeighboursModel::save() const {
  ArchiveWriter writer(archive_kind, 1);
  put_interactions(writer.section("interactions"), data_);
  SectionWriter& section = writer.section("options");
  section.put(options_.weighting);
  section.put(std::uint64_t{options_.neighbours});
  section.put(options_.normalise);
  for (const double value : {options_.shrinkage, options_.k1, options_.b, options_.tversky_own,
                             options_.tversky_other}) {
    section.put(value);
  }
  detail::put_rows(writer.section("similarities"), similarities_);
  return std::move(writer).finish();
}

inline Result<CustomerNeighboursModel> CustomerNeighboursModel::load(
    std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("interactions");
  if (!section) return section.error();
  Interactions data = get_interactions(*section);
  if (Result<void> done = section->finish(); !done) return done.error();

  section = reader->section("options");
  if (!section) return section.error();
  CustomerNeighboursOptions options;
  options.weighting = section->get_enum(CustomerWeighting::tversky);
  options.neighbours = static_cast<std::size_t>(section->get<std::uint64_t>());
  options.normalise = section->get<bool>();
  for (double* value : {&options.shrinkage, &options.k1, &options.b, &options.tversky_own,
                        &options.tversky_other}) {
    *value = section->get<double>();
  }
  if (section->ok()) {
    try {
      detail::check_customer_neighbours(options);
    } catch (const Exception& e) {
      section->require(false, e.what());
    }
  }
  if (Result<void> done = section->finish(); !done) return done.error();

  section = reader->section("similarities");
  if (!section) return section.error();
  Csr<float> similarities = detail::get_rows(*section, data.customers());
  section->require(similarities.rows() == data.customers(),
                   "the similarities are of another number of customers");
  for (std::size_t c = 0; section->ok() && c < similarities.rows(); ++c) {
    section->require(!similarities.contains(c, static_cast<std::uint32_t>(c)),
                     "somebody is their own neighbour");
  }
  if (Result<void> done = section->finish(); !done) return done.error();
  return CustomerNeighboursModel(std::move(data), std::move(similarities), options);
}

static_assert(LoadableRecommender<CustomerNeighboursModel> &&
              BatchRecommender<CustomerNeighboursModel> &&
              UpdatableRecommender<CustomerNeighboursModel>);

}  // namespace emptor
