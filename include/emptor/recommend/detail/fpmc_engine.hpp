#pragma once
// Factors, gradient steps and serving of recommend/fpmc.hpp. Steps run one after another, each on
// what the last one left: the same bits for any executor. Thread safety: constant once made.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/core/random.hpp"
#include "emptor/math/kernels_portable.hpp"
#include "emptor/recommend/detail/sequence_model.hpp"
#include "emptor/recommend/fpmc_options.hpp"

namespace emptor::detail {

/// f columns a kind: the customers' own taste; what an item is to it, then what an item is to those
/// before it; what an item leads to.
template <class T>
struct FpmcFactors {
  Matrix<T> customers;  // m x f: v^UI
  Matrix<T> items;      // n x 2 f: v^IU, v^IL
  Matrix<T> leads;      // n x f: v^LI
};

/// A sample: what came `before`, `item` that came next, `other` that did not. An empty `before`
/// says nothing.
struct FpmcSample {
  std::uint32_t item = 0;
  std::uint32_t other = 0;
  std::span<const std::uint32_t> before{};
};

/// [customer's factors, mean of what the items before lead to], 2 f numbers.
template <class T>
void fpmc_query(const T* customer, const Matrix<T>& leads, std::span<const std::uint32_t> before,
                T* out) {
  const std::size_t f = leads.columns();
  std::copy_n(customer, f, out);
  std::fill_n(out + f, f, T{0});
  for (const std::uint32_t item : before) {
    const auto row = leads.row(item);
    for (std::size_t j = 0; j < f; ++j) out[f + j] += row[j] / static_cast<T>(before.size());
  }
}

/// The score of `item` minus that of `other`; `query`, 2 f numbers, becomes the customer's.
template <class T>
[[nodiscard]] T fpmc_difference(const FpmcFactors<T>& factors, const T* customer,
                                const FpmcSample& sample, T* query) {
  fpmc_query(customer, factors.leads, sample.before, query);
  const auto yes = factors.items.row(sample.item);
  const auto no = factors.items.row(sample.other);
  T difference = 0;
  for (std::size_t j = 0; j < yes.size(); ++j) difference += query[j] * (yes[j] - no[j]);
  return difference;
}

/// The customer's part of a step: `push` is rate * sigmoid(-difference), `keep` 1 - rate * lambda.
template <class T>
void fpmc_move_customer(const FpmcFactors<T>& factors, T* customer, const FpmcSample& sample,
                        T push, T keep) {
  const T* const yes = factors.items.row(sample.item).data();
  const T* const no = factors.items.row(sample.other).data();
  for (std::size_t j = 0; j < factors.leads.columns(); ++j) {
    customer[j] = keep * customer[j] + push * (yes[j] - no[j]);
  }
}

/// One step against -ln sigmoid(difference) + lambda / 2 of the squares of all factors it looks at;
/// `query` is scratch of 2 f. Returns the difference before it.
template <class T>
T fpmc_step(FpmcFactors<T>& factors, T* customer, const FpmcSample& sample, T rate, T lambda,
            T* query) {
  const std::size_t f = factors.leads.columns();
  const T difference = fpmc_difference(factors, customer, sample, query);
  const T push = rate / (1 + std::exp(difference));
  const T keep = 1 - rate * lambda;
  fpmc_move_customer(factors, customer, sample, push, keep);
  T* const yes = factors.items.row(sample.item).data();
  T* const no = factors.items.row(sample.other).data();
  for (const std::uint32_t item : sample.before) {
    const T part = push / static_cast<T>(sample.before.size());
    T* const leads = factors.leads.row(item).data();
    for (std::size_t j = 0; j < f; ++j) {
      leads[j] = keep * leads[j] + part * (yes[f + j] - no[f + j]);
    }
  }
  const std::size_t count = sample.before.empty() ? f : 2 * f;
  for (std::size_t j = 0; j < count; ++j) {
    yes[j] = keep * yes[j] + push * query[j];
    no[j] = keep * no[j] - push * query[j];
  }
  return difference;
}

class FpmcEngine {
 public:
  using Options = FpmcOptions;
  static constexpr std::string_view archive_kind = "fpmc";
  static constexpr std::string_view display_name = "fpmc";

  struct Query {
    Matrix<float> vector;               // 1 x 2 f; no row: nothing is known
    std::vector<std::uint32_t> before;  // what the second half is the mean of
  };

  FpmcEngine(const Sequences& data, const Options& options, const Context& context)
      : FpmcEngine(data, options, context.kernels) {
    check(options);
    start(0, 0);
    learn(options.epochs, context);
  }
  /// Goes on from `old`; rows that are new start where those of a fit do.
  FpmcEngine(const FpmcEngine& old, const Sequences& data, const Options& options,
             const Context& context)
      : FpmcEngine(data, options, context.kernels) {
    start(old.factors_.customers.rows(), old.factors_.leads.rows());
    const auto copy = [](const Matrix<float>& from, Matrix<float>& to) {
      for (std::size_t r = 0; r < from.rows(); ++r)
        std::ranges::copy(from.row(r), to.row(r).data());
    };
    copy(old.factors_.customers, factors_.customers);
    copy(old.factors_.items, factors_.items);
    copy(old.factors_.leads, factors_.leads);
    epochs_ = old.epochs_;
    learn(options.update_epochs, context);
  }
  FpmcEngine(const Sequences& data, const Options& options, SectionReader& section,
             const Kernels* kernels)
      : FpmcEngine(data, options, kernels) {
    epochs_ = section.get<std::uint64_t>();
    const std::size_t f = options.factors;
    const auto read = [&](std::size_t rows, std::size_t columns) {
      Matrix<float> matrix;
      if (rows > 0) matrix = section.get_matrix<float>();
      bool fits = rows == 0 || (matrix.rows() == rows && matrix.columns() == columns);
      for (std::size_t r = 0; fits && r < matrix.rows(); ++r) {
        for (const float value : matrix.row(r)) fits = fits && std::isfinite(value);
      }
      section.require(fits, "the factors do not fit the sequences");
      return rows == 0 ? Matrix<float>(0, columns) : std::move(matrix);
    };
    factors_.customers = read(data.customers(), f);
    factors_.items = read(data.items(), 2 * f);
    factors_.leads = read(data.items(), f);
  }
  void put_state(SectionWriter& section) const {
    section.put(epochs_);
    if (factors_.customers.rows() > 0) section.put_matrix(factors_.customers);
    if (factors_.items.rows() > 0) {
      section.put_matrix(factors_.items);
      section.put_matrix(factors_.leads);
    }
  }

  [[nodiscard]] const FpmcFactors<float>& factors() const noexcept { return factors_; }
  /// Of the samples of each epoch, the share whose items were in order already.
  [[nodiscard]] const std::vector<double>& in_order() const noexcept { return in_order_; }
  [[nodiscard]] bool stopped() const noexcept { return stopped_; }

  [[nodiscard]] Query query(Customer customer) const {
    const auto last = data_.last_session(customer);
    if (last.empty()) return {};
    return make_query(factors_.customers.row(index(customer)).data(), last);
  }
  /// Throws `invalid_shape` or `invalid_value` for factors that are none.
  [[nodiscard]] Query query(const FoldedCustomer& folded) const {
    const std::vector<std::uint32_t> sequence = sequence_of(folded);
    if (sequence.empty()) return {};
    bool valid = folded.factors.size() == options_.factors;
    for (const float value : folded.factors) valid = valid && std::isfinite(value);
    if (!valid) {
      throw Exception(ErrorCode::invalid_shape,
                      text("a customer folded into this model has ", options_.factors,
                           " finite factors, got ", folded.factors.size()),
                      "recommend");
    }
    return make_query(folded.factors.data(), sequence);
  }
  [[nodiscard]] bool known(const Query& query) const noexcept { return query.vector.rows() > 0; }

  void add_up(const Query& query, ScoreSums& sums) const {
    constexpr std::size_t block = 256;
    alignas(64) float scores[block];
    const Matrix<float>& items = factors_.items;
    for (std::size_t first = 0; first < items.rows(); first += block) {
      const std::size_t count = std::min(block, items.rows() - first);
      linear_algebra_kernels<float>(kernels_).dot_rows(query.vector.data(), items.row(first).data(),
                                                       items.stride(), count, items.stride(),
                                                       scores);
      for (std::size_t i = 0; i < count; ++i) {
        sums.of_item[first + i] = static_cast<double>(scores[i]);
        if (data_.interactions().by_item().row_size(first + i) > 0) {
          sums.touched.push_back(static_cast<std::uint32_t>(first + i));
        }
      }
    }
  }
  /// A part for each item before; the customer's own taste is no item's.
  template <class Add>
  double reasons(const Query& query, std::uint32_t wanted, Add&& add) const {
    const std::size_t f = options_.factors;
    const float* const item = factors_.items.row(wanted).data();
    double own = 0;
    for (std::size_t j = 0; j < f; ++j) own += double{query.vector(0, j)} * double{item[j]};
    for (const std::uint32_t before : query.before) {
      const auto leads = factors_.leads.row(before);
      double share = 0;
      for (std::size_t j = 0; j < f; ++j) share += double{leads[j]} * double{item[f + j]};
      add(before, share / static_cast<double>(query.before.size()));
    }
    return own;
  }
  /// Learns the customer's taste from the sequence with the items as they are.
  void fold(FoldedCustomer& folded) const {
    if (folded.sequence.empty()) return;
    folded.factors.assign(options_.factors, 0.0F);
    std::vector<std::uint32_t> sequence;
    for (const Item item : folded.sequence) sequence.push_back(static_cast<std::uint32_t>(item));
    std::vector<float> query(2 * options_.factors);
    RandomStream random(options_.seed, fold_stream);
    const auto rate = static_cast<float>(options_.learning_rate);
    const auto lambda = static_cast<float>(options_.lambda);
    for (std::size_t epoch = 0; epoch < options_.fold_in_epochs; ++epoch) {
      for (std::size_t e = 0; e < sequence.size(); ++e) {
        const bool steps = options_.step == SequenceStep::event;
        FpmcSample sample{.item = sequence[e]};
        if (steps && e > 0) sample.before = std::span(sequence).subspan(e - 1, 1);
        const auto next = steps ? std::span<const std::uint32_t>(sequence).subspan(e, 1)
                                : std::span<const std::uint32_t>(sequence);
        if (!draw(next, random, sample.other)) continue;
        const float difference =
            fpmc_difference(factors_, folded.factors.data(), sample, query.data());
        fpmc_move_customer(factors_, folded.factors.data(), sample,
                           rate / (1 + std::exp(difference)), 1 - rate * lambda);
      }
    }
  }

  static void check(const Options& options) {
    const auto positive = [](double value, std::string_view name) {
      require_option(value > 0 && std::isfinite(value), name, "finite and > 0", value);
    };
    require_option(options.factors >= 1 && options.factors <= 4096, "factors", "in 1 to 4096",
                   options.factors);
    require_option(options.epochs >= 1, "epochs", ">= 1", options.epochs);
    positive(options.learning_rate, "learning_rate");
    require_option(options.lambda >= 0 && options.learning_rate * options.lambda < 1, "lambda",
                   ">= 0 and below 1 / learning_rate", options.lambda);
    positive(options.initial_deviation, "initial_deviation");
    require_option(options.update_epochs >= 1, "update_epochs", ">= 1", options.update_epochs);
    require_option(options.fold_in_epochs >= 1 && options.fold_in_epochs <= 100'000,
                   "fold_in_epochs", "in 1 to 100000", options.fold_in_epochs);
  }
  static void put_options(SectionWriter& section, const Options& options) {
    section.put(options.step);
    for (const std::size_t number :
         {options.factors, options.epochs, options.update_epochs, options.fold_in_epochs}) {
      section.put(std::uint64_t{number});
    }
    for (const double number : {options.learning_rate, options.lambda, options.initial_deviation}) {
      section.put(number);
    }
    section.put(options.seed);
  }
  static Options get_options(SectionReader& section) {
    Options options;
    options.step = section.get_enum(SequenceStep::session);
    for (std::size_t* number :
         {&options.factors, &options.epochs, &options.update_epochs, &options.fold_in_epochs}) {
      *number = static_cast<std::size_t>(section.get<std::uint64_t>());
    }
    for (double* number : {&options.learning_rate, &options.lambda, &options.initial_deviation}) {
      *number = section.get<double>();
    }
    options.seed = section.get<std::uint64_t>();
    return options;
  }

 private:
  // Streams: rows of the three matrices, epochs, folding in.
  static constexpr std::uint64_t row_streams = std::uint64_t{1} << 32;
  static constexpr std::uint64_t epoch_streams = 3 * row_streams;
  static constexpr std::uint64_t fold_stream = 4 * row_streams;

  FpmcEngine(const Sequences& data, const Options& options, const Kernels* kernels)
      : data_(data), options_(options), kernels_(kernels) {}

  void start(std::size_t known_customers, std::size_t known_items) {
    const std::size_t f = options_.factors;
    factors_.customers = Matrix<float>(data_.customers(), f);
    factors_.items = Matrix<float>(data_.items(), 2 * f);
    factors_.leads = Matrix<float>(data_.items(), f);
    const double limit = options_.initial_deviation * std::sqrt(3 / static_cast<double>(f));
    const auto fill = [&](Matrix<float>& matrix, std::size_t from, std::uint64_t kind) {
      for (std::size_t r = from; r < matrix.rows(); ++r) {
        RandomStream random(options_.seed, kind * row_streams + r);
        for (float& value : matrix.row(r)) {
          value = static_cast<float>(random.uniform(-limit, limit));
        }
      }
    };
    fill(factors_.customers, known_customers, 0);
    fill(factors_.items, known_items, 1);
    fill(factors_.leads, known_items, 2);
  }

  /// An item that is none of `next`; false when there is hardly any.
  bool draw(std::span<const std::uint32_t> next, RandomStream& random, std::uint32_t& other) const {
    for (int attempt = 0; attempt < 16; ++attempt) {
      other = random.below(static_cast<std::uint32_t>(data_.items()));
      if (std::find(next.begin(), next.end(), other) == next.end()) return true;
    }
    return false;
  }

  void learn(std::size_t count, const Context& context) {
    struct Place {
      std::size_t event;
      std::uint32_t customer;
      std::uint32_t session;
    };
    const SequenceParts& parts = data_.parts();
    std::vector<Place> places;
    places.reserve(data_.events());
    for (std::size_t c = 0; c < data_.customers(); ++c) {
      for (std::size_t s = data_.first_session(c); s < data_.first_session(c + 1); ++s) {
        for (std::size_t e = parts.session_starts[s]; e < parts.session_starts[s + 1]; ++e) {
          places.push_back({e, static_cast<std::uint32_t>(c), static_cast<std::uint32_t>(s)});
        }
      }
    }
    const auto rate = static_cast<float>(options_.learning_rate);
    const auto lambda = static_cast<float>(options_.lambda);
    const std::span<const std::uint32_t> all(parts.event_items);
    std::vector<float> query(2 * options_.factors);
    for (std::size_t epoch = 0; epoch < count && !stopped_; ++epoch, ++epochs_) {
      RandomStream random(options_.seed, epoch_streams + epochs_);
      random.shuffle(std::span(places));
      std::size_t ordered = 0;
      std::size_t drawn = 0;
      for (const Place& place : places) {
        FpmcSample sample{.item = parts.event_items[place.event]};
        std::span<const std::uint32_t> next = all.subspan(place.event, 1);
        if (options_.step == SequenceStep::event) {
          if (place.event > parts.session_starts[place.session]) {
            sample.before = all.subspan(place.event - 1, 1);
          }
        } else {
          next = data_.session_items(place.session);
          if (place.session > data_.first_session(place.customer)) {
            sample.before = data_.session_items(place.session - 1);
          }
        }
        if (!draw(next, random, sample.other)) continue;
        ++drawn;
        const float difference = fpmc_step(factors_, factors_.customers.row(place.customer).data(),
                                           sample, rate, lambda, query.data());
        ordered += difference > 0 ? 1 : 0;
      }
      in_order_.push_back(drawn > 0 ? static_cast<double>(ordered) / static_cast<double>(drawn)
                                    : 0);
      stopped_ = context.report({"fpmc", epoch + 1, count}) == Go::stop && epoch + 1 < count;
    }
    for (const Matrix<float>* matrix : {&factors_.customers, &factors_.items, &factors_.leads}) {
      for (std::size_t r = 0; r < matrix->rows(); ++r) {
        for (const float value : matrix->row(r)) {
          if (std::isfinite(value)) continue;
          throw Exception(ErrorCode::invalid_value,
                          "the factors left the range of float: lower 'learning_rate'", "fit_fpmc");
        }
      }
    }
  }

  [[nodiscard]] Query make_query(const float* customer, std::span<const std::uint32_t> last) const {
    Query query;
    if (options_.step == SequenceStep::event) last = last.last(1);
    query.before.assign(last.begin(), last.end());
    query.vector = Matrix<float>(1, 2 * options_.factors);
    fpmc_query(customer, factors_.leads, last, query.vector.data());
    return query;
  }

  Sequences data_;
  Options options_;
  const Kernels* kernels_;
  FpmcFactors<float> factors_;
  std::uint64_t epochs_ = 0;  // done so far, by the fit and by updates
  std::vector<double> in_order_;
  bool stopped_ = false;
};

}  // namespace emptor::detail
