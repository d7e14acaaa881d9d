// Scorecards from any bytes as JSON: an error with a place, or a card that comes back from its own
// text and scores.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "emptor/score/scorecard_json.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace emptor;
  const Result<Scorecard> card =
      parse_scorecard(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!card) {
    require(!card.error().message.empty() && !card.error().where.empty());
    return 0;
  }
  const std::string canonical = to_json(*card);
  const Result<Scorecard> again = parse_scorecard(canonical);
  require(again.has_value() && to_json(*again) == canonical);
  const Result<Scorecard> indented = parse_scorecard(to_json(*card, 2));
  require(indented.has_value() && to_json(*indented) == canonical);
  return 0;
}
