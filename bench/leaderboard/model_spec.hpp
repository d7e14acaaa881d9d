#pragma once

/// @file
/// A model as it is asked for on the command line:
///
///     als:factors=128,unobserved_weight=0.02
///     blend(als:factors=64,neighbours):weights=2/1
///     walks=neighbours:weighting=rp3_beta          walks is what the board calls it
///
/// In a list, a comma parts models, unless what follows is a bare OPTION=VALUE of the one before.

#include <string>
#include <string_view>
#include <vector>

#include "model_kinds.hpp"

namespace leaderboard {

struct ModelSpec {
  std::string label{};  ///< empty: none was given
  std::string name{};
  Settings settings{};
  std::vector<ModelSpec> parts{};  ///< of blend and stack

  /// As it would be asked for, without a label.
  [[nodiscard]] std::string to_string() const;
};

/// Throws emptor::Exception, `invalid_option`, saying what is allowed: for an unknown name or
/// option and for brackets that do not match. Values are checked by `check_options`.
[[nodiscard]] ModelSpec parse_model(std::string_view text);

/// The kind of a model that is no composite.
[[nodiscard]] const ModelKind& kind_of(const ModelSpec& spec);

[[nodiscard]] bool is_composite(const ModelSpec& spec);

/// What fits the model. Throws `invalid_option` as parse_model.
[[nodiscard]] FitFunction bind(const ModelSpec& spec);

/// Throws `invalid_option` when the model cannot be fitted to what `input` has, such as a model of
/// sequences where there are no times; fits it to a toy, so that options out of range are
/// found before hours of work.
void check_options(const ModelSpec& spec, const FitInput& input, bool ratings);

}  // namespace leaderboard
