#include "model_spec.hpp"

#include <algorithm>
#include <optional>

#include "composites.hpp"
#include "emptor/core/error.hpp"
#include "emptor/table/feature_builder.hpp"

namespace leaderboard {
namespace {

using emptor::ErrorCode;
using emptor::Exception;
using emptor::text;

[[noreturn]] void misuse(const std::string& message) {
  throw Exception(ErrorCode::invalid_option, message);
}

/// The parts of a list at commas outside of brackets.
std::vector<std::string_view> pieces(std::string_view list) {
  std::vector<std::string_view> out;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= list.size(); ++i) {
    if (i < list.size() && list[i] == '(') ++depth;
    if (i < list.size() && list[i] == ')') --depth;
    if (i < list.size() && (list[i] != ',' || depth != 0)) continue;
    out.push_back(list.substr(begin, i - begin));
    begin = i + 1;
  }
  return out;
}

/// "a=1" and not "name:a=1" or "name(…)".
bool is_setting(std::string_view piece) {
  const std::size_t equals = piece.find('=');
  return equals != piece.npos && piece.find_first_of(":(") > equals;
}

Settings parse_settings(std::string_view list, std::string_view model) {
  Settings out;
  for (const std::string_view piece : pieces(list)) {
    const std::size_t equals = piece.find('=');
    if (equals == piece.npos || equals == 0 || equals + 1 == piece.size()) {
      misuse(
          text("options of '", model, "' are OPTION=VALUE with commas between, got '", piece, "'"));
    }
    out.emplace_back(piece.substr(0, equals), piece.substr(equals + 1));
  }
  return out;
}

/// Where the bracket at `open` is closed.
std::size_t closing(std::string_view whole, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < whole.size(); ++i) {
    depth += whole[i] == '(' ? 1 : whole[i] == ')' ? -1 : 0;
    if (depth == 0) return i;
  }
  misuse(text("a bracket is not closed in '", whole, "'"));
}

std::vector<ModelSpec> parse_parts(std::string_view list) {
  std::vector<std::string> models;
  for (const std::string_view piece : pieces(list)) {
    if (!models.empty() && is_setting(piece)) {
      models.back() += text(',', piece);
    } else {
      models.emplace_back(piece);
    }
  }
  std::vector<ModelSpec> out;
  for (const std::string& model : models) out.push_back(parse_model(model));
  return out;
}

const ModelKind* find_kind(std::string_view name) {
  for (const ModelKind& kind : model_kinds()) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

/// Eight customers who went through ten items, of which all is known.
FitInput toy() {
  static const emptor::FeatureMatrix features = [] {
    emptor::FeatureBuilder builder(10);
    for (std::size_t i = 0; i < 10; ++i) builder.add_tag(i, "kind", i < 5 ? "a" : "b");
    return builder.build();
  }();
  static const emptor::Links links = [] {
    emptor::LinkLog log;
    for (std::uint32_t c = 0; c < 7; ++c) log.add(emptor::Customer{c}, emptor::Customer{c + 1});
    return emptor::Links(8, log);
  }();
  FitInput out;
  emptor::RatingLog ratings;
  for (std::uint32_t c = 0; c < 8; ++c) {
    for (std::uint32_t i = 0; i < 6; ++i) {
      const emptor::Time time{std::chrono::hours{24 * i + c}};
      const emptor::Item item{(c * 3 + i * i) % 10};
      out.log.add(emptor::Customer{c}, item, 1, time);
      ratings.add(emptor::Customer{c}, item, static_cast<float>(1 + (c + i) % 5), time);
    }
  }
  out.train = emptor::Interactions(8, 10, out.log);
  out.ratings = emptor::Ratings(8, 10, ratings);
  out.has_times = true;
  out.item_features = &features;
  out.links = &links;
  return out;
}

void check_needs(const ModelSpec& spec, const FitInput& input, bool ratings) {
  for (const ModelSpec& part : spec.parts) check_needs(part, input, ratings);
  if (is_composite(spec)) {
    if (ratings) misuse(text("'", spec.name, "' ranks items; it does not predict ratings"));
    return;
  }
  const Needs needs = kind_of(spec).needs;
  if (ratings != (needs == Needs::ratings)) {
    misuse(text("'", spec.name,
                ratings ? "' does not predict ratings, which --ratings asks for"
                        : "' predicts ratings: it goes with --ratings yes"));
  }
  if (needs == Needs::times && !input.has_times) {
    misuse(text("'", spec.name, "' learns from the order of events, and the data have no times"));
  }
  if (needs == Needs::item_features && input.item_features == nullptr) {
    misuse(text("'", spec.name, "' needs --item-features FILE"));
  }
  if (needs == Needs::links && input.links == nullptr) {
    misuse(text("'", spec.name, "' needs --links FILE"));
  }
}

}  // namespace

std::string ModelSpec::to_string() const {
  std::string out = name;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    out += text(p == 0 ? '(' : ',', parts[p].to_string());
  }
  if (!parts.empty()) out += ')';
  for (std::size_t s = 0; s < settings.size(); ++s) {
    out += text(s == 0 ? ':' : ',', settings[s].first, '=', settings[s].second);
  }
  return out;
}

bool is_composite(const ModelSpec& spec) {
  return spec.name == "blend" || spec.name == "stack";
}

const ModelKind& kind_of(const ModelSpec& spec) {
  return *find_kind(spec.name);
}

ModelSpec parse_model(std::string_view whole) {
  ModelSpec out;
  if (const std::size_t equals = whole.find('='); equals < whole.find_first_of(":(")) {
    out.label = whole.substr(0, equals);
    whole.remove_prefix(equals == whole.npos ? 0 : equals + 1);
  }
  std::size_t at = std::min(whole.find_first_of(":("), whole.size());
  out.name = whole.substr(0, at);
  if (at < whole.size() && whole[at] == '(') {
    const std::size_t end = closing(whole, at);
    out.parts = parse_parts(whole.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  if (at < whole.size()) {
    if (whole[at] != ':') misuse(text("':' or nothing must follow ')' in '", whole, "'"));
    out.settings = parse_settings(whole.substr(at + 1), out.name);
  }
  if (!is_composite(out) && find_kind(out.name) == nullptr) {
    std::string names;
    for (const ModelKind& kind : model_kinds()) names += kind.name + ", ";
    misuse(text("there is no model '", out.name, "'; there are ", names, "blend(…), stack(…)"));
  }
  if (is_composite(out) == out.parts.empty()) {
    misuse(is_composite(out) ? text("'", out.name, "' needs models in brackets, as ", out.name,
                                    "(als,neighbours)")
                             : text("'", out.name, "' is not made of other models"));
  }
  static_cast<void>(bind(out));
  return out;
}

FitFunction bind(const ModelSpec& spec) {
  if (!is_composite(spec)) return kind_of(spec).bind(spec.settings);
  std::vector<FitFunction> parts;
  for (const ModelSpec& part : spec.parts) parts.push_back(bind(part));
  return spec.name == "blend" ? bind_blend(std::move(parts), spec.settings)
                              : bind_stack(std::move(parts), spec.settings);
}

void check_options(const ModelSpec& spec, const FitInput& input, bool ratings) {
  check_needs(spec, input, ratings);
  try {
    static_cast<void>(bind(spec)(toy(), {}));
  } catch (const Exception& error) {
    // What a toy is too small for says nothing of the options.
    if (error.code() == ErrorCode::invalid_option) {
      misuse(text(spec.to_string(), ": ", error.error().message));
    }
  }
}

}  // namespace leaderboard
