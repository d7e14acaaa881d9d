#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "emptor/core/archive.hpp"
#include "emptor/value/bg_nbd.hpp"
#include "emptor/value/pareto_nbd.hpp"
#include "emptor/value/purchase_covariates.hpp"
#include "value/covariate_rows.hpp"

namespace emptor {

namespace {

constexpr const char* where = "CovariatePurchaseModel";

double product(std::span<const double> coefficients, std::span<const double> values) noexcept {
  return std::inner_product(coefficients.begin(), coefficients.end(), values.begin(), 0.0);
}

void require_columns(const CovariateColumns& columns, std::size_t m) {
  if (columns.values.size() != m * columns.names.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("covariates need ", m, " customers x ", columns.names.size(),
                         " values, got ", columns.values.size()),
                    where);
  }
  for (std::size_t i = 0; i < columns.values.size(); ++i) {
    if (!std::isfinite(columns.values[i])) {
      throw Exception(ErrorCode::invalid_value,
                      text("a covariate must be a number (customer ", i / columns.names.size(),
                           ", column ", i % columns.names.size(), ")"),
                      where);
    }
  }
}

/// `answers(model, patterns)` for the customers of each distinct row of covariates.
template <class Answers>
std::vector<double> for_customers(const CovariatePurchaseModel& model,
                                  const RepeatPurchases& purchases,
                                  const PurchaseCovariates& covariates, Answers&& answers) {
  if (covariates.buying.names.size() != model.buying().size() ||
      covariates.leaving.names.size() != model.leaving_names().size()) {
    throw Exception(ErrorCode::invalid_shape, "covariates are not those of the fit", where);
  }
  const std::size_t m = purchases.customers();
  const detail::DistinctRows rows = detail::distinct_covariates(covariates, m);
  std::vector<std::uint32_t> order;
  for (std::size_t c = 0; c < m; ++c) {
    if (purchases.pattern_of()[c] != no_pattern) order.push_back(static_cast<std::uint32_t>(c));
  }
  std::sort(order.begin(), order.end(), [&](std::uint32_t x, std::uint32_t y) {
    if (rows.row_of[x] != rows.row_of[y]) return rows.row_of[x] < rows.row_of[y];
    const std::uint32_t own = purchases.pattern_of()[x];
    const std::uint32_t other = purchases.pattern_of()[y];
    return own != other ? own < other : x < y;
  });
  std::vector<double> out(m, std::numeric_limits<double>::quiet_NaN());
  std::vector<PurchasePattern> patterns;
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    const std::uint32_t row = rows.row_of[order[begin]];
    patterns.clear();
    for (; end < order.size() && rows.row_of[order[end]] == row; ++end) {
      patterns.push_back(purchases.patterns()[purchases.pattern_of()[order[end]]]);
    }
    const auto own = model.of(detail::covariate_row(covariates.buying, rows.first[row]),
                              detail::covariate_row(covariates.leaving, rows.first[row]));
    const std::vector<double> values = answers(*own, std::span<const PurchasePattern>(patterns));
    for (std::size_t i = begin; i < end; ++i) out[order[i]] = values[i - begin];
  }
  return out;
}

}  // namespace

detail::DistinctRows detail::distinct_covariates(const PurchaseCovariates& covariates,
                                                 std::size_t m) {
  require_columns(covariates.buying, m);
  require_columns(covariates.leaving, m);
  std::vector<std::uint32_t> order(m);
  std::iota(order.begin(), order.end(), 0U);
  const auto compare = [&](std::uint32_t x, std::uint32_t y) {
    for (const CovariateColumns* columns : {&covariates.buying, &covariates.leaving}) {
      const auto own = covariate_row(*columns, x);
      const auto other = covariate_row(*columns, y);
      for (std::size_t i = 0; i < own.size(); ++i) {
        if (own[i] != other[i]) return own[i] < other[i] ? -1 : 1;
      }
    }
    return 0;
  };
  std::sort(order.begin(), order.end(), [&](std::uint32_t x, std::uint32_t y) {
    const int sign = compare(x, y);
    return sign != 0 ? sign < 0 : x < y;
  });
  DistinctRows out;
  out.row_of.resize(m);
  for (std::size_t i = 0; i < m; ++i) {
    if (i == 0 || compare(order[i - 1], order[i]) != 0) out.first.push_back(order[i]);
    out.row_of[order[i]] = static_cast<std::uint32_t>(out.first.size() - 1);
  }
  return out;
}

CovariatePurchaseModel::CovariatePurchaseModel(PurchaseFamily family,
                                               std::span<const double> parameters,
                                               std::vector<std::string> buying_names,
                                               std::span<const double> buying,
                                               std::vector<std::string> leaving_names,
                                               std::span<const double> leaving)
    : family_(family),
      parameters_(parameters.begin(), parameters.end()),
      buying_names_(std::move(buying_names)),
      leaving_names_(std::move(leaving_names)),
      buying_(buying.begin(), buying.end()),
      leaving_(leaving.begin(), leaving.end()) {
  const std::size_t sets = family == PurchaseFamily::pareto_nbd ? 1 : 2;
  if (parameters_.size() != 4 || buying_.size() != buying_names_.size() ||
      leaving_.size() != sets * leaving_names_.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    "four parameters, and coefficients as many as names say", where);
  }
  for (const double parameter : parameters_) {
    require_option(parameter > 0 && std::isfinite(parameter), "parameters", "> 0 and finite",
                   parameter);
  }
  for (const std::vector<double>* coefficients : {&buying_, &leaving_}) {
    for (const double coefficient : *coefficients) {
      require_option(std::isfinite(coefficient), "coefficients", "numbers", coefficient);
    }
  }
}

std::unique_ptr<PurchaseModel> CovariatePurchaseModel::of(std::span<const double> buying,
                                                          std::span<const double> leaving) const {
  const std::size_t width = leaving_names_.size();
  if (buying.size() != buying_.size() || leaving.size() != width) {
    throw Exception(ErrorCode::invalid_shape, "one value a covariate of the fit", where);
  }
  const auto moved = [](double parameter, double by) {
    const double value = parameter * std::exp(by);
    if (!(value > 0 && std::isfinite(value))) {
      throw Exception(ErrorCode::invalid_value,
                      "a covariate so far from those of the fit that a parameter has no number",
                      where);
    }
    return value;
  };
  const double alpha = moved(parameters_[1], -product(buying_, buying));
  const auto own = std::span(leaving_).first(width);
  if (family_ == PurchaseFamily::pareto_nbd) {
    return std::make_unique<ParetoNbdModel>(ParetoNbdParameters{
        parameters_[0], alpha, parameters_[2], moved(parameters_[3], -product(own, leaving))});
  }
  const auto of_b = std::span(leaving_).subspan(width);
  return std::make_unique<BgNbdModel>(
      BgNbdParameters{parameters_[0], alpha, moved(parameters_[2], product(own, leaving)),
                      moved(parameters_[3], product(of_b, leaving))},
      family_ == PurchaseFamily::mbg_nbd ? BgNbdVariant::mbg : BgNbdVariant::bg);
}

std::vector<double> CovariatePurchaseModel::log_likelihood(const RepeatPurchases& purchases,
                                                           const PurchaseCovariates& covariates,
                                                           const Context& context) const {
  return for_customers(*this, purchases, covariates, [&](const auto& model, auto patterns) {
    return model.log_likelihood(patterns, context);
  });
}

std::vector<double> CovariatePurchaseModel::probability_alive(const RepeatPurchases& purchases,
                                                              const PurchaseCovariates& covariates,
                                                              double later,
                                                              const Context& context) const {
  return for_customers(*this, purchases, covariates, [&](const auto& model, auto patterns) {
    return model.probability_alive(patterns, later, context);
  });
}

std::vector<double> CovariatePurchaseModel::expected_purchases(const RepeatPurchases& purchases,
                                                               const PurchaseCovariates& covariates,
                                                               double horizon,
                                                               const Context& context) const {
  return for_customers(*this, purchases, covariates, [&](const auto& model, auto patterns) {
    return model.expected_purchases(patterns, horizon, context);
  });
}

std::vector<double> CovariatePurchaseModel::discounted_purchases(
    const RepeatPurchases& purchases, const PurchaseCovariates& covariates, double rate,
    double horizon, const Context& context) const {
  return for_customers(*this, purchases, covariates, [&](const auto& model, auto patterns) {
    return model.discounted_purchases(patterns, rate, horizon, context);
  });
}

std::vector<std::byte> CovariatePurchaseModel::save() const {
  ArchiveWriter writer(archive_kind, 1);
  SectionWriter& section = writer.section("parameters");
  section.put(family_);
  section.put_array(parameters_);
  for (const auto& [names, coefficients] :
       {std::pair(&buying_names_, &buying_), std::pair(&leaving_names_, &leaving_)}) {
    section.put(std::uint64_t{names->size()});
    for (const std::string& name : *names) section.put_text(name);
    section.put_array(*coefficients);
  }
  return std::move(writer).finish();
}

Result<CovariatePurchaseModel> CovariatePurchaseModel::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("parameters");
  if (!section) return section.error();
  const auto family = section->get_enum(PurchaseFamily::pareto_nbd);
  const std::vector<double> parameters = section->get_array<double>();
  std::vector<std::string> names[2];
  std::vector<double> coefficients[2];
  for (std::size_t i = 0; i < 2; ++i) {
    const auto count = section->get<std::uint64_t>();
    for (std::uint64_t j = 0; j < count && section->ok(); ++j) {
      names[i].push_back(section->get_text());
    }
    coefficients[i] = section->get_array<double>();
  }
  if (const Result<void> read = section->finish(); !read) return read.error();
  try {
    return CovariatePurchaseModel(family, parameters, std::move(names[0]), coefficients[0],
                                  std::move(names[1]), coefficients[1]);
  } catch (const Exception& problem) {
    return Error{ErrorCode::corrupt, problem.error().message, std::string(archive_kind)};
  }
}

}  // namespace emptor
