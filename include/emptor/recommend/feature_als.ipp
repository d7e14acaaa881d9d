#pragma once
// Bodies of recommend/feature_als.hpp. Included by it.
//
// Kind "feature-als", version 1: section "interactions"; "features" of customers and items;
// "options"; "factors" with the matrices of customers, items, customers' and items' features that
// have rows, and a0 times the eigenvalues of the items' Gramian.

#include "emptor/recommend/feature_als.hpp"

namespace emptor {

inline void FeatureAlsModel::run(detail::FeatureFactors from, std::size_t sweeps, bool fresh,
                                 const Context& context, FeatureAlsReport& report) {
  detail::FeatureFitter fitter(data_, features_, options_, context, std::move(from));
  while (report.sweeps < sweeps && !report.stopped) {
    // Start values say nothing of features.
    if (!fresh || report.sweeps > 0) fitter.regress();
    fitter.sweep();
    ++report.sweeps;
    if (options_.trace_loss) report.loss.push_back(fitter.loss());
    const bool last = report.sweeps == sweeps;
    report.stopped = context.report({"feature als", report.sweeps, sweeps}) == Go::stop && !last;
  }
  if (!fitter.finite()) {
    throw Exception(ErrorCode::invalid_value,
                    "the factors left the range of the scalar: raise 'lambda' or scale the weights "
                    "and features down",
                    "fit_feature_als");
  }
  take(std::move(fitter.factors));
}

inline FeatureAlsFit fit_feature_als(const Interactions& data, const SideFeatures& features,
                                     const FeatureAlsOptions& options, const Context& context) {
  detail::check_feature_als_options(options);
  detail::require_feature_rows(features.customers, data.customers(), "customers",
                               "fit_feature_als");
  detail::require_feature_rows(features.items, data.items(), "items", "fit_feature_als");
  FeatureAlsModel model(data, features, options, context.kernels);
  FeatureAlsReport report;
  model.run(detail::FeatureFitter::start(data, features, options), options.sweeps, true, context,
            report);
  return {std::move(model), std::move(report)};
}

inline FeatureAlsModel FeatureAlsModel::update(const Interactions& data,
                                               const Context& context) const {
  detail::require_grown(data, customers(), items());
  const auto grown = [](const FeatureMatrix& from, std::size_t rows) {
    if (from.rows() == 0) return from;
    const Csr<float>& matrix = from.by_row();
    std::vector<std::size_t> offsets(matrix.offsets().begin(), matrix.offsets().end());
    offsets.resize(rows + 1, offsets.back());
    return FeatureMatrix(from.names(), {from.blocks().begin(), from.blocks().end()},
                         {from.block_of().begin(), from.block_of().end()},
                         Csr<float>(matrix.columns(), std::move(offsets),
                                    {matrix.indices().begin(), matrix.indices().end()},
                                    {matrix.values().begin(), matrix.values().end()}));
  };
  return update(data,
                {.customers = grown(features_.customers, data.customers()),
                 .items = grown(features_.items, data.items())},
                context);
}

inline FeatureAlsModel FeatureAlsModel::update(const Interactions& data,
                                               const SideFeatures& features,
                                               const Context& context) const {
  detail::require_grown(data, customers(), items());
  detail::require_feature_rows(features.customers, data.customers(), "customers", "update");
  detail::require_feature_rows(features.items, data.items(), "items", "update");
  const auto require_same_numbers = [](const FeatureMatrix& old, const FeatureMatrix& now) {
    for (std::size_t j = 0; j < old.features(); ++j) {
      const auto feature = id_at<Feature>(j);
      if (j < now.features() && now.name(feature) == old.name(feature)) continue;
      throw Exception(ErrorCode::invalid_value,
                      text("feature ", j, " must still be '", old.name(feature), "'"), "update");
    }
  };
  require_same_numbers(features_.customers, features.customers);
  require_same_numbers(features_.items, features.items);
  FeatureAlsModel model(data, features, options_, context.kernels);
  detail::FeatureFactors from =
      detail::FeatureFitter::start(model.data_, model.features_, model.options_);
  const auto keep = [](const Matrix<float>& old, Matrix<float>& now) {
    for (std::size_t r = 0; r < old.rows(); ++r) {
      std::copy(old.row(r).begin(), old.row(r).end(), now.row(r).begin());
    }
  };
  keep(factors_.customers, from.customers);
  keep(factors_.items, from.items);
  keep(factors_.customer_features, from.customer_features);
  keep(factors_.item_features, from.item_features);
  FeatureAlsReport report;
  model.run(std::move(from), options_.update_sweeps, false, context, report);
  return model;
}

inline FoldedCustomer FeatureAlsModel::fold_in(std::span<const Item> items,
                                               std::span<const float> weights,
                                               std::span<const FeatureValue> features) const {
  FoldedCustomer folded = detail::fold_items(items, weights, this->items());
  const std::size_t f = factors_.items.columns();
  const std::size_t stride = factors_.items.stride();
  Matrix<float> x(1, f);
  for (const FeatureValue& known : features) {
    detail::require_id(known.feature, features_.customers.features(), "feature", "fold_in");
    if (!std::isfinite(known.value)) {
      throw Exception(ErrorCode::invalid_value,
                      text("a feature's value must be finite, got ", known.value), "fold_in");
    }
    const auto from = factors_.customer_features.row(index(known.feature));
    for (std::size_t j = 0; j < f; ++j) x(0, j) += known.value * from[j];
  }
  if (folded.items.empty() && features.empty()) return folded;
  if (!folded.items.empty()) {
    const float ridge = detail::feature_ridge(options_, folded.items.size(), this->items());
    for (std::size_t j = 0; j < f; ++j) x(0, j) *= ridge;
    const detail::PulledSystem<float> system{factors_.items.data(), factors_.spectrum.data(), f,
                                             stride};
    Matrix<float> work(1, detail::pulled_row_workspace<float>(stride, folded.items.size()));
    detail::solve_pulled_row(
        system, linear_algebra_kernels<float>(kernels_), detail::numbers_of(folded.items),
        options_.use_weights ? folded.weights.data() : nullptr, ridge, x.data(), work.data());
  }
  folded.factors.assign(x.row(0).begin(), x.row(0).end());
  return folded;
}

inline Explanation FeatureAlsModel::explain_items(const float* factors,
                                                  const detail::CustomerRow<std::uint32_t>& row,
                                                  Item item, std::size_t k) const {
  Explanation out;
  serving().score(factors, std::span(&item, 1), std::span(&out.score, 1));
  const std::size_t f = factors_.items.columns();
  const std::size_t n = row.size();
  if (n == 0) {
    out.rest = out.score;
    return out;
  }
  const auto weight = [&](std::size_t i) {
    return options_.use_weights ? double(row.weights[i]) : 1.0;
  };
  const double ridge = double(detail::feature_ridge(options_, n, items()));
  Matrix<double> a(f, f);
  for (std::size_t j = 0; j < f; ++j) a(j, j) = double(factors_.spectrum[j]) + ridge;
  for (std::size_t i = 0; i < n; ++i) {
    const auto v = factors_.items.row(row.items[i]);
    for (std::size_t p = 0; p < f; ++p) {
      const double factor = weight(i) * double(v[p]);
      for (std::size_t q = p; q < f; ++q) a(p, q) += factor * double(v[q]);
    }
  }
  Matrix<double> z(1, f);
  const auto wanted = factors_.items.row(index(item));
  for (std::size_t j = 0; j < f; ++j) z(0, j) = double(wanted[j]);
  if (!linear_algebra_kernels<double>(kernels_).cholesky_solve(a.data(), f, a.stride(), z.data())) {
    throw Exception(ErrorCode::invalid_value, "the customer's system is not positive definite",
                    "explain");
  }
  double rest = double(out.score);
  for (std::size_t i = 0; i < n; ++i) {
    const auto v = factors_.items.row(row.items[i]);
    double share = 0;
    for (std::size_t j = 0; j < f; ++j) share += double(v[j]) * z(0, j);
    out.parts.push_back({id_at<Item>(row.items[i]), static_cast<float>(weight(i) * share)});
    rest -= double(out.parts.back().share);
  }
  out.rest = static_cast<float>(rest);
  detail::keep_largest_parts(out, k);
  return out;
}

inline FeatureExplanation FeatureAlsModel::explain_item_features(const float* factors, Item item,
                                                                 std::size_t k) const {
  FeatureExplanation out;
  if (factors == nullptr) {
    out.score = out.rest = std::numeric_limits<float>::quiet_NaN();
    return out;
  }
  serving().score(factors, std::span(&item, 1), std::span(&out.score, 1));
  double rest = double(out.score);
  if (features_.items.rows() != 0) {
    const auto which = features_.items.by_row().row_indices(index(item));
    const auto values = features_.items.by_row().row_values(index(item));
    for (std::size_t e = 0; e < which.size(); ++e) {
      const auto w = factors_.item_features.row(which[e]);
      double share = 0;
      for (std::size_t j = 0; j < w.size(); ++j) share += double(factors[j]) * double(w[j]);
      out.parts.push_back(
          {id_at<Feature>(which[e]), static_cast<float>(share * double(values[e]))});
      rest -= double(out.parts.back().share);
    }
  }
  out.rest = static_cast<float>(rest);
  detail::keep_largest_parts(out, k);
  return out;
}

inline std::vector<std::byte> FeatureAlsModel::save() const {
  ArchiveWriter writer(archive_kind, 1);
  put_interactions(writer.section("interactions"), data_);
  SectionWriter& features = writer.section("features");
  put_features(features, features_.customers);
  put_features(features, features_.items);
  SectionWriter& options = writer.section("options");
  options.put(std::uint64_t{options_.factors});
  options.put(std::uint64_t{options_.sweeps});
  options.put(std::uint64_t{options_.update_sweeps});
  options.put(options_.unobserved_weight);
  options.put(options_.lambda);
  options.put(options_.nu);
  options.put(options_.feature_lambda);
  options.put(std::uint64_t{options_.regression_steps});
  options.put(options_.use_weights);
  options.put(options_.initial_deviation);
  options.put(options_.seed);
  SectionWriter& factors = writer.section("factors");
  for (const Matrix<float>* matrix : {&factors_.customers, &factors_.items,
                                      &factors_.customer_features, &factors_.item_features}) {
    if (matrix->rows() > 0) factors.put_matrix(*matrix);
  }
  factors.put_array(std::span<const float>(factors_.spectrum.data(), options_.factors));
  return std::move(writer).finish();
}

inline Result<FeatureAlsModel> FeatureAlsModel::load(std::span<const std::byte> bytes,
                                                     const Kernels* kernels) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("interactions");
  if (!section) return section.error();
  Interactions data = get_interactions(*section);
  if (Result<void> done = section->finish(); !done) return done.error();

  section = reader->section("features");
  if (!section) return section.error();
  SideFeatures features;
  features.customers = get_features(*section);
  features.items = get_features(*section);
  const auto fits = [](const FeatureMatrix& side, std::size_t rows) {
    return side.rows() == rows || (side.rows() == 0 && side.features() == 0);
  };
  section->require(fits(features.customers, data.customers()) && fits(features.items, data.items()),
                   "the features do not fit the interactions");
  if (Result<void> done = section->finish(); !done) return done.error();

  section = reader->section("options");
  if (!section) return section.error();
  FeatureAlsOptions options;
  options.factors = static_cast<std::size_t>(section->get<std::uint64_t>());
  options.sweeps = static_cast<std::size_t>(section->get<std::uint64_t>());
  options.update_sweeps = static_cast<std::size_t>(section->get<std::uint64_t>());
  options.unobserved_weight = section->get<double>();
  options.lambda = section->get<double>();
  options.nu = section->get<double>();
  options.feature_lambda = section->get<double>();
  options.regression_steps = static_cast<std::size_t>(section->get<std::uint64_t>());
  options.use_weights = section->get<bool>();
  options.initial_deviation = section->get<double>();
  options.seed = section->get<std::uint64_t>();
  if (Result<void> done = section->finish(); !done) return done.error();
  try {
    detail::check_feature_als_options(options);
  } catch (const Exception& e) {
    return Error{ErrorCode::corrupt, e.what(), "section 'options'"};
  }

  section = reader->section("factors");
  if (!section) return section.error();
  const std::size_t f = options.factors;
  const auto read = [&](std::size_t rows) {
    Matrix<float> matrix = rows > 0 ? section->get_matrix<float>() : Matrix<float>(0, f);
    bool valid = section->ok() && matrix.rows() == rows && matrix.columns() == f;
    for (std::size_t r = 0; valid && r < rows; ++r) {
      for (const float value : matrix.row(r)) valid = valid && std::isfinite(value);
    }
    section->require(valid, "the factors do not fit the rest");
    return matrix;
  };
  detail::FeatureFactors factors;
  factors.customers = read(data.customers());
  factors.items = read(data.items());
  factors.customer_features = read(features.customers.features());
  factors.item_features = read(features.items.features());
  factors.spectrum = section->get_array<float>();
  bool valid = factors.spectrum.size() == f;
  for (const float value : factors.spectrum) valid = valid && value >= 0 && std::isfinite(value);
  section->require(valid, "the spectrum is impossible");
  if (Result<void> done = section->finish(); !done) return done.error();

  FeatureAlsModel model(std::move(data), std::move(features), options, kernels);
  factors.spectrum.resize(Matrix<float>::padded(f), 1.0F);
  model.take(std::move(factors));
  return model;
}

static_assert(LoadableRecommender<FeatureAlsModel> && BatchRecommender<FeatureAlsModel> &&
              UpdatableRecommender<FeatureAlsModel>);

}  // namespace emptor
