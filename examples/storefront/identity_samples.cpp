#include "identity_samples.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <tuple>
#include <utility>

namespace storefront {
namespace {

using emptor::Customer;

constexpr std::size_t fewest = 4;  // records of the person that is looked at, if there is one
constexpr std::size_t most = 6;

/// Latin letters, with or without accents: of two that tell as much, what every font can show.
bool latin(const std::string& text) {
  constexpr unsigned char beyond = 0xCA;  // the first byte of U+0280 and all behind it
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < beyond; });
}

bool latin(const emptor::PairExplanation& pair) {
  return std::all_of(pair.parts.begin(), pair.parts.end(),
                     [](const auto& part) { return latin(part.a) && latin(part.b); });
}

bool latin(const emptor::GoldenProfile& profile) {
  return std::all_of(profile.fields.begin(), profile.fields.end(), [](const auto& field) {
    return latin(field.value) &&
           std::all_of(field.losing.begin(), field.losing.end(),
                       [](const auto& losing) { return latin(losing.value); });
  });
}

/// How many fields the records do not agree on, and how many values they give for these.
std::size_t differences(const emptor::GoldenProfile& profile) {
  std::size_t sum = 0;
  for (const emptor::GoldenField& field : profile.fields) {
    sum += field.losing.size() + (field.losing.empty() ? 0 : 1);
  }
  return sum;
}

/// The mean weight of the merge that held least, by cluster of the linkage.
std::vector<float> weakest_merges(const emptor::Clustering& clustering) {
  std::vector<float> out(clustering.cluster.size(), std::numeric_limits<float>::max());
  for (const emptor::MergeStep& step : clustering.steps) {
    float& weakest = out[clustering.cluster[step.a]];
    if (!step.forced) weakest = std::min(weakest, step.mean);
  }
  return out;
}

std::optional<Customer> choose_person(const Identity& identity) {
  std::vector<std::size_t> keys(identity.customers.size());  // with orders, by owner
  for (std::size_t c = 0; c < identity.customers_with_orders; ++c) {
    const auto customer = emptor::id_at<Customer>(c);
    if (identity.rfm.arrived(customer).values().orders > 0) {
      ++keys[emptor::index(identity.owner(customer))];
    }
  }
  constexpr float sure = 12;  // bits
  const std::vector<float> weakest = weakest_merges(identity.linkage.clustering);
  std::vector<bool> doubtful(identity.customers.size());
  for (std::size_t r = 0; r < weakest.size(); ++r) {
    if (weakest[identity.linkage.clustering.cluster[r]] >= sure) continue;
    doubtful[emptor::index(identity.owner(identity.customer_of[r]))] = true;
  }
  std::optional<Customer> best;
  std::tuple<bool, bool, bool, bool, std::size_t> best_of{};
  for (const Customer owner : identity.profiles.owners()) {
    const emptor::GoldenProfile profile = identity.profiles.profile(owner);
    if (profile.records < 2) continue;
    const std::tuple of(!doubtful[emptor::index(owner)],
                        profile.records >= fewest && profile.records <= most,
                        keys[emptor::index(owner)] >= 3, latin(profile), differences(profile));
    if (best && of <= best_of) continue;
    best = owner;
    best_of = of;
  }
  return best;
}

/// What speaks against a pair that was linked.
double against(const emptor::PairExplanation& pair) {
  double sum = 0;
  for (const auto& part : pair.parts) sum += std::min(part.weight, 0.0);
  return sum;
}

/// What speaks for a pair that was not.
double in_favour(const emptor::PairExplanation& pair) {
  double sum = 0;
  for (const auto& part : pair.parts) sum += std::max(part.weight, 0.0);
  return sum;
}

std::optional<emptor::PairExplanation> choose_linked(const Identity& identity, Customer person,
                                                     emptor::LinkageExplainer& explainer) {
  const std::vector<std::uint32_t> records = records_of(identity, person);
  std::optional<emptor::PairExplanation> best;
  for (std::size_t i = 0; i < std::min(records.size(), 2 * most); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      emptor::PairExplanation pair = explainer.pair(records[j], records[i]);
      if (pair.weight < 0 || (best && against(*best) <= against(pair))) continue;
      best = std::move(pair);
    }
  }
  return best;
}

std::optional<emptor::PairExplanation> choose_refused(const Identity& identity,
                                                      emptor::LinkageExplainer& explainer) {
  const auto& cluster = identity.linkage.clustering.cluster;
  std::optional<emptor::PairExplanation> best;
  std::pair<bool, double> best_of{};
  for (const emptor::ScoredPair& pair : identity.linkage.pairs) {
    if (pair.weight >= 0 || cluster[pair.a] == cluster[pair.b]) continue;
    emptor::PairExplanation evidence = explainer.evidence(pair.a, pair.b);
    const std::pair of(latin(evidence), in_favour(evidence));
    if (best && of <= best_of) continue;
    best = std::move(evidence);
    best_of = of;
  }
  if (best) best = explainer.pair(best->a, best->b);
  return best;
}

/// Of the strongest merges that were refused the closest call, if it can be taken in at a glance.
std::optional<emptor::ClusterExplanation> choose_contested(emptor::LinkageExplainer& explainer) {
  constexpr std::size_t looked_at = 50;
  constexpr std::size_t rivals = 2;
  const auto refused = explainer.strongest_refused(looked_at);
  std::optional<emptor::ClusterExplanation> best;
  double best_mean = 0;
  for (const emptor::ContestedMerge& one : refused) {
    if (best && one.mean <= best_mean) continue;
    emptor::ClusterExplanation cluster = explainer.cluster(one.a);
    const std::size_t size = cluster.records.size();
    if (size < 3 || size > 2 * most || cluster.contested.size() > rivals) continue;
    best = std::move(cluster);
    best_mean = one.mean;
  }
  if (!best && !refused.empty()) best = explainer.cluster(refused.front().a);
  return best;
}

}  // namespace

IdentitySamples samples_of(const Identity& identity, bool show_values) {
  emptor::LinkageExplainer explainer(identity.linkage, {.show_values = show_values});
  IdentitySamples out;
  out.person = choose_person(identity);
  if (out.person) out.linked = choose_linked(identity, *out.person, explainer);
  out.refused = choose_refused(identity, explainer);
  out.contested = choose_contested(explainer);
  return out;
}

std::vector<std::uint32_t> records_of(const Identity& identity, Customer owner) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t r = 0; r < identity.customer_of.size(); ++r) {
    if (identity.owner(identity.customer_of[r]) == owner) out.push_back(r);
  }
  return out;
}

}  // namespace storefront
