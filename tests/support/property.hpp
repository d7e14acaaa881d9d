#pragma once

/// @file
/// RapidCheck inside Catch2 tests:
///
///     TEST_CASE("sorting twice is sorting once") {
///       emptor::test::check_property("any ints", [](std::vector<int> v) {
///         ...
///         RC_ASSERT(twice == once);
///       });
///     }
///
/// The seed is fixed (run_tests.cpp) and mixed with the property's name, so that a run can be
/// repeated. A failure prints the shrunk counterexample. Inside a property use RC_ASSERT, RC_PRE
/// and friends: Catch2's REQUIRE would count every shrinking step as a failure of its own.

#include <rapidcheck.h>

#include <sstream>
#include <string>
#include <utility>

#include "support/catch.hpp"

namespace emptor::test {

/// Checks `testable` on generated arguments and reports the outcome to Catch2. `cases` is the
/// number of successful cases wanted, 0 for RapidCheck's setting (100).
template <class Testable>
void check_property(const std::string& name, Testable&& testable, int cases = 0) {
  rc::detail::TestMetadata metadata;
  metadata.id = name;
  metadata.description = name;
  auto params = rc::detail::configuration().testParams;
  if (cases > 0) params.maxSuccess = cases;
  const auto result = rc::detail::checkTestable(std::forward<Testable>(testable), metadata, params);
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  INFO(name << "\n" << text.str());
  CHECK(result.template is<rc::detail::SuccessResult>());
}

}  // namespace emptor::test
