#pragma once

/// @file
/// The fields of an options struct by name, so that a text can set them: `factors=128`.

#include <charconv>
#include <concepts>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"

namespace leaderboard {

/// What a person set: option and value, in the order typed.
using Settings = std::vector<std::pair<std::string, std::string>>;

struct OptionField {
  std::string name;
  std::string allowed;  ///< "a whole number"
  std::string value;    ///< as it stands
  std::function<bool(std::string_view)> set;
};

/// Borrows the struct whose fields are added.
class OptionFields {
 public:
  template <class Number>
    requires(std::integral<Number> || std::floating_point<Number>) && (!std::same_as<Number, bool>)
  OptionFields& add(std::string name, Number& field) {
    fields_.push_back({std::move(name), std::integral<Number> ? "a whole number" : "a number",
                       emptor::text(field), [&field](std::string_view word) {
                         const char* const end = word.data() + word.size();
                         const auto parsed = std::from_chars(word.data(), end, field);
                         return parsed.ec == std::errc{} && parsed.ptr == end;
                       }});
    return *this;
  }
  OptionFields& add(std::string name, bool& field) {
    return add(std::move(name), field, {{"true", true}, {"false", false}});
  }
  /// One of some words.
  template <class Value>
  OptionFields& add(std::string name, Value& field,
                    std::vector<std::pair<std::string_view, Value>> words) {
    std::string allowed;
    std::string_view now;
    for (const auto& [word, value] : words) {
      allowed += emptor::text(allowed.empty() ? "" : "|", word);
      if (value == field) now = word;
    }
    fields_.push_back({std::move(name), std::move(allowed), std::string(now),
                       [&field, all = std::move(words)](std::string_view given) {
                         for (const auto& [word, value] : all) {
                           if (word == given) return field = value, true;
                         }
                         return false;
                       }});
    return *this;
  }

  [[nodiscard]] const std::vector<OptionField>& all() const noexcept { return fields_; }

  /// Throws `invalid_option`, saying what `model` has, for a name or value that does not fit.
  void set(const Settings& settings, std::string_view model) const {
    for (const auto& [name, value] : settings) {
      const OptionField* found = nullptr;
      std::string names;
      for (const OptionField& field : fields_) {
        if (field.name == name) found = &field;
        names += emptor::text(names.empty() ? "" : ", ", field.name);
      }
      if (found == nullptr) {
        throw emptor::Exception(
            emptor::ErrorCode::invalid_option,
            names.empty()
                ? emptor::text("'", model, "' has no options, got '", name, "'")
                : emptor::text("'", model, "' has no option '", name, "'; it has ", names));
      }
      if (!found->set(value)) {
        throw emptor::Exception(emptor::ErrorCode::invalid_option,
                                emptor::text("'", name, "' of '", model, "' needs ", found->allowed,
                                             ", got '", value, "'"));
      }
    }
  }

 private:
  std::vector<OptionField> fields_;
};

}  // namespace leaderboard
