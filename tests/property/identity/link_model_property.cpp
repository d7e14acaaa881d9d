// Models are distributions whatever they are fitted on, and come back from their bytes or not at
// all.

#include "emptor/identity/link_model.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/identity/generator.hpp"
#include "emptor/identity/link.hpp"
#include "support/link_schemas.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using emptor::test::check_property;

Linkage some_linkage(std::uint32_t most_persons) {
  const GeneratedIdentities made =
      generate_identities({.seed = *rc::gen::arbitrary<std::uint64_t>(),
                           .persons = *rc::gen::inRange(1U, most_persons)});
  LinkOptions options;
  options.model.prior_pairs = *rc::gen::element(.5, 30.0, 300.0, 1e6);
  options.model.max_iterations = *rc::gen::element<std::size_t>(1, 5, 200);
  options.model.households = *rc::gen::arbitrary<bool>();
  return link(made.records, test::generated_schema(made.records), options);
}

double sum_of(const std::array<double, max_levels>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

bool near_one(double sum) {
  return std::abs(sum - 1) < 1e-9;
}

}  // namespace

TEST_CASE("Link models: probabilities add up to 1") {
  check_property(
      "of levels, of kinds of pairs",
      [] {
        const LinkModel model = some_linkage(200).model;
        RC_ASSERT(model.match_share() > 0);
        RC_ASSERT(model.household_share() >= 0);
        RC_ASSERT(model.random_share() > 0);
        for (const ComparisonParameters& parameters : model.comparisons()) {
          for (const LevelProbabilities& p : parameters.given) {
            RC_ASSERT(near_one(sum_of(p.match)));
            RC_ASSERT(near_one(sum_of(p.household)));
            RC_ASSERT(near_one(sum_of(p.random)));
            RC_ASSERT(p.match[0] == 0 && p.household[0] == 0 && p.random[0] == 0);
            for (std::size_t level = 1; level <= parameters.levels; ++level) {
              RC_ASSERT(p.match[level] > 0 && p.household[level] > 0 && p.random[level] > 0);
            }
          }
        }
      },
      60);
}

TEST_CASE("Link models: saved and loaded, every cut and every flipped byte is an error") {
  check_property(
      "round trip",
      [] {
        const LinkModel model = some_linkage(60).model;
        const std::vector<std::byte> bytes = model.save();
        const Result<LinkModel> again = LinkModel::load(bytes);
        RC_ASSERT(again.has_value());
        RC_ASSERT(again->save() == bytes);
        RC_ASSERT(again->match_share() == model.match_share());
        RC_ASSERT(again->comparisons().size() == model.comparisons().size());
        for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
          RC_ASSERT(!LinkModel::load(std::span(bytes).first(cut)).has_value());
        }
        std::vector<std::byte> changed = bytes;
        for (std::size_t at = 0; at < bytes.size(); ++at) {
          changed[at] ^= std::byte{static_cast<unsigned char>(1U << at % 8)};
          RC_ASSERT(!LinkModel::load(changed).has_value());
          changed[at] = bytes[at];
        }
        changed.push_back(std::byte{0});
        RC_ASSERT(!LinkModel::load(changed).has_value());
      },
      4);
}
