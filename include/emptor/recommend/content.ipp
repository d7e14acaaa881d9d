#pragma once
// Bodies of ContentModel: lists for many, search, later items and evidence, archives.

#include "emptor/recommend/content.hpp"

namespace emptor {

inline void ContentModel::recommend_batch(std::span<const Customer> customers, std::size_t k,
                                          const RecommendFilter& filter, const Context& context,
                                          std::span<Recommendation> out,
                                          std::span<std::uint32_t> counts) const {
  constexpr std::string_view where = "recommend_batch";
  detail::require_batch_spans(customers, k, out, counts);
  for (const Customer customer : customers) {
    detail::require_id(customer, this->customers(), "customer", where);
  }
  if (k == 0) {
    std::fill(counts.begin(), counts.end(), 0U);
    return;
  }
  const detail::ItemFilter ready(filter, items());
  // Lists that hold a good part of all items are no search.
  constexpr std::size_t least_share = 16;
  const bool shares = !ready.listed() && k <= items() / least_share;
  constexpr std::size_t customers_a_chunk = 128;
  parallel_chunks(
      context, customers.size(), customers_a_chunk, [&](std::size_t begin, std::size_t end) {
        detail::ContentProfile profile(vectors_->features(), items());
        const auto keep = [&](std::size_t c, const auto& list) {
          counts[c] = static_cast<std::uint32_t>(list.size());
          std::copy(list.begin(), list.end(), out.data() + c * k);
        };
        if (!shares || end - begin < detail::ContentBatch::least) {
          for (std::size_t c = begin; c < end; ++c) {
            keep(c, list_of(row(customers[c], where), k, ready, profile));
          }
          return;
        }
        detail::ContentBatch batch(vectors_->features());
        std::vector<std::span<const std::uint32_t>> seen;
        for (std::size_t first = begin; first < end; first += sparse_lanes) {
          const std::size_t last = std::min(first + sparse_lanes, end);
          seen.clear();
          for (std::size_t c = first; c < last; ++c) {
            const auto who = row(customers[c], where);
            seen.push_back(who.taken.items);
            const double length = fill(who, profile);
            batch.add(profile, length > 0 ? scale(length) : 0);
            profile.clear();
          }
          auto best = batch.best(vectors_->by_row(), *largest_, k, ready, seen, context.kernels);
          for (std::size_t c = first; c < last; ++c) keep(c, detail::to_list(best[c - first]));
        }
      });
}

inline std::vector<Recommendation> ContentModel::search(std::string_view query, std::size_t k,
                                                        const RecommendFilter& filter) const {
  const detail::ItemFilter ready(filter, items());
  std::size_t unknown = 0;
  const auto words = space_->encode_query(query, true, unknown);
  if (words.empty() || k == 0) return {};
  std::vector<double> sums(items(), 0.0);
  std::vector<std::uint32_t> found;
  for (const auto& [word, weight] : words) {
    const auto having = vectors_->by_feature().row_indices(word);
    const auto values = vectors_->by_feature().row_values(word);
    for (std::size_t e = 0; e < having.size(); ++e) {
      double& sum = sums[having[e]];
      if (sum == 0) found.push_back(having[e]);
      sum += static_cast<double>(weight) * static_cast<double>(values[e]);
    }
  }
  TopK<float> best(std::min(k, items()));
  for (const std::uint32_t item : found) {
    const auto score = static_cast<float>(sums[item] / static_cast<double>((*text_scale_)[item]));
    if (best.enters(item, score) && ready.allows(item, std::span<const std::uint32_t>{})) {
      best.push(item, score);
    }
  }
  return detail::to_list(best);
}

inline ContentFit ContentModel::with_items(std::span<const Item> items,
                                           const ItemProfiles& profiles,
                                           const Context& context) const {
  detail::check_item_profiles(profiles);
  std::size_t n = this->items();
  for (const Item item : items) n = std::max(n, index(item) + 1);
  std::vector<std::uint32_t> row_of(n, 0);  // one more than the profile's row
  for (std::size_t r = 0; r < items.size(); ++r) {
    if (items[r] == no_item || row_of[index(items[r])] != 0) {
      throw Exception(ErrorCode::duplicate, "an item stands there twice, or is none", "with_items");
    }
    row_of[index(items[r])] = static_cast<std::uint32_t>(r + 1);
  }
  if (items.size() != profiles.items) {
    throw Exception(ErrorCode::invalid_shape,
                    text(profiles.items, " profiles for ", items.size(), " items"), "with_items");
  }
  const detail::EncodedItems encoded = space_->encode(profiles, context);
  ContentFit out{*this, {}};
  if (n > this->items()) {
    out.model.data_ = Interactions(detail::grown(data_.by_customer(), customers(), n));
    out.model.grow(customers(), n);
  }
  std::vector<float> text_scale(*out.model.text_scale_);
  std::vector<std::size_t> offsets(1, 0);
  std::vector<std::uint32_t> indices;
  std::vector<float> values;
  const Csr<float>& known = out.model.vectors_->by_row();
  for (std::size_t i = 0; i < n; ++i) {
    const bool given = row_of[i] != 0;
    const Csr<float>& from = given ? encoded.rows : known;
    const std::size_t r = given ? row_of[i] - 1 : i;
    if (given) text_scale[i] = encoded.text_scale[r];
    const auto row_indices = from.row_indices(r);
    const auto row_values = from.row_values(r);
    indices.insert(indices.end(), row_indices.begin(), row_indices.end());
    values.insert(values.end(), row_values.begin(), row_values.end());
    offsets.push_back(indices.size());
    out.report.items_without += row_indices.empty() ? 1 : 0;
  }
  const std::size_t features = vectors_->features();
  out.model.set_vectors(space_->matrix(
      Csr<float>(features, std::move(offsets), std::move(indices), std::move(values))));
  out.model.text_scale_ = std::make_shared<const std::vector<float>>(std::move(text_scale));
  out.report.unknown = encoded.unknown;
  out.report.features = features;
  return out;
}

inline ContentFit ContentModel::with_evidence(std::span<const ContentEvidence> evidence,
                                              std::optional<Time> now) const {
  ContentFit out{*this, {}};
  out.report.features = vectors_->features();
  out.model.evidence_ = std::make_shared<const detail::EvidenceRows>(
      detail::evidence_rows(evidence, customers(), items(), now, *space_, out.report));
  return out;
}

inline std::vector<std::byte> ContentModel::save() const {
  ArchiveWriter writer(archive_kind, 1);
  put_interactions(writer.section("interactions", 1), data_);
  put_features(writer.section("vectors", 1), *vectors_);
  SectionWriter& section = writer.section("content", 1);
  section.put(data_weight_);
  section.put_array(*text_scale_);
  space_->save(section);
  SectionWriter& evidence = writer.section("evidence", 1);
  detail::put_rows(evidence, evidence_->items);
  detail::put_rows(evidence, evidence_->features);
  return std::move(writer).finish();
}

inline Result<ContentModel> ContentModel::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("interactions");
  if (!section) return section.error();
  Interactions data = get_interactions(*section);
  if (Result<void> done = section->finish(); !done) return done.error();
  section = reader->section("vectors");
  if (!section) return section.error();
  FeatureMatrix vectors = get_features(*section);
  section->require(vectors.rows() == data.items(), "the vectors are of another number of items");
  if (Result<void> done = section->finish(); !done) return done.error();
  section = reader->section("content");
  if (!section) return section.error();
  const double data_weight = section->get<double>();
  auto text_scale = section->get_array<float>();
  detail::ContentSpace space(*section, vectors);
  bool fits = data_weight >= 0 && std::isfinite(data_weight) && text_scale.size() == data.items();
  for (const float scale : text_scale) fits = fits && scale >= 0 && std::isfinite(scale);
  section->require(fits, "the scales of the content contradict its items");
  if (Result<void> done = section->finish(); !done) return done.error();
  section = reader->section("evidence");
  if (!section) return section.error();
  detail::EvidenceRows evidence;
  evidence.items = detail::get_rows(*section, data.items());
  evidence.features = detail::get_rows(*section, vectors.features());
  section->require(
      evidence.items.rows() == data.customers() && evidence.features.rows() == data.customers(),
      "the evidence is of another number of customers");
  if (Result<void> done = section->finish(); !done) return done.error();
  return ContentModel(std::move(data), std::move(vectors), std::move(text_scale), std::move(space),
                      std::move(evidence), data_weight);
}

}  // namespace emptor
