#pragma once
// Bodies of recommend/pairwise_model.hpp: updates and archives.

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "emptor/recommend/detail/pairwise_fit.hpp"
#include "emptor/recommend/pairwise_model.hpp"

namespace emptor {

inline PairwiseModel PairwiseModel::update(const Interactions& data, const Context& context) const {
  detail::require_grown(data, customers(), items());
  const Csr<float>& before = parts_.data.by_customer();
  const Csr<float>& now = data.by_customer();
  const auto changed = [&](std::size_t c) {
    return c >= before.rows() || !std::ranges::equal(before.row_indices(c), now.row_indices(c));
  };
  detail::PairwiseParts next{data,         parts_.rule,    parts_.epochs, parts_.customers,
                             parts_.items, context.kernels};
  std::vector<std::uint32_t> who;
  for (std::size_t c = 0; c < now.rows(); ++c) {
    if (changed(c)) who.push_back(static_cast<std::uint32_t>(c));
  }
  if (who.empty() && data.items() == items()) return PairwiseModel(std::move(next));

  next.rule.catalogue = data.items();
  next.rule.weigh_ranks();
  detail::PairwiseFitter fitter(data, next.rule, parts_.items.columns() - 1);
  fitter.continue_from(parts_.data, parts_.customers, parts_.items);
  // Only what the model knows of their items can place customers; new items are learned below.
  parallel_chunks(context, who.size(), 64, [&](std::size_t begin, std::size_t end) {
    std::vector<std::uint32_t> known;
    for (std::size_t i = begin; i < end; ++i) {
      known.clear();
      for (const std::uint32_t item : now.row_indices(who[i])) {
        if (item < items() && parts_.data.by_item().row_size(item) > 0) known.push_back(item);
      }
      if (known.empty()) continue;
      const std::vector<float> x = fold_.fold(parts_.items, known, context.kernels);
      fitter.place(who[i], std::span(x).first(x.size() - 1));
    }
  });
  PairwiseReport report;
  Go go = Go::on;
  while (report.epochs < next.rule.update_epochs && go == Go::on) {
    fitter.run_epoch(next.epochs++, context, report);
    go = context.report({name(), report.epochs, next.rule.update_epochs});
  }
  fitter.require_finite("update");
  next.customers = fitter.customer_rows();
  next.items = fitter.item_rows();
  return PairwiseModel(std::move(next));
}

inline std::vector<std::byte> PairwiseModel::save() const {
  ArchiveWriter writer(archive_kind, 1);
  SectionWriter& rule = writer.section("rule");
  rule.put(static_cast<std::uint8_t>(parts_.rule.loss));
  rule.put(parts_.rule.learning_rate);
  rule.put(parts_.rule.lambda);
  rule.put(parts_.rule.bias_lambda);
  rule.put(std::uint64_t{parts_.rule.tries});
  rule.put(parts_.rule.seed);
  rule.put(parts_.rule.initial_deviation);
  rule.put(std::uint64_t{parts_.rule.update_epochs});
  rule.put(parts_.epochs);
  SectionWriter& factors = writer.section("factors");
  factors.put(std::uint64_t{parts_.items.columns()});
  for (const Matrix<float>* matrix : {&parts_.customers, &parts_.items}) {
    if (matrix->rows() > 0) factors.put_matrix(*matrix);
  }
  put_interactions(writer.section("interactions"), parts_.data);
  return std::move(writer).finish();
}

inline Result<PairwiseModel> PairwiseModel::load(std::span<const std::byte> bytes,
                                                 const Kernels* kernels) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  detail::PairwiseParts parts;
  parts.kernels = kernels;

  Result<SectionReader> interactions = reader->section("interactions");
  if (!interactions) return interactions.error();
  parts.data = get_interactions(*interactions);
  if (Result<void> done = interactions->finish(); !done) return done.error();

  Result<SectionReader> factors = reader->section("factors");
  if (!factors) return factors.error();
  const auto columns = static_cast<std::size_t>(factors->get<std::uint64_t>());
  if (factors->require(columns >= 2 && columns <= 4097, "the number of factors is impossible")) {
    const auto read = [&](std::size_t rows) {
      return rows > 0 ? factors->get_matrix<float>() : Matrix<float>(0, columns);
    };
    parts.customers = read(parts.data.customers());
    parts.items = read(parts.data.items());
  }
  factors->require(parts.customers.rows() == parts.data.customers() &&
                       parts.items.rows() == parts.data.items() &&
                       parts.customers.columns() == columns && parts.items.columns() == columns,
                   "the factors do not fit the interactions");
  for (const Matrix<float>* matrix : {&parts.customers, &parts.items}) {
    bool finite = true;
    for (std::size_t r = 0; factors->ok() && r < matrix->rows(); ++r) {
      for (const float value : matrix->row(r)) finite = finite && std::isfinite(value);
    }
    factors->require(finite, "a factor is not a finite number");
  }
  if (Result<void> done = factors->finish(); !done) return done.error();

  Result<SectionReader> rule = reader->section("rule");
  if (!rule) return rule.error();
  const auto loss = rule->get<std::uint8_t>();
  rule->require(loss <= static_cast<std::uint8_t>(detail::PairwiseLoss::warp),
                "the loss is unknown");
  parts.rule.loss = static_cast<detail::PairwiseLoss>(loss);
  parts.rule.learning_rate = rule->get<double>();
  parts.rule.lambda = rule->get<double>();
  parts.rule.bias_lambda = rule->get<double>();
  parts.rule.tries = static_cast<std::size_t>(rule->get<std::uint64_t>());
  parts.rule.seed = rule->get<std::uint64_t>();
  parts.rule.initial_deviation = rule->get<double>();
  parts.rule.update_epochs = static_cast<std::size_t>(rule->get<std::uint64_t>());
  parts.epochs = rule->get<std::uint64_t>();
  rule->require(parts.rule.valid(), "the rule has impossible parameters");
  if (Result<void> done = rule->finish(); !done) return done.error();
  return PairwiseModel(std::move(parts));
}

}  // namespace emptor
