#pragma once
// Bodies of recommend/social_als.hpp. Included by it.
//
// Kind "social-als", version 1: section "interactions"; "links"; "options"; "factors" with the
// matrices of customers and items that have rows, and a0 times the eigenvalues of the items'
// Gramian.

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "emptor/recommend/social_als.hpp"

namespace emptor {

template <class T>
void BasicSocialAlsModel<T>::run(detail::SocialFitter<T>& fitter, std::size_t sweeps,
                                 const Context& context, SocialAlsReport& report) {
  while (report.sweeps < sweeps && !report.stopped) {
    fitter.sweep();
    ++report.sweeps;
    if (options_.trace_loss) report.loss.push_back(fitter.loss());
    const bool last = report.sweeps == sweeps;
    report.stopped = context.report({"social als", report.sweeps, sweeps}) == Go::stop && !last;
  }
  if (!fitter.finite()) {
    throw Exception(ErrorCode::invalid_value,
                    "the factors left the range of the scalar: raise 'lambda' or scale the weights "
                    "down",
                    "fit_social_als");
  }
  take(std::move(fitter.customers), std::move(fitter.items), std::move(fitter.spectrum));
}

template <class T>
SocialAlsFit<T> fit_social_als(const Interactions& data, const Links& links,
                               const SocialAlsOptions& options, const Context& context) {
  detail::check_social_options(options);
  detail::require_links(data, links, "fit_social_als");
  BasicSocialAlsModel<T> model(data, links, options,
                               detail::social_graph(data, links, options.pull, options.similarity),
                               context.kernels);
  detail::SocialFitter<T> fitter(model.data_, model.graph_, model.options_, context);
  fitter.start();
  SocialAlsReport report;
  report.colours = model.graph_.colours.size() - 1;
  model.run(fitter, options.sweeps, context, report);
  for (std::size_t u = 0; u < data.customers(); ++u) {
    const bool pulled = model.pull_of(id_at<Customer>(u)) > 0;
    report.pulled += pulled ? 1 : 0;
    report.inferred +=
        pulled && data.by_customer().row_size(u) == 0 && model.known(id_at<Customer>(u)) ? 1 : 0;
  }
  return {std::move(model), std::move(report)};
}

template <class T>
BasicSocialAlsModel<T> BasicSocialAlsModel<T>::update(const Interactions& data, const Links& links,
                                                      const Context& context) const {
  detail::require_grown(data, customers(), items());
  detail::require_links(data, links, "update");
  BasicSocialAlsModel<T> model(
      data, links, options_, detail::social_graph(data, links, options_.pull, options_.similarity),
      context.kernels);
  detail::SocialFitter<T> fitter(model.data_, model.graph_, model.options_, context);
  fitter.start_from(customer_factors_, item_factors_);
  SocialAlsReport report;
  model.run(fitter, options_.update_sweeps, context, report);
  return model;
}

template <class T>
Matrix<T> BasicSocialAlsModel<T>::row_of_folded(const FoldedCustomer& customer,
                                                std::string_view where) const {
  (void)detail::row_of(customer, items(), where);
  if (customer.items.empty() && customer.factors.empty()) return {};
  const std::size_t f = item_factors_.columns();
  if (customer.factors.size() != f + 1) {
    throw Exception(ErrorCode::invalid_shape,
                    text("a customer folded into this model has ", f + 1, " factors, got ",
                         customer.factors.size()),
                    std::string(where));
  }
  Matrix<T> row(1, f);
  for (std::size_t j = 0; j < f; ++j) row(0, j) = static_cast<T>(customer.factors[j]);
  return row;
}

template <class T>
std::vector<std::pair<std::uint32_t, double>> BasicSocialAlsModel<T>::pulls_of(
    std::span<const std::uint32_t> items, std::span<const Customer> friends,
    std::span<const float> link_weights) const {
  detail::require_friends(friends, link_weights, customers());
  std::vector<std::pair<std::uint32_t, double>> pulls;
  double sum = 0;
  for (std::size_t i = 0; i < friends.size(); ++i) {
    if (!known(friends[i])) continue;
    const double strength =
        detail::link_strength(options_.similarity, link_weights.empty() ? 1.0F : link_weights[i],
                              items, data_.by_customer().row_indices(index(friends[i])));
    if (strength == 0) continue;
    pulls.emplace_back(static_cast<std::uint32_t>(friends[i]), options_.beta * strength);
    sum += strength;
  }
  if (options_.pull == SocialPull::mean) {
    for (auto& [other, strength] : pulls) strength /= sum;
  }
  return pulls;
}

template <class T>
FoldedCustomer BasicSocialAlsModel<T>::fold_in(std::span<const Item> items,
                                               std::span<const float> weights,
                                               std::span<const Customer> friends,
                                               std::span<const float> link_weights) const {
  FoldedCustomer folded = detail::fold_items(items, weights, this->items());
  const std::vector<std::uint32_t> numbers = detail::numbers_of(folded.items);
  const auto pulls = pulls_of(numbers, friends, link_weights);
  double pull = 0;
  Matrix<T> x(1, item_factors_.columns());
  for (const auto& [other, strength] : pulls) {
    pull += strength;
    const auto row = customer_factors_.row(other);
    for (std::size_t j = 0; j < row.size(); ++j) x(0, j) += static_cast<T>(strength) * row[j];
  }
  if (numbers.empty()) {
    if (!(pull > 0)) return folded;
    for (T& value : x.row(0)) value /= static_cast<T>(pull);
  } else {
    const detail::PulledSystem<T> system{item_factors_.data(), spectrum_.data(),
                                         item_factors_.columns(), item_factors_.stride()};
    Matrix<T> work(1, detail::pulled_row_workspace<T>(system.stride, numbers.size()));
    const T own =
        detail::social_ridge<T>(options_, numbers.size(), this->items()) + static_cast<T>(pull);
    std::vector<T> own_weights;
    if (options_.use_weights) {
      own_weights.assign(folded.weights.begin(), folded.weights.end());
    }
    detail::solve_pulled_row(system, linear_algebra_kernels<T>(kernels_), numbers,
                             own_weights.empty() ? nullptr : own_weights.data(), own, x.data(),
                             work.data());
  }
  folded.factors.clear();
  for (const T value : x.row(0)) folded.factors.push_back(static_cast<float>(value));
  folded.factors.push_back(static_cast<float>(pull));
  return folded;
}

template <class T>
Matrix<double> BasicSocialAlsModel<T>::influence(const detail::CustomerRow<std::uint32_t>& row,
                                                 T pull, Item item) const {
  const std::size_t f = item_factors_.columns();
  Matrix<double> z(1, f);
  for (std::size_t j = 0; j < f; ++j) z(0, j) = double(item_factors_(index(item), j));
  if (row.size() == 0) {
    for (double& value : z.row(0)) value /= double(pull);
    return z;
  }
  Matrix<double> a(f, f);
  const double own = double(detail::social_ridge<T>(options_, row.size(), items()) + pull);
  for (std::size_t j = 0; j < f; ++j) a(j, j) = double(spectrum_[j]) + own;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const auto v = item_factors_.row(row.items[i]);
    for (std::size_t p = 0; p < f; ++p) {
      const double factor = weight_of(row, i) * double(v[p]);
      for (std::size_t q = p; q < f; ++q) a(p, q) += factor * double(v[q]);
    }
  }
  linear_algebra_kernels<double>(nullptr).cholesky_solve(a.data(), f, a.stride(), z.data());
  return z;
}

template <class T>
Explanation BasicSocialAlsModel<T>::explain_items(const T* factors,
                                                  const detail::CustomerRow<std::uint32_t>& row,
                                                  T pull, Item item, std::size_t k) const {
  const Matrix<double> z = influence(row, pull, item);
  Explanation out;
  serving().score(factors, {&item, 1}, {&out.score, 1});
  double rest = double(out.score);
  for (std::size_t i = 0; i < row.size(); ++i) {
    const double share = weight_of(row, i) * share_of(z, item_factors_.row(row.items[i]));
    out.parts.push_back({id_at<Item>(row.items[i]), static_cast<float>(share)});
    rest -= double(out.parts.back().share);
  }
  out.rest = static_cast<float>(rest);
  detail::keep_largest_parts(out, k);
  return out;
}

template <class T>
FriendExplanation BasicSocialAlsModel<T>::explain_from(
    const T* factors, const detail::CustomerRow<std::uint32_t>& row, T pull,
    const std::vector<std::pair<std::uint32_t, double>>& from, Item item, std::size_t k) const {
  if (factors == nullptr) return detail::unknown_friends();
  const Matrix<double> z = influence(row, pull, item);
  FriendExplanation out;
  serving().score(factors, {&item, 1}, {&out.score, 1});
  double own = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    own += weight_of(row, i) * share_of(z, item_factors_.row(row.items[i]));
  }
  out.items = static_cast<float>(own);
  double rest = double(out.score) - double(out.items);
  for (const auto& [other, strength] : from) {
    const double share = strength * share_of(z, customer_factors_.row(other));
    out.parts.push_back({id_at<Customer>(other), static_cast<float>(share)});
    rest -= double(out.parts.back().share);
  }
  out.rest = static_cast<float>(rest);
  detail::keep_largest_parts(out, k);
  return out;
}

template <class T>
std::vector<std::byte> BasicSocialAlsModel<T>::save() const {
  ArchiveWriter writer(archive_kind, 1);
  SectionWriter& options = writer.section("options");
  options.put(std::uint64_t{options_.factors});
  options.put(std::uint64_t{options_.sweeps});
  options.put(options_.unobserved_weight);
  options.put(options_.lambda);
  options.put(options_.nu);
  options.put(options_.use_weights);
  options.put(options_.beta);
  options.put(options_.pull);
  options.put(options_.similarity);
  options.put(std::uint64_t{options_.update_sweeps});
  options.put(options_.initial_deviation);
  options.put(options_.seed);
  SectionWriter& factors = writer.section("factors");
  for (const Matrix<T>* matrix : {&customer_factors_, &item_factors_}) {
    if (matrix->rows() > 0) factors.put_matrix(*matrix);
  }
  factors.put_array(std::span<const T>(spectrum_.data(), options_.factors));
  put_interactions(writer.section("interactions"), data_);
  put_links(writer.section("links"), links_);
  return std::move(writer).finish();
}

template <class T>
Result<BasicSocialAlsModel<T>> BasicSocialAlsModel<T>::load(std::span<const std::byte> bytes,
                                                            const Kernels* kernels) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("interactions");
  if (!section) return section.error();
  Interactions data = get_interactions(*section);
  if (Result<void> done = section->finish(); !done) return done.error();

  section = reader->section("links");
  if (!section) return section.error();
  Links links = get_links(*section, data.customers());
  if (Result<void> done = section->finish(); !done) return done.error();

  section = reader->section("options");
  if (!section) return section.error();
  SocialAlsOptions options;
  options.factors = static_cast<std::size_t>(section->get<std::uint64_t>());
  options.sweeps = static_cast<std::size_t>(section->get<std::uint64_t>());
  options.unobserved_weight = section->get<double>();
  options.lambda = section->get<double>();
  options.nu = section->get<double>();
  options.use_weights = section->get<bool>();
  options.beta = section->get<double>();
  options.pull = section->get_enum(SocialPull::pairs);
  options.similarity = section->get_enum(SocialSimilarity::jaccard);
  options.update_sweeps = static_cast<std::size_t>(section->get<std::uint64_t>());
  options.initial_deviation = section->get<double>();
  options.seed = section->get<std::uint64_t>();
  section->require(detail::valid_social_options(options), "the options are impossible");
  if (Result<void> done = section->finish(); !done) return done.error();

  section = reader->section("factors");
  if (!section) return section.error();
  const std::size_t f = options.factors;
  const auto read = [&](std::size_t rows) {
    Matrix<T> matrix = rows > 0 ? section->template get_matrix<T>() : Matrix<T>(0, f);
    bool valid = section->ok() && matrix.rows() == rows && matrix.columns() == f;
    for (std::size_t r = 0; valid && r < rows; ++r) {
      for (const T value : matrix.row(r)) valid = valid && std::isfinite(value);
    }
    section->require(valid, "the factors do not fit the interactions");
    return matrix;
  };
  Matrix<T> customers = read(data.customers());
  Matrix<T> items = read(data.items());
  std::vector<T> spectrum = section->template get_array<T>();
  bool valid = spectrum.size() == f;
  for (const T value : spectrum) valid = valid && value >= 0 && std::isfinite(value);
  section->require(valid, "the spectrum is impossible");
  if (Result<void> done = section->finish(); !done) return done.error();

  detail::SocialGraph graph = detail::social_graph(data, links, options.pull, options.similarity);
  BasicSocialAlsModel<T> model(std::move(data), std::move(links), options, std::move(graph),
                               kernels);
  spectrum.resize(Matrix<T>::padded(f), T{1});
  model.take(std::move(customers), std::move(items), std::move(spectrum));
  return model;
}

}  // namespace emptor
