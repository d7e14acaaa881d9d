#pragma once

/// @file
/// The models that can stand on the board: their names, options, ranges to tune in, and how each is
/// fitted. A kind is described once, by `make_kind`, in one of the kinds_*.cpp files.

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/evaluate/tuning_space.hpp"
#include "emptor/recommend/any_recommender.hpp"
#include "emptor/table/feature_matrix.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/links.hpp"
#include "emptor/table/ratings.hpp"
#include "option_fields.hpp"

namespace leaderboard {

/// All that a fit may see.
struct FitInput {
  emptor::Interactions train{};
  emptor::InteractionLog log{};  ///< train as single events, in order of arrival
  bool has_times = false;
  const emptor::FeatureMatrix* item_features = nullptr;  ///< null: not known
  const emptor::Links* links = nullptr;
  emptor::Ratings ratings{};  ///< of models of ratings; else empty
};

struct FittedModel {
  emptor::AnyRecommender model;
  /// Of models of ratings: the predicted rating.
  std::function<double(emptor::Customer, emptor::Item)> predict{};
};

using FitFunction = std::function<FittedModel(const FitInput&, const emptor::Context&)>;

/// What a kind needs beyond interactions.
enum class Needs : unsigned char { nothing, times, item_features, links, ratings };

struct ModelKind {
  std::string name;
  std::string about;
  Needs needs = Needs::nothing;
  emptor::TuningSpace space{};  ///< of `--tune`, by option name
  std::string budget{};         ///< the option that counts sweeps, if more of it costs more time
  std::vector<OptionField> options{};  ///< names and defaults
  /// Throws `invalid_option` for settings that do not fit.
  std::function<FitFunction(const Settings&)> bind{};
};

/// A kind whose options are the struct `Options`: `describe(fields, options)` names its fields,
/// `fit(input, options, context)` gives what FittedModel is made of.
template <class Options, class Describe, class Fit>
[[nodiscard]] ModelKind make_kind(ModelKind kind, Options defaults, Describe describe, Fit fit) {
  {
    Options options = defaults;
    OptionFields fields;
    describe(fields, options);
    kind.options = fields.all();
    for (OptionField& field : kind.options) field.set = nullptr;  // it borrows what goes away
  }
  kind.bind = [name = kind.name, defaults, describe, fit](const Settings& settings) {
    Options options = defaults;
    OptionFields fields;
    describe(fields, options);
    fields.set(settings, name);
    return FitFunction([options, fit](const FitInput& input, const emptor::Context& context) {
      return FittedModel{fit(input, options, context)};
    });
  };
  return kind;
}

// By family, in the order of the help.
void add_simple_kinds(std::vector<ModelKind>& kinds);
void add_factor_kinds(std::vector<ModelKind>& kinds);
void add_linear_kinds(std::vector<ModelKind>& kinds);
void add_sequence_kinds(std::vector<ModelKind>& kinds);
void add_side_kinds(std::vector<ModelKind>& kinds);
void add_rating_kinds(std::vector<ModelKind>& kinds);

/// All of them but the composites of model_spec.hpp.
[[nodiscard]] const std::vector<ModelKind>& model_kinds();

/// Names, options and defaults for `--help`.
[[nodiscard]] std::string models_help();

}  // namespace leaderboard
