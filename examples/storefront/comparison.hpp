#pragma once
// Which recommenders suit the shop: chosen on one part of its past, tested on a later one.
//
// Time is cut twice. Models fitted on the oldest part are judged on the part after it: the weights
// of the blend are learned there (fit_stacking), a blend is chosen if it is worth its while, and
// lists are made as unlike as accuracy allows. The latest part is the test: the models, fitted anew
// on all before it, and the choice are compared there, which nothing was chosen by.

#include <cstdint>

#include "analysis.hpp"
#include "emptor/core/context.hpp"
#include "emptor/table/interactions.hpp"

namespace storefront {

/// `log` is all purchases, returns taken off; not empty.
[[nodiscard]] ModelComparison compare_on_time(const ShopTables& shop,
                                              const emptor::InteractionLog& log, std::uint64_t seed,
                                              const emptor::Context& context);

}  // namespace storefront
