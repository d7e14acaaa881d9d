#pragma once
// Bodies of recommend/rating_neighbours.hpp: fit, lists, reasons, archives.

#include "emptor/recommend/rating_neighbours.hpp"

namespace emptor {

inline RatingNeighboursFit fit_rating_neighbours(const Ratings& data,
                                                 const RatingNeighboursOptions& options,
                                                 const Context& context) {
  detail::check_rating_neighbours(options);
  RatingNeighboursParts parts{data, options, detail::rating_baseline(data, options), {}};
  const std::vector<float> deviations =
      detail::deviations_of(data, parts.baseline, options.similarity);
  const std::size_t n = data.items();
  std::vector<std::vector<ScoredIndex<float>>> lists(n);
  constexpr std::size_t grain = 32;
  constexpr std::size_t round = 32 * grain;
  RatingNeighboursReport report;
  while (report.items < n && !report.stopped) {
    const std::size_t first = report.items;
    const std::size_t count = std::min(round, n - first);
    parallel_chunks(context, count, grain, [&](std::size_t begin, std::size_t end) {
      detail::search_rating_neighbours(data, deviations, options, first + begin, first + end,
                                       lists);
    });
    report.items += count;
    report.stopped =
        context.report({"rating neighbours", report.items, n}) == Go::stop && report.items < n;
  }
  std::vector<std::size_t> offsets(1, 0);
  std::vector<std::uint32_t> items;
  std::vector<float> values;
  for (auto& list : lists) {
    for (const auto& [item, value] : list) {
      items.push_back(item);
      values.push_back(value);
    }
    offsets.push_back(items.size());
    list = {};
  }
  report.pairs = items.size();
  for (std::size_t i = 0; i < report.items; ++i) {
    report.without += offsets[i] == offsets[i + 1] ? 1 : 0;
  }
  parts.similarities = Csr<float>(n, std::move(offsets), std::move(items), std::move(values));
  return {RatingNeighboursModel(std::move(parts)), report};
}

inline RatingNeighboursModel RatingNeighboursModel::update(const Ratings& data,
                                                           const Context& context) const {
  detail::require_grown(data, customers(), items());
  return fit_rating_neighbours(data, parts_.options, context).model;
}

inline TopK<float> RatingNeighboursModel::best_of(const Rated& row, std::size_t k,
                                                  const detail::ItemFilter& filter,
                                                  std::vector<std::uint32_t>& places) const {
  for (std::size_t j = 0; j < row.items.size(); ++j) {
    places[row.items[j]] = static_cast<std::uint32_t>(j + 1);
  }
  TopK<float> best(std::min(k, items()));
  TopK<float> near(parts_.options.neighbours);
  const auto offer = [&](std::uint32_t item) {
    if (parts_.data.by_item().row_size(item) == 0) return;
    const bool allows =
        filter.listed() ? filter.allows_candidate(item, row.items) : filter.allows(item, row.items);
    if (!allows) return;
    const auto others = parts_.similarities.row_indices(item);
    const auto values = parts_.similarities.row_values(item);
    for (std::size_t a = 0; a < others.size(); ++a) {
      if (places[others[a]] > 0) near.push(places[others[a]] - 1, values[a]);
    }
    best.push(item, score_of(row, finish(row, item, near)));
  };
  if (filter.listed()) {
    for (const std::uint32_t item : filter.candidates()) offer(item);
  } else {
    for (std::uint32_t item = 0; item < items(); ++item) offer(item);
  }
  for (const std::uint32_t item : row.items) places[item] = 0;
  return best;
}

inline void RatingNeighboursModel::recommend_batch(std::span<const Customer> customers,
                                                   std::size_t k, const RecommendFilter& filter,
                                                   const Context& context,
                                                   std::span<Recommendation> out,
                                                   std::span<std::uint32_t> counts) const {
  detail::require_batch_spans(customers, k, out, counts);
  for (const Customer customer : customers) {
    detail::require_id(customer, this->customers(), "customer", "recommend_batch");
  }
  const detail::ItemFilter ready(filter, items());
  parallel_chunks(context, customers.size(), 16, [&](std::size_t begin, std::size_t end) {
    std::vector<std::uint32_t> places(items(), 0);
    for (std::size_t c = begin; c < end; ++c) {
      TopK<float> best = best_of(rated(customers[c]), k, ready, places);
      counts[c] = static_cast<std::uint32_t>(best.size());
      Recommendation* to = out.data() + c * k;
      for (const auto& [item, score] : best.take()) *to++ = {id_at<Item>(item), score};
    }
  });
}

inline Explanation RatingNeighboursModel::explain_row(const Rated& row, Item item,
                                                      std::size_t k) const {
  detail::require_id(item, items(), "item", "explain");
  const Basis basis = basis_of(row, item);
  Explanation out;
  out.score = score_of(row, basis);
  out.rest = static_cast<float>(basis.baseline);
  for (const auto& [j, similarity] : basis.near) {
    const double share = static_cast<double>(similarity) * deviation(row, j) / basis.below;
    out.parts.push_back({id_at<Item>(row.items[j]), static_cast<float>(share)});
  }
  detail::keep_largest_parts(out, k);
  return out;
}

inline std::vector<std::byte> RatingNeighboursModel::save() const {
  ArchiveWriter writer(archive_kind, 1);
  detail::put_ratings(writer.section("ratings"), parts_.data);
  const RatingNeighboursOptions& options = parts_.options;
  SectionWriter& section = writer.section("options");
  section.put(options.similarity);
  section.put(options.clip);
  for (const std::size_t value : {options.neighbours, options.kept, options.sweeps}) {
    section.put(std::uint64_t{value});
  }
  for (const double value :
       {options.shrinkage, options.damping, options.item_lambda, options.customer_lambda}) {
    section.put(value);
  }
  SectionWriter& baseline = writer.section("baseline");
  baseline.put(parts_.baseline.mean);
  baseline.put_array(parts_.baseline.customers);
  baseline.put_array(parts_.baseline.items);
  detail::put_rows(writer.section("similarities"), parts_.similarities);
  return std::move(writer).finish();
}

inline Result<RatingNeighboursModel> RatingNeighboursModel::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  RatingNeighboursParts parts;
  Result<SectionReader> section = reader->section("ratings");
  if (!section) return section.error();
  parts.data = detail::get_ratings(*section);
  if (Result<void> done = section->finish(); !done) return done.error();

  section = reader->section("options");
  if (!section) return section.error();
  RatingNeighboursOptions& options = parts.options;
  options.similarity = section->get_enum(RatingSimilarity::adjusted_cosine);
  options.clip = section->get<bool>();
  for (std::size_t* value : {&options.neighbours, &options.kept, &options.sweeps}) {
    *value = static_cast<std::size_t>(section->get<std::uint64_t>());
  }
  for (double* value :
       {&options.shrinkage, &options.damping, &options.item_lambda, &options.customer_lambda}) {
    *value = section->get<double>();
  }
  if (section->ok()) {
    try {
      detail::check_rating_neighbours(options);
    } catch (const Exception& e) {
      section->require(false, e.what());
    }
  }
  if (Result<void> done = section->finish(); !done) return done.error();

  section = reader->section("baseline");
  if (!section) return section.error();
  parts.baseline.mean = section->get<double>();
  parts.baseline.customers = section->get_array<float>();
  parts.baseline.items = section->get_array<float>();
  bool fits = parts.baseline.customers.size() == parts.data.customers() &&
              parts.baseline.items.size() == parts.data.items() &&
              std::isfinite(parts.baseline.mean);
  for (const auto* biases : {&parts.baseline.customers, &parts.baseline.items}) {
    for (const float bias : *biases) fits = fits && std::isfinite(bias);
  }
  section->require(fits, "the baseline does not fit the ratings");
  if (Result<void> done = section->finish(); !done) return done.error();

  section = reader->section("similarities");
  if (!section) return section.error();
  parts.similarities = detail::get_rows(*section, parts.data.items());
  section->require(parts.similarities.rows() == parts.data.items(),
                   "the similarities are of another number of items");
  if (Result<void> done = section->finish(); !done) return done.error();
  return RatingNeighboursModel(std::move(parts));
}

static_assert(LoadableRecommender<RatingNeighboursModel> &&
              BatchRecommender<RatingNeighboursModel> &&
              UpdatableRecommender<RatingNeighboursModel, Ratings>);

}  // namespace emptor
