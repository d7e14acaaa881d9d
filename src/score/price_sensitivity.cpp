#include "emptor/score/price_sensitivity.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"

namespace emptor {

namespace {

constexpr const char* where = "price_sensitivity_of";
constexpr double prior_deviation = 10;
constexpr std::size_t pooled_from = 3;  // segments with customers
constexpr double rough_step = 1e-10;    // promised by a step to a customer's mode, on the way
constexpr double last_step = 1e-18;     // in the end
constexpr std::size_t grain = 256;      // customers at a time

struct Pair {
  double a = 0;
  double b = 0;
  friend Pair operator-(Pair x, Pair y) noexcept { return {x.a - y.a, x.b - y.b}; }
  friend Pair operator+(Pair x, Pair y) noexcept { return {x.a + y.a, x.b + y.b}; }
  friend Pair operator*(double s, Pair x) noexcept { return {s * x.a, s * x.b}; }
};

/// Symmetric, 2 x 2.
struct Square {
  double aa = 0;
  double ab = 0;
  double bb = 0;
  [[nodiscard]] double determinant() const noexcept { return aa * bb - ab * ab; }
  [[nodiscard]] Square inverse() const noexcept {
    const double d = determinant();
    return {bb / d, -ab / d, aa / d};
  }
  friend Square operator+(Square x, Square y) noexcept {
    return {x.aa + y.aa, x.ab + y.ab, x.bb + y.bb};
  }
  friend Square operator*(double s, Square x) noexcept { return {s * x.aa, s * x.ab, s * x.bb}; }
  friend Pair operator*(Square s, Pair x) noexcept {
    return {s.aa * x.a + s.ab * x.b, s.ab * x.a + s.bb * x.b};
  }
  [[nodiscard]] double form(Pair x) const noexcept {
    return aa * x.a * x.a + 2 * ab * x.a * x.b + bb * x.b * x.b;
  }
};
Square outer(Pair x) noexcept {
  return {x.a * x.a, x.a * x.b, x.b * x.b};
}
/// x y x for symmetric x.
Square sandwich(Square x, Square y) noexcept {
  const Pair first = y * Pair{x.aa, x.ab};
  const Pair second = y * Pair{x.ab, x.bb};
  return {x.aa * first.a + x.ab * first.b, x.aa * second.a + x.ab * second.b,
          x.ab * second.a + x.bb * second.b};
}

double logistic(double x) noexcept {
  return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}

struct Offer {
  double price;
  double bought;
};

struct Fitted {
  Pair mode;
  Square covariance;
};

double log_likelihood_of(std::span<const Offer> offers, Pair at) noexcept {
  double sum = 0;
  for (const Offer& offer : offers) {
    const double x = at.a + at.b * offer.price;
    sum += offer.bought * x - (x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)));
  }
  return sum;
}

/// The mode of (base, slope) under offers and a normal prior, from the mode of before, to steps
/// that promise less than `tolerance`. Newton's method; near the mode the steps need no search.
void find_mode(std::span<const Offer> offers, Pair mean, Square precision, double tolerance,
               Fitted& fitted) {
  const auto objective = [&](Pair at) {
    return log_likelihood_of(offers, at) - 0.5 * precision.form(at - mean);
  };
  Square curvature = precision;
  for (int step = 0; step < 50; ++step) {
    Pair gradient = -1.0 * (precision * (fitted.mode - mean));
    curvature = precision;
    for (const Offer& offer : offers) {
      const double p = logistic(fitted.mode.a + fitted.mode.b * offer.price);
      const double rest = offer.bought - p;
      gradient = gradient + Pair{rest, rest * offer.price};
      const double w = p * (1 - p);
      curvature = curvature + Square{w, w * offer.price, w * offer.price * offer.price};
    }
    const Pair move = curvature.inverse() * gradient;
    const double promised = gradient.a * move.a + gradient.b * move.b;
    if (!(promised > tolerance)) break;
    double scale = 1;
    if (promised > 1e-2) {
      const double before = objective(fitted.mode);
      while (scale > 1e-12 && objective(fitted.mode + scale * move) < before) scale /= 2;
    }
    fitted.mode = fitted.mode + scale * move;
  }
  fitted.covariance = curvature.inverse();
}

class Fit {
 public:
  Fit(const PriceOffers& offers, std::size_t customers, std::span<const std::uint32_t> segments)
      : begins_(customers + 1, 0), segment_(customers, 0), fitted_(customers) {
    take(offers);
    if (!segments.empty()) segment_.assign(segments.begin(), segments.end());
    std::uint32_t most = 0;
    for (const std::uint32_t one : segment_) most = std::max(most, one);
    count_.assign(most + 1, 0);
    means_.assign(most + 1, {});
    for (std::size_t c = 0; c < customers; ++c) count_[segment_[c]] += seen(c) ? 1 : 0;
    const auto there = static_cast<std::size_t>(
        std::count_if(count_.begin(), count_.end(), [](std::size_t n) { return n > 0; }));
    pooled_ = there >= pooled_from;
    for (const std::size_t n : count_) total_ += n;
    Fitted start;
    find_mode(offers_, {}, weak(), last_step, start);
    centre_ = start.mode;
    std::fill(means_.begin(), means_.end(), centre_);
    for (Fitted& one : fitted_) one.mode = centre_;
    between_ = pooled_ ? Square{1, 0, 1} : weak().inverse();
  }

  PriceSensitivity run(const PriceSensitivityOptions& options, const Context& context) {
    PriceSensitivity out;
    out.constant_price = constant_;
    while (total_ > 0 && !out.converged &&
           static_cast<std::size_t>(out.iterations) < options.iterations) {
      if (context.report({"price sensitivity", static_cast<std::size_t>(out.iterations),
                          options.iterations}) == Go::stop) {
        throw Exception(ErrorCode::stopped, "stopped by the caller", where);
      }
      expect(rough_step, context);
      out.converged = maximise() < options.tolerance;
      ++out.iterations;
    }
    expect(last_step, context);
    tell(out);
    return out;
  }

 private:
  static Square weak() noexcept {
    constexpr double precision = 1 / (prior_deviation * prior_deviation);
    return {precision, 0, precision};
  }
  [[nodiscard]] bool seen(std::size_t c) const noexcept { return begins_[c + 1] > begins_[c]; }
  [[nodiscard]] std::span<const Offer> of(std::size_t c) const noexcept {
    return std::span(offers_).subspan(begins_[c], begins_[c + 1] - begins_[c]);
  }

  void take(const PriceOffers& offers) {
    const auto refuse = [](ErrorCode code, std::string what) {
      throw Exception(code, std::move(what), where);
    };
    const std::size_t n = offers.customers.size();
    if (offers.log_price.size() != n || offers.bought.size() != n) {
      refuse(ErrorCode::invalid_shape, text(offers.log_price.size(), " prices and ",
                                            offers.bought.size(), " outcomes for ", n, " offers"));
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (index(offers.customers[i]) + 1 >= begins_.size()) {
        refuse(ErrorCode::out_of_range,
               text("customer ", index(offers.customers[i]), " of ", begins_.size() - 1));
      }
      if (!(std::abs(offers.log_price[i]) <= 20)) {
        refuse(ErrorCode::invalid_value, text("offer ", i, ": a log price is in [-20, 20]"));
      }
      if (offers.bought[i] != 0 && offers.bought[i] != 1) {
        refuse(ErrorCode::invalid_value, text("offer ", i, ": an outcome is 0 or 1"));
      }
      ++begins_[index(offers.customers[i]) + 1];
    }
    for (std::size_t c = 1; c < begins_.size(); ++c) begins_[c] += begins_[c - 1];
    const auto [least, most] =
        std::minmax_element(offers.log_price.begin(), offers.log_price.end());
    constant_ = n == 0 || *least == *most;
    offers_.resize(n);
    std::vector<std::size_t> next(begins_.begin(), begins_.end() - 1);
    for (std::size_t i = 0; i < n; ++i) {
      offers_[next[index(offers.customers[i])]++] = {constant_ ? 0 : offers.log_price[i],
                                                     offers.bought[i]};
    }
    // Sums do not depend on the order in which offers came.
    for (std::size_t c = 0; c + 1 < begins_.size(); ++c) {
      std::sort(offers_.begin() + static_cast<std::ptrdiff_t>(begins_[c]),
                offers_.begin() + static_cast<std::ptrdiff_t>(begins_[c + 1]),
                [](const Offer& x, const Offer& y) {
                  return x.price != y.price ? x.price < y.price : x.bought < y.bought;
                });
    }
  }

  void expect(double tolerance, const Context& context) {
    const Square precision = within_.inverse();
    parallel_chunks(context, fitted_.size(), grain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t c = begin; c < end; ++c) {
        if (seen(c)) find_mode(of(c), means_[segment_[c]], precision, tolerance, fitted_[c]);
      }
    });
  }

  /// Returns the largest change of a mean or spread.
  double maximise() {
    const Square precision = within_.inverse();
    const Square prior = between_.inverse();
    std::vector<Pair> sums(means_.size());
    for (std::size_t c = 0; c < fitted_.size(); ++c) {
      if (seen(c)) sums[segment_[c]] = sums[segment_[c]] + fitted_[c].mode;
    }
    double change = 0;
    const auto note = [&](double before, double after) {
      change = std::max(change, std::abs(before - after));
    };
    std::vector<Square> unsure(means_.size());
    const Pair centre = pooled_ ? centre_ : Pair{};
    for (std::size_t g = 0; g < means_.size(); ++g) {
      if (count_[g] == 0) continue;
      unsure[g] = (static_cast<double>(count_[g]) * precision + prior).inverse();
      const Pair mean = unsure[g] * (precision * sums[g] + prior * centre);
      note(means_[g].a, mean.a);
      note(means_[g].b, mean.b);
      means_[g] = mean;
    }
    Square within;
    for (std::size_t c = 0; c < fitted_.size(); ++c) {
      if (!seen(c)) continue;
      within = within + outer(fitted_[c].mode - means_[segment_[c]]) + fitted_[c].covariance;
    }
    within = floored(1 / static_cast<double>(total_) * within);
    note(std::sqrt(within_.aa), std::sqrt(within.aa));
    if (!constant_) note(std::sqrt(within_.bb), std::sqrt(within.bb));
    within_ = within;
    if (pooled_) pool(unsure);
    return change;
  }

  void pool(std::span<const Square> unsure) {
    double there = 0;
    Pair sum;
    for (std::size_t g = 0; g < means_.size(); ++g) {
      if (count_[g] == 0) continue;
      ++there;
      sum = sum + means_[g];
    }
    const Square prior = between_.inverse();
    centre_ = (there * prior + weak()).inverse() * (prior * sum);
    Square spread;
    for (std::size_t g = 0; g < means_.size(); ++g) {
      if (count_[g] > 0) spread = spread + outer(means_[g] - centre_) + unsure[g];
    }
    between_ = floored(1 / there * spread);
  }

  /// Kept away from singular.
  static Square floored(Square s) noexcept {
    s.aa = std::max(s.aa, 1e-6);
    s.bb = std::max(s.bb, 1e-6);
    const double most = 0.999 * std::sqrt(s.aa * s.bb);
    s.ab = std::clamp(s.ab, -most, most);
    return s;
  }

  [[nodiscard]] static PriceAnswer answer(Pair at, Square covariance) noexcept {
    PriceAnswer out;
    out.base = at.a;
    out.slope = at.b;
    out.base_error = std::sqrt(covariance.aa);
    out.slope_error = std::sqrt(covariance.bb);
    return out;
  }

  void tell(PriceSensitivity& out) const {
    const Square precision = within_.inverse();
    const Square prior = between_.inverse();
    // What a customer says of the segment's mean: its own offers, less sure by the spread.
    std::vector<Square> information(means_.size());
    Square all;
    Pair sum;
    for (std::size_t c = 0; c < fitted_.size(); ++c) {
      if (!seen(c)) continue;
      const Fitted& one = fitted_[c];
      const Square own = precision + -1.0 * sandwich(precision, one.covariance);
      information[segment_[c]] = information[segment_[c]] + own;
      all = all + own;
      sum = sum + means_[segment_[c]];
      out.log_likelihood += log_likelihood_of(of(c), one.mode) -
                            0.5 * precision.form(one.mode - means_[segment_[c]]) +
                            0.5 * std::log(one.covariance.determinant() / within_.determinant());
    }
    const Pair middle = total_ > 0 ? 1 / static_cast<double>(total_) * sum : Pair{};
    out.all.mean = answer(middle, (all + weak()).inverse());
    out.all.customers = total_;
    for (std::size_t g = 0; g < means_.size(); ++g) {
      PriceSegment& segment = out.segments.emplace_back();
      segment.customers = count_[g];
      const Pair mean = count_[g] > 0 ? means_[g] : pooled_ ? centre_ : middle;
      segment.mean = answer(mean, (information[g] + prior).inverse());
    }
    for (std::size_t c = 0; c < fitted_.size(); ++c) {
      const PriceSegment& segment = out.segments[segment_[c]];
      out.customers.push_back(seen(c) ? answer(fitted_[c].mode, fitted_[c].covariance)
                                      : answer({segment.mean.base, segment.mean.slope}, within_));
      PriceAnswer& own = out.customers.back();
      own.offers = static_cast<std::uint32_t>(of(c).size());
      for (const Offer& offer : of(c)) own.bought += offer.bought > 0 ? 1 : 0;
      for (PriceSegment* to : {&out.segments[segment_[c]], &out.all}) {
        to->mean.offers += own.offers;
        to->mean.bought += own.bought;
      }
    }
    out.base_spread = std::sqrt(within_.aa);
    out.slope_spread = constant_ ? 0 : std::sqrt(within_.bb);
    out.correlation = constant_ ? 0 : within_.ab / std::sqrt(within_.aa * within_.bb);
  }

  std::vector<std::size_t> begins_;
  std::vector<Offer> offers_;  // by customer
  std::vector<std::uint32_t> segment_;
  std::vector<std::size_t> count_;  // of customers who have seen an offer, by segment
  std::size_t total_ = 0;
  bool constant_ = false;
  bool pooled_ = false;
  std::vector<Pair> means_;  // by segment
  Pair centre_;              // of the segments' means
  Square within_{1, 0, 1};
  Square between_{};
  std::vector<Fitted> fitted_;
};

}  // namespace

double PriceAnswer::probability(double log_price) const noexcept {
  return logistic(base + slope * log_price);
}

PriceSensitivity price_sensitivity_of(const PriceOffers& offers, std::size_t customers,
                                      std::span<const std::uint32_t> segments,
                                      const PriceSensitivityOptions& options,
                                      const Context& context) {
  require_option(options.iterations >= 1, "iterations", ">= 1", options.iterations);
  require_option(options.tolerance > 0, "tolerance", "> 0", options.tolerance);
  if (!segments.empty() && segments.size() != customers) {
    throw Exception(ErrorCode::invalid_shape,
                    text(segments.size(), " segments for ", customers, " customers"), where);
  }
  for (const std::uint32_t segment : segments) {
    if (segment >= 65'536) {
      throw Exception(ErrorCode::out_of_range, text("segment ", segment, " of at most 65,536"),
                      where);
    }
  }
  return Fit(offers, customers, segments).run(options, context);
}

}  // namespace emptor
