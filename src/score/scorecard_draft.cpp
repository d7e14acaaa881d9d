#include "emptor/score/scorecard_draft.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include "emptor/text/utf8.hpp"

namespace emptor {

namespace {

constexpr std::int64_t century = std::int64_t{100} * 31'556'952;

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

/// UTF-8 without control characters.
bool is_label(std::string_view text) {
  if (text.empty() || text.size() > 256) return false;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 32) return false;
  }
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Character c = utf8_character(text, at);
    if (!c.valid) return false;
    at += c.bytes;
  }
  return true;
}

template <class Thing>
const std::string& key(const Thing& thing) {
  if constexpr (requires { thing.id.size(); }) {
    return thing.id;
  } else {
    return thing.name;
  }
}
const std::string& key(const std::string& name) {
  return name;
}

/// Collects what is wrong, each with its path.
class Checker {
 public:
  explicit Checker(const ScorecardDraft& card) : card_(card) {}

  std::vector<Error> run() {
    named("id", card_.id);
    range("version", card_.version, 1, 1'000'000'000);
    size("attributes", card_.attributes.size(), 0, 4096);
    size("events", card_.events.size(), 0, 1024);
    size("channels", card_.channels.size(), 0, 64);
    size("axes", card_.axes.size(), 1, 8);
    size("rules", card_.rules.size(), 1, max_scorecard_rules);
    size("resets", card_.resets.size(), 0, 64);
    size("gradings", card_.gradings.size(), 0, 4);
    if (!problems_.empty()) return std::move(problems_);
    for (std::size_t i = 0; i < card_.attributes.size(); ++i) {
      const std::string at = text("attributes[", i, "]");
      label(at + ".name", card_.attributes[i].name);
      unique(card_.attributes, i, at + ".name");
      const std::vector<std::string>& categories = card_.attributes[i].categories;
      size(at + ".categories", categories.size(), 0, 4096);
      std::vector<std::string_view> sorted(categories.begin(), categories.end());
      std::sort(sorted.begin(), sorted.end());
      const bool twice = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
      require(!twice, at + ".categories", "different from each other");
      for (std::size_t c = 0; c < categories.size(); ++c) {
        label(text(at, ".categories[", c, "]"), categories[c]);
      }
    }
    numbers(card_.events, "events");
    numbers(card_.channels, "channels");
    bounds("", card_.minimum, card_.maximum);
    for (std::size_t i = 0; i < card_.axes.size(); ++i) {
      const std::string at = text("axes[", i, "]");
      named(at + ".id", card_.axes[i].id);
      unique(card_.axes, i, at + ".id");
      bounds(at + ".", card_.axes[i].minimum, card_.axes[i].maximum);
    }
    for (std::size_t i = 0; i < card_.rules.size(); ++i) rule(i, text("rules[", i, "]"));
    for (std::size_t i = 0; i < card_.resets.size(); ++i) reset(i, text("resets[", i, "]"));
    for (std::size_t i = 0; i < card_.gradings.size(); ++i) {
      grading(card_.gradings[i], text("gradings[", i, "]"));
    }
    return std::move(problems_);
  }

 private:
  void require(bool holds, std::string where, std::string_view rule) {
    if (holds) return;
    problems_.push_back({ErrorCode::invalid_option, text("must be ", rule), std::move(where)});
  }
  void range(std::string where, std::int64_t value, std::int64_t least, std::int64_t most) {
    if (value >= least && value <= most) return;
    require(false, std::move(where), text("in [", least, ", ", most, "], got ", value));
  }
  void size(std::string where, std::size_t got, std::size_t least, std::size_t most) {
    if (got >= least && got <= most) return;
    require(false, std::move(where), text("a list of ", least, " to ", most, ", got ", got));
  }
  void named(std::string where, const std::string& value) {
    require(is_name(value), std::move(where), "1 to 64 of A-Z a-z 0-9 - _ .");
  }
  void label(std::string where, const std::string& value) {
    require(is_label(value), std::move(where),
            "1 to 256 bytes of UTF-8 without control characters");
  }
  template <class Things>
  void unique(const Things& things, std::size_t at, std::string where) {
    for (std::size_t i = 0; i < at; ++i) {
      if (key(things[i]) != key(things[at])) continue;
      return require(false, std::move(where),
                     text("unique, but it is that of the one at ", i, " too"));
    }
  }
  template <class Things>
  bool refers(const Things& things, const std::string& name, std::string where,
              std::string_view what) {
    const bool found = std::any_of(things.begin(), things.end(),
                                   [&](const auto& one) { return key(one) == name; });
    require(found, std::move(where), what);
    return found;
  }
  template <class Things>
  void refer(const std::vector<std::string>& names, const Things& things, const std::string& where,
             std::string_view what) {
    size(where, names.size(), 0, things.size());
    if (names.size() > things.size()) return;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string at = text(where, "[", i, "]");
      if (refers(things, names[i], at, what)) unique(names, i, at);
    }
  }

  void numbers(const std::vector<ScorecardName>& list, const std::string& path) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      const std::string at = text(path, "[", i, "]");
      label(at + ".name", list[i].name);
      unique(list, i, at + ".name");
      range(at + ".id", list[i].id, 0, 65'535);
      for (std::size_t j = 0; j < i; ++j) {
        if (list[j].id != list[i].id) continue;
        require(false, at + ".id", text("unique, but it is that of the one at ", j, " too"));
        break;
      }
    }
  }
  void bounds(const std::string& at, std::int64_t minimum, std::int64_t maximum) {
    range(at + "minimum", minimum, -max_scorecard_bound, max_scorecard_bound);
    range(at + "maximum", maximum, -max_scorecard_bound, max_scorecard_bound);
    require(minimum <= maximum, at + "maximum", "at least the minimum");
  }

  void rule(std::size_t r, const std::string& at) {
    const ScorecardRule& it = card_.rules[r];
    named(at + ".id", it.id);
    unique(card_.rules, r, at + ".id");
    refers(card_.axes, it.axis, at + ".axis", "one of the card's axes");
    range(at + ".points", it.points, -max_scorecard_points, max_scorecard_points);
    require(it.points != 0, at + ".points", "above or below 0");
    if (it.attribute.empty()) {
      of_events(it, at);
    } else {
      of_attribute(it, at);
    }
  }

  void of_attribute(const ScorecardRule& it, const std::string& at) {
    require(it.events.empty(), at + ".events", "absent in a rule on an attribute");
    require(it.channels.empty(), at + ".channels", "absent in a rule on an attribute");
    require(it.window.count() == 0, at + ".window_seconds", "absent in a rule on an attribute");
    require(it.half_life.count() == 0, at + ".half_life_seconds",
            "absent in a rule on an attribute");
    require(!it.at_least, at + ".at_least", "absent in a rule on an attribute");
    require(!it.at_most, at + ".at_most", "absent in a rule on an attribute");
    require(!it.maximum, at + ".maximum", "absent in a rule on an attribute");
    if (!refers(card_.attributes, it.attribute, at + ".attribute",
                "one of the card's attributes")) {
      return;
    }
    const auto found = std::find_if(card_.attributes.begin(), card_.attributes.end(),
                                    [&](const auto& one) { return one.name == it.attribute; });
    require(it.from || it.to || !it.any_of.empty() || it.missing, at,
            "of something: 'from', 'to', 'any_of' or 'missing'");
    if (found->categories.empty()) {
      require(it.any_of.empty(), at + ".any_of", "absent for a number");
      constexpr double most = std::numeric_limits<float>::max();
      require(!it.from || std::abs(*it.from) <= most, at + ".from", "within a float's range");
      require(!it.to || std::abs(*it.to) <= most, at + ".to", "within a float's range");
      if (!it.from || !it.to || !(std::abs(*it.from) <= most) || !(std::abs(*it.to) <= most)) {
        return;
      }
      require(static_cast<float>(*it.from) < static_cast<float>(*it.to), at + ".to",
              "above 'from', as floats");
    } else {
      require(!it.from, at + ".from", "absent for categories");
      require(!it.to, at + ".to", "absent for categories");
      refer(it.any_of, found->categories, at + ".any_of", "one of the attribute's categories");
    }
  }

  void of_events(const ScorecardRule& it, const std::string& at) {
    require(!it.events.empty(), at, "of something: 'attribute' or 'events'");
    require(!it.from, at + ".from", "absent in a rule on events");
    require(!it.to, at + ".to", "absent in a rule on events");
    require(it.any_of.empty(), at + ".any_of", "absent in a rule on events");
    require(!it.missing, at + ".missing", "absent in a rule on events");
    refer(it.events, card_.events, at + ".events", "one of the card's events");
    if (card_.channels.empty() && !it.channels.empty()) {
      require(false, at + ".channels", "absent, as the card has no channels");
    } else {
      refer(it.channels, card_.channels, at + ".channels", "one of the card's channels");
    }
    range(at + ".window_seconds", it.window.count(), 0, century);
    range(at + ".half_life_seconds", it.half_life.count(), 0, century);
    if (it.at_least) range(at + ".at_least", *it.at_least, 0, 1'000'000'000);
    if (it.at_most) range(at + ".at_most", *it.at_most, it.at_least.value_or(0), 1'000'000'000);
    if (it.at_least || it.at_most) {
      require(it.half_life.count() == 0, at + ".half_life_seconds",
              "absent when the number of events counts");
      require(!it.maximum, at + ".maximum", "absent when the number of events counts");
    }
    if (it.maximum) range(at + ".maximum", *it.maximum, 1, max_scorecard_bound);
  }

  void reset(std::size_t r, const std::string& at) {
    const ScorecardReset& it = card_.resets[r];
    refers(card_.events, it.event, at + ".event", "one of the card's events");
    for (std::size_t i = 0; i < r; ++i) {
      if (card_.resets[i].event != it.event) continue;
      require(false, at + ".event", text("unique, but it is that of the one at ", i, " too"));
      break;
    }
    require(!it.axes.empty() || !it.rules.empty(), at, "of something: 'axes' or 'rules'");
    refer(it.axes, card_.axes, at + ".axes", "one of the card's axes");
    refer(it.rules, card_.rules, at + ".rules", "one of the card's rules");
    for (std::size_t i = 0; i < it.rules.size(); ++i) {
      const auto found = std::find_if(card_.rules.begin(), card_.rules.end(),
                                      [&](const auto& one) { return one.id == it.rules[i]; });
      require(found == card_.rules.end() || found->attribute.empty(), text(at, ".rules[", i, "]"),
              "a rule on events");
    }
  }

  void grading(const ScorecardGrading& it, const std::string& at) {
    if (!it.axis.empty()) refers(card_.axes, it.axis, at + ".axis", "one of the card's axes");
    size(at + ".bands", it.bands.size(), 1, 64);
    if (it.bands.size() > 64) return;
    for (std::size_t b = 0; b < it.bands.size(); ++b) {
      const ScorecardBand& band = it.bands[b];
      const std::string here = text(at, ".bands[", b, "]");
      label(here + ".name", band.name);
      unique(it.bands, b, here + ".name");
      if (b + 1 == it.bands.size()) {
        require(band.up == 0, here + ".up", "0 in the last band, which takes all the rest");
        require(band.down == 0, here + ".down", "0 in the last band, which takes all the rest");
        return;
      }
      range(here + ".up", band.up, -max_scorecard_bound, max_scorecard_bound);
      range(here + ".down", band.down, -max_scorecard_bound, band.up);
      if (b == 0) continue;
      require(band.up < it.bands[b - 1].up, here + ".up", "below that of the band before");
      require(band.down < it.bands[b - 1].down, here + ".down", "below that of the band before");
    }
  }

  const ScorecardDraft& card_;
  std::vector<Error> problems_;
};

}  // namespace

std::vector<Error> scorecard_problems(const ScorecardDraft& draft) {
  return Checker(draft).run();
}

}  // namespace emptor
