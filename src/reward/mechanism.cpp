// Options of mechanisms: checks, weights of distances, worst cases, names and properties.

#include "emptor/reward/mechanism.hpp"

#include <limits>
#include <numeric>

#include "emptor/core/error.hpp"
#include "emptor/core/text.hpp"

namespace emptor {
namespace {

using detail::int128;

constexpr std::int64_t most_unit = std::int64_t{1} << 40;
constexpr std::int64_t most_weight = std::int64_t{1} << 61;
constexpr std::size_t most_levels = 16;

void check_share(const ExactShare& share, std::string_view option, bool above_zero = false,
                 bool below_one = false) {
  const bool holds = share.denominator >= 1 && share.denominator <= max_share_denominator &&
                     share.numerator >= (above_zero ? 1 : 0) &&
                     share.numerator <= share.denominator - (below_one ? 1 : 0);
  const std::string_view rule = below_one    ? "a fraction in (0, 1), denominator at most 10'000"
                                : above_zero ? "a fraction in (0, 1], denominator at most 10'000"
                                             : "a fraction in [0, 1], denominator at most 10'000";
  require_option(holds, option, rule, text(share.numerator, " / ", share.denominator));
}

void check_pool(std::int64_t pool) {
  require_option(pool >= 0 && pool <= max_contributions, "pool", "in [0, 2^61]", pool);
}

/// Fractions over one denominator: levels' rates.
void put_rates(std::span<const ExactShare> rates, std::vector<std::int64_t>& weights,
               std::int64_t& denominator) {
  denominator = 1;
  for (const ExactShare& rate : rates) {
    const std::int64_t step = rate.denominator / std::gcd(denominator, rate.denominator);
    require_option(denominator <= most_weight / step, "rates",
                   "fractions with a common denominator below 2^61", rate.denominator);
    denominator *= step;
  }
  for (const ExactShare& rate : rates) {
    weights.push_back(rate.numerator * (denominator / rate.denominator));
  }
}

/// b a^d over bd ad^(levels - 1).
void put_geometric(const GeometricMechanism& of, std::vector<std::int64_t>& weights,
                   std::int64_t& denominator) {
  std::uint32_t levels = 1;
  denominator = of.first.denominator;
  while ((of.levels == 0 || levels < of.levels) &&
         denominator <= most_weight / of.decay.denominator) {
    denominator *= of.decay.denominator;
    ++levels;
  }
  require_option(of.levels == 0 || levels == of.levels, "levels",
                 text("at most ", levels, " with this decay, so that weights stay exact"),
                 of.levels);
  if (!of.self) weights.push_back(0);
  std::int64_t weight = denominator / of.first.denominator * of.first.numerator;
  for (std::uint32_t d = 0; d < levels; ++d) {
    weights.push_back(weight);
    weight = weight / of.decay.denominator * of.decay.numerator;
  }
}

/// a / b + c / d, as small as it gets.
MechanismBound share_bound(int128 numerator, int128 denominator) {
  int128 a = numerator;
  int128 b = denominator;
  while (b != 0) {
    const int128 rest = a % b;
    a = b;
    b = rest;
  }
  return {.is_share = true,
          .numerator = detail::narrow(numerator / a, "Mechanism::bound"),
          .denominator = detail::narrow(denominator / a, "Mechanism::bound")};
}

struct Check {
  const MechanismOptions& options;
  std::vector<std::int64_t>& weights;
  std::int64_t& denominator;

  void operator()(const LevelMechanism& of) const {
    require_option(!of.rates.empty() && of.rates.size() <= most_levels, "rates", "1 to 16 levels",
                   of.rates.size());
    std::vector<ExactShare> rates{{0, 1}};
    for (const ExactShare& rate : of.rates) {
      check_share(rate, "rates");
      rates.push_back(rate);
    }
    put_rates(rates, weights, denominator);
  }
  void operator()(const DirectMechanism& of) const {
    check_share(of.self, "self");
    check_share(of.parent, "parent");
    const ExactShare rates[] = {of.self, of.parent};
    put_rates(rates, weights, denominator);
  }
  void operator()(const GeometricMechanism& of) const {
    check_share(of.decay, "decay", true, true);
    check_share(of.first, "first", true);
    put_geometric(of, weights, denominator);
  }
  void operator()(const CdrmMechanism& of) const {
    check_share(of.phi, "phi", true);
    check_share(of.theta, "theta", true);
    require_option(
        of.theta.numerator * of.phi.denominator < of.phi.numerator * of.theta.denominator, "theta",
        "below phi", text(of.theta.numerator, " / ", of.theta.denominator));
    require_option(of.unit >= 1 && of.unit <= most_unit, "unit", "in [1, 2^40]", of.unit);
  }
  void operator()(const TdrmMechanism& of) const {
    require_option(of.piece >= 1 && of.piece <= most_unit, "piece", "in [1, 2^40]", of.piece);
    check_share(of.lambda, "lambda", true);
    check_share(of.phi, "phi");
    check_share(of.decay, "decay", true, true);
    check_share(of.first, "first", true);
  }
  void operator()(const PachiraPool& of) const {
    check_pool(of.pool);
    check_share(of.beta, "beta");
    require_option(of.delta >= 1 && of.delta <= 3, "delta", "in [1, 3]", of.delta);
  }
  void operator()(const TopKPool& of) const {
    check_pool(of.pool);
    require_option(!of.weights.empty(), "weights", "one a place, at least one", of.weights.size());
    int128 sum = 0;
    for (const std::int64_t weight : of.weights) {
      require_option(weight > 0, "weights", "> 0", weight);
      sum += weight;
    }
    require_option(sum < max_contributions, "weights", "below 2^61 in total", of.weights.front());
  }
  void operator()(const ProRataPool& of) const { check_pool(of.pool); }
  void operator()(const BinaryMechanism& of) const {
    check_share(of.rate, "rate");
    require_option(of.cap >= 0, "cap", ">= 0 (0: none)", of.cap);
  }
};

}  // namespace

double MechanismBound::share() const noexcept {
  if (is_pool) return std::numeric_limits<double>::quiet_NaN();
  if (!is_share) return std::numeric_limits<double>::infinity();
  return static_cast<double>(numerator) / static_cast<double>(denominator);
}

Mechanism::Mechanism(MechanismOptions options) : options_(std::move(options)) {
  check_share(options_.budget, "budget", true);
  std::visit(Check{options_, weights_, denominator_}, options_.spec);
  if (const MechanismBound worst = bound(); worst.is_share) {
    require_option(int128{worst.numerator} * options_.budget.denominator <=
                       int128{options_.budget.numerator} * worst.denominator,
                   "budget",
                   text("at least the worst case of the mechanism, ", worst.numerator, " / ",
                        worst.denominator),
                   text(options_.budget.numerator, " / ", options_.budget.denominator));
  }
}

MechanismBound Mechanism::bound() const {
  const MechanismSpec& spec = options_.spec;
  if (const auto* of = std::get_if<GeometricMechanism>(&spec)) {
    return share_bound(
        int128{of->first.numerator} * of->decay.denominator,
        int128{of->first.denominator} * (of->decay.denominator - of->decay.numerator));
  }
  if (!weights_.empty()) {
    int128 sum = 0;
    for (const std::int64_t weight : weights_) sum += weight;
    return share_bound(sum, denominator_);
  }
  if (const auto* of = std::get_if<CdrmMechanism>(&spec)) {
    return share_bound(of->phi.numerator, of->phi.denominator);
  }
  if (const auto* of = std::get_if<TdrmMechanism>(&spec)) {
    const int128 below = int128{of->lambda.denominator} * of->first.denominator *
                         (of->decay.denominator - of->decay.numerator);
    const int128 above = int128{of->lambda.numerator} * of->first.numerator * of->decay.denominator;
    return share_bound(above * of->phi.denominator + below * of->phi.numerator,
                       below * of->phi.denominator);
  }
  const auto pool = [](std::int64_t amount) {
    return MechanismBound{.is_pool = true, .pool = amount};
  };
  if (const auto* of = std::get_if<PachiraPool>(&spec)) return pool(of->pool);
  if (const auto* of = std::get_if<TopKPool>(&spec)) return pool(of->pool);
  if (const auto* of = std::get_if<ProRataPool>(&spec)) return pool(of->pool);
  return {};
}

bool Mechanism::is_pool() const noexcept {
  return std::holds_alternative<PachiraPool>(options_.spec) ||
         std::holds_alternative<TopKPool>(options_.spec) ||
         std::holds_alternative<ProRataPool>(options_.spec);
}

std::string_view Mechanism::name() const noexcept {
  constexpr std::string_view names[] = {"levels",           "direct",        "geometric",
                                        "CDRM-1",           "TDRM",          "Sharing-Pachira",
                                        "pool of the best", "pro-rata pool", "binary legs"};
  return names[options_.spec.index()];
}

MechanismProperties Mechanism::properties() const noexcept {
  const MechanismSpec& spec = options_.spec;
  MechanismProperties out{.budget = true, .solicitation = true, .subtree_local = true};
  if (!weights_.empty()) {
    out.contribution = weights_[0] > 0;
    out.opportunity = true;
    out.solicitation = weights_.size() > 1;
    // Paying each purchase to its buyer alone leaves nothing to split for.
    out.split_proof = !out.solicitation;
  } else if (std::holds_alternative<CdrmMechanism>(spec)) {
    out.contribution = out.split_proof = out.strong_split = true;
  } else if (std::holds_alternative<TdrmMechanism>(spec)) {
    out.contribution = out.split_proof = out.opportunity = true;
  } else if (std::holds_alternative<PachiraPool>(spec)) {
    out.contribution = out.split_proof = out.opportunity = true;
    out.solicitation = false;  // a newcomer dilutes the others' shares
    out.subtree_local = false;
  } else if (const auto* pro_rata = std::get_if<ProRataPool>(&spec)) {
    out.contribution = out.split_proof = pro_rata->measure == PoolMeasure::own;
    out.solicitation = !out.contribution;
    out.subtree_local = false;
    out.opportunity = true;
  } else if (const auto* best = std::get_if<TopKPool>(&spec)) {
    out.contribution = false;
    out.solicitation = best->measure != PoolMeasure::own;
    out.subtree_local = false;
    out.opportunity = true;
  } else {
    out.budget = false;
    out.solicitation = false;  // below the stronger leg
    out.opportunity = true;
  }
  return out;
}

}  // namespace emptor
