#include "model_kinds.hpp"

namespace leaderboard {

const std::vector<ModelKind>& model_kinds() {
  static const std::vector<ModelKind> kinds = [] {
    std::vector<ModelKind> out;
    add_simple_kinds(out);
    add_factor_kinds(out);
    add_linear_kinds(out);
    add_sequence_kinds(out);
    add_side_kinds(out);
    add_rating_kinds(out);
    return out;
  }();
  return kinds;
}

std::string models_help() {
  constexpr std::size_t width = 98;
  std::string out;
  for (const ModelKind& kind : model_kinds()) {
    out += emptor::text("  ", kind.name, ": ", kind.about, "\n");
    std::string line = "     ";
    for (const OptionField& option : kind.options) {
      std::string one = emptor::text(" ", option.name, "=", option.value);
      if (option.allowed.find('|') != std::string::npos && option.allowed != "true|false") {
        one += emptor::text(" (", option.allowed, ")");
      }
      if (line.size() + one.size() > width) {
        out += line + "\n";
        line = "     ";
      }
      line += one;
    }
    if (!kind.options.empty()) out += line + "\n";
  }
  out += R"(  blend(MODEL,MODEL…): one list of several models' lists
      fusion=reciprocal_rank (reciprocal_rank|score) rank_constant=60 depth=200 weights=1/1
  stack(MODEL,MODEL…): a blend whose weights are learned on a tenth of train that is held out for it
      fusion=score (reciprocal_rank|score) rank_constant=60 depth=200 k=20 rounds=3
      max_customers=20000

gap is the longest pause in seconds within a session (0: baskets, what was taken at one instant).
)";
  return out;
}

}  // namespace leaderboard
